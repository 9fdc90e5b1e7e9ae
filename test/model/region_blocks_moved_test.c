/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that move to another guest out of what is mapped by a block, a group or
 * a GiB; and owners who die around that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/blocks_fixture.h"
#include "sim/trace.h"

#define WINNER UINT64_C(77)

static struct guest *loser;
static struct guest *winner;

static int set_up_both(void **state)
{
	blocks_set_up(state);
	loser = guest;
	assert_int_equal(guest_create(&shm, 4, &winner), SHM_OK);
	return guest_prepare(&shm, winner) == SHM_OK ? 0 : -1;
}

static int tear_down_both(void **state)
{
	while (guest_cut_off(&shm, winner) == SHM_INTERRUPTED)
		;
	guest_destroy(&shm, winner);
	guest = loser;
	return blocks_tear_down(state);
}

/* The winner gets `size` bytes at `pa`. */
static void move(pa_t pa, uint64_t size)
{
	guest = winner;
	assert_int_equal(blocks_register(WINNER, blocks_run(0, pa, size)),
			 SHM_OK);
	blocks_check_pages(blocks_region(WINNER));
	guest = loser;
}

static void take_back(void)
{
	guest = winner;
	unregister(WINNER);
	guest = loser;
}

static void drain(void)
{
	unsigned int slices = 0;

	while (corpse_drain(&shm) != SHM_OK)
		assert_in_range(++slices, 1, 100000);
}

static uint64_t count_mapped(const struct region *region)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < region_pages(region); i++)
		count += sim_walk(region_address(region, i << SHM_PAGE_SHIFT))
				 .size != 0;
	return count;
}

/* A run, and places in it that are mapped by different sizes. */
#define LEAD	 (MIB(2) + KIB(68))
#define RUN_PA	 (BLOCKS_PA + GIB(1) - LEAD)
#define RUN_SIZE (LEAD + (WORLD_IS_SMALL ? MIB(61) : GIB(1)))

static const uint64_t places[] = {
	0,
	KIB(4),
	KIB(64),
	KIB(68),
	LEAD - KIB(4),
	LEAD,
	LEAD + MIB(31),
	LEAD + MIB(40) + KIB(4),
	RUN_SIZE - KIB(4),
};

#define PLACE_COUNT (sizeof(places) / sizeof(places[0]))

static struct region *lose_one_page(uint64_t place)
{
	struct region *region;
	struct region *found;
	uint64_t count = blocks_run(0, RUN_PA, RUN_SIZE);

	loser->holdings->revoked = 0;
	assert_int_equal(blocks_register(COOKIE, count), SHM_OK);
	region = blocks_region(COOKIE);
	blocks_check_sizes(region, 0, RUN_SIZE);
	sim_masked_work_reset();
	move(RUN_PA + place, KIB(4));
	assert_in_range(sim_masked_work(), 1, 500);
	assert_int_equal(region_get(loser->holdings, COOKIE, &found),
			 SHM_REGION_GONE);
	assert_int_equal(loser->holdings->revoked, 1);
	assert_int_equal(sim_walk(region_address(region, place)).size, 0);
	assert_false(sim_tlb_names_page(RUN_PA + place));
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_true(sim_check_violations());
	return region;
}

static void one_page_revokes_whatever_it_is_a_part_of(void **state)
{
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < PLACE_COUNT; i++) {
		struct region *region = lose_one_page(places[i]);

		drain();
		assert_int_equal(count_mapped(region), 0);
		assert_int_equal(world_leaf_count(), 1);
		unregister(COOKIE);
		take_back();
		assert_unchanged(&before);
	}
}

/* Its owner need not wait for that. */
static void what_is_left_goes_with_its_region(void **state)
{
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < PLACE_COUNT; i++) {
		lose_one_page(places[i]);
		(void)corpse_drain(&shm);
		unregister(COOKIE);
		assert_int_equal(world_leaf_count(), 1);
		take_back();
		assert_unchanged(&before);
	}
}

static void the_loser_may_die_in_between(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < PLACE_COUNT; i++) {
		lose_one_page(places[i]);
		for (unsigned int n = 0; n < 4 * i; n++)
			(void)corpse_drain(&shm);
		while (guest_cut_off(&shm, loser) == SHM_INTERRUPTED)
			;
		assert_int_equal(world_leaf_count(), 1);
		assert_int_equal(sim_tlb_stale_count(), 0);
		assert_int_equal(guest_prepare(&shm, loser), SHM_OK);
		drain();
		take_back();
		assert_int_equal(world_leaf_count(), 0);
	}
}

/* What a block or a group maps counts for others, too, when it is all theirs.
 */
static void runs_move_as_they_came(void **state)
{
	struct look before = look();
	uint64_t count;

	(void)state;
	for (unsigned int i = 0; i < PLACE_COUNT; i++) {
		struct region *region;

		loser->holdings->revoked = 0;
		count = blocks_run(0, RUN_PA, RUN_SIZE);
		assert_int_equal(blocks_register(COOKIE, count), SHM_OK);
		region = blocks_region(COOKIE);
		move(RUN_PA + (places[i] / 2 & ~SHM_PAGE_MASK), MIB(33));
		blocks_check_sizes(winner->holdings->all, 0, MIB(33));
		assert_true(region->revoked);
		drain();
		assert_int_equal(world_leaf_count(), MIB(33) >> SHM_PAGE_SHIFT);
		unregister(COOKIE);
		take_back();
		assert_unchanged(&before);
	}
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, set_up_both, tear_down_both)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(one_page_revokes_whatever_it_is_a_part_of),
		CASE(what_is_left_goes_with_its_region),
		CASE(the_loser_may_die_in_between),
		CASE(runs_move_as_they_came),
	};

	trace_leave_out_roomy("runs are longer where there is room");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
