// SPDX-License-Identifier: BSD-2-Clause
/*
 * RAM that the kernel maps for itself: beside guests when both have it cached,
 * and in no other type than theirs, whoever came first. What is refused leaves
 * nothing behind.
 */
#include "model/region_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dynshm/lookup.h>

#include "sim/world.h"

#define PAGE	 SHM_PAGE_SIZE
#define UNCACHED (SHM_MEM_UNCACHED | SHM_MEM_NON_SECURE)
#define RUN	 (2u * GRANULE_SIZE / PAGE)
#define FREE_PA	 (WORLD_HIGH_PA + UINT64_C(0x800000)) /* none of `pages` */

static const enum shm_memtype others[] = {
	SHM_MEM_DEVICE_NGNRE, SHM_MEM_UNCACHED,	  SHM_MEM_DEVICE_NGNRNE,
	SHM_MEM_DEVICE_NGRE,  SHM_MEM_DEVICE_GRE,
};

static enum shm_status kernel_map(pa_t pa, uint64_t size, enum shm_memtype type,
				  va_t *va)
{
	enum shm_status st = shm_map_ram(&shm, pa, size, type, va);

	if (st == SHM_OK) {
		struct sim_mapping leaf = sim_walk(*va);

		assert_int_equal(leaf.pa + (*va - leaf.va), pa);
		assert_int_equal(leaf.attr, type % 8);
		assert_true(leaf.ns && !leaf.executable);
	}
	return st;
}

static void kernel_unmap(va_t va)
{
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
	assert_int_equal(sim_walk(va).size, 0);
}

static void guests_pages_are_had_in_their_type_only(void **state)
{
	/* By itself; first, inside and last of a granule; last of all. */
	static const unsigned int where[] = { 0, 400, 700, 911, 1299 };
	struct look before;
	va_t va = 0;

	(void)state;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	before = look();
	for (unsigned int i = 0; i < 5; i++) {
		pa_t pa = pages[where[i]];

		for (unsigned int t = 0; t < 5; t++)
			assert_int_equal(
				kernel_map(pa + 8, 4,
					   others[t] | SHM_MEM_NON_SECURE, &va),
				SHM_CONFLICT);
		assert_int_equal(kernel_map(pa + PAGE - 1, 1,
					    UNCACHED | SHM_MEM_READ_ONLY, &va),
				 SHM_CONFLICT);
		assert_unchanged(&before);
		assert_int_equal(kernel_map(pa + 8, 4, SHM_MEM_SHARED, &va),
				 SHM_OK);
		kernel_unmap(va);
	}
	/* The last page of a long range is the guest's. */
	assert_int_equal(
		kernel_map(pages[1299] - 3 * PAGE, 3 * PAGE, UNCACHED, &va),
		SHM_CONFLICT);
	assert_unchanged(&before);
	unregister(COOKIE);
	assert_int_equal(kernel_map(pages[700], PAGE, UNCACHED, &va), SHM_OK);
	kernel_unmap(va);
}

static void the_dead_have_no_pages(void **state)
{
	va_t va = 0;

	(void)state;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	while (guest_cut_off(&shm, guest) == SHM_INTERRUPTED)
		;
	guest_destroy(&shm, guest);
	assert_int_equal(kernel_map(pages[0], PAGE, UNCACHED, &va), SHM_OK);
	kernel_unmap(va);
	assert_int_equal(kernel_map(pages[700], PAGE, UNCACHED, &va), SHM_OK);
	while (corpse_drain(&shm) != SHM_OK)
		;
	assert_int_equal(guest_create(&shm, 3, &guest), SHM_OK);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
	assert_int_equal(register_pages(COOKIE), SHM_CONFLICT);
	kernel_unmap(va);
	assert_int_equal(register_pages(COOKIE), SHM_OK);
}

/* Wherever in a list it stands, however it is read. */
static void guests_do_not_get_what_the_kernel_has_otherwise(void **state)
{
	static const unsigned int where[] = { 0,   1,	170, 171, 399,	400,
					      401, 911, 912, 999, 1000, 1299 };

	(void)state;
	for (unsigned int i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		struct look before;
		va_t va = 0;

		assert_int_equal(kernel_map(pages[where[i]] + PAGE - 1, 1,
					    others[i % 5] | SHM_MEM_NON_SECURE,
					    &va),
				 SHM_OK);
		before = look();
		assert_int_equal(register_pages(COOKIE), SHM_CONFLICT);
		assert_unchanged(&before);
		kernel_unmap(va);
	}
	assert_int_equal(register_pages(COOKIE), SHM_OK);
}

static void only_ram_of_that_type_is_a_conflict(void **state)
{
	va_t ram = 0, device = 0;

	(void)state;
	assert_int_equal(kernel_map(FREE_PA, PAGE, UNCACHED, &ram), SHM_OK);
	assert_int_equal(shm_ioremap(&shm, WORLD_DEVICE_PA, PAGE,
				     SHM_MEM_DEVICE, &device),
			 SHM_OK);
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	unregister(COOKIE);
	pages[5] = WORLD_DEVICE_PA;
	assert_int_equal(register_pages(COOKIE), SHM_BAD_ADDRESS);
	pages[5] = FREE_PA + 8;
	assert_int_equal(register_pages(COOKIE), SHM_BAD_ADDRESS);
	pages[5] = FREE_PA - PAGE;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	kernel_unmap(ram);
	kernel_unmap(device);
}

/* It has been read, but nothing of it is mapped yet. */
static void a_run_that_waits_is_looked_at_again(void **state)
{
	struct region_request request = { COOKIE, 2 * GRANULE_SIZE, 0 };
	static pa_t run[RUN];
	struct page_list list;
	struct region *region;
	enum shm_status st;
	va_t va = 0;

	(void)state;
	assert_int_equal(region_create(guest->holdings, &request, &region),
			 SHM_OK);
	for (unsigned int i = 0; i < RUN; i++)
		run[i] = WORLD_HIGH_PA + i * PAGE;
	page_list_init(&list, guest->holdings, 0, world_write_list(0, run, RUN),
		       RUN);
	while (list.run.count == 0)
		assert_int_equal(region_map_slice(region, &list),
				 SHM_INTERRUPTED);
	assert_true(list.run.count > 100);
	assert_int_equal(region->mapped, 0);
	assert_int_equal(
		kernel_map(WORLD_HIGH_PA + 100 * PAGE, PAGE, UNCACHED, &va),
		SHM_OK);
	/* The rest of it may be read first. */
	do
		st = region_map_slice(region, &list);
	while (st == SHM_INTERRUPTED && region->mapped == 0);
	assert_int_equal(st, SHM_CONFLICT);
	region_leave(region);
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
	call_page_unmap(guest->holdings, 0, CALL_PAGE_LIST);
	kernel_unmap(va);
}

static void pages_of_calls_are_looked_at(void **state)
{
	pa_t list = world_write_list(0, pages, COUNT);
	va_t va = 0;

	(void)state;
	assert_int_equal(kernel_map(list + PAGE, PAGE, UNCACHED, &va), SHM_OK);
	assert_int_equal(call_page_map(guest->holdings, 0, CALL_PAGE_ARGUMENT,
				       list + PAGE),
			 SHM_CONFLICT);
	assert_int_equal(register_list(COOKIE, list, COUNT * PAGE),
			 SHM_CONFLICT);
	kernel_unmap(va);
	assert_int_equal(register_list(COOKIE, list, COUNT * PAGE), SHM_OK);
}

static void guests_keep_what_the_kernel_has_too(void **state)
{
	struct region *region;
	struct shm_va_info info;
	va_t first = 0, later = 0;

	(void)state;
	assert_int_equal(kernel_map(pages[0] + 5, 9, SHM_MEM_SHARED, &first),
			 SHM_OK);
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	assert_int_equal(
		kernel_map(pages[400], 600 * PAGE, SHM_MEM_SHARED, &later),
		SHM_OK);
	assert_int_equal(region_get(guest->holdings, COOKIE, &region), SHM_OK);
	assert_false(region->revoked);
	for (unsigned int i = 0; i < COUNT; i += 7)
		assert_int_equal(sim_walk_pa(region_address(region, i * PAGE)),
				 pages[i]);
	region_put(region);
	assert_true(shm_find_va(&shm, first, &info));
	assert_int_equal(info.kind, SHM_VA_SHARED);
	assert_ptr_equal(info.owner, shm.kernel);
	unregister(COOKIE);
	assert_int_equal(sim_walk_pa(first & ~SHM_PAGE_MASK), pages[0]);
	assert_int_equal(ioremap_find(shm.kernel, pages[999], PAGE),
			 later + 599 * PAGE);
	kernel_unmap(later);
	kernel_unmap(first);
}

static void the_kernel_has_one_type_itself(void **state)
{
	va_t va = 0, same = 0;

	(void)state;
	assert_int_equal(kernel_map(FREE_PA, 2 * PAGE, UNCACHED, &va), SHM_OK);
	assert_int_equal(kernel_map(FREE_PA + PAGE, 1, SHM_MEM_SHARED, &same),
			 SHM_CONFLICT);
	assert_int_equal(kernel_map(FREE_PA + PAGE, 1, UNCACHED, &same),
			 SHM_OK);
	assert_int_equal(same, va + PAGE);
	/* The longer one keeps the pages from guests when the other goes. */
	assert_int_equal(kernel_map(FREE_PA, 4 * PAGE, UNCACHED, &same),
			 SHM_OK);
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
	kernel_unmap(va);
	pages[0] = FREE_PA;
	assert_int_equal(register_pages(COOKIE), SHM_CONFLICT);
	kernel_unmap(same);
	assert_int_equal(register_pages(COOKIE), SHM_OK);
}

/* What the kernel had mapped before there was a manager. */
static void the_static_map_has_types_too(void **state)
{
	static const struct shm_fixed fixed = { FREE_PA, PAGE, UNCACHED };
	struct shm_config config;

	(void)state;
	guest_cut_off(&shm, guest);
	guest_destroy(&shm, guest);
	world_start_machine(POOL_SIZE);
	config = world_config(POOL_SIZE, 2);
	config.fixed = &fixed;
	config.fixed_count = 1;
	assert_int_equal(shm_init(&shm, &config), SHM_OK);
	assert_int_equal(guest_create(&shm, 3, &guest), SHM_OK);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	unregister(COOKIE);
	pages[1] = FREE_PA;
	assert_int_equal(register_pages(COOKIE), SHM_CONFLICT);
}

static void what_is_no_request_for_ram_is_refused(void **state)
{
	struct look before = look();
	va_t va = 0;

	(void)state;
	assert_int_equal(kernel_map(FREE_PA, PAGE, SHM_MEM_SECURE, &va),
			 SHM_BAD_ATTRIBUTE);
	assert_int_equal(kernel_map(FREE_PA, PAGE, 7 | SHM_MEM_NON_SECURE, &va),
			 SHM_BAD_ATTRIBUTE);
	assert_int_equal(kernel_map(FREE_PA, 0, UNCACHED, &va), SHM_BAD_SIZE);
	assert_int_equal(kernel_map(WORLD_DEVICE_PA, 1, UNCACHED, &va),
			 SHM_BAD_ADDRESS);
	assert_int_equal(kernel_map(WORLD_RESERVED_PA - 1, 2, UNCACHED, &va),
			 SHM_BAD_ADDRESS);
	assert_int_equal(kernel_map(UINT64_MAX, 2, UNCACHED, &va),
			 SHM_BAD_ADDRESS);
	assert_int_equal(shm_ioremap(&shm, FREE_PA, PAGE, UNCACHED, &va),
			 SHM_BAD_ADDRESS);
	for (uint32_t n = 1; n < 4; n++) {
		shm.pool.fail_after = n;
		assert_int_not_equal(kernel_map(FREE_PA, PAGE, UNCACHED, &va),
				     SHM_OK);
		shm.pool.fail_after = 0;
		assert_unchanged(&before);
	}
	pages[0] = FREE_PA;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(guests_pages_are_had_in_their_type_only),
		CASE(the_dead_have_no_pages),
		CASE(guests_do_not_get_what_the_kernel_has_otherwise),
		CASE(only_ram_of_that_type_is_a_conflict),
		CASE(a_run_that_waits_is_looked_at_again),
		CASE(pages_of_calls_are_looked_at),
		CASE(guests_keep_what_the_kernel_has_too),
		CASE(the_kernel_has_one_type_itself),
		cmocka_unit_test_setup(the_static_map_has_types_too, set_up),
		CASE(what_is_no_request_for_ram_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
