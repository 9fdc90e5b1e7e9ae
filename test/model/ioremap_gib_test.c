/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device windows of GiBs: by blocks of 1 GiB where owners have whole tables of
 * their own, else by groups of sections or blocks.
 */
#include "model/gib_fixture.h"

#include <dynshm/guest.h>
#include <dynshm/shared_page.h>

#include "sim/trace.h"

static void check_range(pa_t pa, uint64_t size)
{
	va_t va = map(pa, size);

	io_pieces_check(va, pa, size);
	io_model_check_page(va, pa, SHM_MEM_DEVICE);
	unmap(va);
	assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	assert_int_equal(sim_table_count(), 1);
}

static void a_gib_is_a_block(void **state)
{
	(void)state;
	check_range(DEVICE, GIB);
	check_range(DEVICE, GIB - PAGE);
	check_range(DEVICE - PAGE, GIB);
	check_range(DEVICE - PAGE, GIB + PAGE);
	check_range(DEVICE - BLOCK - GROUP, GIB + BLOCK + GROUP);
	if (WORLD_IS_SMALL)
		return;
	check_range(DEVICE + GIB, 3 * GIB);
	check_range(DEVICE - PAGE, 2 * GIB + GROUP + PAGE);
	check_range(DEVICE + GIB / 2, GIB);
	check_range(DEVICE + GIB / 2, 3 * GIB);
}

/* Each in both directions, at both ends and around one in the middle. */
static void look_ups_know_blocks(void **state)
{
	const uint64_t size = (WORLD_IS_SMALL ? 1 : 3) * GIB;
	va_t va = map(DEVICE, size);
	const uint64_t offsets[] = { 0, GIB / 2 + 8, size - 4 };

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct shm_va_info info;

		assert_true(shm_find_va(&shm, va + offsets[i], &info));
		assert_int_equal(info.kind, SHM_VA_DEVICE);
		assert_int_equal(info.pa, DEVICE + offsets[i]);
		assert_int_equal(info.type, SHM_MEM_DEVICE | SHM_MEM_NO_EXEC);
		assert_int_equal(
			shm_find_pa(&shm, NULL, DEVICE + offsets[i], 4),
			va + offsets[i]);
	}
	/* A part of it is shared, and by any address it goes. */
	assert_int_equal(map(DEVICE + GIB / 2, 2 * PAGE), va + GIB / 2);
	unmap(va + GIB / 2);
	unmap(va + GIB - 1);
}

/* The longest stretch with interrupts masked is no longer for one than before.
 */
static void blocks_are_no_more_work(void **state)
{
	uint64_t work[2];

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		va_t va;

		sim_masked_work_reset();
		va = map(DEVICE, i == 0 ? GIB / 2 : GIB);
		assert_int_equal(shm_iochange_part(&shm, va + PAGE, GROUP,
						   SHM_MEM_DEVICE_NGNRNE),
				 SHM_OK);
		unmap(va);
		unmap(va + PAGE);
		unmap(va + PAGE + GROUP);
		work[i] = sim_masked_work();
	}
	assert_in_range(work[1], 1, 2 * work[0]);
}

/* All tables of a mapping are made at once, so there is a limit. */
static void more_than_32_are_refused(void **state)
{
	va_t va = 1;

	(void)state;
	if (WORLD_IS_SMALL)
		return;
	assert_int_equal(shm_ioremap(&shm, DEVICE - PAGE, 32 * GIB + PAGE,
				     SHM_MEM_DEVICE, &va),
			 SHM_NO_TABLE);
	assert_int_equal(va, 1);
	assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	sim_masked_work_reset();
	va = map(DEVICE, 32 * GIB);
	for (uint64_t at = 0; at < 32 * GIB; at += GIB / 4)
		assert_int_equal(io_piece_at(va + at), GIB);
	unmap(va);
	assert_in_range(sim_masked_work(), 1, 20000);
}

/* As fast as any other. */
static void its_owner_dies(void **state)
{
	struct guest *guest;
	uint64_t work[2];
	va_t va;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(guest_create(&shm, 3, &guest), SHM_OK);
		assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
		assert_int_equal(guest_ioremap(guest->holdings, DEVICE,
					       i == 0 ? 4 * BLOCK : GIB,
					       SHM_MEM_DEVICE, &va),
				 SHM_OK);
		sim_masked_work_reset();
		while (guest_cut_off(&shm, guest) == SHM_INTERRUPTED)
			;
		work[i] = sim_masked_work();
		assert_int_equal(sim_walk(va).size, 0);
		assert_int_equal(sim_tlb_stale_count(), 0);
		/* Others may have it as something else at once. */
		assert_int_equal(shm_ioremap(&shm, DEVICE + PAGE / 2, 4,
					     SHM_MEM_UNCACHED, &va),
				 SHM_OK);
		unmap(va);
		guest_destroy(&shm, guest);
		while (corpse_drain(&shm) != SHM_OK)
			;
	}
	if (!WORLD_IS_SMALL)
		assert_int_equal(work[0], work[1]);
}

/*
 * Two GiB of addresses are left. What is aligned to one would need three; it
 * fits by 32 MiB.
 */
static void without_room_groups_will_do(void **state)
{
	static struct va_area taken;
	struct shm_config config = world_config(POOL_SIZE, 2);
	const pa_t pa = DEVICE - PAGE;
	const uint64_t size = GIB + 2 * PAGE;
	va_t va;

	(void)state;
	if (WORLD_IS_SMALL)
		return;
	world_start_machine(POOL_SIZE);
	add_device();
	config.window.last = config.window.first + 512 * GIB - 1;
	assert_int_equal(shm_init(&shm, &config), SHM_OK);
	assert_int_equal(
		kernel_pages_reserve(
			&shm, va_pool_largest_gap(&shm.large_slots) - 2 * GIB,
			&taken),
		SHM_OK);
	va = map(pa, size);
	for (uint64_t at = 0; at < size; at += PAGE) {
		uint64_t best = io_piece_best(pa, size, pa + at);

		assert_int_equal(io_piece_at(va + at),
				 best == GIB ? BLOCK_GROUP : best);
	}
	unmap(va);
	assert_true(sim_check_violations());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_gib_is_a_block),
		CASE(look_ups_know_blocks),
		CASE(blocks_are_no_more_work),
		CASE(more_than_32_are_refused),
		CASE(its_owner_dies),
		cmocka_unit_test(without_room_groups_will_do),
	};

	trace_leave_out("short addresses have no room for more than a GiB");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
