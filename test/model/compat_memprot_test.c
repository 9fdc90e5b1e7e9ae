// SPDX-License-Identifier: BSD-2-Clause
/*
 * OP-TEE's questions about memory: what is a buffer, and where is it, asked
 * outside of calls and inside the call of one of two guests. Where a page has
 * to be is known from the order in which it was registered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define OPTEE_API 410

#include "compat/callers.h"
#include "model/region_fixture.h"
#include "sim/world.h"

#include <compat/platform.h>
#include <kernel/tee_misc.h>

#define PAGE	  SHM_PAGE_SIZE
#define FOUR_GIB  (UINT64_C(1) << 32)
#define TEXT_PA	  UINT64_C(0x0e000000)
#define TEXT_SIZE UINT64_C(0x2000)
#define DATA_PA	  (TEXT_PA + TEXT_SIZE)
#define DATA_SIZE UINT64_C(0x3000)
#define STATIC_VA UINT64_C(0x7e000000)
#define UART_PA	  UINT64_C(0x08000000)
#define LAST_ATTR CORE_MEM_REG_SHM

static struct compat_call running;
static bool in_call;

bool compat_get_call(struct compat_call *out)
{
	if (in_call)
		*out = running;
	return in_call;
}

static void enter(struct guest *who)
{
	running = (struct compat_call){ .holdings = who->holdings };
	in_call = true;
}

static int start(void **state)
{
	static bool added;

	in_call = false;
	if (!added) {
		added = true;
		assert_true(compat_static_add(MEM_AREA_TEE_RAM_RX, TEXT_PA,
					      STATIC_VA, TEXT_SIZE));
		assert_true(compat_static_add(MEM_AREA_TEE_RAM_RW, DATA_PA,
					      STATIC_VA + TEXT_SIZE,
					      DATA_SIZE));
		assert_true(compat_static_add(MEM_AREA_IO_SEC, UART_PA, UART_PA,
					      PAGE));
	}
	if (set_up(state) != 0)
		return -1;
	return compat_init(&shm) == SHM_OK ? 0 : -1;
}

/* What the kernel set aside stays; all else must go. */
static int end(void **state)
{
	(void)state;
	in_call = false;
	guest_cut_off(&shm, guest);
	guest_destroy(&shm, guest);
	while (corpse_drain(&shm) != SHM_OK)
		;
	assert_int_equal(world_leaf_count(), 0);
	return sim_check_violations() ? 0 : -1;
}

static struct region *share(uint64_t cookie, const pa_t *list, uint64_t count)
{
	struct region *region;

	assert_int_equal(register_list(cookie, world_write_list(0, list, count),
				       count * PAGE),
			 SHM_OK);
	assert_int_equal(region_get(guest->holdings, cookie, &region), SHM_OK);
	region_put(region);
	return region;
}

static va_t place(const struct region *region, uint64_t page)
{
	return region->area.range.first + page * PAGE;
}

static va_t find(pa_t pa, size_t len)
{
	return (uintptr_t)phys_to_virt(pa, MEM_AREA_NSEC_SHM, len);
}

static void no_bytes_are_anything(void **state)
{
	(void)state;
	for (uint32_t a = 0; a <= LAST_ATTR + 1; a++) {
		assert_true(core_pbuf_is(a, 0, 0));
		assert_true(core_vbuf_is(a, NULL, 0));
	}
}

static void what_wraps_is_nothing(void **state)
{
	(void)state;
	enter(guest);
	for (uint32_t a = 0; a <= LAST_ATTR + 1; a++) {
		assert_false(core_pbuf_is(a, UINT64_MAX, 2));
		assert_false(core_pbuf_is(a, WORLD_RAM_PA, SIZE_MAX));
		assert_false(core_vbuf_is(a, (void *)UINTPTR_MAX, 2));
	}
	assert_null(phys_to_virt(UINT64_MAX, MEM_AREA_NSEC_SHM, 2));
	assert_null(phys_to_virt(TEXT_PA, MEM_AREA_TEE_RAM, SIZE_MAX));
	assert_null(phys_to_virt(TEXT_PA, MEM_AREA_TEE_RAM, 0));
}

static void shareable_ram_ends_at_its_last_byte(void **state)
{
	size_t size = WORLD_RESERVED_PA - WORLD_RAM_PA;

	(void)state;
	assert_true(core_pbuf_is(CORE_MEM_NON_SEC, WORLD_RAM_PA, size));
	assert_false(core_pbuf_is(CORE_MEM_NON_SEC, WORLD_RAM_PA, size + 1));
	assert_false(core_pbuf_is(CORE_MEM_NON_SEC, WORLD_RAM_PA - 1, 2));
	assert_true(core_pbuf_is(CORE_MEM_NON_SEC, WORLD_RAM3_END - 1, 1));
	assert_false(core_pbuf_is(CORE_MEM_NON_SEC, WORLD_RAM3_END - 1, 2));
	assert_false(core_pbuf_is(CORE_MEM_NON_SEC, WORLD_RESERVED_PA, 1));
	assert_false(core_pbuf_is(CORE_MEM_NON_SEC, WORLD_POOL_PA, 1));
	assert_false(core_pbuf_is(CORE_MEM_NON_SEC, WORLD_DEVICE_PA, 1));
}

/* Cut to 32 bits, each of these would be another place. */
static void addresses_keep_their_high_bits(void **state)
{
	(void)state;
	assert_true(core_pbuf_is(CORE_MEM_NON_SEC, WORLD_HIGH_PA, PAGE));
	assert_false(
		core_pbuf_is(CORE_MEM_NON_SEC, WORLD_RAM_PA + FOUR_GIB, PAGE));
	assert_false(core_pbuf_is(CORE_MEM_SEC, WORLD_POOL_PA + FOUR_GIB, 1));
	assert_null(phys_to_virt(TEXT_PA + FOUR_GIB, MEM_AREA_TEE_RAM, 1));
	assert_false(core_is_buffer_inside(WORLD_RAM_PA + FOUR_GIB, 1,
					   WORLD_RAM_PA, PAGE));
	assert_true(core_is_buffer_outside(WORLD_RAM_PA + FOUR_GIB, 1,
					   WORLD_RAM_PA, PAGE));
	assert_false(core_is_buffer_intersect(WORLD_RAM_PA + FOUR_GIB, 1,
					      WORLD_RAM_PA, PAGE));
}

static void other_attributes_are_told_apart(void **state)
{
	(void)state;
	assert_true(core_pbuf_is(CORE_MEM_SEC, WORLD_POOL_PA, POOL_SIZE));
	assert_false(core_pbuf_is(CORE_MEM_SEC, WORLD_POOL_PA - 1, 2));
	assert_false(core_pbuf_is(CORE_MEM_SEC, WORLD_RAM_PA, 1));
	assert_true(core_pbuf_is(CORE_MEM_EXTRAM, WORLD_RESERVED_PA, PAGE));
	assert_true(core_pbuf_is(CORE_MEM_EXTRAM, WORLD_RAM_PA, PAGE));
	assert_false(core_pbuf_is(CORE_MEM_EXTRAM, WORLD_RAM2_END - 1, 2));
	assert_true(core_pbuf_is(CORE_MEM_MULTPURPOSE, WORLD_RESERVED_PA,
				 WORLD_RAM2_PA - WORLD_RESERVED_PA));
	assert_false(core_pbuf_is(CORE_MEM_MULTPURPOSE, WORLD_RESERVED_PA,
				  WORLD_RAM2_PA - WORLD_RESERVED_PA + 1));
	assert_false(core_pbuf_is(CORE_MEM_MULTPURPOSE, WORLD_POOL_PA, 1));
	assert_false(core_pbuf_is(CORE_MEM_INTRAM, WORLD_POOL_PA, 1));
	assert_false(core_pbuf_is(CORE_MEM_SDP_MEM, WORLD_RAM_PA, 1));
	assert_false(core_pbuf_is(LAST_ATTR + 1, WORLD_RAM_PA, 1));
}

static void parts_of_the_core_are_one(void **state)
{
	(void)state;
	assert_true(
		core_pbuf_is(CORE_MEM_TEE_RAM, TEXT_PA, TEXT_SIZE + DATA_SIZE));
	assert_false(core_pbuf_is(CORE_MEM_TEE_RAM, TEXT_PA,
				  TEXT_SIZE + DATA_SIZE + 1));
	assert_false(core_pbuf_is(CORE_MEM_TEE_RAM, UART_PA, 1));
	assert_false(core_pbuf_is(CORE_MEM_TA_RAM, TEXT_PA, 1));
	assert_true(core_pbuf_is(CORE_MEM_CACHED, DATA_PA, DATA_SIZE));
	assert_false(core_pbuf_is(CORE_MEM_CACHED, UART_PA, 1));
	assert_int_equal((uintptr_t)phys_to_virt(DATA_PA + 5, MEM_AREA_TEE_RAM,
						 DATA_SIZE - 5),
			 STATIC_VA + TEXT_SIZE + 5);
	assert_null(phys_to_virt(DATA_PA + 5, MEM_AREA_TEE_RAM, DATA_SIZE - 4));
	assert_null(phys_to_virt(DATA_PA, MEM_AREA_TEE_RAM_RX, 1));
	assert_null(phys_to_virt(DATA_PA, MEM_AREA_IO_SEC, 1));
	assert_int_equal((uintptr_t)phys_to_virt_io(UART_PA, PAGE), UART_PA);
	assert_null(phys_to_virt_io(UART_PA, PAGE + 1));
}

static void shared_memory_is_the_calls(void **state)
{
	const pa_t list[] = { WORLD_RAM_PA + 7 * PAGE, WORLD_HIGH_PA,
			      WORLD_RAM_PA + PAGE };
	struct region *region = share(1, list, 3);
	struct guest *other;

	(void)state;
	assert_int_equal(find(list[0], 1), 0);
	assert_false(core_pbuf_is(CORE_MEM_NSEC_SHM, list[0], 1));
	assert_int_equal(core_mmu_get_type_by_pa(list[0]), MEM_AREA_NOTYPE);
	enter(guest);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(find(list[i] + 9, PAGE - 9),
				 place(region, i) + 9);
		assert_true(core_pbuf_is(CORE_MEM_NSEC_SHM, list[i], PAGE));
		assert_true(core_pbuf_is(CORE_MEM_REG_SHM, list[i], PAGE));
		assert_true(core_pbuf_is(CORE_MEM_CACHED, list[i], PAGE));
		assert_false(
			core_pbuf_is(CORE_MEM_NSEC_SHM, list[i] + 1, PAGE));
		assert_int_equal(core_mmu_get_type_by_pa(list[i]),
				 MEM_AREA_NSEC_SHM);
	}
	assert_int_equal(find(WORLD_RAM_PA, 1), 0);
	assert_null(phys_to_virt(list[0], MEM_AREA_RAM_NSEC, 1));
	assert_null(phys_to_virt(list[0], MEM_AREA_TA_VASPACE, 1));
	assert_int_equal(guest_create(&shm, 4, &other), SHM_OK);
	assert_int_equal(guest_prepare(&shm, other), SHM_OK);
	enter(other);
	assert_int_equal(find(list[0], 1), 0);
	assert_false(core_pbuf_is(CORE_MEM_NSEC_SHM, list[0], 1));
	guest_cut_off(&shm, other);
	guest_destroy(&shm, other);
}

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

static void each_page_of_a_virtual_range_counts(void **state)
{
	const pa_t list[] = { WORLD_RAM_PA, WORLD_HIGH_PA, WORLD_RAM2_PA };
	struct region *region = share(1, list, 3);
	void *va = (void *)(uintptr_t)place(region, 0);
	paddr_t pa;
	uint32_t attr;

	(void)state;
	assert_int_equal(virt_to_phys((char *)va + PAGE + 5),
			 WORLD_HIGH_PA + 5);
	assert_int_equal(vaddr_to_phys(place(region, 2)), WORLD_RAM2_PA);
	assert_true(core_vbuf_is(CORE_MEM_NON_SEC, va, 3 * PAGE));
	assert_false(core_vbuf_is(CORE_MEM_NON_SEC, va, 3 * PAGE + 1));
	assert_false(core_vbuf_is(CORE_MEM_SEC, va, 1));
	assert_true(caller_buffer_is_fine(va, 3 * PAGE));
	assert_true(caller_pager_take_away(place(region, 1), &pa, &attr));
	assert_false(core_vbuf_is(CORE_MEM_NON_SEC, va, 3 * PAGE));
	assert_false(caller_buffer_is_fine(va, PAGE + 1));
	assert_true(core_vbuf_is(CORE_MEM_NON_SEC, va, PAGE));
	assert_int_equal(vaddr_to_phys(place(region, 1)), 0);
	/* Back to its own page, and to no other. */
	assert_true(
		caller_pager_give_back(place(region, 1), WORLD_RAM_PA, attr));
	assert_int_equal(vaddr_to_phys(place(region, 1)), 0);
	assert_true(caller_pager_give_back(place(region, 1), pa, attr));
	assert_true(core_vbuf_is(CORE_MEM_NON_SEC, va, 3 * PAGE));
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

static void buffers_of_no_size_are_nowhere(void **state)
{
	char place_of[64];

	(void)state;
	assert_false(core_is_buffer_inside(place_of, 0, place_of, 64));
	assert_false(core_is_buffer_outside(place_of, 0, place_of, 64));
	assert_false(core_is_buffer_intersect(place_of, 64, place_of, 0));
	assert_true(core_is_buffer_inside(place_of + 1, 63, place_of, 64));
	assert_false(core_is_buffer_inside(place_of + 1, 64, place_of, 64));
	assert_true(core_is_buffer_intersect(place_of + 63, 9, place_of, 64));
	assert_true(core_is_buffer_outside(place_of + 64, 9, place_of, 64));
	assert_false(core_is_buffer_outside(UINT64_MAX, 2, place_of, 64));
	assert_false(core_is_buffer_outside(UINT32_MAX, 2, 0u, 1));
	assert_true(core_is_buffer_outside((uint64_t)UINT32_MAX, 2, 0u, 1));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(no_bytes_are_anything),
		CASE(what_wraps_is_nothing),
		CASE(shareable_ram_ends_at_its_last_byte),
		CASE(addresses_keep_their_high_bits),
		CASE(other_attributes_are_told_apart),
		CASE(parts_of_the_core_are_one),
		CASE(shared_memory_is_the_calls),
		CASE(all_bytes_are_where_the_first_is),
		CASE(among_several_what_is_held_wins),
		CASE(granules_are_found_page_by_page),
		CASE(what_forms_or_leaves_is_not_there),
		CASE(a_calls_own_page_is_found),
		CASE(a_page_mapped_often_is_found_in_bounded_time),
		CASE(each_page_of_a_virtual_range_counts),
		CASE(callers_of_2016_take_their_messages),
		CASE(buffers_of_no_size_are_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
