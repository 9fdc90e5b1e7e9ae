/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables written by hand on the simulated machine, for the tests of its own
 * conscience that include this.
 */
#ifndef TEST_UNIT_SIM_TLB_FIXTURE_H
#define TEST_UNIT_SIM_TLB_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <cpu.h>
#include <sim.h>

#define POOL_PA	  UINT64_C(0x0e200000)
#define RAM_PA	  UINT64_C(0x40000000)
#define DEVICE_PA UINT64_C(0x09000000)
#define PAGE(n)	  (RAM_PA + (n)*SHM_PAGE_SIZE)
#define VA                                                                   \
	(SIM_VA_BITS > 39 ? UINT64_C(1) << 39 | UINT64_C(5) << 30 | 0x400000 \
			  : UINT64_C(0xc0400000))
#define ATTRIBUTES pte_attributes(SHM_MEM_SHARED)
#define WORLD	   pte_table_attributes(SHM_MEM_SHARED)

/* The level above pages. */
#define UPPER (SIM_LAST_LEVEL - 1)

/* The tables of each level that serve VA, and one to spare. */
static pte_t *table[SIM_LAST_LEVEL + 2];
#define SPARE (SIM_LAST_LEVEL + 1)

static inline int set_up(void **state)
{
	uint8_t *pool;

	(void)state;
	sim_reset();
	sim_add_range(SIM_SECURE, POOL_PA, 64 * SHM_PAGE_SIZE);
	sim_add_range(SIM_RAM, RAM_PA, UINT64_C(1) << 30);
	sim_add_range(SIM_DEVICE, DEVICE_PA, SHM_PAGE_SIZE);
	pool = sim_pointer(POOL_PA);
	/* The first table may take four pages. */
	for (unsigned int i = SIM_FIRST_LEVEL; i <= SPARE; i++)
		table[i] = (pte_t *)(void *)(pool + (i - SIM_FIRST_LEVEL) * 4 *
							    SHM_PAGE_SIZE);
	sim_mmu_set_root(table[SIM_FIRST_LEVEL]);
	for (unsigned int level = SIM_LAST_LEVEL; level > SIM_FIRST_LEVEL;
	     level--) {
		cpu_publish_tables();
		pte_store(&table[level - 1][pt_index(VA, level - 1)],
			  pte_make_table(sim_address(table[level]), WORLD));
	}
	cpu_publish_tables();
	assert_true(sim_check_violations());
	return 0;
}

static inline pte_t *leaf_slot(va_t va)
{
	return &table[SIM_LAST_LEVEL][pt_index(va, SIM_LAST_LEVEL)];
}

static inline void map(va_t va, pa_t pa)
{
	pte_store(leaf_slot(va), pte_make_page(pa, ATTRIBUTES));
	cpu_publish_tables();
}

static inline void invalidate(va_t va)
{
	tlb_begin();
	tlb_invalidate_va(va);
	tlb_end();
}

static inline void invalidate_all(void)
{
	tlb_begin();
	tlb_invalidate_all();
	tlb_end();
}

static inline bool can_read(va_t va)
{
	uint64_t word;

	return access_read(&word, va, sizeof(word));
}

static inline void assert_violations(unsigned int count, const char *text)
{
	assert_int_equal(sim_violation_count(), count);
	if (count != 0)
		assert_non_null(strstr(sim_violation_text(0), text));
	sim_violations_clear();
}

#endif
