/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library asks of the TLBs for what it takes away: on cores with and
 * without invalidations of ranges, as few operations as there can be, between
 * one pair of barriers for each hold of a lock, and none that finds nothing.
 */
#include "src/tlb_batch.h"

#include "model/tlb_fixture.h"

#define BY_PAGE 32u /* at most */

/* Every other page: each has a descriptor and a link of its own. */
static void register_some(uint64_t count)
{
	pa_t list[COUNT];

	for (uint64_t i = 0; i < count; i++)
		list[i] = WORLD_RAM2_PA + 2 * i * SHM_PAGE_SIZE;
	assert_int_equal(add(loser, COOKIE, list, count), SHM_OK);
}

/* In the small slot, whose table stays. */
static void assert_pages_cost(uint64_t count, uint64_t by_va, uint64_t ranges,
			      uint64_t all)
{
	struct sim_tlb_counts counts;

	register_some(count);
	counts = counted(unregister_them);
	assert_int_equal(counts.by_va, by_va);
	assert_int_equal(counts.ranges, ranges);
	assert_int_equal(counts.all, all);
	assert_int_equal(counts.leaf_only, by_va + ranges);
	assert_int_equal(counts.brackets, 1);
	assert_int_equal(counts.wasted, 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
}

static void few_pages_go_by_address(void **state)
{
	(void)state;
	assert_pages_cost(1, 1, 0, 0);
	assert_pages_cost(2, 2, 0, 0);
	assert_pages_cost(BY_PAGE, BY_PAGE, 0, 0);
	assert_pages_cost(BY_PAGE + 1, 0, 0, 1);
	assert_pages_cost(100, 0, 0, 1);
}

static void rows_of_pages_go_by_range(void **state)
{
	(void)state;
	assert_pages_cost(1, 1, 0, 0);
	assert_pages_cost(2, 0, 1, 0);
	assert_pages_cost(3, 1, 1, 0);
	assert_pages_cost(BY_PAGE + 1, 1, 1, 0);
	assert_pages_cost(64, 0, 1, 0);
	assert_pages_cost(66, 0, 2, 0);
}

static void many_pages_go_with_everything(void **state)
{
	struct sim_tlb_counts counts;

	(void)state;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	counts = counted(unregister_them);
	assert_int_equal(counts.leaf_only, 0);
	assert_int_equal(counts.all, 1);
	assert_int_equal(counts.wasted, 0);
}

static void nothing_mapped(void)
{
	struct region_request request = { COOKIE, COUNT * SHM_PAGE_SIZE, 0 };
	struct region *region;

	assert_int_equal(region_create(loser->holdings, &request, &region),
			 SHM_OK);
	region_leave(region);
	assert_int_equal(region_take_apart(region), SHM_OK);
}

/* The slot that was made for it is hung in, and goes by its own address. */
static void what_was_never_valid_costs_nothing(void **state)
{
	struct sim_tlb_counts counts;

	(void)state;
	register_some(1);
	counts = counted(nothing_mapped);
	assert_int_equal(counts.all + counts.leaf_only, 0);
	assert_int_equal(counts.wasted, 0);
}

static void make_pages(void)
{
	assert_int_equal(register_pages(COOKIE), SHM_OK);
}

/* Slots, tables and pages come; pages with the list go. */
static void nor_does_what_becomes_valid(void **state)
{
	struct sim_tlb_counts counts;

	(void)state;
	counts = counted(make_pages);
	assert_int_equal(counts.by_va, counts.brackets);
	assert_int_equal(counts.by_va, counts.leaf_only);
	assert_int_equal(counts.wasted, 0);
	assert_int_equal(counted(map_device).brackets, 0);
	unmap_device();
}

/* Pages that follow a row of blocks are not taken for a part of one. */
static void rows_of_blocks_end_where_they_end(void **state)
{
	va_t va = WORLD_WINDOW;
	struct tlb_batch batch;

	(void)state;
	sim_tlb_counts_reset();
	tlb_batch_init(&batch);
	tlb_batch_add_blocks(&batch, va, 16);
	tlb_batch_add(&batch, va + 16 * SHM_PAGE_SIZE, PT_ENTRY_COUNT - 16,
		      TLB_ANY_LEVEL);
	tlb_batch_finish(&shm, &batch);
	assert_int_equal(sim_tlb_counts().all, 1);
}

static pa_t wanted[6];
static uint64_t wanted_count;

static void take_pages(void)
{
	assert_int_equal(add(winner, COOKIE, wanted, wanted_count), SHM_OK);
}

/* Of the loser's `count` pages, numbers 10, 10 + step and so on. */
static struct sim_tlb_counts moved(uint64_t count, uint64_t step)
{
	struct sim_tlb_counts counts;

	register_some(100);
	for (uint64_t i = 0; i < count; i++)
		wanted[i] = WORLD_RAM2_PA + 2 * (10 + i * step) * SHM_PAGE_SIZE;
	wanted_count = count;
	counts = counted(take_pages);
	assert_int_equal(counts.brackets, 2);
	assert_int_equal(counts.wasted, 0);
	/* One of them was the list page. */
	assert_int_equal(counts.by_va + counts.ranges, counts.leaf_only);
	take_away(winner, COOKIE);
	assert_gone(loser, COOKIE);
	return counts;
}

static void moved_pages_go_in_one_batch(void **state)
{
	(void)state;
	assert_int_equal(moved(1, 1).by_va, 1 + 1);
	assert_int_equal(moved(6, 1).by_va, 6 + 1);
	assert_int_equal(moved(4, 2).by_va, 4 + 1);
	assert_int_equal(moved(6, 2).all, 1);
}

static void moved_rows_go_by_range(void **state)
{
	(void)state;
	assert_int_equal(moved(6, 1).ranges, 1);
	assert_int_equal(moved(4, 2).by_va, 4 + 1);
}

/* Of two blocks, in a slot of their own. */
static void register_blocks(void)
{
	pa_t first = (WORLD_RAM2_PA + GRANULE - 1) & ~(GRANULE - 1);
	pa_t list[2 * PAGES_2M];

	for (uint64_t i = 0; i < 2 * PAGES_2M; i++)
		list[i] = first + i * SHM_PAGE_SIZE;
	assert_int_equal(add(loser, COOKIE, list, 2 * PAGES_2M), SHM_OK);
	wanted[0] = first + 7 * SHM_PAGE_SIZE;
	wanted_count = 1;
}

/* That of the page, then the other; and nothing is left to be told. */
static void moved_page_of_a_block_takes_the_block(void **state)
{
	const uint64_t entries = GRANULE >> (SHM_PAGE_SHIFT + PT_INDEX_BITS);
	struct sim_tlb_counts counts;

	(void)state;
	register_blocks();
	counts = counted(take_pages);
	assert_int_equal(counts.brackets, 2);
	/* One is for the list page. */
	assert_int_equal(counts.leaf_only, entries + 1);
	assert_int_equal(counts.by_va + counts.all, counts.leaf_only);
	counts = counted(drain);
	assert_int_equal(counts.brackets, 1);
	assert_int_equal(counts.leaf_only, entries);
	assert_int_equal(counts.all, 0);
	counts = counted(unregister_them);
	assert_int_equal(counts.leaf_only + counts.all, 0);
	assert_int_equal(counts.wasted, 0);
	take_away(winner, COOKIE);
}

static void death_is_one_operation(void **state)
{
	struct sim_tlb_counts counts;

	(void)state;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	counts = counted(die);
	assert_int_equal(counts.all, 1);
	assert_int_equal(counts.leaf_only, 0);
	assert_int_equal(counts.wasted, 0);
	/* What is cut off needs no more when it is taken apart. */
	counts = counted(drain);
	assert_int_equal(counts.brackets, 0);
	assert_int_equal(guest_prepare(&shm, loser), SHM_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(plain, few_pages_go_by_address),
		test(ranges, rows_of_pages_go_by_range),
		test(plain, many_pages_go_with_everything),
		test(plain, what_was_never_valid_costs_nothing),
		test(plain, nor_does_what_becomes_valid),
		test(plain, rows_of_blocks_end_where_they_end),
		test(plain, moved_pages_go_in_one_batch),
		test(ranges, moved_rows_go_by_range),
		test(plain, moved_page_of_a_block_takes_the_block),
		test(plain, death_is_one_operation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
