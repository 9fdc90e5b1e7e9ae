// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where is a physical address. Where a page has to be is known from the order
 * in which it was registered.
 */
#include "model/compat_fixture.h"
#include "sim/compat.h"

static void all_bytes_are_where_the_first_is(void **state)
{
	const pa_t list[] = { WORLD_RAM_PA, WORLD_RAM_PA + PAGE,
			      WORLD_RAM_PA + 2 * PAGE, WORLD_HIGH_PA };
	const pa_t next[] = { WORLD_HIGH_PA + PAGE };
	struct region *region = share(1, list, 4);
	struct region *second = share(2, next, 1);

	(void)state;
	enter(guest);
	/* Neighbours in both address spaces, but two regions. */
	assert_int_equal(place(second, 0), place(region, 4));
	assert_int_equal(find(WORLD_HIGH_PA, PAGE), place(region, 3));
	assert_int_equal(find(WORLD_HIGH_PA, PAGE + 1), 0);
	assert_int_equal(find(WORLD_RAM_PA, 3 * PAGE), place(region, 0));
	assert_int_equal(find(WORLD_RAM_PA + 1, 3 * PAGE - 1),
			 place(region, 0) + 1);
	assert_int_equal(find(WORLD_RAM_PA + 1, 3 * PAGE), 0);
	/* The predicate is about pages, whoever has them. */
	assert_true(core_pbuf_is(CORE_MEM_NSEC_SHM, WORLD_HIGH_PA, 2 * PAGE));
	assert_false(core_pbuf_is(CORE_MEM_NSEC_SHM, WORLD_RAM_PA, 4 * PAGE));
}

static void among_several_what_is_held_wins(void **state)
{
	const pa_t apart[] = { WORLD_RAM_PA, WORLD_RAM2_PA };
	const pa_t run[] = { WORLD_RAM_PA, WORLD_RAM_PA + PAGE };
	struct region *first = share(1, apart, 2);
	struct region *second = share(2, run, 2);
	struct region *third = share(3, run, 2);

	(void)state;
	enter(guest);
	assert_int_equal(find(WORLD_RAM_PA, PAGE), place(first, 0));
	/* The lowest that has all of it. */
	assert_int_equal(find(WORLD_RAM_PA, 2 * PAGE), place(second, 0));
	running.held[running.held_count++] = third;
	assert_int_equal(find(WORLD_RAM_PA, PAGE), place(third, 0));
	assert_int_equal(find(WORLD_RAM_PA, 2 * PAGE), place(third, 0));
	assert_int_equal(find(WORLD_RAM2_PA, 1), place(first, 1));
	running.held[0] = first;
	assert_int_equal(find(WORLD_RAM_PA, PAGE), place(first, 0));
	assert_int_equal(find(WORLD_RAM_PA, 2 * PAGE), place(second, 0));
}

static void granules_are_found_page_by_page(void **state)
{
	static pa_t run[600];
	struct region *region;

	(void)state;
	for (unsigned int i = 0; i < 600; i++)
		run[i] = WORLD_HIGH_PA + i * PAGE;
	region = share(1, run, 600);
	enter(guest);
	for (unsigned int i = 0; i < 600; i += 37)
		assert_int_equal(find(run[i] + 3, (600 - i) * PAGE - 3),
				 place(region, i) + 3);
	assert_int_equal(find(run[37], 563 * PAGE + 1), 0);
	/* A step for each page of it, and no look-up. */
	(void)sim_take_translations();
	assert_true(core_pbuf_is(CORE_MEM_NSEC_SHM, run[0], 600 * PAGE));
	assert_in_range(sim_take_translations(), 600, 610);
	assert_true(core_pbuf_is(CORE_MEM_CACHED, run[0], 600 * PAGE));
	assert_in_range(sim_take_translations(), 600, 610);
	assert_false(core_pbuf_is(CORE_MEM_NSEC_SHM, run[0], 600 * PAGE + 1));
	assert_false(core_pbuf_is(CORE_MEM_CACHED, run[0], 600 * PAGE + 1));
}

static void what_forms_or_leaves_is_not_there(void **state)
{
	const pa_t list[] = { WORLD_RAM_PA };
	struct region_request request = { 9, PAGE, 0 };
	struct region *region, *replaced;
	struct page_list reader;

	(void)state;
	enter(guest);
	assert_int_equal(region_create(guest->holdings, &request, &region),
			 SHM_OK);
	page_list_init_contiguous(&reader, list[0], 1);
	assert_int_equal(region_map_slice(region, &reader), SHM_OK);
	assert_int_equal(find(list[0], 1), 0);
	assert_int_equal(region_commit(region, true, &replaced), SHM_OK);
	assert_int_equal(find(list[0], 1), place(region, 0));
	region_leave(region);
	assert_int_equal(find(list[0], 1), place(region, 0));
	region_put(region);
	assert_int_equal(find(list[0], 1), 0);
	assert_int_equal(region_take_apart(region), SHM_OK);
	assert_int_equal(find(list[0], 1), 0);
}

static void a_calls_own_page_is_found(void **state)
{
	(void)state;
	enter(guest);
	running.index = 1;
	assert_int_equal(call_page_map(guest->holdings, 1, CALL_PAGE_ARGUMENT,
				       WORLD_RAM_PA),
			 SHM_OK);
	assert_int_equal(
		find(WORLD_RAM_PA + 8, PAGE - 8),
		call_page_address(guest->holdings, 1, CALL_PAGE_ARGUMENT) + 8);
	assert_int_equal(find(WORLD_RAM_PA + 8, PAGE - 7), 0);
	running.index = 0;
	assert_int_equal(find(WORLD_RAM_PA, 1), 0);
	call_page_unmap(guest->holdings, 1, CALL_PAGE_ARGUMENT);
}

static void a_page_mapped_often_is_found_in_bounded_time(void **state)
{
	struct region *region;

	(void)state;
	for (unsigned int i = 0; i < COUNT; i++)
		pages[i] = WORLD_RAM_PA + PAGE;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	assert_int_equal(region_get(guest->holdings, COOKIE, &region), SHM_OK);
	region_put(region);
	enter(guest);
	/* The lowest of the latest 64: it has not looked at the others. */
	assert_int_equal(find(pages[0], 1), place(region, COUNT - 64));
}

/* Whoever came first, the kernel and the guest both have the page. */
static void the_kernel_takes_no_page_from_a_guest(void **state)
{
	const pa_t list[] = { WORLD_RAM_PA, WORLD_HIGH_PA };
	struct region *region = share(1, list, 1);
	char *first = core_mmu_add_mapping(MEM_AREA_IO_NSEC, list[0], PAGE);
	char *second = core_mmu_add_mapping(MEM_AREA_RAM_NSEC, list[1], PAGE);
	struct region *later = share(2, &list[1], 1);

	(void)state;
	enter(guest);
	assert_int_equal(virt_to_phys(first), list[0]);
	assert_int_equal(virt_to_phys(second), list[1]);
	assert_int_equal(find(list[0], PAGE), place(region, 0));
	assert_int_equal(find(list[1], PAGE), place(later, 0));
	assert_ptr_equal(phys_to_virt(list[1], MEM_AREA_RAM_NSEC, PAGE),
			 second);
	assert_false(region->revoked || later->revoked);
	unregister(2);
	assert_int_equal(virt_to_phys(second), list[1]);
	assert_int_equal(core_mmu_remove_mapping(MEM_AREA_IO_NSEC, first, PAGE),
			 0);
	assert_int_equal(
		core_mmu_remove_mapping(MEM_AREA_RAM_NSEC, second, PAGE), 0);
	assert_int_equal(find(list[0], PAGE), place(region, 0));
}

static void callers_of_2016_take_their_messages(void **state)
{
	const pa_t list[] = { WORLD_HIGH_PA };
	struct region *region = share(1, list, 1);
	struct caller_message *message = NULL;
	unsigned long base = 1, size = 1;
	bool cached = false;

	(void)state;
	assert_int_equal(caller_take_message(WORLD_POOL_PA, &message),
			 CALLER_BAD_ADDRESS);
	assert_int_equal(caller_take_message(WORLD_HIGH_PA, &message),
			 CALLER_NOT_MAPPED);
	enter(guest);
	assert_int_equal(caller_take_message(WORLD_HIGH_PA + 64, &message),
			 CALLER_OK);
	assert_int_equal((uintptr_t)message, place(region, 0) + 64);
	assert_int_equal((uintptr_t)caller_rpc_argument(WORLD_HIGH_PA + 64),
			 place(region, 0) + 64);
	assert_null(caller_rpc_argument(WORLD_HIGH_END - 1));
	caller_shm_config(&base, &size, &cached);
	assert_int_equal(base, 0);
	assert_int_equal(size, 0);
	assert_true(cached);
	assert_true(caller_param_is_fine(
		WORLD_HIGH_PA, PAGE, core_mmu_type_to_attr(MEM_AREA_NSEC_SHM)));
	assert_false(caller_param_is_fine(
		WORLD_HIGH_PA, PAGE, core_mmu_type_to_attr(MEM_AREA_RAM_SEC)));
	assert_int_equal((uintptr_t)caller_buffer_address(WORLD_HIGH_PA, PAGE),
			 place(region, 0));
	assert_null(caller_buffer_address(WORLD_HIGH_PA, PAGE + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(all_bytes_are_where_the_first_is),
		CASE(among_several_what_is_held_wins),
		CASE(granules_are_found_page_by_page),
		CASE(what_forms_or_leaves_is_not_there),
		CASE(a_calls_own_page_is_found),
		CASE(a_page_mapped_often_is_found_in_bounded_time),
		CASE(the_kernel_takes_no_page_from_a_guest),
		CASE(callers_of_2016_take_their_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
