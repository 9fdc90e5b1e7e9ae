/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables that go: walk caches are told before the memory goes to anybody else,
 * and no more often than must be.
 */
#include "model/tlb_fixture.h"

/*
 * Each leaf table that goes takes an invalidation of all levels when its slice
 * ends, as it is freed then; the pages wait for the end.
 */
static void tables_go_by_an_address_in_them(void **state)
{
	const uint64_t tables = COUNT / PT_ENTRY_COUNT;
	struct sim_tlb_counts counts;

	(void)state;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	counts = counted(unregister_them);
	assert_in_range(counts.by_va - counts.leaf_only + counts.ranges, tables,
			tables + 2);
	assert_in_range(counts.leaf_only, 1, 4);
	assert_int_equal(counts.all, 0);
	assert_in_range(counts.brackets, tables + 1, tables + 3);
	assert_int_equal(counts.wasted, 0);
}

static uint64_t tables_of_loser(void)
{
	return account_used(&loser->holdings->account, RESOURCE_TABLES);
}

/* Before the first invalidation of a slice has been done. */
static void look_at_tables(void *arg)
{
	uint64_t *seen = arg;

	if (*seen == 0)
		*seen = tables_of_loser();
}

/* Whoever gets the memory of a table next, no walk must end there. */
static void tables_are_kept_until_no_walk_reaches_them(void **state)
{
	enum shm_status st = SHM_INTERRUPTED;
	struct region *region;
	uint64_t freed = 0;

	(void)state;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	assert_int_equal(region_get_to_leave(loser->holdings, COOKIE, &region),
			 SHM_OK);
	while (st == SHM_INTERRUPTED) {
		uint64_t before = tables_of_loser();
		uint64_t seen = 0;

		sim_set_tlb_hook(look_at_tables, &seen);
		st = region_take_apart(region);
		sim_set_tlb_hook(NULL, NULL);
		if (tables_of_loser() != before)
			assert_int_equal(seen, before);
		freed += before - tables_of_loser();
	}
	assert_int_equal(st, SHM_OK);
	assert_in_range(freed, COUNT / PT_ENTRY_COUNT, COUNT);
}

static void page_and_table_go_in_one_batch(void **state)
{
	struct sim_tlb_counts counts;

	(void)state;
	assert_int_equal(shm_ioremap(&shm, WORLD_DEVICE_PA, SHM_PAGE_SIZE,
				     SHM_MEM_DEVICE, &device),
			 SHM_OK);
	counts = counted(unmap_device);
	/* And one for the kernel's slot, if it is a table of its own. */
	assert_int_equal(counts.brackets, WORLD_IS_SMALL ? 1 : 2);
	assert_int_equal(counts.by_va, WORLD_IS_SMALL ? 1 : 2);
	assert_int_equal(counts.leaf_only, 0);
	assert_int_equal(counts.wasted, 0);
}

/* With ranges, the table goes by that of its pages. */
static void row_and_table_go_in_one_batch(void **state)
{
	struct sim_tlb_counts counts;

	(void)state;
	map_device();
	counts = counted(unmap_device);
	assert_int_equal(counts.ranges, 1);
	assert_int_equal(counts.leaf_only, 0);
	assert_int_equal(counts.wasted, 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
}

/* Tables above a slot that cannot be made go again, and were hung in. */
static void failure_leaves_no_table_in_walk_caches(void **state)
{
	enum shm_status st = SHM_NO_TABLE;

	(void)state;
	die();
	assert_int_equal(guest_cut_off(&shm, winner), SHM_OK);
	drain();
	for (uint32_t n = 1; st != SHM_OK; n++) {
		assert_in_range(n, 1, 20);
		shm.pool.fail_after = n;
		st = guest_prepare(&shm, loser);
		assert_int_equal(sim_tlb_stale_count(), 0);
	}
	shm.pool.fail_after = 0;
	assert_int_equal(guest_prepare(&shm, winner), SHM_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(ranges, tables_go_by_an_address_in_them),
		test(plain, tables_are_kept_until_no_walk_reaches_them),
		test(plain, page_and_table_go_in_one_batch),
		test(ranges, row_and_table_go_in_one_batch),
		test(plain, failure_leaves_no_table_in_walk_caches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
