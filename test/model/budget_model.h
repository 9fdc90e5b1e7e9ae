/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who was promised what, and how much must stay free for that: added up anew
 * each time, from what meta_pool.h and guest.h promise.
 */
#ifndef TEST_MODEL_BUDGET_MODEL_H
#define TEST_MODEL_BUDGET_MODEL_H

#include <dynshm/guest.h>

#define OWNERS 8u
#define CALLS  24u /* each; all owners have more than 128 */
#define MAX    UINT64_MAX

struct owner {
	struct guest *guest; /* NULL: not there */
	bool is_promised;
	struct shm_budget budget[RESOURCE_COUNT];
};

/* By id, from 1 on. */
extern struct owner owners[OWNERS];

/* What each begins with. */
extern const struct shm_budget budget_model_defaults[RESOURCE_COUNT];

/* A new one; without its share, if that could not be promised. */
struct owner model_begin(struct guest *guest, bool is_promised);

/* All owners as they are, but for one; until the next time. */
struct owner *model_with(unsigned int i, struct owner changed);

/*
 * Pages that have to stay free while nothing is drawn. The kernel is promised
 * 8 tables on behalf of guests, and another one for each 128 of their calls.
 */
int64_t model_reserve(const struct shm *shm, const struct owner *all);

/* Whether these promises can be made now, with nothing drawn. */
bool model_fits(const struct shm *shm, const struct owner *after);

/*
 * What guest_set_budget() has to answer, with nothing drawn; *after is the
 * owner if it is OK.
 */
enum shm_status model_judge(const struct shm *shm, unsigned int i,
			    enum resource what, struct shm_budget budget,
			    struct owner *after);

#endif
