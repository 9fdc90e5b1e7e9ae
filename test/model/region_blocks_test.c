/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs mapped by blocks and groups: which descriptors they get, what these
 * cost, and how they go again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dynshm/lookup.h>

#include "model/blocks_fixture.h"
#include "sim/trace.h"

/* A run of its own, `lead` pages after an address that is aligned. */
static void check_run(pa_t aligned, uint64_t lead, uint64_t size)
{
	pa_t pa = aligned + (lead << SHM_PAGE_SHIFT);
	uint64_t count = blocks_run(0, pa, size);

	assert_int_equal(blocks_register(COOKIE, count), SHM_OK);
	blocks_check_pages(blocks_region(COOKIE));
	blocks_check_sizes(blocks_region(COOKIE), 0, size);
	assert_int_equal(world_leaf_count(), count);
	unregister(COOKIE);
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_true(sim_check_violations());
}

static void runs_get_the_largest_descriptors(void **state)
{
	static const uint64_t units[] = { KIB(64), MIB(1), MIB(2), MIB(16),
					  MIB(32) };
	static const uint64_t leads[] = { 0, 1, 15, 16, 256, 511 };
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		for (unsigned int j = 0; j < 6; j++) {
			pa_t pa = BLOCKS_PA + GIB(1) - MIB(64);

			check_run(pa, leads[j], units[i] - SHM_PAGE_SIZE);
			check_run(pa, leads[j], units[i]);
			check_run(pa, leads[j], units[i] + SHM_PAGE_SIZE);
			check_run(pa, leads[j], 2 * units[i] + KIB(64));
		}
		assert_unchanged(&before);
	}
}

/* A GiB, almost and a little more than one; the RAM ends where the last ends.
 */
static void so_does_a_gib(void **state)
{
	static const uint64_t leads[] = { 0, 1, 16, 512 };
	struct look before = look();

	(void)state;
	check_run(BLOCKS_PA, 0, GIB(1) - SHM_PAGE_SIZE);
	check_run(BLOCKS_PA, 1, GIB(1));
	for (unsigned int i = 0; i < 4; i++) {
		uint64_t lead = leads[i] << SHM_PAGE_SHIFT;

		check_run(BLOCKS_PA + GIB(1) - lead, 0, GIB(1) + lead);
		check_run(BLOCKS_PA, 0, GIB(1) + lead);
	}
	assert_unchanged(&before);
}

/* Each page of a run of 6 MiB is mapped by an entry of that size. */
static void check_fit(pa_t pa, uint64_t entry)
{
	uint64_t count = blocks_run(0, pa, MIB(6));
	const struct region *region;

	assert_int_equal(blocks_register(COOKIE, count), SHM_OK);
	region = blocks_region(COOKIE);
	blocks_check_pages(region);
	for (uint64_t at = 0; at < MIB(6); at += SHM_PAGE_SIZE)
		assert_int_equal(blocks_entry_size(region_address(region, at)),
				 entry);
	unregister(COOKIE);
	assert_int_equal(blocks_register(COOKIE, count + 1), SHM_NO_VA);
}

/*
 * Where virtual space is left in one place only, which does not suit the run,
 * it gets what that place allows. Long addresses always leave room.
 */
static void without_room_smaller_ones_will_do(void **state)
{
	struct look before = look();
	struct va_request most = { 0, SHM_PAGE_SIZE << PT_INDEX_BITS, 0, 0 };
	struct va_area taken;
	pa_t pa;

	(void)state;
	if (!WORLD_IS_SMALL) {
		assert_true(shm.roomy);
		return;
	}
	most.size = va_pool_largest_gap(&shm.large_slots) - MIB(6);
	assert_int_equal(va_pool_reserve(&shm.large_slots, &most, &taken),
			 SHM_OK);
	pa = BLOCKS_PA + ((taken.range.last + 1) & (MIB(2) - 1));
	check_fit(pa + KIB(4), KIB(4));
	check_fit(pa + KIB(60), KIB(4));
	check_fit(pa + KIB(64), KIB(64));
	check_fit(pa + KIB(512), KIB(64));
	va_pool_release(&shm.large_slots, &taken);
	assert_unchanged(&before);
}

/* Scattered pages before a run do not keep it from lying well. */
static void run_in_the_middle_gets_them_too(void **state)
{
	struct look before = look();

	(void)state;
	for (uint64_t head = 1; head < 160; head += 13) {
		uint64_t at = 0;
		uint64_t count;

		while (at < head)
			at = blocks_run(at, BLOCKS_PA + MIB(64) + KIB(8) * at,
					KIB(4));
		count = blocks_run(at, BLOCKS_PA + GIB(1) - KIB(20), MIB(5));
		count = blocks_run(count, BLOCKS_PA + KIB(12), MIB(5));
		assert_int_equal(blocks_register(COOKIE, count), SHM_OK);
		blocks_check_pages(blocks_region(COOKIE));
		blocks_check_sizes(blocks_region(COOKIE), head, MIB(5));
		unregister(COOKIE);
		assert_unchanged(&before);
	}
}

/* Secure bytes that are not there for `count` regions of `size` bytes. */
static uint64_t cost_of(unsigned int count, uint64_t size)
{
	uint64_t free = meta_pool_free_bytes(&shm.pool);

	for (unsigned int i = 0; i < count; i++) {
		uint64_t n = blocks_run(0, BLOCKS_PA + MIB(4) + i * size, size);

		assert_int_equal(blocks_register(COOKIE + i, n), SHM_OK);
	}
	free -= meta_pool_free_bytes(&shm.pool);
	for (unsigned int i = 0; i < count; i++)
		unregister(COOKIE + i);
	return free;
}

/* At most 256 bytes for 2 MiB, whatever it is a part of. */
static void two_mib_cost_little(void **state)
{
	struct look before = look();
	uint64_t few = cost_of(8, MIB(2));
	uint64_t many = cost_of(8 + 512, MIB(2));
	uint64_t small = cost_of(1, MIB(2));
	uint64_t large = cost_of(1, MIB(2) + GIB(1));

	(void)state;
	print_message("# 2 MiB: %u bytes as a region, %u in one\n",
		      (unsigned int)((many - few) / 512),
		      (unsigned int)((large - small) / 512));
	assert_in_range(many - few, 1, 512 * 256);
	assert_in_range(large - small, 1, 512 * 256);
	assert_unchanged(&before);
}

/* Each allocation on the way may fail, and there are few. */
static void no_memory_leaves_nothing(void **state)
{
	struct look before = look();
	uint64_t count = blocks_run(0, BLOCKS_PA + MIB(4) - KIB(68), MIB(70));
	enum shm_status st = SHM_NO_METADATA;
	uint32_t n;

	(void)state;
	trace_leave_out("a region takes more tables with some formats");
	for (n = 1; st != SHM_OK; n++) {
		assert_in_range(n, 1, 60);
		shm.pool.fail_after = n;
		st = blocks_register(COOKIE, count);
		assert_true(st == SHM_OK || st == SHM_NO_METADATA ||
			    st == SHM_NO_TABLE);
		if (st != SHM_OK)
			assert_unchanged(&before);
	}
	trace_go_on();
	shm.pool.fail_after = 0;
	blocks_check_sizes(blocks_region(COOKIE), 0, MIB(70));
	unregister(COOKIE);
	assert_unchanged(&before);
}

/* They are not split for others: by them, a region finds its pages. */
static void no_block_is_split_for_others(void **state)
{
	static const uint64_t units[] = { MIB(1), MIB(2), MIB(32), GIB(1) };

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		uint64_t count = blocks_run(0, BLOCKS_PA, units[i] + KIB(4));
		struct look before;
		va_t first;

		assert_int_equal(blocks_register(COOKIE, count), SHM_OK);
		first = region_address(blocks_region(COOKIE), 0);
		before = look();
		for (uint64_t at = 0; at < units[i]; at += units[i] / 8)
			assert_int_equal(shm_split_block(&shm, first + at),
					 blocks_entry_size(first + at) < MIB(1)
						 ? SHM_BAD_ADDRESS
						 : SHM_BAD_STATE);
		assert_int_equal(shm_split_block(&shm, first + units[i]),
				 SHM_BAD_ADDRESS);
		assert_unchanged(&before);
		blocks_check_sizes(blocks_region(COOKIE), 0, units[i] + KIB(4));
		unregister(COOKIE);
	}
	assert_int_equal(shm_split_block(&shm, WORLD_WINDOW_LAST),
			 SHM_BAD_ADDRESS);
}

static void owner_dies_in_constant_time(void **state)
{
	uint64_t work[2];

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		uint64_t count = blocks_run(0, BLOCKS_PA + KIB(4),
					    i == 0 ? MIB(5) : MIB(900));

		assert_int_equal(blocks_register(COOKIE, count), SHM_OK);
		sim_masked_work_reset();
		while (guest_cut_off(&shm, guest) == SHM_INTERRUPTED)
			;
		work[i] = sim_masked_work();
		assert_int_equal(world_leaf_count(), 0);
		assert_int_equal(sim_tlb_stale_count(), 0);
		assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
		while (corpse_drain(&shm) != SHM_OK)
			;
	}
	if (!WORLD_IS_SMALL)
		assert_int_equal(work[0], work[1]);
}

/* With room, all of it goes at once: so there is only so much of it. */
static void a_guest_has_48_gib_of_addresses(void **state)
{
	uint64_t count = blocks_run(0, BLOCKS_PA, MIB(513));
	uint64_t cookie = COOKIE;
	enum shm_status st;

	(void)state;
	if (WORLD_IS_SMALL) {
		assert_false(shm.roomy);
		return;
	}
	do
		st = blocks_register(cookie++, count);
	while (st == SHM_OK);
	assert_int_equal(st, SHM_NO_VA);
	assert_int_equal(shm.large_slots.reserved_size, GIB(48));
	sim_masked_work_reset();
	assert_int_equal(guest_cut_off(&shm, guest), SHM_OK);
	assert_in_range(sim_masked_work(), 1, 54);
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
	while (corpse_drain(&shm) != SHM_OK)
		;
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, blocks_set_up, blocks_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(runs_get_the_largest_descriptors),
		CASE(so_does_a_gib),
		CASE(run_in_the_middle_gets_them_too),
		CASE(without_room_smaller_ones_will_do),
		CASE(two_mib_cost_little),
		CASE(no_memory_leaves_nothing),
		CASE(no_block_is_split_for_others),
		CASE(owner_dies_in_constant_time),
		CASE(a_guest_has_48_gib_of_addresses),
	};

	trace_leave_out_roomy("runs are longer where there is room");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
