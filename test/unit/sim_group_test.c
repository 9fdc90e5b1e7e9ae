/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulated machine's own conscience about groups of descriptors: what a
 * walker may make one TLB entry of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <cpu.h>
#include <sim.h>

#include "sim/world.h"

#define VA	   WORLD_WINDOW
#define PAGE(n)	   (WORLD_RAM_PA + (n)*SHM_PAGE_SIZE)
#define ATTRIBUTES pte_attributes(SHM_MEM_SHARED)

static pte_t *leaf;

/* Tables down to the leaf for VA, in the pool's memory. */
static int set_up(void **state)
{
	pte_t *table;
	pa_t next = WORLD_POOL_PA;

	(void)state;
	world_start_machine(64 * SHM_PAGE_SIZE);
	table = (pte_t *)sim_pointer(WORLD_ROOT_PA);
	for (unsigned int level = SIM_FIRST_LEVEL; level < SIM_LAST_LEVEL;
	     level++, next += SHM_PAGE_SIZE) {
		pte_store(&table[pt_index(VA, level)],
			  pte_make_table(next,
					 pte_table_attributes(SHM_MEM_SHARED)));
		table = sim_pointer(next);
	}
	cpu_publish_tables();
	leaf = table;
	return sim_check_violations() ? 0 : -1;
}

static void assert_violations(unsigned int count)
{
	assert_int_equal(sim_violation_count(), count);
	if (count != 0)
		assert_non_null(strstr(sim_violation_text(0), "not whole"));
	sim_violations_clear();
}

/* A group is made whole before a walker may see it, and so it is unmade. */
static void half_a_group_is_found(void **state)
{
	pte_t first = pte_make_group(WORLD_RAM_PA, ATTRIBUTES, PT_LEAF_LEVEL);
	pte_t step = pte_group_step(PT_LEAF_LEVEL);

	(void)state;
	pte_store_run(leaf, first, step, PT_GROUP_COUNT);
	cpu_publish_tables();
	assert_violations(0);
	assert_int_equal(sim_walk(VA + 0x5123).pa +
				 ((VA + 0x5123) - sim_walk(VA + 0x5123).va),
			 PAGE(5) + 0x123);
	pte_clear_run(leaf, 1);
	tlb_begin();
	tlb_invalidate_leaf(VA);
	tlb_end();
	assert_violations(2);
	pte_clear_run(leaf, PT_GROUP_COUNT);
	tlb_begin();
	for (unsigned int i = 0; i < PT_GROUP_COUNT; i++)
		tlb_invalidate_va(VA + i * SHM_PAGE_SIZE);
	tlb_end();
	assert_violations(0);
	assert_false(sim_tlb_names_page(PAGE(5)));
	pte_store_run(leaf, first, step, PT_GROUP_COUNT - 1);
	cpu_publish_tables();
	assert_violations(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(half_a_group_is_found, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
