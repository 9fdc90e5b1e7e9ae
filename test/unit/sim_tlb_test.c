/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulated machine's own conscience: each mistake with tables and TLBs
 * that the library could make is made here on purpose and must be found, and
 * the right sequence must be let pass.
 */
#include "unit/sim_tlb_fixture.h"

static void mapping_and_unmapping_by_the_rules_is_clean(void **state)
{
	uint64_t word = 0x1122334455667788;

	(void)state;
	assert_false(can_read(VA));
	map(VA, PAGE(7));
	assert_true(access_write(VA + 8, &word, sizeof(word)));
	assert_memory_equal((uint8_t *)sim_pointer(PAGE(7)) + 8, &word, 8);
	pte_store(leaf_slot(VA), PTE_INVALID);
	assert_true(sim_tlb_names_page(PAGE(7)));
	invalidate(VA);
	assert_false(sim_tlb_names_page(PAGE(7)));
	assert_false(can_read(VA));
	map(VA, PAGE(8));
	assert_true(can_read(VA));
	assert_violations(0, NULL);
}

static void stale_entry_is_found_when_used(void **state)
{
	(void)state;
	map(VA, PAGE(7));
	pte_store(leaf_slot(VA), PTE_INVALID);
	assert_true(can_read(VA));
	assert_violations(1, "stale TLB entry used");
	/* Another core may still use it, until the invalidation is over. */
	sim_core_set(1);
	assert_true(can_read(VA));
	assert_violations(0, NULL);
	sim_core_set(0);
	invalidate(VA + SHM_PAGE_SIZE);
	sim_core_set(1);
	assert_true(can_read(VA));
	assert_violations(1, "stale TLB entry used");
	sim_core_set(0);
}

static void invalidation_must_follow_the_change(void **state)
{
	(void)state;
	map(VA, PAGE(7));
	tlb_begin();
	pte_store(leaf_slot(VA), PTE_INVALID);
	tlb_invalidate_va(VA);
	tlb_end();
	assert_true(sim_tlb_names_page(PAGE(7)));
	can_read(VA);
	assert_violations(1, "stale TLB entry used");
}

static void invalidation_needs_its_bracket(void **state)
{
	(void)state;
	map(VA, PAGE(7));
	pte_store(leaf_slot(VA), PTE_INVALID);
	tlb_invalidate_va(VA);
	assert_violations(1, "outside tlb_begin");
	tlb_begin();
	tlb_invalidate_va(VA);
	/* Asked for, but not complete. */
	assert_true(sim_tlb_names_page(PAGE(7)));
	tlb_end();
	assert_false(sim_tlb_names_page(PAGE(7)));
}

static void replacing_without_a_break_is_found(void **state)
{
	(void)state;
	map(VA, PAGE(7));
	map(VA, PAGE(8));
	assert_true(sim_violation_count() >= 1);
	assert_non_null(strstr(sim_violation_text(0), "without a break"));
}

static void making_before_the_break_is_complete_is_found(void **state)
{
	(void)state;
	map(VA, PAGE(7));
	pte_store(leaf_slot(VA), PTE_INVALID);
	map(VA, PAGE(8));
	assert_violations(1, "while the old entry may be cached");
}

static void software_bits_may_change_in_place(void **state)
{
	(void)state;
	map(VA, PAGE(7));
	pte_store(leaf_slot(VA), pte_load(leaf_slot(VA)) | PTE_SW_PAGE_LINK);
	assert_violations(0, NULL);
}

static void use_before_publication_is_found(void **state)
{
	(void)state;
	pte_store(leaf_slot(VA), pte_make_page(PAGE(7), ATTRIBUTES));
	can_read(VA);
	assert_violations(1, "before it was published");
	cpu_publish_tables();
	can_read(VA);
	assert_violations(0, NULL);
}

/* A third core's invalidation comes between the store and its barrier. */
static void nothing_may_be_found_before_publication(void **state)
{
	(void)state;
	map(VA, PAGE(7));
	pte_store(leaf_slot(VA), PTE_INVALID);
	sim_core_set(1);
	tlb_begin();
	tlb_invalidate_all();
	tlb_end();
	assert_false(can_read(VA));
	sim_core_set(0);
	assert_violations(0, NULL);
}

static void table_hung_in_before_publication_is_found(void **state)
{
	(void)state;
	cpu_clear_page(table[SPARE]);
	pte_store(&table[UPPER][9],
		  pte_make_table(sim_address(table[SPARE]), WORLD));
	assert_violations(1, "hung in before");
}

static void detached_table_stays_in_walk_caches(void **state)
{
	pte_t *parent = &table[UPPER][pt_index(VA, UPPER)];

	(void)state;
	map(VA, PAGE(7));
	map(VA + SHM_PAGE_SIZE, PAGE(9));
	pte_store(parent, PTE_INVALID);
	assert_true(sim_tlb_walks_page(sim_address(table[SIM_LAST_LEVEL])));
	assert_true(sim_tlb_names_page(PAGE(7)));
	cpu_clear_page(table[SIM_LAST_LEVEL]);
	assert_violations(1, "cleared while a walk");
}

static void one_address_does_not_flush_a_whole_table(void **state)
{
	pte_t *parent = &table[UPPER][pt_index(VA, UPPER)];

	(void)state;
	map(VA, PAGE(7));
	map(VA + SHM_PAGE_SIZE, PAGE(9));
	pte_store(parent, PTE_INVALID);
	invalidate(VA);
	assert_false(sim_tlb_walks_page(sim_address(table[SIM_LAST_LEVEL])));
	assert_false(sim_tlb_names_page(PAGE(7)));
	assert_true(sim_tlb_names_page(PAGE(9)));
	invalidate_all();
	assert_false(sim_tlb_names_page(PAGE(9)));
	cpu_clear_page(table[SIM_LAST_LEVEL]);
	assert_violations(0, NULL);
}

static void detached_upper_table_takes_all_below_with_it(void **state)
{
	(void)state;
	map(VA, PAGE(7));
	pte_store(&table[SIM_FIRST_LEVEL][pt_index(VA, SIM_FIRST_LEVEL)],
		  PTE_INVALID);
	assert_true(sim_tlb_walks_page(sim_address(table[SIM_LAST_LEVEL])));
	invalidate_all();
	for (unsigned int level = SIM_FIRST_LEVEL + 1; level <= SIM_LAST_LEVEL;
	     level++)
		assert_false(sim_tlb_walks_page(sim_address(table[level])));
	assert_false(sim_tlb_names_page(PAGE(7)));
	assert_int_equal(sim_tlb_stale_count(), 0);
	/* Out of reach, its descriptors are words like any other. */
	pte_store(leaf_slot(VA), PTE_INVALID);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_violations(0, NULL);
}

static void change_below_a_cached_walk_counts(void **state)
{
	(void)state;
	map(VA, PAGE(7));
	pte_store(&table[UPPER][pt_index(VA, UPPER)], PTE_INVALID);
	pte_store(leaf_slot(VA), PTE_INVALID);
	invalidate(VA + SHM_PAGE_SIZE);
	assert_true(sim_tlb_names_page(PAGE(7)));
	invalidate(VA);
	assert_false(sim_tlb_names_page(PAGE(7)));
	assert_violations(0, NULL);
}

static void block_over_cached_pages_is_found(void **state)
{
	pte_t *parent = &table[UPPER][pt_index(VA, UPPER)];

	(void)state;
	map(VA, PAGE(7));
	pte_store(leaf_slot(VA), PTE_INVALID);
	pte_store(parent, PTE_INVALID);
	invalidate(VA + SHM_PAGE_SIZE);
	pte_store(parent, pte_make_block(RAM_PA, ATTRIBUTES));
	assert_violations(1, "while the old entry may be cached");
}

static void foreign_memory_behind_a_descriptor_is_found(void **state)
{
	(void)state;
	map(VA, DEVICE_PA);
	assert_violations(1, "non-secure memory, which it is not");
	map(VA + 0x1000, POOL_PA);
	assert_violations(1, "non-secure memory, which it is not");
	map(VA + 0x2000, UINT64_C(0x80000000));
	assert_violations(1, "non-secure memory, which it is not");
	pte_store(&table[UPPER][9],
		  pte_make_block(RAM_PA, pte_attributes(SHM_MEM_SECURE)));
	assert_violations(1, "secure memory, which it is not");
	pte_store(leaf_slot(VA + 0x4000),
		  pte_make_page(PAGE(1), pte_attributes(SHM_MEM_SHARED &
							~SHM_MEM_NO_EXEC)));
	assert_violations(1, "executable");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			mapping_and_unmapping_by_the_rules_is_clean, set_up),
		cmocka_unit_test_setup(stale_entry_is_found_when_used, set_up),
		cmocka_unit_test_setup(invalidation_must_follow_the_change,
				       set_up),
		cmocka_unit_test_setup(invalidation_needs_its_bracket, set_up),
		cmocka_unit_test_setup(replacing_without_a_break_is_found,
				       set_up),
		cmocka_unit_test_setup(
			making_before_the_break_is_complete_is_found, set_up),
		cmocka_unit_test_setup(software_bits_may_change_in_place,
				       set_up),
		cmocka_unit_test_setup(use_before_publication_is_found, set_up),
		cmocka_unit_test_setup(nothing_may_be_found_before_publication,
				       set_up),
		cmocka_unit_test_setup(
			table_hung_in_before_publication_is_found, set_up),
		cmocka_unit_test_setup(detached_table_stays_in_walk_caches,
				       set_up),
		cmocka_unit_test_setup(one_address_does_not_flush_a_whole_table,
				       set_up),
		cmocka_unit_test_setup(
			detached_upper_table_takes_all_below_with_it, set_up),
		cmocka_unit_test_setup(change_below_a_cached_walk_counts,
				       set_up),
		cmocka_unit_test_setup(block_over_cached_pages_is_found,
				       set_up),
		cmocka_unit_test_setup(
			foreign_memory_behind_a_descriptor_is_found, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
