// SPDX-License-Identifier: BSD-2-Clause
/*
 * Pages that the hypervisor moved from one guest to another, by the library's
 * own calls: which regions are revoked by that, what is left mapped, and that
 * no allocation which fails on the way changes the outcome.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dynshm/session.h>
#include <string.h>

#include "model/revoke_fixture.h"

/*
 * Scattered, the first and last of a granule that is one link and of the groups
 * that follow it, the last of its run, at a hole; and what goes with them.
 */
static const struct {
	unsigned int page;
	unsigned int lost;
} picks[] = {
	{ 0, 1 },	   { 5, 1 },	      { 399, 1 },
	{ 400, PAGES_2M }, { 911, PAGES_2M }, { 912, 16 },
	{ 991, 16 },	   { 999, 1 },	      { 1299, 1 },
};

static void a_moved_page_revokes_the_region_that_had_it(void **state)
{
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < sizeof(picks) / sizeof(picks[0]); i++) {
		unsigned int pick = picks[i].page;

		loser->holdings->revoked = 0;
		assert_int_equal(add(loser, COOKIE, pages, COUNT), SHM_OK);
		assert_int_equal(add(winner, 1, &pages[pick], 1), SHM_OK);
		assert_revoked(loser, COOKIE);
		assert_false(is_mapped(find(loser, COOKIE), pick));
		assert_int_equal(count_mapped(find(loser, COOKIE)),
				 COUNT - picks[i].lost);
		assert_true(is_mapped(find(winner, 1), 0));
		assert_gone(loser, COOKIE);
		take_away(winner, 1);
		assert_unchanged(&before);
	}
}

/* Invariant 6: with interrupts masked, it takes no longer for a large region.
 */
static void a_moved_page_costs_the_same_whatever_its_region(void **state)
{
	static const uint64_t counts[] = { 40, COUNT };
	uint64_t work[2];

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		loser->holdings->revoked = 0;
		assert_int_equal(add(loser, COOKIE, pages, counts[i]), SHM_OK);
		sim_masked_work_reset();
		assert_int_equal(add(winner, 1, &pages[3], 1), SHM_OK);
		work[i] = sim_masked_work();
		assert_revoked(loser, COOKIE);
		assert_gone(loser, COOKIE);
		take_away(winner, 1);
	}
	assert_in_range(work[1], 1, work[0] + work[0] / 8);
}

/* Memory that the secure kernel mapped for itself, without a cookie. */
static void a_region_of_the_kernel_is_revoked_as_any(void **state)
{
	struct region_request request = { .size = 2 * SHM_PAGE_SIZE };
	struct region *region;
	struct region *replaced;
	struct page_list list;

	(void)state;
	assert_int_equal(region_create(shm.kernel, &request, &region), SHM_OK);
	page_list_init_contiguous(&list, pages[0], 2);
	assert_int_equal(region_map_slice(region, &list), SHM_OK);
	assert_int_equal(region_commit(region, false, &replaced), SHM_OK);
	assert_false(region->revoked);
	assert_int_equal(add(winner, 1, pages, 1), SHM_OK);
	assert_true(region->revoked);
	assert_true(is_mapped(find(winner, 1), 0));
	region_leave(region);
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
	take_away(winner, 1);
}

/* Whole chunks of list cells, and a leaf table at the end of the region. */
static void a_moved_stretch_leaves_nothing_behind_it(void **state)
{
	struct look before = look();

	(void)state;
	for (unsigned int first = 0; first < 1300; first += 130) {
		for (unsigned int slices = 0; slices < 3; slices++) {
			unsigned int count =
				first + 400 > COUNT ? COUNT - first : 400;

			loser->holdings->revoked = 0;
			assert_int_equal(add(loser, COOKIE, pages, COUNT),
					 SHM_OK);
			assert_int_equal(add(winner, 1, &pages[first], count),
					 SHM_OK);
			assert_revoked(loser, COOKIE);
			for (unsigned int i = 0; i < slices; i++)
				(void)corpse_drain(&shm);
			take_away(loser, COOKIE);
			assert_int_equal(count_mapped(find(winner, 1)), count);
			take_away(winner, 1);
			assert_unchanged(&before);
		}
	}
}

#define HEAD 200u /* pages: more than a slice */

static void a_moved_granule_revokes_all_that_had_any_of_it(void **state)
{
	struct look before = look();
	pa_t granule[PAGES_2M];
	pa_t shifted[2 * PAGES_2M];

	(void)state;
	for (unsigned int i = 0; i < PAGES_2M; i++)
		granule[i] = WORLD_HIGH_PA + i * SHM_PAGE_SIZE;
	/* Too late in the list to be a block: it lies in two leaf tables. */
	memcpy(&shifted[HEAD], granule, sizeof(granule));
	for (unsigned int i = 0; i < HEAD; i++)
		shifted[i] = WORLD_RAM_PA + 2 * i * SHM_PAGE_SIZE;
	assert_int_equal(add(loser, 1, shifted, HEAD + PAGES_2M), SHM_OK);
	assert_int_equal(add(loser, 2, granule, PAGES_2M), SHM_OK);
	assert_int_equal(add(loser, 3, &granule[7], 1), SHM_OK);
	assert_int_equal(add(loser, 4, &granule[7], 300), SHM_OK);
	assert_int_equal(add(loser, 5, shifted, HEAD), SHM_OK);
	assert_int_equal(add(winner, 1, granule, PAGES_2M), SHM_OK);
	assert_int_equal(loser->holdings->revoked, 4);
	assert_int_equal(count_mapped(find(loser, 1)), HEAD);
	for (uint64_t cookie = 2; cookie < 5; cookie++)
		assert_int_equal(count_mapped(find(loser, cookie)), 0);
	assert_int_equal(count_mapped(find(loser, 5)), HEAD);
	assert_int_equal(count_mapped(find(winner, 1)), PAGES_2M);
	assert_int_equal(sim_tlb_stale_count(), 0);
	drain();
	assert_int_equal(world_leaf_count(), HEAD + PAGES_2M);
	for (uint64_t cookie = 1; cookie < 6; cookie++)
		take_away(loser, cookie);
	take_away(winner, 1);
	assert_unchanged(&before);
}

/* The first granule of pages[] is mixed now; who is in it keeps apart. */
static void neighbours_in_a_granule_leave_each_other_alone(void **state)
{
	struct look before = look();
	pa_t own[400];

	(void)state;
	for (unsigned int i = 0; i < 400; i++)
		own[i] = WORLD_RAM_PA + (i * 9 + 1) * SHM_PAGE_SIZE;
	assert_int_equal(add(loser, COOKIE, pages, 400), SHM_OK);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(add(winner, 1, own, 400), SHM_OK);
		assert_int_equal(add(winner, 2, own, 400), SHM_OK);
		assert_int_equal(add(loser, COOKIE, pages, 400), SHM_OK);
		take_away(winner, 1);
		take_away(winner, 2);
	}
	assert_int_equal(loser->holdings->revoked, 0);
	assert_int_equal(winner->holdings->revoked, 0);
	assert_int_equal(count_mapped(find(loser, COOKIE)), 400);
	take_away(loser, COOKIE);
	assert_unchanged(&before);
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, set_up_two, tear_down_two)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_moved_page_revokes_the_region_that_had_it),
		CASE(a_moved_page_costs_the_same_whatever_its_region),
		CASE(a_region_of_the_kernel_is_revoked_as_any),
		CASE(a_moved_stretch_leaves_nothing_behind_it),
		CASE(a_moved_granule_revokes_all_that_had_any_of_it),
		CASE(neighbours_in_a_granule_leave_each_other_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
