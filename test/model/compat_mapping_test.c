// SPDX-License-Identifier: BSD-2-Clause
/*
 * Late mappings by OP-TEE's API: each is found, counted, and has an inverse
 * after which nothing of it is left, in tables, TLBs or the pool.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/compat_map_fixture.h"

static void unmap(enum teecore_memtypes type, void *va, size_t size)
{
	assert_int_equal(core_mmu_remove_mapping(type, va, size), 0);
}

static void any_alignment_is_mapped_and_found(void **state)
{
	pa_t pa = WORLD_DEVICE_PA + 0xabc;
	size_t size = 2 * PAGE;
	uint8_t *va = core_mmu_add_mapping(MEM_AREA_IO_NSEC, pa, size);

	(void)state;
	assert_non_null(va);
	assert_int_equal((uintptr_t)va % PAGE, 0xabc);
	assert_int_equal(virt_to_phys(va), pa);
	assert_int_equal(virt_to_phys(va + size - 1), pa + size - 1);
	assert_true(walk(va).ns);
	assert_false(walk(va).executable);
	assert_int_equal(world_leaf_count(), 3);
	assert_ptr_equal(phys_to_virt(pa, MEM_AREA_IO_NSEC, size), va);
	assert_ptr_equal(phys_to_virt(pa + 7, MEM_AREA_IO_NSEC, 4), va + 7);
	assert_ptr_equal(phys_to_virt_io(pa, size), va);
	assert_null(phys_to_virt(pa, MEM_AREA_IO_SEC, 1));
	assert_null(phys_to_virt(pa, MEM_AREA_RAM_NSEC, 1));
	assert_null(phys_to_virt(pa, MEM_AREA_IO_NSEC, 4 * PAGE - 0xabc));
	assert_int_equal(core_mmu_get_type_by_pa(pa), MEM_AREA_IO_NSEC);
	assert_false(core_pbuf_is(CORE_MEM_CACHED, pa, 1));
	unmap(MEM_AREA_IO_NSEC, va, size);
	assert_null(phys_to_virt(pa, MEM_AREA_IO_NSEC, 1));
	assert_int_equal(core_mmu_get_type_by_pa(pa), MEM_AREA_NOTYPE);
	assert_int_equal(virt_to_phys(va), 0);
}

static void two_users_of_a_page_do_not_meet(void **state)
{
	pa_t first = WORLD_DEVICE_PA, second = WORLD_DEVICE_PA + 0x800;
	uint8_t *a = caller_device_map(first, 16);
	uint8_t *b = caller_device_map(second, 16);

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(caller_device_unmap(a, 16), 0);
	assert_int_equal(virt_to_phys(b), second);
	assert_ptr_equal(phys_to_virt(second, MEM_AREA_IO_SEC, 16), b);
	assert_int_equal(caller_device_unmap(a, 16), GENERIC);
	assert_int_equal(virt_to_phys(b), second);
	assert_int_equal(caller_device_unmap(b, 16), 0);
}

static void each_addition_is_removed_once(void **state)
{
	void *a = caller_device_map(WORLD_DEVICE_PA, PAGE);
	void *b = caller_device_map(WORLD_DEVICE_PA, PAGE);

	(void)state;
	assert_non_null(a);
	assert_ptr_equal(a, b);
	unmap(MEM_AREA_IO_SEC, a, PAGE);
	assert_int_equal(virt_to_phys(b), WORLD_DEVICE_PA);
	unmap(MEM_AREA_IO_SEC, a, PAGE);
	assert_int_equal(core_mmu_remove_mapping(MEM_AREA_IO_SEC, a, PAGE),
			 GENERIC);
}

/* Two mappings have the page; each user gives back what it has. */
static void users_of_longer_ranges_do_not_meet(void **state)
{
	void *one = caller_device_map(WORLD_DEVICE_PA, PAGE);
	void *two = caller_device_map(WORLD_DEVICE_PA, 2 * PAGE);
	void *again = caller_device_map(WORLD_DEVICE_PA, PAGE);

	(void)state;
	assert_ptr_equal(again, one);
	assert_ptr_not_equal(two, one);
	assert_int_equal(caller_device_unmap(one, PAGE), 0);
	assert_int_equal(virt_to_phys(again), WORLD_DEVICE_PA);
	assert_int_equal(caller_device_unmap(two, 2 * PAGE), 0);
	assert_int_equal(virt_to_phys(again), WORLD_DEVICE_PA);
	assert_int_equal(caller_device_unmap(again, PAGE), 0);
	assert_int_equal(virt_to_phys(again), 0);
}

static void only_what_was_added_is_removed(void **state)
{
	uint8_t *va = caller_device_map(WORLD_DEVICE_PA, 2 * PAGE);

	(void)state;
	assert_non_null(va);
	assert_int_equal(caller_device_unmap(va, PAGE), GENERIC);
	assert_int_equal(caller_device_unmap(va + PAGE, PAGE), GENERIC);
	assert_int_equal(caller_device_unmap(va, 0), GENERIC);
	assert_int_equal(
		core_mmu_remove_mapping(MEM_AREA_IO_NSEC, va, 2 * PAGE),
		GENERIC);
	assert_int_equal(virt_to_phys(va + PAGE), WORLD_DEVICE_PA + PAGE);
	assert_int_equal(caller_device_unmap(va, 2 * PAGE), 0);
}

static void what_cannot_be_mapped_is_refused(void **state)
{
	void *va = caller_device_map(WORLD_DEVICE_PA, PAGE);
	pa_t free_pa = WORLD_DEVICE_PA + 8 * PAGE;

	(void)state;
	assert_null(core_mmu_add_mapping(MEM_AREA_IO_SEC, WORLD_DEVICE_PA, 0));
	assert_null(core_mmu_add_mapping(MEM_AREA_IO_SEC, UINT64_MAX, 2));
	assert_null(core_mmu_add_mapping(MEM_AREA_TEE_RAM, free_pa, 1));
	assert_null(core_mmu_add_mapping(MEM_AREA_RES_VASPACE, free_pa, 1));
	assert_null(core_mmu_add_mapping(MEM_AREA_NOTYPE, free_pa, 1));
	assert_null(core_mmu_add_mapping(MEM_AREA_MAXTYPE, free_pa, 1));
	/* Mapped already, as something else. */
	assert_null(core_mmu_add_mapping(MEM_AREA_IO_NSEC, WORLD_DEVICE_PA, 1));
	assert_null(core_mmu_add_mapping(MEM_AREA_RAM_SEC, WORLD_DEVICE_PA, 1));
	assert_null(core_mmu_add_mapping(MEM_AREA_RAM_SEC, WORLD_POOL_PA, 1));
	/* What the normal world shares is not secure, and no device. */
	assert_null(core_mmu_add_mapping(MEM_AREA_IO_SEC, WORLD_RAM_PA, 1));
	assert_null(core_mmu_add_mapping(MEM_AREA_RAM_SEC, WORLD_RAM_PA, 1));
	assert_null(core_mmu_add_mapping(MEM_AREA_IO_NSEC,
					 WORLD_RESERVED_PA - 1, 2));
	unmap(MEM_AREA_IO_SEC, va, PAGE);
}

/* The device tree lies in RAM that Linux has cached. */
static void ram_is_mapped_as_linux_has_it(void **state)
{
	pa_t pa = WORLD_HIGH_PA + 0x123;
	size_t size = 5 * PAGE;
	uint8_t *va = caller_map_tree(pa, size);

	(void)state;
	assert_non_null(va);
	assert_int_equal(virt_to_phys(va), pa);
	assert_int_equal(walk(va).attr, SHARED_ATTR);
	assert_true(walk(va).ns);
	assert_ptr_equal(caller_map_tree(pa, size), va);
	assert_ptr_equal(phys_to_virt(pa + PAGE, MEM_AREA_IO_NSEC, 4 * PAGE),
			 va + PAGE);
	assert_null(phys_to_virt(pa, MEM_AREA_NSEC_SHM, 1));
	assert_int_equal(core_mmu_get_type_by_pa(pa), MEM_AREA_IO_NSEC);
	unmap(MEM_AREA_IO_NSEC, va, size);
	assert_int_equal(virt_to_phys(va), pa);
	unmap(MEM_AREA_IO_NSEC, va, size);
	assert_int_equal(virt_to_phys(va), 0);
}

static void the_static_map_comes_first_and_stays(void **state)
{
	void *va = caller_device_map(UART_PA + 4, 8);

	(void)state;
	assert_int_equal((uintptr_t)va, UART_PA + 4);
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(caller_device_unmap(va, 8), 0);
	assert_int_equal(caller_device_unmap(va, 8), 0);
	assert_int_equal((uintptr_t)phys_to_virt(UART_PA, MEM_AREA_IO_SEC, 8),
			 UART_PA);
}

static void what_drivers_mapped_themselves_is_found(void **state)
{
	va_t va = 0;

	(void)state;
	assert_int_equal(shm_ioremap(&shm, WORLD_DEVICE_PA + 4, PAGE,
				     SHM_MEM_DEVICE, &va),
			 SHM_OK);
	assert_int_equal((uintptr_t)phys_to_virt(WORLD_DEVICE_PA + 4,
						 MEM_AREA_IO_SEC, PAGE),
			 va);
	assert_null(phys_to_virt(WORLD_DEVICE_PA + 4, MEM_AREA_IO_NSEC, 1));
	assert_int_equal(core_mmu_get_type_by_pa(WORLD_DEVICE_PA),
			 MEM_AREA_IO_SEC);
	assert_int_equal(core_mmu_remove_mapping(MEM_AREA_IO_SEC,
						 (void *)(uintptr_t)va, PAGE),
			 GENERIC);
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
}

static void a_device_keeps_its_address(void **state)
{
	struct caller_device device = { { WORLD_DEVICE_PA + 0x40, 0 }, 0x20 };
	uint8_t *va = caller_device_map(WORLD_DEVICE_PA, PAGE);

	(void)state;
	assert_ptr_equal(caller_device_register(&device, 8), va + 0x48);
	assert_int_equal(device.base.va, (uintptr_t)va + 0x40);
	assert_int_equal(
		io_pa_or_va_nsec(&(struct io_pa_va){ WORLD_DEVICE_PA, 0 }, 1),
		0);
	assert_int_equal(core_mmu_get_va(WORLD_DEVICE_PA, MEM_AREA_IO_SEC, 1),
			 (uintptr_t)va);
	assert_int_equal(caller_console_base(WORLD_DEVICE_PA), (uintptr_t)va);
	unmap(MEM_AREA_IO_SEC, va, PAGE);
}

/* Whatever allocation fails, nothing is left. */
static void failures_leave_nothing(void **state)
{
	static const pa_t what[] = { WORLD_DEVICE_PA, WORLD_RAM_PA };

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		void *va = NULL;
		uint32_t n;

		for (n = 1; va == NULL; n++) {
			shm.pool.fail_after = n;
			va = core_mmu_add_mapping(MEM_AREA_IO_NSEC, what[i],
						  PAGE);
			if (va == NULL)
				assert_int_equal(
					meta_pool_free_bytes(&shm.pool), level);
		}
		shm.pool.fail_after = 0;
		assert_true(n > 3);
		unmap(MEM_AREA_IO_NSEC, va, PAGE);
		assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(any_alignment_is_mapped_and_found),
		CASE(two_users_of_a_page_do_not_meet),
		CASE(each_addition_is_removed_once),
		CASE(users_of_longer_ranges_do_not_meet),
		CASE(only_what_was_added_is_removed),
		CASE(what_cannot_be_mapped_is_refused),
		CASE(ram_is_mapped_as_linux_has_it),
		CASE(the_static_map_comes_first_and_stays),
		CASE(what_drivers_mapped_themselves_is_found),
		CASE(a_device_keeps_its_address),
		CASE(failures_leave_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
