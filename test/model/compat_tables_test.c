// SPDX-License-Identifier: BSD-2-Clause
/*
 * OP-TEE's API for tables, attributes, faults, TLBs and caches, and for the
 * static map. Bits of descriptors are the architecture's, written down here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "model/compat_core_fixture.h"

static vaddr_t map_page(pa_t pa)
{
	vaddr_t s, e;

	core_mmu_get_mem_by_type(MEM_AREA_RES_VASPACE, &s, &e);
	assert_int_equal(core_mmu_map_pages(s, &pa, 1, MEM_AREA_NSEC_SHM), 0);
	return s;
}

static void walks_go_as_deep_as_asked(void **state)
{
	vaddr_t va = map_page(WORLD_HIGH_PA);
	struct core_mmu_table_info info;

	(void)state;
	for (unsigned int level = SIM_FIRST_LEVEL; level <= SIM_LAST_LEVEL;
	     level++) {
		unsigned int shift = sim_level_shift(level);
		uint64_t span = (uint64_t)sim_table_entries(level) << shift;

		assert_true(core_mmu_find_table(va + 5, level, &info));
		assert_int_equal(info.level, level);
		assert_int_equal(info.shift, shift);
		assert_int_equal(info.num_entries, sim_table_entries(level));
		assert_int_equal(info.va_base, va & ~(span - 1));
		assert_int_equal(
			core_mmu_idx2va(&info, core_mmu_va2idx(&info, va)),
			va & ~((UINT64_C(1) << shift) - 1));
	}
	assert_int_equal(core_mmu_get_block_offset(&info, WORLD_HIGH_PA + 77),
			 77);
	/* Nothing below an invalid entry, nothing beyond the root. */
	assert_true(core_mmu_find_table(WORLD_WINDOW_LAST, UINT32_MAX, &info));
	assert_int_equal(info.level, SIM_FIRST_LEVEL);
	assert_false(core_mmu_find_table(UINT64_C(1) << SIM_VA_BITS, 3, &info));
	core_mmu_unmap_pages(va, 1);
}

static void entries_say_what_the_hardware_sees(void **state)
{
	vaddr_t va = map_page(WORLD_HIGH_PA);
	struct core_mmu_table_info info;
	uint32_t attr = 0;
	paddr_t pa = 0;

	(void)state;
	assert_true(core_mmu_find_table(va, UINT32_MAX, &info));
	core_mmu_get_entry(&info, core_mmu_va2idx(&info, va), &pa, &attr);
	assert_int_equal(pa, WORLD_HIGH_PA);
	assert_int_equal(attr, SHM_ATTR);
	core_mmu_get_entry(&info, core_mmu_va2idx(&info, va), NULL, NULL);
	core_mmu_get_entry(&info, core_mmu_va2idx(&info, va) + 1, &pa, &attr);
	assert_int_equal(pa, 0);
	assert_int_equal(attr, 0);
	assert_true(core_mmu_find_table(va, SIM_LAST_LEVEL - 1, &info));
	core_mmu_get_entry(&info, core_mmu_va2idx(&info, va), &pa, &attr);
	assert_int_equal(attr, TEE_MATTR_TABLE);
	assert_true(caller_entry_of(va, &pa, &attr));
	assert_int_equal(pa, WORLD_HIGH_PA);
	core_mmu_unmap_pages(va, 1);
}

static uint64_t encode(unsigned int level, paddr_t pa, uint32_t attr)
{
	sim_desc_t *table = sim_pointer(SCRATCH_PA);
	uint64_t desc;

	core_mmu_set_entry_primitive(table, level, 1, pa, attr);
	assert_int_equal(table[0], 0);
	assert_int_equal(table[2], 0);
	desc = table[1];
	core_mmu_set_entry_primitive(table, level, 1, 0, 0);
	assert_int_equal(table[1], 0);
	return desc;
}

/* Long descriptors, and what short ones look like, by the Arm ARM. */
static void assert_encodes(unsigned int up, paddr_t pa, uint32_t attr,
			   uint64_t lpae, uint64_t short_desc)
{
	assert_int_equal(encode(SIM_LAST_LEVEL - up, pa, attr),
			 SIM_LAST_LEVEL == 3 ? lpae : short_desc);
}

static void attributes_become_descriptors(void **state)
{
	const uint32_t code = TEE_MATTR_VALID_BLOCK | TEE_MATTR_SECURE |
			      TEE_MATTR_GLOBAL | TEE_MATTR_PRX |
			      TEE_MATTR_CACHE_CACHED << TEE_MATTR_CACHE_SHIFT;

	(void)state;
	assert_encodes(0, 0x12345000, code, UINT64_C(0x0040000012345783),
		       0x12345612);
	/* A device of the normal world, writable: that implies readable. */
	assert_encodes(0, 0x80009000, TEE_MATTR_VALID_BLOCK | TEE_MATTR_PW,
		       UINT64_C(0x0060000080009627), 0x80009417);
	assert_encodes(1, 0x40200000, SHM_ATTR, UINT64_C(0x0060000040200721),
		       0x40290412);
	assert_encodes(1, 0x5000, TEE_MATTR_TABLE, 0x5003, 0x5001);
	assert_encodes(0, 0x5000, TEE_MATTR_PRW, 0, 0);
}

/* No barrier is among them: the caller has to say so, and then it counts. */
static void entries_change_and_the_tlb_is_told(void **state)
{
	vaddr_t va = map_page(WORLD_HIGH_PA);
	struct core_mmu_table_info info;
	unsigned int idx;

	(void)state;
	assert_true(core_mmu_find_table(va, UINT32_MAX, &info));
	idx = core_mmu_va2idx(&info, va);
	sim_tlb_counts_reset();
	core_mmu_set_entry(&info, idx, 0, 0);
	assert_int_equal(sim_walk(va).size, 0);
	assert_int_equal(sim_tlb_counts().brackets, 0);
	assert_true(sim_tlb_names_page(WORLD_HIGH_PA));
	assert_int_equal(core_tlb_maintenance(TLBINV_UNIFIEDTLB, 0), 0);
	assert_false(sim_tlb_names_page(WORLD_HIGH_PA));
	core_mmu_set_entry(&info, idx, WORLD_HIGH_PA, SHM_ATTR);
	assert_int_equal(sim_walk_pa(va), WORLD_HIGH_PA);
	core_mmu_unmap_pages(va, 1);
	assert_int_equal(sim_walk(va).size, 0);
}

static void tlb_operations_reach_what_they_name(void **state)
{
	vaddr_t va = map_page(WORLD_HIGH_PA);

	(void)state;
	for (int op = 0; op < 4; op++) {
		sim_tlb_counts_reset();
		assert_int_equal(core_tlb_maintenance(op, (unsigned int)va), 0);
		assert_int_equal(sim_tlb_counts().all, 1);
	}
	assert_int_equal(core_tlb_maintenance(4, 0), 1);
	sim_tlb_counts_reset();
	tlbi_va_allasid(va);
	tlbi_va_range(va, 3 * PAGE, PAGE);
	assert_int_equal(sim_tlb_counts().by_va, 4);
	assert_int_equal(sim_tlb_counts().all, 0);
	tlbi_va_range(va, 1000 * PAGE, PAGE);
	tlbi_asid(5);
	tlbi_all();
	assert_int_equal(sim_tlb_counts().all, 3);
	core_mmu_unmap_pages(va, 1);
}

static void assert_cache_work(enum sim_cache_kind kind, int what)
{
	struct sim_cache_work work = sim_take_cache_work();

	assert_int_equal(work.kind, kind);
	assert_int_equal(work.op, what);
	if (kind == SIM_DCACHE_AREA || kind == SIM_ICACHE_AREA) {
		assert_int_equal(work.va, 0x1234);
		assert_int_equal(work.size, 56);
	}
}

/* By both names. */
static void assert_cache(int op, enum sim_cache_kind kind, int what)
{
	void *va = (void *)0x1234;

	assert_int_equal(cache_maintenance_l1(op, va, 56), 0);
	assert_cache_work(kind, what);
	assert_int_equal(cache_op_inner((enum cache_op)op, va, 56), 0);
	assert_cache_work(kind, what);
}

static void cache_operations_are_told_apart(void **state)
{
	vaddr_t va = map_page(WORLD_HIGH_PA);

	(void)state;
	assert_cache(DCACHE_CLEAN, SIM_DCACHE_ALL, 1);
	assert_cache(DCACHE_INVALIDATE, SIM_DCACHE_ALL, 2);
	assert_cache(DCACHE_CLEAN_INV, SIM_DCACHE_ALL, 3);
	assert_cache(DCACHE_AREA_CLEAN, SIM_DCACHE_AREA, 1);
	assert_cache(DCACHE_AREA_INVALIDATE, SIM_DCACHE_AREA, 2);
	assert_cache(DCACHE_AREA_CLEAN_INV, SIM_DCACHE_AREA, 3);
	assert_cache(ICACHE_INVALIDATE, SIM_ICACHE_ALL, 0);
	assert_cache(ICACHE_AREA_INVALIDATE, SIM_ICACHE_AREA, 0);
	assert_int_equal(cache_maintenance_l1(WRITE_BUFFER_DRAIN, NULL, 0),
			 UINT32_MAX);
	assert_int_equal(cache_maintenance_l1(L2CACHE_CLEAN, NULL, 0),
			 NOT_IMPLEMENTED);
	assert_int_equal(cache_op_inner(WRITE_BUFFER_DRAIN, NULL, 0),
			 UINT32_MAX);
	assert_int_equal(cache_op_inner((enum cache_op)L2CACHE_CLEAN, NULL, 0),
			 NOT_IMPLEMENTED);
	assert_int_equal(cache_maintenance_l2(L2CACHE_CLEAN, 0, 0), 0);
	assert_int_equal(cache_op_outer((enum cache_op)L2CACHE_CLEAN, 0, 0), 0);
	assert_int_equal(sim_take_cache_work().kind, SIM_CACHE_NOTHING);
	assert_int_equal(caller_clean_buffer((void *)(va + 8), 100), 0);
	assert_int_equal(caller_clean_buffer((void *)(va + 8), PAGE),
			 UINT32_MAX);
	core_mmu_unmap_pages(va, 1);
}

/* ESR_EL1: a data abort of the core, with WnR, and its fault status. */
static void faults_have_names(void **state)
{
	uint32_t read = UINT32_C(0x25) << 26, write = read | 1 << 6;

	(void)state;
	assert_string_equal(caller_abort_name(read | 0x21), "alignment");
	assert_string_equal(caller_abort_name(UINT32_C(0x22) << 26),
			    "alignment");
	assert_string_equal(caller_abort_name(UINT32_C(0x26) << 26),
			    "alignment");
	for (uint32_t level = 0; level < 4; level++)
		assert_string_equal(caller_abort_name(write | 0x04 | level),
				    "translation");
	for (uint32_t level = 1; level < 4; level++) {
		assert_string_equal(caller_abort_name(read | 0x0c | level),
				    "read-permission");
		assert_string_equal(caller_abort_name(write | 0x0c | level),
				    "write-permission");
		assert_string_equal(caller_abort_name(write | 0x08 | level),
				    "write-permission");
	}
	assert_string_equal(caller_abort_name(read | 0x10), "other");
	assert_string_equal(caller_abort_name(read), "other");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)

/* A device of some MiB, whose blocks are made finer. */
static void blocks_are_divided_where_they_are(void **state)
{
	const uint64_t size = UINT64_C(0x800000);
	struct core_mmu_table_info info, finer;
	unsigned int idx;
	vaddr_t va;

	(void)state;
	assert_true(core_mmu_add_mapping(MEM_AREA_IO_SEC, WORLD_PCI_PA, size));
	va = (vaddr_t)phys_to_virt(WORLD_PCI_PA, MEM_AREA_IO_SEC);
	assert_true(core_mmu_find_table(va, UINT32_MAX, &info));
	assert_int_equal(info.level, SIM_LAST_LEVEL - 1);
	idx = core_mmu_va2idx(&info, va) + 1;
	va = core_mmu_idx2va(&info, idx);
	assert_true(core_mmu_divide_block(&info, idx));
	assert_true(core_mmu_find_table(va, UINT32_MAX, &finer));
	assert_int_equal(finer.level, SIM_LAST_LEVEL);
	assert_int_equal(finer.va_base, va);
	for (vaddr_t at = 0; at < 1u << info.shift; at += PAGE)
		assert_int_equal(virt_to_phys((void *)(va + at)),
				 WORLD_PCI_PA + (UINT64_C(1) << info.shift) +
					 at);
	/* There is no block any more, and none where there was never one. */
	assert_false(core_mmu_divide_block(&info, idx));
	assert_false(core_mmu_divide_block(&finer, 0));
	assert_true(core_mmu_entry_to_finer_grained(&info, idx, true));
	assert_true(core_mmu_entry_to_finer_grained(&info, idx + 1, true));
	assert_false(core_mmu_entry_to_finer_grained(
		&info, core_mmu_va2idx(&info, va + size), true));
	shm.pool.fail_after = 1;
	assert_false(core_mmu_divide_block(&info, idx + 2));
	shm.pool.fail_after = 0;
	va = (vaddr_t)phys_to_virt(WORLD_PCI_PA, MEM_AREA_IO_SEC);
	assert_int_equal(
		core_mmu_remove_mapping(MEM_AREA_IO_SEC, (void *)va, size), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(walks_go_as_deep_as_asked),
		CASE(entries_say_what_the_hardware_sees),
		CASE(attributes_become_descriptors),
		CASE(blocks_are_divided_where_they_are),
		CASE(entries_change_and_the_tlb_is_told),
		CASE(tlb_operations_reach_what_they_name),
		CASE(cache_operations_are_told_apart),
		CASE(faults_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
