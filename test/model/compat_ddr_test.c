// SPDX-License-Identifier: BSD-2-Clause
/*
 * RAM to share, as boot tells it: before there is a manager it decides what
 * guests can register, afterwards it changes nothing. In the order of a boot.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compat/callers.h"
#include "sim/compat.h"
#include "sim/world.h"

#include <compat/platform.h>

#define POOL_SIZE (UINT64_C(4) << 20)
#define PAGE	  SHM_PAGE_SIZE
#define MIB	  UINT64_C(0x100000)
#define STATIC_VA UINT64_C(0x7e000000)

static struct shm shm;

bool compat_get_call(struct compat_call *out)
{
	(void)out;
	return false;
}

static struct core_mmu_phys_mem ram(pa_t first, uint64_t size)
{
	return (struct core_mmu_phys_mem){ .addr = first,
					   .size = (size_t)size };
}

static bool may_share(pa_t first, uint64_t size)
{
	return core_pbuf_is(CORE_MEM_NON_SEC, first, (size_t)size);
}

static void assert_told(void)
{
	const struct pa_range want[] = {
		{ WORLD_RAM_PA, WORLD_RAM_PA + 2 * MIB - 1 },
		{ WORLD_RAM_PA + 2 * MIB + 2 * PAGE,
		  WORLD_RAM_PA + 4 * MIB - 1 },
		{ WORLD_RAM2_PA, WORLD_RAM2_PA + PAGE - 1 },
		{ WORLD_HIGH_PA, WORLD_HIGH_PA + MIB - 1 },
	};
	struct compat_ranges got = compat_discovered_ddr();

	assert_int_equal(got.count, 4);
	assert_memory_equal(got.range, want, sizeof(want));
}

static void what_is_left_is_whole_pages_of_nobody_else(void **state)
{
	pa_t static_pa = WORLD_RAM_PA + 2 * MIB;
	struct core_mmu_phys_mem found[] = {
		ram(WORLD_HIGH_PA, MIB),
		ram(WORLD_RAM_PA + 3 * MIB, MIB),
		ram(UINT64_MAX - PAGE + 1, 2 * PAGE),
		ram(UINT64_C(1) << 48, PAGE),
		ram(WORLD_RAM_PA, 3 * MIB + 5),
		ram(WORLD_RAM2_PA - 12, PAGE + 100),
		ram(WORLD_RAM3_PA, 0),
		ram(WORLD_RAM3_PA + 8, PAGE),
		ram(WORLD_POOL_PA, PAGE), /* secure */
	};

	struct core_mmu_phys_mem more = ram(WORLD_RAM3_PA, MIB);

	(void)state;
	assert_false(core_mmu_nsec_ddr_is_defined());
	assert_true(compat_static_add(MEM_AREA_TA_RAM, static_pa, STATIC_VA,
				      2 * PAGE));
	assert_true(compat_static_add(MEM_AREA_RAM_NSEC, static_pa + 4 * PAGE,
				      STATIC_VA + MIB, PAGE));
	core_mmu_set_discovered_nsec_ddr(found,
					 sizeof(found) / sizeof(found[0]));
	assert_told();
	core_mmu_set_discovered_nsec_ddr(&more, 1);
	assert_told();
	assert_true(core_mmu_nsec_ddr_is_defined());
	assert_int_equal(found[0].addr, WORLD_HIGH_PA);
}

static enum shm_status map_page(pa_t pa)
{
	vaddr_t s, e;
	TEE_Result res;

	core_mmu_get_mem_by_type(MEM_AREA_RES_VASPACE, &s, &e);
	res = core_mmu_map_pages(s, &pa, 1, MEM_AREA_NSEC_SHM);
	core_mmu_unmap_pages(s, 1);
	return res == 0 ? SHM_OK : SHM_BAD_ADDRESS;
}

static void the_manager_begins_with_it(void **state)
{
	struct compat_ranges told = compat_discovered_ddr();
	struct shm_config config;

	(void)state;
	world_start_machine(POOL_SIZE);
	config = world_config(POOL_SIZE, 2);
	config.ram = told.range;
	config.ram_count = told.count;
	assert_int_equal(shm_init(&shm, &config), SHM_OK);
	assert_int_equal(compat_init(&shm), SHM_OK);
	assert_int_equal(map_page(WORLD_RAM_PA), SHM_OK);
	assert_int_equal(map_page(WORLD_HIGH_PA + MIB - PAGE), SHM_OK);
	assert_int_equal(map_page(WORLD_HIGH_PA + MIB), SHM_BAD_ADDRESS);
	assert_int_equal(map_page(WORLD_RAM_PA + 2 * MIB), SHM_BAD_ADDRESS);
	assert_true(may_share(WORLD_RAM_PA, 2 * MIB));
	assert_false(may_share(WORLD_RAM_PA, 2 * MIB + 1));
	assert_false(may_share(WORLD_RAM2_PA, PAGE + 1));
	assert_false(may_share(WORLD_RAM3_PA, 1));
}

static void what_comes_too_late_changes_nothing(void **state)
{
	struct core_mmu_phys_mem more = ram(WORLD_RAM3_PA, MIB);

	(void)state;
	core_mmu_set_discovered_nsec_ddr(&more, 1);
	assert_told();
	assert_int_equal(map_page(WORLD_RAM3_PA), SHM_BAD_ADDRESS);
	assert_false(may_share(WORLD_RAM3_PA, 1));
	core_mmu_set_prtn(NULL);
	assert_int_equal(map_page(WORLD_RAM_PA), SHM_OK);
	assert_true(sim_check_violations());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_is_whole_pages_of_nobody_else),
		cmocka_unit_test(the_manager_begins_with_it),
		cmocka_unit_test(what_comes_too_late_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
