/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices that a guest was given: they lie in its slots, are charged to it and
 * end with it; and look-ups, which tell them from what it shares.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dynshm/lifecycle.h>
#include <dynshm/region.h>

#include "model/io_model.h"
#include "model/region_fixture.h"
#include "sim/trace.h"
#include "sim/world.h"

/* Leaf tables at both ends, blocks between them. */
#define LONG_PA	  (WORLD_PCI_PA + 100 * SHM_PAGE_SIZE)
#define LONG_SIZE (1200 * SHM_PAGE_SIZE)

static va_t map(enum shm_memtype type, pa_t pa, uint64_t size)
{
	va_t va = 0;

	assert_int_equal(guest_ioremap(guest->holdings, pa, size, type, &va),
			 SHM_OK);
	return va;
}

static enum shm_status kernel_map(pa_t pa, enum shm_memtype type, va_t *va)
{
	return shm_ioremap(&shm, pa, SHM_PAGE_SIZE, type, va);
}

/* The guest starts over. Nothing of it is drained yet. */
static void die(void)
{
	guest_cut_off(&shm, guest);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
}

static void device_of_the_dead_is_free_at_once(void **state)
{
	va_t va = map(SHM_MEM_DEVICE, WORLD_DEVICE_PA, 0x3000);
	struct shm_va_info info;
	va_t other = 0;

	(void)state;
	assert_int_equal(kernel_map(WORLD_DEVICE_PA, SHM_MEM_UNCACHED, &other),
			 SHM_CONFLICT);
	assert_true(shm_find_va(&shm, va, &info));
	assert_int_equal(shm_find_pa(&shm, guest->holdings, WORLD_DEVICE_PA, 4),
			 va);
	die();
	assert_int_equal(sim_walk(va).size, 0);
	assert_false(shm_find_va(&shm, va, &info));
	assert_int_equal(shm_find_pa(&shm, guest->holdings, WORLD_DEVICE_PA, 4),
			 0);
	assert_int_equal(kernel_map(WORLD_DEVICE_PA, SHM_MEM_UNCACHED, &other),
			 SHM_OK);
	assert_int_equal(
		kernel_map(WORLD_DEVICE_PA + 0x1000, SHM_MEM_DEVICE, &va),
		SHM_OK);
	while (corpse_drain(&shm) != SHM_OK)
		;
	assert_int_equal(sim_walk_pa(other), WORLD_DEVICE_PA);
	assert_int_equal(shm_iounmap(&shm, other), SHM_OK);
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
}

static void device_of_the_kernel_survives_the_guest(void **state)
{
	va_t kernel = 0;
	va_t own;

	(void)state;
	assert_int_equal(kernel_map(WORLD_DEVICE_PA, SHM_MEM_DEVICE, &kernel),
			 SHM_OK);
	own = map(SHM_MEM_DEVICE, WORLD_DEVICE_PA, 4);
	assert_int_not_equal(own, kernel);
	/* Neither can give back what is the other's. */
	assert_int_equal(shm_iounmap(&shm, own), SHM_BAD_ADDRESS);
	assert_int_equal(guest_iounmap(guest->holdings, kernel),
			 SHM_BAD_ADDRESS);
	die();
	io_model_check_page(kernel, WORLD_DEVICE_PA, SHM_MEM_DEVICE);
	assert_int_equal(sim_walk(own).size, 0);
	assert_int_equal(shm_iounmap(&shm, kernel), SHM_OK);
}

/* Wherever the call that maps it is never resumed. */
static void half_made_device_goes_with_its_guest(void **state)
{
	(void)state;
	for (unsigned int slices = 0; slices < 4; slices++) {
		struct io_mapping *mapping;

		assert_int_equal(ioremap_begin(guest->holdings, LONG_PA,
					       LONG_SIZE, SHM_MEM_DEVICE,
					       &mapping),
				 SHM_OK);
		/* No look-up finds it before it is whole. */
		for (unsigned int i = 0; i < slices; i++) {
			assert_int_equal(
				ioremap_find(guest->holdings, LONG_PA, 1), 0);
			(void)ioremap_slice(mapping);
		}
		die();
		while (corpse_drain(&shm) != SHM_OK)
			;
		assert_int_equal(world_leaf_count(), 0);
	}
}

static void half_unmapped_device_goes_with_its_guest(void **state)
{
	va_t va = map(SHM_MEM_DEVICE, LONG_PA, LONG_SIZE);
	struct io_mapping *mapping;

	(void)state;
	assert_int_equal(iounmap_begin(guest->holdings, va, &mapping), SHM_OK);
	assert_int_equal(iounmap_slice(mapping), SHM_INTERRUPTED);
	/* It has its claim until the end. */
	assert_int_equal(kernel_map(LONG_PA, SHM_MEM_UNCACHED, &va),
			 SHM_CONFLICT);
	die();
}

/* More claims than one hold of the lock takes out. */
static void many_claims_of_the_dead_are_no_obstacle(void **state)
{
	va_t va = 0;

	(void)state;
	for (uint64_t i = 0; i < 100; i++)
		(void)map(SHM_MEM_DEVICE, WORLD_PCI_PA,
			  (1 + i) * SHM_PAGE_SIZE);
	die();
	assert_int_equal(kernel_map(WORLD_PCI_PA, SHM_MEM_UNCACHED, &va),
			 SHM_OK);
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
}

static bool always_idle(const struct guest *who)
{
	(void)who;
	return true;
}

static void guest_with_a_device_is_not_idle(void **state)
{
	va_t va = map(SHM_MEM_DEVICE, WORLD_DEVICE_PA, 1);

	(void)state;
	assert_int_equal(guest_admit(&shm, guest->id, always_idle),
			 SHM_BAD_STATE);
	assert_int_equal(guest_iounmap(guest->holdings, va), SHM_OK);
	assert_int_equal(guest_admit(&shm, guest->id, always_idle), SHM_OK);
}

/* Where its slot leads to the other world only, a device needs one more. */
static void guest_pays_for_its_devices(void **state)
{
	struct account *account = &guest->holdings->account;
	struct look before = look();
	uint64_t kernel = holdings_bytes(shm.kernel);
	va_t va = map(SHM_MEM_DEVICE, WORLD_DEVICE_PA + 0xfff, 2);

	(void)state;
	assert_int_equal(account_used(account, RESOURCE_PAGES),
			 before.used[RESOURCE_PAGES] + 2);
	assert_in_range(account_used(account, RESOURCE_METADATA),
			before.used[RESOURCE_METADATA] + 1,
			before.used[RESOURCE_METADATA] +
				(SIM_TABLE_HAS_WORLD ? 1024 : 512));
	assert_int_equal(holdings_bytes(shm.kernel), kernel);
	assert_int_equal(guest_iounmap(guest->holdings, va), SHM_OK);
	assert_unchanged(&before);
}

static void each_budget_refuses_what_is_over_it(void **state)
{
	static const enum resource resources[] = { RESOURCE_PAGES,
						   RESOURCE_TABLES,
						   RESOURCE_METADATA };
	struct account *account = &guest->holdings->account;
	struct look before = look();
	va_t va = 0;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		enum resource what = resources[i];

		guest->ceiling[what] = account->used[what] + 1;
		assert_int_equal(guest_ioremap(guest->holdings, LONG_PA,
					       LONG_SIZE, SHM_MEM_DEVICE, &va),
				 SHM_OVER_BUDGET);
		assert_unchanged(&before);
		guest->ceiling[what] = UINT64_MAX;
	}
}

static void every_allocation_may_fail_in_turn(void **state)
{
	struct look before = look();
	va_t va = 0;
	uint32_t n;

	(void)state;
	for (n = 1;; n++) {
		enum shm_status st;

		shm.pool.fail_after = n;
		st = guest_ioremap(guest->holdings, LONG_PA, LONG_SIZE,
				   SHM_MEM_DEVICE, &va);
		if (shm.pool.fail_after != 0)
			break;
		assert_true(st == SHM_NO_METADATA || st == SHM_NO_TABLE);
		assert_unchanged(&before);
	}
	shm.pool.fail_after = 0;
	assert_in_range(n, 8, 20);
	assert_int_equal(guest_iounmap(guest->holdings, va), SHM_OK);
	assert_unchanged(&before);
}

/* Shared memory of both kinds: single pages, and a granule in a row. */
static void look_ups_tell_what_an_address_is(void **state)
{
	va_t device = map(SHM_MEM_DEVICE | SHM_MEM_NON_SECURE,
			  WORLD_DEVICE_PA + 0x1230, 8);
	struct shm_va_info info;
	va_t va;

	(void)state;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	va = shm_find_pa(&shm, guest->holdings, pages[3] + 5, 20);
	assert_true(va != 0 && sim_walk_pa(va) == pages[3] + 5);
	assert_true(shm_find_va(&shm, va, &info));
	assert_int_equal(info.kind, SHM_VA_SHARED);
	assert_int_equal(info.pa, pages[3] + 5);
	assert_int_equal(info.type, SHM_MEM_SHARED);
	assert_ptr_equal(info.owner, guest->holdings);
	/* The next page is elsewhere. */
	assert_int_equal(shm_find_pa(&shm, guest->holdings,
				     pages[3] + SHM_PAGE_SIZE - 1, 2),
			 0);
	va = shm_find_pa(&shm, guest->holdings, WORLD_HIGH_PA + 1,
			 512 * SHM_PAGE_SIZE);
	assert_true(va != 0);
	assert_true(shm_find_va(&shm, va + 300 * SHM_PAGE_SIZE, &info));
	assert_int_equal(info.pa, WORLD_HIGH_PA + 300 * SHM_PAGE_SIZE + 1);
	assert_int_equal(shm_find_pa(&shm, NULL, WORLD_HIGH_PA, 1), 0);
	assert_true(shm_find_va(&shm, device, &info));
	assert_int_equal(info.kind, SHM_VA_DEVICE);
	assert_int_equal(info.pa, WORLD_DEVICE_PA + 0x1230);
	assert_false(shm_find_va(&shm, device + SHM_PAGE_SIZE, &info));
	assert_int_equal(guest_iounmap(guest->holdings, va), SHM_BAD_ADDRESS);
	unregister(COOKIE);
	assert_false(shm_find_va(&shm, va, &info));
}

/* Leaf tables at both ends, blocks between them. */
#define LONG_PA	   (WORLD_PCI_PA + 100 * SHM_PAGE_SIZE)
#define LONG_SIZE  (1200 * SHM_PAGE_SIZE)
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(device_of_the_dead_is_free_at_once),
		CASE(device_of_the_kernel_survives_the_guest),
		CASE(half_made_device_goes_with_its_guest),
		CASE(half_unmapped_device_goes_with_its_guest),
		CASE(many_claims_of_the_dead_are_no_obstacle),
		CASE(guest_with_a_device_is_not_idle),
		CASE(guest_pays_for_its_devices),
		CASE(each_budget_refuses_what_is_over_it),
		CASE(every_allocation_may_fail_in_turn),
		CASE(look_ups_tell_what_an_address_is),
	};

	trace_any_number("mappings take more tables with some formats");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
