/* SPDX-License-Identifier: BSD-2-Clause */
/* See blocks_fixture.h. */
#include "model/blocks_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

pa_t blocks_list[BLOCKS_PAGES];

static uint64_t level;

int blocks_set_up(void **state)
{
	static const struct pa_range ram[] = {
		{ WORLD_RAM2_PA, WORLD_RAM2_END - 1 },
		{ BLOCKS_PA, BLOCKS_PA + BLOCKS_SIZE - 1 },
	};
	struct shm_config config;

	(void)state;
	sim_reset();
	for (unsigned int i = 0; i < 2; i++)
		sim_add_range(SIM_RAM, ram[i].first,
			      ram[i].last - ram[i].first + 1);
	sim_add_range(SIM_SECURE, WORLD_ROOT_PA, WORLD_ROOT_SIZE);
	sim_add_range(SIM_SECURE, WORLD_POOL_PA, BLOCKS_POOL);
	sim_mmu_set_root(sim_pointer(WORLD_ROOT_PA));
	sim_interrupts_open(true);
	config = world_config(BLOCKS_POOL, 2);
	config.ram = ram;
	config.ram_count = 2;
	assert_int_equal(shm_init(&shm, &config), SHM_OK);
	level = meta_pool_free_bytes(&shm.pool);
	assert_int_equal(guest_create(&shm, 3, &guest), SHM_OK);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
	return 0;
}

int blocks_tear_down(void **state)
{
	(void)state;
	while (guest_cut_off(&shm, guest) == SHM_INTERRUPTED)
		;
	guest_destroy(&shm, guest);
	while (corpse_drain(&shm) != SHM_OK)
		;
	assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
	return sim_check_violations() ? 0 : -1;
}

uint64_t blocks_run(uint64_t at, pa_t pa, uint64_t size)
{
	for (uint64_t i = 0; i < size >> SHM_PAGE_SHIFT; i++)
		blocks_list[at++] = pa + (i << SHM_PAGE_SHIFT);
	return at;
}

enum shm_status blocks_register(uint64_t cookie, uint64_t count)
{
	return register_list(cookie, world_write_list(0, blocks_list, count),
			     count << SHM_PAGE_SHIFT);
}

struct region *blocks_region(uint64_t cookie)
{
	struct region *region = guest->holdings->all;

	while (region != NULL && region->cookie != cookie)
		region = region->next;
	assert_non_null(region);
	return region;
}

void blocks_check_pages(const struct region *region)
{
	for (uint64_t i = 0; i < region_pages(region); i++)
		assert_int_equal(sim_walk_pa(region_address(
					 region, i << SHM_PAGE_SHIFT)),
				 blocks_list[i]);
}

uint64_t blocks_entry_size(va_t va)
{
	struct sim_mapping leaf = sim_walk(va);

	assert_true(leaf.ns && !leaf.executable && leaf.attr == 0 &&
		    leaf.share == 3);
	/* A group that is one says so by its size. */
	return leaf.contiguous && !SIM_GROUP_IS_ONE ? 16 * leaf.size
						    : leaf.size;
}

/* An aligned stretch of a run, and the TLB entries that are to map it. */
static const struct {
	uint64_t stretch;
	uint64_t entry;
} sizes[] = {
	{ KIB(4), KIB(4) },
	{ KIB(64), KIB(64) },
	{ MIB(2), SIM_GROUP_IS_ONE ? MIB(1) : MIB(2) },
	{ SIM_GROUP_IS_ONE ? MIB(16) : MIB(32),
	  SIM_GROUP_IS_ONE ? MIB(16) : MIB(32) },
	/* A table that is one owner's alone, or none. */
	{ WORLD_IS_SMALL ? GIB(512) : GIB(1), GIB(1) },
};

/* Of the largest one around `pa` that lies in the run. */
static uint64_t best_size(pa_t pa, pa_t first, uint64_t size)
{
	uint64_t best = 0;

	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint64_t stretch = sizes[i].stretch;
		pa_t start = pa & ~(stretch - 1);

		if (start >= first && start + stretch <= first + size)
			best = sizes[i].entry;
	}
	return best;
}

void blocks_check_sizes(const struct region *region, uint64_t first,
			uint64_t size)
{
	pa_t pa = blocks_list[first];
	va_t va = region_address(region, first << SHM_PAGE_SHIFT);

	for (uint64_t at = 0; at < size; at += SHM_PAGE_SIZE)
		assert_int_equal(blocks_entry_size(va + at),
				 best_size(pa + at, pa, size));
}
