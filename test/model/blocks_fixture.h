/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine with 2 GiB of RAM in a row, one guest, and what a run that is
 * mapped there must look like: said from the architecture's rules for blocks
 * and groups, not by what the library does.
 */
#ifndef TEST_MODEL_BLOCKS_FIXTURE_H
#define TEST_MODEL_BLOCKS_FIXTURE_H

#include "model/region_fixture.h"
#include "sim/world.h"

/* 0x80000000 to 0xffffffff; the lists lie in RAM that is apart. */
#define BLOCKS_PA    UINT64_C(0x80000000)
#define BLOCKS_SIZE  UINT64_C(0x80000000)
#define BLOCKS_POOL  (UINT64_C(16) << 20)
#define BLOCKS_PAGES (UINT64_C(0x44000000) >> SHM_PAGE_SHIFT)

#define KIB(n)	     (UINT64_C(n) << 10)
#define MIB(n)	     (UINT64_C(n) << 20)
#define GIB(n)	     (UINT64_C(n) << 30)

/* The list that is registered next. */
extern pa_t blocks_list[BLOCKS_PAGES];

/* Fill it with a run from number `at` on, and answer the number behind it. */
uint64_t blocks_run(uint64_t at, pa_t pa, uint64_t size);

/* Register the first `count` pages of it for the fixture's guest. */
enum shm_status blocks_register(uint64_t cookie, uint64_t count);

/* The guest's region with that cookie. */
struct region *blocks_region(uint64_t cookie);

/* All of it leads where the first pages of the list say. */
void blocks_check_pages(const struct region *region);

/* The bytes that a walker may make one TLB entry of, around `va`. */
uint64_t blocks_entry_size(va_t va);

/*
 * And pages of it from `first` on, `size` bytes that are a run at an address
 * that suits it, are mapped by descriptors as large as there can be.
 */
void blocks_check_sizes(const struct region *region, uint64_t first,
			uint64_t size);

int blocks_set_up(void **state);
int blocks_tear_down(void **state);

#endif
