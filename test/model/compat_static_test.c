// SPDX-License-Identifier: BSD-2-Clause
/* The static map, by OP-TEE's API as it was in 2016. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "compat/callers.h"
#include "sim/compat.h"
#include "sim/world.h"

#include <compat/platform.h>
#include <sim_format.h>

#define POOL_SIZE	(UINT64_C(4) << 20)
#define PAGE		SHM_PAGE_SIZE
#define SCRATCH_PA	UINT64_C(0x0f800000) /* a page for a table */
#define RX		12		     /* MEM_AREA_TEE_RAM_RX of 4.10 */
#define RO		13
#define RW		14
#define IMAGE_PA	UINT64_C(0x0e000000)
#define IMAGE_VA	UINT64_C(0x7e000000)
#define NOT_IMPLEMENTED UINT32_C(0xFFFF0009)
#define SHM_ATTR                                                    \
	(TEE_MATTR_VALID_BLOCK | TEE_MATTR_PRW | TEE_MATTR_GLOBAL | \
	 TEE_MATTR_CACHE_CACHED << TEE_MATTR_CACHE_SHIFT)

static struct shm shm;

bool compat_get_call(struct compat_call *out)
{
	(void)out;
	return false;
}

static bool add_regions(void)
{
	return compat_static_add(RX, IMAGE_PA, IMAGE_VA, PAGE) &&
	       compat_static_add(RO, IMAGE_PA + PAGE, IMAGE_VA + PAGE, PAGE) &&
	       compat_static_add(RW, IMAGE_PA + 2 * PAGE, IMAGE_VA + 2 * PAGE,
				 2 * PAGE) &&
	       compat_static_add(MEM_AREA_IO_SEC, 0x8000000, 0x8000000, PAGE) &&
	       compat_static_add(RW, IMAGE_PA + 8 * PAGE, IMAGE_VA + 8 * PAGE,
				 PAGE) &&
	       compat_static_add(MEM_AREA_TA_RAM, WORLD_ROOT_PA,
				 (uintptr_t)sim_pointer(WORLD_ROOT_PA), PAGE);
}

static int start(void **state)
{
	static bool added;

	(void)state;
	world_start(&shm, POOL_SIZE, 2);
	sim_add_range(SIM_SECURE, SCRATCH_PA, PAGE);
	if (!added && !add_regions())
		return -1;
	added = true;
	return compat_init(&shm) == SHM_OK ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	return sim_check_violations() ? 0 : -1;
}

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

static void registered_memory_keeps_its_words(void **state)
{
	const struct core_mmu_phys_mem *mem = caller_rng_region();

	(void)state;
	assert_string_equal(mem->name, "RNG_BASE");
	assert_int_equal(mem->type, MEM_AREA_IO_NSEC);
	assert_int_equal(mem->addr, 0x09010000);
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
		CASE(registered_memory_keeps_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
