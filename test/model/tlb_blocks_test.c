/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library asks of the TLBs for regions that are mapped by blocks: one
 * operation for each descriptor, where all of a region's blocks are told apart
 * from its pages, and everything where they are not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/blocks_fixture.h"
#include "sim/trace.h"

/* What one descriptor above the leaves maps. */
#define BLOCK (SHM_PAGE_SIZE << PT_INDEX_BITS)
#define GROUP (16 * BLOCK)

/* Aligned for all sizes; the RAM goes on for a GiB. */
#define RUN_PA (BLOCKS_PA + MIB(64))

static int set_up_ranges(void **state)
{
	if (blocks_set_up(state) != 0)
		return -1;
	sim_tlb_set_ranges(true);
	shm.has_tlb_ranges = true;
	return 0;
}

/*
 * Operations to unregister the first pages of the list. The address that a leaf
 * table goes by may be that of a page, which is told again at the end.
 */
static struct sim_tlb_counts cost_of(uint64_t count)
{
	struct look before = look();
	struct sim_tlb_counts counts;

	assert_int_equal(blocks_register(COOKIE, count), SHM_OK);
	sim_tlb_counts_reset();
	unregister(COOKIE);
	counts = sim_tlb_counts();
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_in_range(counts.wasted, 0, counts.by_va - counts.leaf_only);
	assert_unchanged(&before);
	return counts;
}

static void assert_by_address(uint64_t count, uint64_t operations)
{
	struct sim_tlb_counts counts = cost_of(count);

	assert_int_equal(counts.leaf_only, operations);
	assert_int_equal(counts.ranges, 0);
	assert_int_equal(counts.all, 0);
}

/* A leaf table that goes has a pair of barriers of its own. */
static void blocks_go_by_one_address_each(void **state)
{
	(void)state;
	assert_by_address(blocks_run(0, RUN_PA + MIB(2), MIB(2)),
			  MIB(2) / BLOCK);
	assert_by_address(blocks_run(0, RUN_PA + MIB(2), MIB(14)),
			  MIB(14) / BLOCK);
	assert_by_address(blocks_run(0, RUN_PA + MIB(2), MIB(14) + KIB(12)),
			  MIB(14) / BLOCK + 3);
	assert_by_address(
		blocks_run(0, RUN_PA + MIB(2) - KIB(20), MIB(10) + KIB(32)),
		5 + MIB(10) / BLOCK + 3);
}

static void they_take_one_pair_of_barriers(void **state)
{
	struct sim_tlb_counts counts;

	(void)state;
	counts = cost_of(blocks_run(0, RUN_PA + MIB(2), MIB(14)));
	assert_int_equal(counts.leaf_only, MIB(14) / BLOCK);
	/* And one for the slot, where it goes with its last region. */
	assert_int_equal(counts.brackets, WORLD_IS_SMALL ? 1 : 2);
}

/* A TLB may hold a group as one entry, but it need not. */
static void groups_go_by_all_their_addresses(void **state)
{
	uint64_t most = 2 * GROUP;

	(void)state;
	assert_by_address(blocks_run(0, RUN_PA, GROUP), 16);
	assert_by_address(blocks_run(0, RUN_PA, most), 32);
	assert_int_equal(cost_of(blocks_run(0, RUN_PA, most + KIB(4))).all, 1);
	assert_int_equal(cost_of(blocks_run(0, RUN_PA, most + MIB(2))).all, 1);
	assert_by_address(blocks_run(0, RUN_PA + KIB(64), KIB(64)), 16);
}

/*
 * `count` that are no neighbours, behind a block and before another. They may
 * fill the place of one.
 */
static uint64_t scattered_between(uint64_t count)
{
	uint64_t at = blocks_run(0, RUN_PA, MIB(2));
	uint64_t end = at + count;

	while (at < end)
		at = blocks_run(at, RUN_PA + MIB(8) + KIB(8) * at, KIB(4));
	return blocks_run(at, RUN_PA + MIB(4), MIB(2));
}

static void pages_in_a_blocks_place_go_with_everything(void **state)
{
	(void)state;
	for (uint64_t count = 480; count <= 544; count += 16)
		assert_int_equal(cost_of(scattered_between(count)).all, 1);
}

static void blocks_and_pages_go_by_range(void **state)
{
	struct sim_tlb_counts counts;

	(void)state;
	counts = cost_of(blocks_run(0, RUN_PA + MIB(2), MIB(14)));
	/* 2048 pages, and 24 times 64. */
	assert_int_equal(counts.ranges, 2);
	counts = cost_of(
		blocks_run(0, RUN_PA + MIB(2) - KIB(20), MIB(10) + KIB(32)));
	assert_int_equal(counts.all, 0);
	assert_in_range(counts.leaf_only, 1, 4);
	assert_int_equal(cost_of(scattered_between(512)).all, 0);
}

#define test(set_up, name) \
	cmocka_unit_test_setup_teardown(name, set_up, blocks_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(blocks_set_up, blocks_go_by_one_address_each),
		test(blocks_set_up, they_take_one_pair_of_barriers),
		test(blocks_set_up, groups_go_by_all_their_addresses),
		test(blocks_set_up, pages_in_a_blocks_place_go_with_everything),
		test(set_up_ranges, blocks_and_pages_go_by_range),
	};

	trace_leave_out("what a group and a block are depends on the format");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
