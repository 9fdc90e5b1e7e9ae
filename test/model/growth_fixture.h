/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine whose windows begin small and grow: one descriptor of the root, or
 * a GiB of them, of which a part is open at first.
 */
#ifndef MODEL_GROWTH_FIXTURE_H
#define MODEL_GROWTH_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dynshm/region.h>

#include "sim/world.h"

#define MIB	  (UINT64_C(1) << 20)
#define GIB	  (UINT64_C(1) << 30)
#define LEAF_SPAN (SHM_PAGE_SIZE << PT_INDEX_BITS)
#define FIRST	  (WORLD_IS_SMALL ? 64 * MIB : 4 * GIB)
#define STEP	  (WORLD_IS_SMALL ? 64 * MIB : 2 * GIB)
#define LIMIT	  (WORLD_IS_SMALL ? GIB : 512 * GIB)
#define REGION	  (STEP / 2)

static inline struct shm_config growth_config(uint64_t pool, uint32_t calls)
{
	struct shm_config config = world_config(pool, calls);

	config.window.last = config.window.first + FIRST - 1;
	config.growth.first = config.window.first + FIRST;
	config.growth.last = config.window.first + LIMIT - 1;
	config.growth_step = STEP;
	config.guest_tables = LIMIT / GIB;
	return config;
}

static inline uint64_t opened(const struct shm *shm)
{
	return shm->small_slots.window_size + shm->large_slots.window_size;
}

static inline void end_region(struct region *region)
{
	region_leave(region);
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
}

/* The page that page `i` of a region which begins at `first` leads to. */
static inline pa_t begun_page(uint64_t first, uint64_t i)
{
	return WORLD_RAM_PA + (first + 2 * i) * SHM_PAGE_SIZE;
}

/*
 * A region of `size` bytes that is still forming, of whose pages some are
 * mapped: every second one from `first` of RAM on, so that it may lie anywhere.
 */
static inline enum shm_status begin_region(struct holdings *owner,
					   uint64_t size, uint64_t first,
					   struct region **out)
{
	struct region_request request = { 0, size, 0 };
	pa_t pages[PAGE_LIST_SLICE];
	struct page_list list;
	enum shm_status st = region_create(owner, &request, out);

	if (st != SHM_OK)
		return st;
	for (uint64_t i = 0; i < PAGE_LIST_SLICE; i++)
		pages[i] = begun_page(first, i);
	page_list_init(
		&list, owner, 0,
		world_write_list((unsigned int)first, pages, PAGE_LIST_SLICE),
		size / SHM_PAGE_SIZE);
	do
		st = region_map_slice(*out, &list);
	while (st == SHM_INTERRUPTED && (*out)->mapped == 0);
	call_page_unmap(owner, 0, CALL_PAGE_LIST);
	if (st == SHM_INTERRUPTED)
		return SHM_OK;
	end_region(*out);
	return st;
}

/* One that has its range, and no pages: its first run has not ended yet. */
static inline enum shm_status begin_range(struct holdings *owner, uint64_t size,
					  struct region **out)
{
	struct region_request request = { 0, size, 0 };
	struct page_list list;
	enum shm_status st = region_create(owner, &request, out);

	if (st != SHM_OK)
		return st;
	page_list_init_contiguous(&list, 0, size / SHM_PAGE_SIZE);
	st = region_map_slice(*out, &list);
	if (st == SHM_INTERRUPTED)
		return SHM_OK;
	end_region(*out);
	return st;
}

static inline void check_begun(const struct region *region, uint64_t first)
{
	assert_in_range(region->mapped, 1, region_pages(region));
	for (uint64_t i = 0; i < region->mapped; i += 41)
		assert_int_equal(sim_walk_pa(region->area.range.first +
					     i * SHM_PAGE_SIZE),
				 begun_page(first, i));
}

#endif
