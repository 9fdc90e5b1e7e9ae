// SPDX-License-Identifier: BSD-2-Clause
/*
 * Pages at addresses of the caller's choice: all of them or none, and after
 * core_mmu_unmap_pages() nothing is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/compat_map_fixture.h"

static vaddr_t space_for(size_t pages)
{
	vaddr_t s, e;

	core_mmu_get_mem_by_type(MEM_AREA_SHM_VASPACE, &s, &e);
	assert_true(e > s && (e - s) / PAGE > pages);
	return s;
}

static void pages_go_where_the_caller_wants(void **state)
{
	paddr_t list[] = { WORLD_HIGH_PA, WORLD_RAM_PA, WORLD_RAM_PA + PAGE };
	vaddr_t va = space_for(3) + 2 * PAGE;

	(void)state;
	assert_int_equal(caller_shm_map(va, list, 3), 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(vaddr_to_phys(va + i * PAGE), list[i]);
	assert_true(walk((void *)va).ns);
	assert_int_equal(walk((void *)va).attr, SHARED_ATTR);
	assert_int_equal((uintptr_t)phys_to_virt(list[1] + 5, MEM_AREA_NSEC_SHM,
						 2 * PAGE - 5),
			 va + PAGE + 5);
	assert_true(core_pbuf_is(CORE_MEM_NSEC_SHM, list[1], 2 * PAGE));
	assert_int_equal(core_mmu_get_type_by_pa(list[0]), MEM_AREA_NSEC_SHM);
	/* Taken. */
	assert_int_equal(caller_shm_map(va - PAGE, list, 2), BAD_PARAMETERS);
	assert_int_equal(vaddr_to_phys(va - PAGE), 0);
	caller_shm_unmap(va, 1);
	assert_int_equal(vaddr_to_phys(va), 0);
	assert_int_equal(vaddr_to_phys(va + PAGE), list[1]);
	caller_shm_unmap(va, 3);
}

static void a_run_is_mapped_or_nothing_of_it(void **state)
{
	size_t count = (WORLD_RAM2_PA - WORLD_RAM_PA) / PAGE;
	vaddr_t va = space_for(200);

	(void)state;
	assert_int_equal(core_mmu_map_contiguous_pages(va, WORLD_RAM_PA, 200,
						       MEM_AREA_RAM_NSEC),
			 0);
	assert_int_equal(world_leaf_count(), 200);
	core_mmu_unmap_pages(va, 200);
	/* It ends in a reservation, in the last page. */
	assert_int_equal(
		core_mmu_map_contiguous_pages(va, WORLD_RESERVED_PA - 3 * PAGE,
					      4, MEM_AREA_NSEC_SHM),
		BAD_PARAMETERS);
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(core_mmu_map_contiguous_pages(va, UINT64_MAX - PAGE,
						       count,
						       MEM_AREA_NSEC_SHM),
			 BAD_PARAMETERS);
}

static void pages_are_refused_as_a_whole(void **state)
{
	paddr_t good = WORLD_RAM_PA, odd = WORLD_RAM_PA + 8;
	paddr_t secure = WORLD_POOL_PA, device = WORLD_DEVICE_PA;
	vaddr_t va = space_for(2), s, e, other;

	(void)state;
	core_mmu_get_mem_by_type(MEM_AREA_RES_VASPACE, &s, &other);
	core_mmu_get_mem_by_type(MEM_AREA_SHM_VASPACE, &other, &e);
	assert_true(s < other);
	assert_int_equal(caller_shm_map(va, &odd, 1), BAD_PARAMETERS);
	assert_int_equal(caller_shm_map(va, &secure, 1), BAD_PARAMETERS);
	assert_int_equal(caller_shm_map(va, &device, 1), BAD_PARAMETERS);
	assert_int_equal(caller_shm_map(va + 8, &good, 1), BAD_PARAMETERS);
	assert_int_equal(caller_shm_map(s - PAGE, &good, 1), BAD_PARAMETERS);
	assert_int_equal(caller_shm_map(e, &good, 1), BAD_PARAMETERS);
	assert_int_equal(core_mmu_map_pages(va, &good, 1, MEM_AREA_TEE_RAM),
			 BAD_PARAMETERS);
	assert_int_equal(core_mmu_map_contiguous_pages(e - PAGE, good, 2,
						       MEM_AREA_NSEC_SHM),
			 BAD_PARAMETERS);
	for (uint32_t n = 1; n < 3; n++) {
		shm.pool.fail_after = n;
		assert_int_equal(caller_shm_map(va, &good, 1), OUT_OF_MEMORY);
		assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	}
	shm.pool.fail_after = 0;
	caller_shm_unmap(va, 2);
	core_mmu_unmap_pages(e - PAGE, 2);
}

/* Far into a long list, whatever is wrong there. */
static void long_lists_are_refused_as_a_whole(void **state)
{
	paddr_t list[100], taken = WORLD_HIGH_PA, device = WORLD_DEVICE_PA;
	vaddr_t va = space_for(100);

	(void)state;
	for (size_t i = 0; i < 100; i++)
		list[i] = WORLD_RAM_PA + 2 * i * PAGE;
	for (size_t bad = 0; bad < 100; bad += 11) {
		paddr_t good = list[bad];

		list[bad] = device;
		assert_int_equal(caller_shm_map(va, list, 100), BAD_PARAMETERS);
		list[bad] = good;
		assert_int_equal(world_leaf_count(), 0);
		assert_int_equal(caller_shm_map(va + bad * PAGE, &taken, 1), 0);
		assert_int_equal(caller_shm_map(va, list, 100), BAD_PARAMETERS);
		assert_int_equal(world_leaf_count(), 1);
		assert_int_equal(vaddr_to_phys(va + bad * PAGE), taken);
		caller_shm_unmap(va, 100);
	}
	assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
}

/* A pair of barriers for a slice, and not one for each page. */
static void pages_are_unmapped_in_batches(void **state)
{
	paddr_t list[100];
	vaddr_t va = space_for(100);
	struct sim_tlb_counts counts;

	(void)state;
	for (size_t i = 0; i < 100; i++)
		list[i] = WORLD_RAM_PA + 2 * i * PAGE;
	assert_int_equal(caller_shm_map(va, list, 100), 0);
	caller_shm_unmap(va + 40 * PAGE, 1);
	sim_tlb_counts_reset();
	caller_shm_unmap(va, 100);
	counts = sim_tlb_counts();
	/* Slices of 32, and the window may begin anywhere in a table. */
	assert_in_range(counts.brackets, 4, 5);
	assert_int_equal(counts.by_va, 99);
	assert_int_equal(counts.all, 0);
	assert_int_equal(world_leaf_count(), 0);
}

/* The kernel's own mappings have one type, in either order. */
static void a_page_has_one_type(void **state)
{
	const enum shm_memtype type = SHM_MEM_UNCACHED | SHM_MEM_NON_SECURE;
	paddr_t pa = WORLD_RAM_PA;
	vaddr_t va = space_for(2);
	va_t other = 0;

	(void)state;
	assert_int_equal(caller_shm_map(va, &pa, 1), 0);
	assert_int_equal(shm_map_ram(&shm, pa, 1, type, &other), SHM_CONFLICT);
	caller_shm_unmap(va, 1);
	assert_int_equal(shm_map_ram(&shm, pa, 1, type, &other), SHM_OK);
	assert_int_equal(caller_shm_map(va, &pa, 1), BAD_PARAMETERS);
	assert_null(core_mmu_add_mapping(MEM_AREA_RAM_NSEC, pa, 1));
	assert_int_equal(shm_iounmap(&shm, other), SHM_OK);
	assert_int_equal(caller_shm_map(va, &pa, 1), 0);
	/* What was placed is not ioremap's to unmap. */
	assert_int_equal(shm_iounmap(&shm, va), SHM_BAD_ADDRESS);
	caller_shm_unmap(va, 1);
}

/* Among places of the first page, the lowest that goes on. */
static void a_run_is_found_where_all_of_it_is(void **state)
{
	paddr_t one[] = { WORLD_RAM_PA, WORLD_HIGH_PA, WORLD_RAM_PA };
	paddr_t two[] = { WORLD_RAM_PA, WORLD_RAM_PA + PAGE, WORLD_RAM_PA };
	vaddr_t va = space_for(20);

	(void)state;
	assert_int_equal(caller_shm_map(va + 10 * PAGE, two, 3), 0);
	assert_int_equal(caller_shm_map(va, one, 3), 0);
	assert_ptr_equal(phys_to_virt(one[0] + 7, MEM_AREA_NSEC_SHM, 5),
			 va + 7);
	assert_ptr_equal(phys_to_virt(one[0] + 7, MEM_AREA_NSEC_SHM, PAGE),
			 va + 10 * PAGE + 7);
	assert_null(phys_to_virt(one[0], MEM_AREA_NSEC_SHM, 2 * PAGE + 1));
	/* A neighbour that comes later makes it longer. */
	caller_shm_unmap(va + PAGE, 1);
	assert_int_equal(caller_shm_map(va + PAGE, &two[1], 1), 0);
	assert_ptr_equal(phys_to_virt(one[0], MEM_AREA_NSEC_SHM, 2 * PAGE), va);
	caller_shm_unmap(va, 20);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(pages_go_where_the_caller_wants),
		CASE(a_run_is_mapped_or_nothing_of_it),
		CASE(pages_are_refused_as_a_whole),
		CASE(long_lists_are_refused_as_a_whole),
		CASE(pages_are_unmapped_in_batches),
		CASE(a_page_has_one_type),
		CASE(a_run_is_found_where_all_of_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
