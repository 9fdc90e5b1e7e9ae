/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registering that fails because an allocation does, each in turn, or because a
 * budget is spent. Each failure names its reason and leaves all as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dynshm/session.h>

#include "model/region_fixture.h"
#include "sim/trace.h"
#include "sim/world.h"

static void assert_each_failure_leaves_nothing(uint32_t least)
{
	struct look before = look();
	uint32_t n;

	for (n = 1;; n++) {
		enum shm_status st;

		shm.pool.fail_after = n;
		st = register_pages(COOKIE);
		if (shm.pool.fail_after != 0)
			break;
		assert_true(st == SHM_NO_METADATA || st == SHM_NO_TABLE);
		assert_unchanged(&before);
	}
	shm.pool.fail_after = 0;
	assert_in_range(n, least, 300);
	assert_int_equal(world_leaf_count(), COUNT);
	unregister(COOKIE);
	assert_unchanged(&before);
}

static void every_allocation_may_fail_in_turn(void **state)
{
	(void)state;
	assert_each_failure_leaves_nothing(30);
}

#define AGAIN (COUNT / 2 / LINK_CHUNK_CELLS * LINK_CHUNK_CELLS)

/*
 * Each page twice, far from itself: chunks of cells for both. The first one to
 * come again begins a chunk, in which nothing else is mapped then.
 */
static void so_may_those_for_pages_mapped_twice(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < COUNT; i++)
		pages[i] = WORLD_RAM_PA + (1 + i % AGAIN) * SHM_PAGE_SIZE;
	assert_each_failure_leaves_nothing(COUNT / LINK_CHUNK_CELLS);
}

static void guest_and_session_survive_failing_allocations(void **state)
{
	struct look before = look();
	struct session *session = NULL;
	struct guest *other = NULL;
	enum shm_status st;
	uint32_t n = 0;

	(void)state;
	do {
		assert_unchanged(&before);
		shm.pool.fail_after = ++n;
		st = guest_create(&shm, 9, &other);
		if (st == SHM_OK)
			st = guest_prepare(&shm, other);
		if (st != SHM_OK && guest_find(&shm, 9) != NULL)
			guest_destroy(&shm, other);
	} while (st != SHM_OK);
	assert_in_range(n, 4, 20);
	guest_cut_off(&shm, other);
	guest_destroy(&shm, other);
	while (corpse_drain(&shm) != SHM_OK)
		;
	shm.pool.fail_after = 1;
	assert_int_equal(session_create(guest->holdings, NULL, &session),
			 SHM_NO_METADATA);
	assert_unchanged(&before);
}

static void each_budget_refuses_what_is_over_it(void **state)
{
	static const enum resource resources[] = { RESOURCE_PAGES,
						   RESOURCE_REGIONS,
						   RESOURCE_TABLES,
						   RESOURCE_METADATA };
	struct account *account = &guest->holdings->account;
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		enum resource what = resources[i];

		for (uint64_t more = 0; more < 2; more++) {
			guest->ceiling[what] =
				account->used[what] +
				(what == RESOURCE_REGIONS ? 0 : more);
			assert_int_equal(register_pages(COOKIE),
					 SHM_OVER_BUDGET);
			assert_unchanged(&before);
		}
		guest->ceiling[what] = UINT64_MAX;
	}
	guest->ceiling[RESOURCE_PAGES] = COUNT;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	unregister(COOKIE);
	assert_unchanged(&before);
}

/* What is free, and what living owners are charged for. */
static uint64_t accounted_bytes(void)
{
	return meta_pool_free_bytes(&shm.pool) +
	       holdings_bytes(guest->holdings) + holdings_bytes(shm.kernel);
}

/*
 * What a page's place in the index costs is somebody's account. It must not be
 * that of an owner who is gone.
 */
static void shared_granule_outlives_its_first_owner(void **state)
{
	struct guest *first = guest;
	uint64_t accounted;

	(void)state;
	assert_int_equal(guest_create(&shm, 4, &guest), SHM_OK);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
	accounted = accounted_bytes() + holdings_bytes(first->holdings) +
		    shm.guest_cache.object_size;
	guest = first;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	guest = guest_find(&shm, 4);
	for (uint64_t i = 0; i < COUNT; i++)
		pages[i] ^= SHM_PAGE_SIZE; /* neighbours in the granules */
	pages[COUNT - 1] = WORLD_RAM3_PA;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	guest_cut_off(&shm, first);
	guest_destroy(&shm, first);
	while (corpse_drain(&shm) != SHM_OK)
		;
	assert_int_equal(accounted_bytes(), accounted);
	unregister(COOKIE);
	assert_int_equal(accounted_bytes(), accounted);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_allocation_may_fail_in_turn),
		CASE(so_may_those_for_pages_mapped_twice),
		CASE(guest_and_session_survive_failing_allocations),
		CASE(each_budget_refuses_what_is_over_it),
		CASE(shared_granule_outlives_its_first_owner),
	};

	trace_any_number("a region takes more tables with some formats");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
