// SPDX-License-Identifier: BSD-2-Clause
/* What is a buffer, asked outside of calls and inside the call of a guest. */
#include "model/compat_fixture.h"

#include <kernel/tee_misc.h>

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
		CASE(each_page_of_a_virtual_range_counts),
		CASE(buffers_of_no_size_are_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
