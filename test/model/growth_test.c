// SPDX-License-Identifier: BSD-2-Clause
/*
 * Windows that grow when they are full: under live mappings, up to a limit, and
 * not at all when it would be in vain.
 */
#include "model/growth_fixture.h"
#include "model/region_fixture.h"
#include "sim/trace.h"

#define POOL	(UINT64_C(24) << 20)
#define CALLS	2u
#define REGIONS 520u
#define GUESTS	520u
/* What the guest's first slot takes of the space that regions are in. */
#define OWN_SLOT (WORLD_IS_SMALL ? LEAF_SPAN : GIB)

static struct region *regions[REGIONS];
static uint64_t level;

static int set_up_growing(void **state)
{
	struct shm_config config;

	(void)state;
	world_start_machine(POOL);
	config = growth_config(POOL, CALLS);
	assert_int_equal(shm_init(&shm, &config), SHM_OK);
	assert_int_equal(opened(&shm), FIRST);
	level = meta_pool_free_bytes(&shm.pool);
	assert_int_equal(guest_create(&shm, 3, &guest), SHM_OK);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
	return 0;
}

static void end_guest(struct guest *one)
{
	while (guest_cut_off(&shm, one) == SHM_INTERRUPTED)
		;
	guest_destroy(&shm, one);
}

static int tear_down_growing(void **state)
{
	(void)state;
	end_guest(guest);
	while (corpse_drain(&shm) != SHM_OK)
		;
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	assert_null(va_pool_check(&shm.small_slots));
	assert_null(va_pool_check(&shm.large_slots));
	return sim_check_violations() ? 0 : -1;
}

static enum shm_status begin(unsigned int n)
{
	return begin_region(guest->holdings, REGION, n, &regions[n]);
}

/* Regions from number `from` on, up to `end` or as many as there is room for */
static unsigned int begin_some(unsigned int from, unsigned int end)
{
	unsigned int n = from;
	enum shm_status st = SHM_OK;

	while (n < end) {
		st = begin(n);
		if (st != SHM_OK)
			break;
		n++;
	}
	assert_true(st == SHM_OK || st == SHM_NO_VA);
	return n;
}

/* Regions that fit while so many bytes are open. */
static unsigned int that_fit(uint64_t open)
{
	return (unsigned int)((open - OWN_SLOT) / REGION);
}

static void end_some(unsigned int from, unsigned int end)
{
	for (unsigned int i = from; i < end; i++)
		end_region(regions[i]);
}

static void assert_refused(uint64_t size)
{
	struct region *region;
	struct look before = look();
	uint64_t open = opened(&shm);

	assert_int_equal(begin_range(guest->holdings, size, &region),
			 SHM_NO_VA);
	assert_unchanged(&before);
	assert_int_equal(opened(&shm), open);
}

static void windows_grow_while_all_of_them_are_in_use(void **state)
{
	unsigned int grown = 0;
	unsigned int n = 0;
	uint64_t open = FIRST;

	(void)state;
	while (begin_some(n, n + 1) != n) {
		n++;
		if (opened(&shm) == open)
			continue;
		/* Not before it had to be, by one step, and nothing moved. */
		assert_int_equal(n, that_fit(open) + 1);
		assert_int_equal(opened(&shm), open + STEP);
		open += STEP;
		grown++;
		for (unsigned int i = 0; i < n; i++)
			check_begun(regions[i], i);
		assert_null(va_pool_check(&shm.large_slots));
	}
	assert_int_equal(opened(&shm), LIMIT);
	assert_int_equal(grown, (LIMIT - FIRST) / STEP);
	assert_int_equal(n, that_fit(LIMIT));
	assert_refused(REGION);
	for (unsigned int i = 0; i < n; i++)
		check_begun(regions[i], i);
	/* What was opened is there for all that comes later. */
	end_some(0, n);
	assert_int_equal(begin_some(0, REGIONS), n);
	assert_int_equal(opened(&shm), LIMIT);
	end_some(0, n);
}

static void one_request_can_take_several_steps(void **state)
{
	unsigned int n = begin_some(0, that_fit(FIRST));
	struct region *large;

	(void)state;
	assert_int_equal(opened(&shm), FIRST);
	assert_int_equal(begin_region(guest->holdings, 2 * STEP, 1000, &large),
			 SHM_OK);
	assert_int_equal(opened(&shm), FIRST + 2 * STEP);
	check_begun(large, 1000);
	end_region(large);
	end_some(0, n);
}

static void what_is_left_is_opened_only_if_it_helps(void **state)
{
	unsigned int n = begin_some(0, that_fit(LIMIT - STEP));
	/* Where there is no room, the last regions may share a slot. */
	unsigned int kept = WORLD_IS_SMALL ? 0 : n - 1;
	uint64_t size = WORLD_IS_SMALL ? LIMIT - STEP : STEP + REGION;
	struct region *last;

	(void)state;
	assert_int_equal(opened(&shm), LIMIT - STEP);
	assert_refused(STEP + REGION);
	/* With a gap before it, it is enough. */
	end_some(kept, n);
	assert_refused(WORLD_IS_SMALL ? LIMIT : 2 * STEP);
	assert_int_equal(begin_region(guest->holdings, size, 1000, &last),
			 SHM_OK);
	assert_int_equal(opened(&shm), LIMIT);
	check_begun(last, 1000);
	end_region(last);
	end_some(0, kept);
}

/* Growing itself takes no memory, but what it was for does. */
static void growth_is_undone_when_memory_runs_out(void **state)
{
	unsigned int n = begin_some(0, that_fit(FIRST));
	struct look before = look();
	enum shm_status st = SHM_NO_METADATA;
	uint32_t at = 1;

	(void)state;
	for (; st != SHM_OK; at++) {
		shm.pool.fail_after = at;
		st = begin_range(guest->holdings, REGION, &regions[n]);
		shm.pool.fail_after = 0;
		if (st == SHM_OK)
			break;
		assert_true(st == SHM_NO_METADATA || st == SHM_NO_TABLE);
		assert_unchanged(&before);
		assert_int_equal(opened(&shm), FIRST);
		assert_null(va_pool_check(&shm.large_slots));
	}
	/* The region, its slot, the slot's table and the table's page. */
	assert_in_range(at, 5, 1000);
	assert_int_equal(opened(&shm), FIRST + STEP);
	end_some(0, n + 1);
}

/* Each guest has a small slot, and a page mapped in it. */
static void guests_make_windows_grow(void **state)
{
	static struct guest *guests[GUESTS];
	unsigned int fit =
		(unsigned int)((WORLD_IS_SMALL ? FIRST : GIB) / LEAF_SPAN);
	unsigned int n = 1;

	(void)state;
	for (; n <= fit; n++) {
		assert_int_equal(opened(&shm), FIRST);
		assert_int_equal(
			guest_create(&shm, (uint16_t)(100 + n), &guests[n]),
			SHM_OK);
		assert_int_equal(guest_prepare(&shm, guests[n]), SHM_OK);
		assert_int_equal(
			call_page_map(guests[n]->holdings, 0, CALL_PAGE_LIST,
				      WORLD_RAM_PA + n * SHM_PAGE_SIZE),
			SHM_OK);
	}
	assert_int_equal(opened(&shm), FIRST + STEP);
	/* The rest of the step serves the next ones, and large slots theirs. */
	n = begin_some(0, 4);
	assert_int_equal(n, 4);
	for (unsigned int i = 1; i <= fit; i++)
		assert_int_equal(sim_walk(call_page_address(guests[i]->holdings,
							    0, CALL_PAGE_LIST))
					 .pa,
				 WORLD_RAM_PA + i * SHM_PAGE_SIZE);
	assert_null(va_pool_check(&shm.small_slots));
	end_some(0, n);
	for (unsigned int i = 1; i <= fit; i++)
		end_guest(guests[i]);
}

static void windows_can_grow_at_another_place(void **state)
{
	uint64_t span = UINT64_C(1)
			<< pt_level_shift(pt_first_level(SIM_VA_BITS));
	struct shm_config config = growth_config(POOL, CALLS);
	struct region *region = NULL;

	(void)state;
	if (span < FIRST)
		span = FIRST;
	end_guest(guest);
	config.window.last = config.window.first + span - 1;
	config.growth.first = config.window.first + 2 * span;
	config.growth.last = config.growth.first + span - 1;
	world_start_machine(POOL);
	assert_int_equal(shm_init(&shm, &config), SHM_OK);
	level = meta_pool_free_bytes(&shm.pool);
	assert_int_equal(shm_add_window(&shm, config.growth), SHM_CONFLICT);
	assert_int_equal(guest_create(&shm, 3, &guest), SHM_OK);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
	for (unsigned int i = 0; opened(&shm) == span; i++) {
		assert_in_range(i, 0, span / REGION);
		assert_int_equal(begin_range(guest->holdings, REGION, &region),
				 SHM_OK);
	}
	assert_int_equal(region->area.range.first, config.growth.first);
	assert_int_equal(shm_add_window(&shm, config.growth), SHM_CONFLICT);
	config.growth.first -= span;
	config.growth.last -= span;
	assert_int_equal(shm_add_window(&shm, config.growth), SHM_OK);
	level -= shm.window_cache.object_size;
}

static void growth_that_cannot_be_is_refused(void **state)
{
	struct shm_config good = growth_config(POOL, CALLS);
	struct shm_config bad = good;
	static struct shm other;

	(void)state;
	bad.growth_step = STEP + STEP / 2; /* no power of two */
	assert_int_equal(shm_init(&other, &bad), SHM_BAD_SIZE);
	bad.growth_step = SHM_PAGE_SIZE;
	assert_int_equal(shm_init(&other, &bad), SHM_BAD_SIZE);
	bad = good;
	bad.growth.first -= STEP; /* overlaps */
	assert_int_equal(shm_init(&other, &bad), SHM_BAD_ADDRESS);
	bad = good;
	bad.growth.last -= SHM_PAGE_SIZE; /* not whole */
	assert_int_equal(shm_init(&other, &bad), SHM_BAD_ADDRESS);
	bad = good;
	bad.growth =
		(struct va_range){ good.growth.last + 1, good.growth.first };
	assert_int_equal(shm_init(&other, &bad), SHM_BAD_ADDRESS);
	bad = good;
	bad.growth.last = UINT64_C(1) << SIM_VA_BITS | (STEP - 1);
	assert_int_equal(shm_init(&other, &bad), SHM_BAD_ADDRESS);
	bad = good;
	bad.pool_size = 8 * SHM_PAGE_SIZE;
	bad.growth_step = WORLD_IS_SMALL ? LEAF_SPAN : GIB;
	assert_int_equal(shm_init(&other, &bad), SHM_NO_METADATA);
}

static void kernel_cannot_add_what_is_for_growth(void **state)
{
	uint64_t bytes = meta_pool_free_bytes(&shm.pool);
	struct va_range all = { WORLD_WINDOW, WORLD_WINDOW + LIMIT - 1 };

	(void)state;
	assert_int_equal(shm_add_window(&shm, all), SHM_CONFLICT);
	assert_int_equal(opened(&shm), FIRST);
	assert_int_equal(meta_pool_free_bytes(&shm.pool), bytes);
	end_some(0, begin_some(0, that_fit(LIMIT)));
	assert_int_equal(shm_add_window(&shm, all), SHM_CONFLICT);
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, set_up_growing, tear_down_growing)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(windows_grow_while_all_of_them_are_in_use),
		CASE(one_request_can_take_several_steps),
		CASE(what_is_left_is_opened_only_if_it_helps),
		CASE(growth_is_undone_when_memory_runs_out),
		CASE(guests_make_windows_grow),
		CASE(windows_can_grow_at_another_place),
		CASE(growth_that_cannot_be_is_refused),
		CASE(kernel_cannot_add_what_is_for_growth),
	};

	trace_leave_out("how much fits depends on the size of tables");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
