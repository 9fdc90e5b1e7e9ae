// SPDX-License-Identifier: BSD-2-Clause
/* The static map, by OP-TEE's API as it was in 2016. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "model/compat_core_fixture.h"
#include "sim/trace.h"

static void the_core_is_one_region_of_2016(void **state)
{
	vaddr_t s = 1, e = 1, base;
	size_t size;
	paddr_t pa;

	(void)state;
	assert_true(core_mmu_nsec_ddr_is_defined());
	assert_true(caller_core_range(&base, &size));
	assert_int_equal(base, IMAGE_VA);
	assert_int_equal(size, 4 * PAGE);
	core_mmu_get_mem_by_type(MEM_AREA_NSEC_SHM, &s, &e);
	assert_int_equal(s, 0);
	assert_int_equal(e, 0);
	assert_true(caller_is_core_memory(IMAGE_PA + PAGE));
	assert_false(caller_is_core_memory(0x8000000));
	assert_int_equal(core_mmu_get_type_by_pa(IMAGE_PA + PAGE),
			 MEM_AREA_TEE_RAM);
	assert_int_equal(core_mmu_get_type_by_pa(IMAGE_PA + 4 * PAGE),
			 MEM_AREA_NOTYPE);
	assert_int_equal(core_va2pa_helper((void *)(IMAGE_VA + PAGE + 3), &pa),
			 0);
	assert_int_equal(pa, IMAGE_PA + PAGE + 3);
	assert_int_equal(core_va2pa_helper((void *)(IMAGE_VA + 4 * PAGE), &pa),
			 -1);
	assert_null(core_mmu_find_mapping_exclusive(RW, PAGE));
	assert_int_equal(core_mmu_find_mapping_exclusive(RO, PAGE)->va,
			 IMAGE_VA + PAGE);
	assert_null(core_mmu_find_mapping_exclusive(RO, PAGE + 1));
}

static void what_is_no_static_region_is_refused(void **state)
{
	(void)state;
	assert_false(compat_static_add(RW, IMAGE_PA, IMAGE_VA + PAGE, PAGE));
	assert_false(compat_static_add(RW, 8, 0x100000, PAGE));
	assert_false(compat_static_add(RW, 0, 0x100000, 0));
	assert_false(compat_static_add(RW, 0, 0x100000, 12));
	assert_false(compat_static_add(RW, UINT64_MAX & ~(PAGE - 1), 0x100000,
				       2 * PAGE));
}

/* The manager has its RAM; nobody was told before. */
static void ram_is_not_discovered_any_more(void **state)
{
	struct core_mmu_phys_mem mem = { .addr = WORLD_RAM_PA, .size = PAGE };

	(void)state;
	core_mmu_set_discovered_nsec_ddr(&mem, 1);
	assert_int_equal(compat_discovered_ddr().count, 0);
	assert_true(core_pbuf_is(CORE_MEM_NON_SEC, WORLD_HIGH_PA, PAGE));
}

static void registered_memory_keeps_its_words(void **state)
{
	const struct core_mmu_phys_mem *mem = caller_rng_region();

	(void)state;
	assert_string_equal(mem->name, "RNG_BASE");
	assert_int_equal(mem->type, MEM_AREA_IO_NSEC);
	assert_int_equal(mem->addr, 0x09000000);
	assert_int_equal(mem->size, 0x1000);
	assert_true(core_mmu_place_tee_ram_at_top(0x7fe00000));
	assert_false(core_mmu_place_tee_ram_at_top(0x40000000));
	assert_true(core_mmu_mattr_is_ok(SHM_ATTR));
	assert_false(core_mmu_mattr_is_ok(TEE_MATTR_CACHE_MASK
					  << TEE_MATTR_CACHE_SHIFT));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_core_is_one_region_of_2016),
		CASE(what_is_no_static_region_is_refused),
		CASE(ram_is_not_discovered_any_more),
		CASE(registered_memory_keeps_its_words),
	};

	trace_leave_out("nothing is mapped");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
