/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each invalidation reaches on the simulated machine, and what it leaves:
 * the pages of a range and no others, tables or leaves only.
 */
#include "unit/sim_tlb_fixture.h"

#define TG_4K	 (UINT64_C(1) << 46)
#define SCALE(n) ((uint64_t)(n) << 44)
#define NUM(n)	 ((uint64_t)(n) << 39)
#define TTL(n)	 ((uint64_t)(n) << 37)

static uint64_t operand(va_t va, uint64_t rest)
{
	return TG_4K | rest | va / SHM_PAGE_SIZE;
}

static void range(uint64_t value, bool leaf_only)
{
	tlb_begin();
	if (leaf_only)
		tlb_invalidate_leaf_range(value);
	else
		tlb_invalidate_range(value);
	tlb_end();
}

static void leaf(va_t va)
{
	tlb_begin();
	tlb_invalidate_leaf(va);
	tlb_end();
}

static pte_t *parent(void)
{
	return &table[UPPER][pt_index(VA, UPPER)];
}

static bool table_is_walked(void)
{
	return sim_tlb_walks_page(sim_address(table[SIM_LAST_LEVEL]));
}

/* Pages `first` to `first + count - 1` behind VA, mapped and cleared again. */
static void map_and_clear(unsigned int first, unsigned int count)
{
	for (unsigned int i = first; i < first + count; i++)
		map(VA + i * SHM_PAGE_SIZE, PAGE(i));
	for (unsigned int i = first; i < first + count; i++)
		pte_store(leaf_slot(VA + i * SHM_PAGE_SIZE), PTE_INVALID);
	assert_int_equal(sim_tlb_stale_count(), count);
}

static void last_level_leaves_tables_in_walk_caches(void **state)
{
	(void)state;
	map(VA, PAGE(7));
	pte_store(leaf_slot(VA), PTE_INVALID);
	leaf(VA);
	assert_int_equal(sim_tlb_stale_count(), 0);
	pte_store(parent(), PTE_INVALID);
	leaf(VA);
	assert_true(table_is_walked());
	cpu_clear_page(table[SIM_LAST_LEVEL]);
	assert_violations(1, "cleared while a walk");
	invalidate(VA);
	assert_false(table_is_walked());
	cpu_clear_page(table[SIM_LAST_LEVEL]);
	assert_violations(0, NULL);
}

static void last_level_range_leaves_them_too(void **state)
{
	(void)state;
	sim_tlb_set_ranges(true);
	pte_store(parent(), PTE_INVALID);
	range(operand(VA, NUM(3)), true);
	assert_true(table_is_walked());
	range(operand(VA, NUM(3)), false);
	assert_false(table_is_walked());
	assert_violations(0, NULL);
}

static void one_address_of_a_block_is_enough(void **state)
{
	(void)state;
	pte_store(parent(), PTE_INVALID);
	invalidate(VA);
	pte_store(parent(), pte_make_block(RAM_PA, ATTRIBUTES));
	cpu_publish_tables();
	pte_store(parent(), PTE_INVALID);
	assert_int_equal(sim_tlb_stale_count(), 1);
	leaf(VA + 0x5000);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_violations(0, NULL);
}

/* (NUM + 1) * 2^(5 * SCALE + 1) pages from the first on, by hand. */
static void range_reaches_its_pages_and_no_others(void **state)
{
	static const struct {
		uint64_t rest;
		unsigned int pages;
	} ranges[] = {
		{ NUM(0), 2 },
		{ NUM(4), 10 },
		{ NUM(31), 64 },
		{ SCALE(1), 64 },
		{ SCALE(1) | NUM(1), 128 },
	};

	(void)state;
	sim_tlb_set_ranges(true);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		unsigned int end = 3 + ranges[i].pages;

		map_and_clear(0, 140);
		range(operand(VA + 3 * SHM_PAGE_SIZE, ranges[i].rest), true);
		for (unsigned int page = 0; page < 140; page++)
			assert_int_equal(sim_tlb_names_page(PAGE(page)),
					 page < 3 || page >= end);
		invalidate_all();
	}
	assert_violations(0, NULL);
}

static void large_ranges_reach_far(void **state)
{
	(void)state;
	sim_tlb_set_ranges(true);
	map_and_clear(0, 200);
	range(operand(VA - (UINT64_C(2048) << SHM_PAGE_SHIFT),
		      SCALE(2) | TTL(SIM_LAST_LEVEL)),
	      true);
	assert_int_equal(sim_tlb_stale_count(), 200);
	range(operand(VA - (UINT64_C(2047) << SHM_PAGE_SHIFT), SCALE(2)), true);
	assert_int_equal(sim_tlb_stale_count(), 199);
	range(operand(VA, SCALE(3) | NUM(31)), true);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_violations(0, NULL);
}

/* The hint promises that no other level has anything. */
static void level_hint_is_kept_to(void **state)
{
	(void)state;
	sim_tlb_set_ranges(true);
	map_and_clear(0, 4);
	range(operand(VA, NUM(1) | TTL(UPPER)), true);
	assert_int_equal(sim_tlb_stale_count(), 4);
	range(operand(VA, NUM(1) | TTL(SIM_LAST_LEVEL)), true);
	assert_int_equal(sim_tlb_stale_count(), 0);
	pte_store(parent(), PTE_INVALID);
	/* A table at the level of the hint is not above it. */
	range(operand(VA, NUM(1) | TTL(UPPER)), false);
	assert_true(table_is_walked());
	range(operand(VA, NUM(1) | TTL(SIM_LAST_LEVEL)), false);
	assert_false(table_is_walked());
	assert_violations(0, NULL);
}

static void operand_that_means_nothing_is_found(void **state)
{
	static const uint64_t bad[] = {
		/* pages of 16 KiB, no size of pages, an ASID */
		UINT64_C(2) << 46,
		0,
		TG_4K | UINT64_C(1) << 48,
		/* not where a block can be */
		TG_4K | TTL(UPPER) | 1,
	};

	(void)state;
	sim_tlb_set_ranges(true);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		tlb_begin();
		tlb_invalidate_range(bad[i]);
		tlb_invalidate_all();
		tlb_end();
		assert_violations(1, "means nothing");
	}
}

static void range_needs_a_core_that_has_it(void **state)
{
	(void)state;
	assert_false(cpu_has_tlb_ranges());
	tlb_begin();
	tlb_invalidate_range(operand(VA, 0));
	tlb_invalidate_all();
	tlb_end();
	assert_violations(1, "no invalidation of ranges");
	sim_tlb_set_ranges(true);
	assert_true(cpu_has_tlb_ranges());
	tlb_invalidate_range(operand(VA, 0));
	assert_violations(1, "outside tlb_begin");
	tlb_begin();
	tlb_invalidate_all();
	tlb_end();
}

static void barriers_for_nothing_are_found(void **state)
{
	(void)state;
	tlb_begin();
	tlb_end();
	assert_violations(1, "for nothing");
}

static void what_finds_nothing_is_counted(void **state)
{
	(void)state;
	sim_tlb_set_ranges(true);
	map_and_clear(0, 4);
	sim_tlb_counts_reset();
	leaf(VA);
	range(operand(VA, NUM(0)), true);
	assert_int_equal(sim_tlb_counts().wasted, 0);
	leaf(VA);
	range(operand(VA, NUM(0)), true);
	invalidate(VA + SHM_PAGE_SIZE);
	assert_int_equal(sim_tlb_counts().wasted, 3);
	invalidate_all();
	assert_int_equal(sim_tlb_counts().wasted, 3);
	invalidate_all();
	assert_int_equal(sim_tlb_counts().wasted, 4);
	assert_int_equal(sim_tlb_counts().by_va, 3);
	assert_int_equal(sim_tlb_counts().ranges, 2);
	assert_int_equal(sim_tlb_counts().leaf_only, 4);
	assert_int_equal(sim_tlb_counts().brackets, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(last_level_leaves_tables_in_walk_caches,
				       set_up),
		cmocka_unit_test_setup(last_level_range_leaves_them_too,
				       set_up),
		cmocka_unit_test_setup(one_address_of_a_block_is_enough,
				       set_up),
		cmocka_unit_test_setup(range_reaches_its_pages_and_no_others,
				       set_up),
		cmocka_unit_test_setup(large_ranges_reach_far, set_up),
		cmocka_unit_test_setup(level_hint_is_kept_to, set_up),
		cmocka_unit_test_setup(operand_that_means_nothing_is_found,
				       set_up),
		cmocka_unit_test_setup(range_needs_a_core_that_has_it, set_up),
		cmocka_unit_test_setup(barriers_for_nothing_are_found, set_up),
		cmocka_unit_test_setup(what_finds_nothing_is_counted, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
