/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual space that runs out: a window added at run time, and the slices that
 * cutting off takes where slots are made of leaf tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/region_fixture.h"
#include "sim/trace.h"
#include "sim/world.h"

#define POOL (UINT64_C(8) << 20)
/* The first half of what the machine has; the other half comes later. */
#define HALF	  (WORLD_IS_SMALL ? UINT64_C(1) << 30 : UINT64_C(1) << 39)
#define REGION	  (WORLD_IS_SMALL ? UINT64_C(64) << 20 : UINT64_C(1) << 30)
#define LEAF_SPAN (SHM_PAGE_SIZE << PT_INDEX_BITS)
#define REGIONS	  512u

static struct region *regions[REGIONS];
static uint64_t level;

static struct va_range half(unsigned int n)
{
	va_t first = WORLD_WINDOW + n * HALF;

	return (struct va_range){ first, first + HALF - 1 };
}

static int set_up_half(void **state)
{
	struct shm_config config;

	(void)state;
	world_start_machine(POOL);
	config = world_config(POOL, 2);
	config.window = half(0);
	config.guest_tables = REGIONS;
	assert_int_equal(shm_init(&shm, &config), SHM_OK);
	level = meta_pool_free_bytes(&shm.pool);
	assert_int_equal(guest_create(&shm, 3, &guest), SHM_OK);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
	for (uint64_t i = 0; i < COUNT; i++)
		pages[i] = WORLD_RAM2_PA + (i * 3 << SHM_PAGE_SHIFT);
	return 0;
}

static int tear_down_half(void **state)
{
	(void)state;
	while (guest_cut_off(&shm, guest) == SHM_INTERRUPTED)
		;
	guest_destroy(&shm, guest);
	while (corpse_drain(&shm) != SHM_OK)
		;
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	return sim_check_violations() ? 0 : -1;
}

/* A region that has a range but no pages: its first run has not ended yet. */
static enum shm_status take_space(uint64_t size, struct region **out)
{
	struct region_request request = { 0, size, 0 };
	struct page_list list;
	enum shm_status st;

	assert_int_equal(region_create(guest->holdings, &request, out), SHM_OK);
	page_list_init_contiguous(&list, 0, region_pages(*out));
	st = region_map_slice(*out, &list);
	return st == SHM_INTERRUPTED ? SHM_OK : st;
}

static unsigned int take_all_space(void)
{
	enum shm_status st = SHM_OK;
	unsigned int count = 0;

	while (st == SHM_OK && count < REGIONS)
		st = take_space(REGION, &regions[count++]);
	assert_int_equal(st, SHM_NO_VA);
	return count;
}

static void drop(unsigned int first, unsigned int count)
{
	for (unsigned int i = first; i < count; i++) {
		region_leave(regions[i]);
		while (region_take_apart(regions[i]) == SHM_INTERRUPTED)
			;
	}
}

static void check_registered(const struct region *region)
{
	for (uint64_t i = 0; i < COUNT; i++)
		assert_int_equal(
			sim_walk_pa(region_address(region, i * SHM_PAGE_SIZE)),
			pages[i]);
}

static void window_can_be_added_while_others_are_full(void **state)
{
	const struct region *registered;
	struct region *more;
	struct va_range before;
	unsigned int count;

	(void)state;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	registered = guest->holdings->all;
	before = registered->area.range;
	count = take_all_space();
	assert_in_range(count, 8, REGIONS - 1);
	assert_int_equal(shm_add_window(&shm, half(1)), SHM_OK);
	level -= shm.window_cache.object_size;
	assert_memory_equal(&registered->area.range, &before, sizeof(before));
	check_registered(registered);
	assert_int_equal(take_space(REGION, &more), SHM_OK);
	assert_in_range(more->area.range.last, half(1).first, half(1).last);
	/* A fresh window's pages are found as those of the old one. */
	drop(0, count);
	region_leave(more);
	while (region_take_apart(more) == SHM_INTERRUPTED)
		;
	check_registered(registered);
	assert_int_equal(register_pages(COOKIE + 1), SHM_OK);
	check_registered(guest->holdings->all);
	unregister(COOKIE);
	unregister(COOKIE + 1);
	assert_true(sim_check_violations());
}

static void window_that_cannot_be_is_refused(void **state)
{
	uint64_t bytes = meta_pool_free_bytes(&shm.pool);
	struct va_range bad[] = { half(1), half(1), half(1), half(0) };

	(void)state;
	bad[0].first += SHM_PAGE_SIZE;
	bad[1].last -= SHM_PAGE_SIZE;
	bad[2].first = UINT64_C(1) << SIM_VA_BITS;
	bad[2].last = bad[2].first + HALF - 1;
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(shm_add_window(&shm, bad[i]), SHM_BAD_ADDRESS);
	assert_int_equal(shm_add_window(&shm, bad[3]), SHM_CONFLICT);
	bad[3].last = half(1).last;
	assert_int_equal(shm_add_window(&shm, bad[3]), SHM_CONFLICT);
	shm.pool.fail_after = 1;
	assert_int_equal(shm_add_window(&shm, half(1)), SHM_NO_METADATA);
	assert_int_equal(meta_pool_free_bytes(&shm.pool), bytes);
}

/* With room it is one, however much was mapped; without, 256 leaf tables. */
static void cutting_off_takes_the_slices_it_says(void **state)
{
	unsigned int slices = 1;
	struct region *large;

	(void)state;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	assert_int_equal(take_space(400 * LEAF_SPAN, &large), SHM_OK);
	sim_masked_work_reset();
	while (guest_cut_off(&shm, guest) == SHM_INTERRUPTED) {
		/* It is whole until nothing of it is left. */
		assert_non_null(guest->holdings);
		assert_int_equal(guest->holdings->dead, false);
		slices++;
	}
	assert_int_equal(slices, WORLD_IS_SMALL ? 2 : 1);
	assert_in_range(sim_masked_work(), 0, WORLD_IS_SMALL ? 300 : 40);
	assert_null(guest->holdings);
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, set_up_half, tear_down_half)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(window_can_be_added_while_others_are_full),
		CASE(window_that_cannot_be_is_refused),
		CASE(cutting_off_takes_the_slices_it_says),
	};

	trace_leave_out_roomy("windows are larger where there is room");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
