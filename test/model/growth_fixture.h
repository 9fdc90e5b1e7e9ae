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
	return config;
}

static inline uint64_t opened(const struct shm *shm)
{
	return shm->small_slots.window_size + shm->large_slots.window_size;
}

/*
 * A region of `size` bytes that is still forming, of whose pages some are
 * mapped: neighbours, from page `first` of RAM on.
 */
static inline enum shm_status begin_region(struct holdings *owner,
					   uint64_t size, uint64_t first,
					   struct region **out)
{
	struct region_request request = { 0, size, 0 };
	struct page_list list;
	enum shm_status st = region_create(owner, &request, out);

	if (st != SHM_OK)
		return st;
	page_list_init_contiguous(&list, WORLD_RAM_PA + first * SHM_PAGE_SIZE,
				  size / SHM_PAGE_SIZE);
	/* A granule is mapped when all of it was read. */
	while ((*out)->mapped == 0)
		assert_int_equal(region_map_slice(*out, &list),
				 SHM_INTERRUPTED);
	return SHM_OK;
}

static inline void check_begun(const struct region *region, uint64_t first)
{
	assert_in_range(region->mapped, 1, region_pages(region));
	for (uint64_t i = 0; i < region->mapped; i += 41) {
		va_t va = region->area.range.first + i * SHM_PAGE_SIZE;
		struct sim_mapping leaf = sim_walk(va);

		assert_int_not_equal(leaf.size, 0);
		assert_int_equal(leaf.pa + (va - leaf.va),
				 WORLD_RAM_PA + (first + i) * SHM_PAGE_SIZE);
	}
}

static inline void end_region(struct region *region)
{
	region_leave(region);
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
}

#endif
