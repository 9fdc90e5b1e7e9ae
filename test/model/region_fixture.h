/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One guest on a small pool and a list of pages that is hard to map: what tests
 * of registering that fails begin with, and how they see that nothing changed.
 */
#ifndef TEST_MODEL_REGION_FIXTURE_H
#define TEST_MODEL_REGION_FIXTURE_H

#include <dynshm/region.h>

#define POOL_SIZE (UINT64_C(2) << 20)
#define COUNT	  1300u /* pages: three list pages, four leaf tables */
#define COOKIE	  UINT64_C(0xffff000012340000)

/* All that a failed call must leave alone. */
struct look {
	uint64_t free_bytes;
	uint64_t tables;
	uint64_t window_bytes;
	uint64_t used[RESOURCES_CHARGED];
	uint64_t stale;
	struct region *first;
};

extern struct shm shm;
extern struct guest *guest;
extern pa_t pages[COUNT];

struct look look(void);
void assert_unchanged(const struct look *before);

/* The whole life of a call that registers, with the list at `list`. */
enum shm_status register_list(uint64_t cookie, pa_t list, uint64_t size);
/* The same with `pages`. */
enum shm_status register_pages(uint64_t cookie);
void unregister(uint64_t cookie);

int set_up(void **state);
int tear_down(void **state);

#endif
