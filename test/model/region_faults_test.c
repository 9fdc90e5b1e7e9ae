/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registering that fails: because an allocation does, each in turn, because a
 * budget is spent, or because the normal world's list says what it must not.
 * Each failure names its reason and leaves everything as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <dynshm/region.h>
#include <dynshm/session.h>

#include "sim/world.h"

#define POOL_SIZE (UINT64_C(2) << 20)
#define COUNT	  1300u /* pages: three list pages, four leaf tables */
#define COOKIE	  UINT64_C(0xffff000012340000)

static struct shm shm;
static struct guest *guest;
static pa_t pages[COUNT];
static uint64_t free_at_start;

/* All that a failed call must leave alone. */
struct look {
	uint64_t free_bytes;
	uint64_t tables;
	uint64_t window_bytes;
	uint64_t used[RESOURCE_COUNT];
	uint64_t stale;
	struct region *first;
};

static struct look look(void)
{
	struct look now = {
		.free_bytes = meta_pool_free_bytes(&shm.pool),
		.tables = world_tables_hash(),
		.window_bytes = shm.small_slots.reserved_size +
				shm.large_slots.reserved_size,
		.stale = sim_tlb_stale_count(),
		.first = guest->holdings->all,
	};

	memcpy(now.used, guest->holdings->account.used, sizeof(now.used));
	return now;
}

static void assert_unchanged(const struct look *before)
{
	struct look now = look();

	assert_memory_equal(&now, before, sizeof(now));
	assert_null(va_pool_check(&guest->holdings->space));
	assert_true(sim_check_violations());
}

/* The whole life of a call that registers. */
static enum shm_status register_list(uint64_t cookie, pa_t list, uint64_t size)
{
	struct region_request request = { cookie, size, 0 };
	struct page_list reader;
	struct region *region;
	struct region *replaced = NULL;
	enum shm_status st;

	st = region_create(guest->holdings, &request, &region);
	if (st != SHM_OK)
		return st;
	page_list_init(&reader, guest->holdings, 0, list, region->page_count);
	do
		st = region_map_slice(region, &reader);
	while (st == SHM_INTERRUPTED);
	if (st == SHM_OK)
		st = region_commit(region, false, &replaced);
	if (st != SHM_OK) {
		region_leave(region);
		replaced = region;
	}
	while (replaced != NULL &&
	       region_take_apart(replaced) == SHM_INTERRUPTED)
		;
	call_page_unmap(guest->holdings, 0, CALL_PAGE_LIST);
	return st;
}

static enum shm_status register_pages(uint64_t cookie)
{
	return register_list(cookie, world_write_list(0, pages, COUNT),
			     COUNT * SHM_PAGE_SIZE);
}

static void unregister(uint64_t cookie)
{
	struct region *region;

	assert_int_equal(region_get_to_leave(guest->holdings, cookie, &region),
			 SHM_OK);
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
}

/* Scattered pages, a whole granule, and a run that ends at a hole. */
static int set_up(void **state)
{
	(void)state;
	world_start(&shm, POOL_SIZE, 2);
	free_at_start = meta_pool_free_bytes(&shm.pool);
	assert_int_equal(guest_create(&shm, 3, &guest), SHM_OK);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
	for (uint64_t i = 0; i < COUNT; i++) {
		if (i < 400)
			pages[i] = WORLD_RAM_PA + i * 9 * SHM_PAGE_SIZE;
		else if (i < 1000)
			pages[i] = WORLD_HIGH_PA + (i - 400) * SHM_PAGE_SIZE;
		else
			pages[i] = WORLD_RAM3_END - (COUNT - i) * SHM_PAGE_SIZE;
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	guest_cut_off(&shm, guest);
	guest_destroy(&shm, guest);
	while (corpse_drain(&shm) != SHM_OK)
		;
	assert_int_equal(meta_pool_free_bytes(&shm.pool), free_at_start);
	assert_int_equal(world_leaf_count(), 0);
	return sim_check_violations() ? 0 : -1;
}

static void every_allocation_may_fail_in_turn(void **state)
{
	struct look before = look();
	uint32_t n;

	(void)state;
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
	assert_in_range(n, 30, 300);
	assert_int_equal(world_leaf_count(), COUNT);
	unregister(COOKIE);
	assert_unchanged(&before);
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
	assert_in_range(n, 5, 20);
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
			account->ceiling[what] =
				account->used[what] +
				(what == RESOURCE_REGIONS ? 0 : more);
			assert_int_equal(register_pages(COOKIE),
					 SHM_OVER_BUDGET);
			assert_unchanged(&before);
		}
		account->ceiling[what] = UINT64_MAX;
	}
	account->ceiling[RESOURCE_PAGES] = COUNT;
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	unregister(COOKIE);
	assert_unchanged(&before);
}

/* Addresses no list may name. */
static const pa_t bad_pages[] = {
	0,
	WORLD_RAM_PA + 1,
	WORLD_RAM_PA + 0x800,
	WORLD_RAM_PA - SHM_PAGE_SIZE,
	WORLD_POOL_PA,
	WORLD_ROOT_PA,
	WORLD_DEVICE_PA,
	WORLD_RESERVED_PA,
	WORLD_RAM2_PA - SHM_PAGE_SIZE,
	WORLD_RAM2_END,
	WORLD_RAM3_PA - SHM_PAGE_SIZE,
	WORLD_RAM3_END,
	WORLD_HIGH_END,
	WORLD_RAM_PA | UINT64_C(1) << 48,
	WORLD_RAM_PA | UINT64_C(1) << 63,
	UINT64_C(0xfffffffffffff000),
	UINT64_MAX,
};

#define BAD_COUNT (sizeof(bad_pages) / sizeof(bad_pages[0]))

static void no_bad_page_gets_in_at_any_place(void **state)
{
	static const unsigned int places[] = { 0,   1,	 63,  64,   399,
					       510, 511, 512, 1021, COUNT - 1 };
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < 10; i++) {
		for (unsigned int j = 0; j < BAD_COUNT; j++) {
			pa_t good = pages[places[i]];

			pages[places[i]] = bad_pages[j];
			assert_int_equal(register_pages(COOKIE),
					 SHM_BAD_ADDRESS);
			pages[places[i]] = good;
			assert_unchanged(&before);
		}
	}
}

/* A run that begins in RAM and goes on where there is none. */
static void run_into_what_is_not_ram_is_refused(void **state)
{
	static const pa_t ends[] = { WORLD_RESERVED_PA, WORLD_RAM2_END,
				     WORLD_RAM3_END, WORLD_HIGH_END };
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		for (uint64_t j = 0; j < COUNT; j++)
			pages[j] = ends[i] - (COUNT - 1 - j) * SHM_PAGE_SIZE;
		assert_int_equal(register_pages(COOKIE), SHM_BAD_ADDRESS);
		assert_unchanged(&before);
	}
}

static void list_itself_must_be_shareable_ram(void **state)
{
	struct look before = look();
	pa_t list = world_write_list(0, pages, COUNT);
	uint64_t *link = (uint64_t *)sim_pointer(list) + WORLD_LIST_ENTRIES;

	(void)state;
	for (unsigned int i = 0; i < BAD_COUNT; i++) {
		assert_int_equal(
			register_list(COOKIE, bad_pages[i], SHM_PAGE_SIZE),
			SHM_BAD_ADDRESS);
		*link = bad_pages[i];
		assert_int_equal(
			register_list(COOKIE, list, COUNT * SHM_PAGE_SIZE),
			SHM_BAD_ADDRESS);
		assert_unchanged(&before);
	}
}

static void list_that_stops_answering_leaves_nothing(void **state)
{
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		pa_t page = WORLD_LISTS_PA + i * SHM_PAGE_SIZE;

		sim_page_set_dead(page, true);
		assert_int_equal(register_pages(COOKIE), SHM_REGION_GONE);
		sim_page_set_dead(page, false);
		assert_unchanged(&before);
	}
}

static void list_that_loops_is_a_list_that_repeats(void **state)
{
	struct look before = look();
	pa_t list = world_write_list(0, pages, COUNT);
	uint64_t *words = sim_pointer(list);

	(void)state;
	words[WORLD_LIST_ENTRIES] = list;
	assert_int_equal(register_list(COOKIE, list, COUNT * SHM_PAGE_SIZE),
			 SHM_OK);
	assert_int_equal(sim_walk(region_address(guest->holdings->all,
						 511 * SHM_PAGE_SIZE))
				 .pa,
			 pages[0]);
	unregister(COOKIE);
	/* 200 GiB of it would need more tables than there are. */
	assert_int_equal(register_list(COOKIE, list, UINT64_C(200) << 30),
			 SHM_NO_TABLE);
	assert_unchanged(&before);
}

/* The last link leads nowhere when the entries end with their page. */
static void link_is_followed_only_if_needed(void **state)
{
	static const uint64_t counts[] = { 510, 511, 512, 1021, 1022, 1023 };
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		pa_t list = world_write_list(0, pages, counts[i]);

		assert_int_equal(
			register_list(COOKIE, list, counts[i] * SHM_PAGE_SIZE),
			SHM_OK);
		unregister(COOKIE);
		assert_unchanged(&before);
	}
}

/* Each word once; a change behind the reader's back is not seen. */
static void change_word_after_read(void *arg, pa_t word)
{
	static pa_t last;

	(void)arg;
	if (last >= WORLD_LISTS_PA && last < WORLD_RAM2_END)
		*(uint64_t *)sim_pointer(last) = WORLD_POOL_PA;
	last = word;
}

static void each_word_of_a_list_is_read_once(void **state)
{
	struct look before = look();

	(void)state;
	sim_reads_reset();
	sim_set_read_hook(change_word_after_read, NULL);
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	sim_set_read_hook(NULL, NULL);
	assert_int_equal(sim_reads().again, 0);
	for (uint64_t i = 0; i < COUNT; i++)
		assert_int_equal(sim_walk(region_address(guest->holdings->all,
							 i * SHM_PAGE_SIZE))
					 .pa,
				 pages[i]);
	unregister(COOKIE);
	assert_unchanged(&before);
}

static void sizes_that_mean_nothing_are_refused(void **state)
{
	static const struct region_request requests[] = {
		{ COOKIE, 0, 0 },
		{ COOKIE, 0, 4095 },
		{ COOKIE, UINT64_MAX, 0 },
		{ COOKIE, UINT64_MAX - 4094, 1 },
		{ COOKIE, UINT64_MAX - 4095, 4095 },
		{ COOKIE, UINT64_C(1) << 63, 0 },
	};
	struct look before = look();
	struct region *region;

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		enum shm_status st =
			region_create(guest->holdings, &requests[i], &region);

		assert_true(st == SHM_BAD_SIZE ||
			    (i == 5 && st == SHM_NO_TABLE));
		assert_unchanged(&before);
	}
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
		CASE(guest_and_session_survive_failing_allocations),
		CASE(each_budget_refuses_what_is_over_it),
		CASE(no_bad_page_gets_in_at_any_place),
		CASE(run_into_what_is_not_ram_is_refused),
		CASE(list_itself_must_be_shareable_ram),
		CASE(list_that_stops_answering_leaves_nothing),
		CASE(list_that_loops_is_a_list_that_repeats),
		CASE(link_is_followed_only_if_needed),
		CASE(each_word_of_a_list_is_read_once),
		CASE(sizes_that_mean_nothing_are_refused),
		CASE(shared_granule_outlives_its_first_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
