/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that the hypervisor moved from one guest to another, by the library's
 * own calls: which regions are revoked by that, what is left mapped, and that
 * no allocation which fails on the way changes the outcome.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dynshm/session.h>
#include <string.h>

#include "model/region_fixture.h"
#include "sim/world.h"

#define GRANULE	 UINT64_C(0x200000)
#define PAGES_2M 512u

static struct guest *loser; /* the fixture's */
static struct guest *winner;

static int set_up_two(void **state)
{
	set_up(state);
	loser = guest;
	assert_int_equal(guest_create(&shm, 4, &winner), SHM_OK);
	return guest_prepare(&shm, winner) == SHM_OK ? 0 : -1;
}

static int tear_down_two(void **state)
{
	guest_cut_off(&shm, winner);
	guest_destroy(&shm, winner);
	guest = loser;
	return tear_down(state);
}

static enum shm_status add(struct guest *owner, uint64_t cookie,
			   const pa_t *list, uint64_t count)
{
	enum shm_status st;

	guest = owner;
	st = register_list(cookie, world_write_list(0, list, count),
			   count << SHM_PAGE_SHIFT);
	guest = loser;
	return st;
}

static void take_away(struct guest *owner, uint64_t cookie)
{
	guest = owner;
	unregister(cookie);
	guest = loser;
}

static struct region *find(struct guest *owner, uint64_t cookie)
{
	struct region *region = owner->holdings->all;

	while (region != NULL && region->cookie != cookie)
		region = region->next;
	assert_non_null(region);
	return region;
}

static bool is_mapped(const struct region *region, uint64_t page)
{
	return sim_walk(region->area.range.first + (page << SHM_PAGE_SHIFT))
		       .size != 0;
}

static uint64_t count_mapped(const struct region *region)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < region_pages(region); i++)
		count += is_mapped(region, i);
	return count;
}

static uint64_t pages_charged(const struct guest *owner)
{
	return account_used(&owner->holdings->account, RESOURCE_PAGES);
}

static void drain(void)
{
	unsigned int slices = 0;

	while (corpse_drain(&shm) != SHM_OK)
		assert_in_range(++slices, 1, 10000);
}

/* What everybody sees of a region that was revoked, until its owner acts. */
static void assert_revoked(struct guest *owner, uint64_t cookie)
{
	struct region *region;

	assert_int_equal(region_get(owner->holdings, cookie, &region),
			 SHM_REGION_GONE);
	assert_int_equal(owner->holdings->revoked, 1);
	assert_int_equal(sim_tlb_stale_count(), 0);
}

static void assert_gone(struct guest *owner, uint64_t cookie)
{
	struct region *region = find(owner, cookie);

	drain();
	assert_int_equal(count_mapped(region), 0);
	assert_int_equal(pages_charged(owner), 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
	take_away(owner, cookie);
	assert_null(owner->holdings->all);
}

/* Scattered, the first and last of a granule that is one link, at a hole. */
static const unsigned int picks[] = { 0, 5, 399, 400, 911, 912, 999, 1299 };

static void a_moved_page_revokes_the_region_that_had_it(void **state)
{
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < sizeof(picks) / sizeof(picks[0]); i++) {
		unsigned int pick = picks[i];
		bool in_whole = pick >= 400 && pick < 912;

		loser->holdings->revoked = 0;
		assert_int_equal(add(loser, COOKIE, pages, COUNT), SHM_OK);
		assert_int_equal(add(winner, 1, &pages[pick], 1), SHM_OK);
		assert_revoked(loser, COOKIE);
		assert_false(is_mapped(find(loser, COOKIE), pick));
		assert_int_equal(count_mapped(find(loser, COOKIE)),
				 COUNT - (in_whole ? PAGES_2M : 1));
		assert_true(is_mapped(find(winner, 1), 0));
		assert_gone(loser, COOKIE);
		take_away(winner, 1);
		assert_unchanged(&before);
	}
}

/* Whole chunks of list cells, and a leaf table at the end of the region. */
static void a_moved_stretch_leaves_nothing_behind_it(void **state)
{
	struct look before = look();

	(void)state;
	for (unsigned int first = 0; first < 1300; first += 130) {
		for (unsigned int slices = 0; slices < 3; slices++) {
			unsigned int count =
				first + 400 > COUNT ? COUNT - first : 400;

			loser->holdings->revoked = 0;
			assert_int_equal(add(loser, COOKIE, pages, COUNT),
					 SHM_OK);
			assert_int_equal(add(winner, 1, &pages[first], count),
					 SHM_OK);
			assert_revoked(loser, COOKIE);
			for (unsigned int i = 0; i < slices; i++)
				(void)corpse_drain(&shm);
			take_away(loser, COOKIE);
			assert_int_equal(count_mapped(find(winner, 1)), count);
			take_away(winner, 1);
			assert_unchanged(&before);
		}
	}
}

static void a_moved_granule_revokes_all_that_had_any_of_it(void **state)
{
	struct look before = look();
	pa_t granule[PAGES_2M];
	pa_t shifted[2 * PAGES_2M];

	(void)state;
	for (unsigned int i = 0; i < PAGES_2M; i++)
		granule[i] = WORLD_HIGH_PA + i * SHM_PAGE_SIZE;
	/* Its descriptors lie in two leaf tables, another's before them. */
	memcpy(&shifted[100], granule, sizeof(granule));
	for (unsigned int i = 0; i < 100; i++)
		shifted[i] = WORLD_RAM_PA + 2 * i * SHM_PAGE_SIZE;
	assert_int_equal(add(loser, 1, shifted, 100 + PAGES_2M), SHM_OK);
	assert_int_equal(add(loser, 2, granule, PAGES_2M), SHM_OK);
	assert_int_equal(add(loser, 3, &granule[7], 1), SHM_OK);
	assert_int_equal(add(loser, 4, &granule[7], 300), SHM_OK);
	assert_int_equal(add(loser, 5, shifted, 100), SHM_OK);
	assert_int_equal(add(winner, 1, granule, PAGES_2M), SHM_OK);
	assert_int_equal(loser->holdings->revoked, 4);
	assert_int_equal(count_mapped(find(loser, 1)), 100);
	for (uint64_t cookie = 2; cookie < 5; cookie++)
		assert_int_equal(count_mapped(find(loser, cookie)), 0);
	assert_int_equal(count_mapped(find(loser, 5)), 100);
	assert_int_equal(count_mapped(find(winner, 1)), PAGES_2M);
	assert_int_equal(sim_tlb_stale_count(), 0);
	drain();
	assert_int_equal(world_leaf_count(), 100 + PAGES_2M);
	for (uint64_t cookie = 1; cookie < 6; cookie++)
		take_away(loser, cookie);
	take_away(winner, 1);
	assert_unchanged(&before);
}

/* The first granule of pages[] is mixed now; who is in it keeps apart. */
static void neighbours_in_a_granule_leave_each_other_alone(void **state)
{
	struct look before = look();
	pa_t own[400];

	(void)state;
	for (unsigned int i = 0; i < 400; i++)
		own[i] = WORLD_RAM_PA + (i * 9 + 1) * SHM_PAGE_SIZE;
	assert_int_equal(add(loser, COOKIE, pages, 400), SHM_OK);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(add(winner, 1, own, 400), SHM_OK);
		assert_int_equal(add(winner, 2, own, 400), SHM_OK);
		assert_int_equal(add(loser, COOKIE, pages, 400), SHM_OK);
		take_away(winner, 1);
		take_away(winner, 2);
	}
	assert_int_equal(loser->holdings->revoked, 0);
	assert_int_equal(winner->holdings->revoked, 0);
	assert_int_equal(count_mapped(find(loser, COOKIE)), 400);
	take_away(loser, COOKIE);
	assert_unchanged(&before);
}

/* Begin a region of the loser and map `slices` slices of it. */
static struct region *form(struct page_list *list, unsigned int slices)
{
	struct region_request request = { COOKIE, COUNT * SHM_PAGE_SIZE, 0 };
	struct region *region;
	enum shm_status st = SHM_INTERRUPTED;

	assert_int_equal(region_create(loser->holdings, &request, &region),
			 SHM_OK);
	page_list_init(list, loser->holdings, 0,
		       world_write_list(8, pages, COUNT), COUNT);
	for (unsigned int i = 0; i < slices && st == SHM_INTERRUPTED; i++)
		st = region_map_slice(region, list);
	assert_int_equal(st, slices < 5 ? SHM_INTERRUPTED : SHM_OK);
	return region;
}

static void give_up(struct region *region)
{
	region_leave(region);
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
	call_page_unmap(loser->holdings, 0, CALL_PAGE_LIST);
}

static void a_forming_region_that_is_revoked_fails(void **state)
{
	struct look before = look();
	struct region *replaced;
	struct page_list list;
	struct region *region;

	(void)state;
	for (unsigned int drained = 0; drained < 2; drained++) {
		region = form(&list, 2);
		assert_int_equal(add(winner, 1, &pages[3], 1), SHM_OK);
		if (drained)
			drain();
		assert_int_equal(region_map_slice(region, &list),
				 SHM_REGION_GONE);
		assert_int_equal(region_map_slice(region, &list),
				 SHM_REGION_GONE);
		give_up(region);
		region = form(&list, 100);
		take_away(winner, 1);
		assert_int_equal(add(winner, 1, &pages[500], 1), SHM_OK);
		if (drained)
			drain();
		assert_int_equal(region_commit(region, false, &replaced),
				 SHM_REGION_GONE);
		give_up(region);
		take_away(winner, 1);
		assert_unchanged(&before);
	}
}

/* Pages that come in slices after the one which moved are not looked at. */
static void a_page_mapped_very_often_goes_in_slices(void **state)
{
	struct look before = look();
	struct region_request request = { 1, SHM_PAGE_SIZE, 0 };
	struct region *replaced;
	struct region *region;
	struct page_list list;
	unsigned int slices = 0;
	enum shm_status st;

	(void)state;
	for (unsigned int i = 0; i < COUNT; i++)
		pages[i] = WORLD_RAM_PA + 5 * SHM_PAGE_SIZE;
	assert_int_equal(add(loser, COOKIE, pages, COUNT), SHM_OK);
	assert_int_equal(region_create(winner->holdings, &request, &region),
			 SHM_OK);
	page_list_init(&list, winner->holdings, 0,
		       world_write_list(0, pages, 1), 1);
	do {
		uint64_t left = count_mapped(find(loser, COOKIE));

		sim_masked_work_reset();
		st = region_map_slice(region, &list);
		assert_in_range(sim_masked_work(), 1, 400);
		assert_in_range(left - count_mapped(find(loser, COOKIE)), 1,
				100);
		assert_int_equal(sim_tlb_stale_count(), 0);
		slices++;
	} while (st == SHM_INTERRUPTED);
	assert_int_equal(st, SHM_OK);
	assert_in_range(slices, COUNT / 100, COUNT / 10);
	assert_int_equal(region_commit(region, false, &replaced), SHM_OK);
	call_page_unmap(winner->holdings, 0, CALL_PAGE_LIST);
	assert_revoked(loser, COOKIE);
	assert_gone(loser, COOKIE);
	take_away(winner, 1);
	assert_unchanged(&before);
}

/* Draining does not wait for those who use the region; freeing does. */
static void calls_and_sessions_keep_the_object_alone(void **state)
{
	struct look before = look();
	struct session *session;
	struct region *region;
	struct region *held;
	uint8_t byte;

	(void)state;
	assert_int_equal(session_create(loser->holdings, NULL, &session),
			 SHM_OK);
	assert_int_equal(add(loser, COOKIE, pages, COUNT), SHM_OK);
	assert_int_equal(region_get(loser->holdings, COOKIE, &region), SHM_OK);
	assert_int_equal(session_hold(session, region), SHM_OK);
	assert_true(access_read(&byte, region_address(region, 0), 1));
	assert_int_equal(add(winner, 1, &pages[1299], 1), SHM_OK);
	assert_int_equal(session_get_held(session, &held), SHM_REGION_GONE);
	drain();
	assert_true(region_is_used(region));
	assert_false(access_read(&byte, region_address(region, 0), 1));
	assert_int_equal(count_mapped(region), 0);
	for (unsigned int i = 0; i < COUNT - 1; i++)
		assert_false(sim_tlb_names_page(pages[i]));
	/* The same cookie, once nobody refers to the old one. */
	assert_int_equal(add(loser, COOKIE, pages, 1), SHM_COOKIE_IN_USE);
	region_put(region);
	assert_int_equal(session_release(session), SHM_OK);
	assert_int_equal(add(loser, COOKIE, pages, 1), SHM_OK);
	assert_int_equal(region_get(loser->holdings, COOKIE, &region), SHM_OK);
	region_put(region);
	session_destroy(session);
	take_away(loser, COOKIE);
	take_away(winner, 1);
	assert_unchanged(&before);
}

/* From the dead nothing has to be taken, and they are not in the way. */
static void pages_of_the_dead_are_free_to_take(void **state)
{
	struct guest *dead = winner;
	struct holdings *corpse = dead->holdings;

	(void)state;
	assert_int_equal(add(dead, 1, pages, COUNT), SHM_OK);
	assert_int_equal(add(dead, 2, pages, COUNT), SHM_OK);
	guest_cut_off(&shm, dead);
	assert_int_equal(guest_prepare(&shm, dead), SHM_OK);
	/* Their links lie under the newer ones of whoever comes next. */
	assert_int_equal(add(loser, COOKIE, pages, COUNT), SHM_OK);
	assert_int_equal(corpse->revoked, 0);
	assert_int_equal(add(dead, 3, &pages[4], 1), SHM_OK);
	assert_revoked(loser, COOKIE);
	assert_int_equal(corpse->revoked, 0);
	assert_gone(loser, COOKIE);
	assert_int_equal(count_mapped(find(dead, 3)), 1);
	take_away(dead, 3);
}

/* One that is revoked, half drained even, dies with its owner. */
static void the_revoked_may_die_at_any_time(void **state)
{
	(void)state;
	for (unsigned int slices = 0; slices < 12; slices++) {
		assert_int_equal(add(loser, COOKIE, pages, COUNT), SHM_OK);
		assert_int_equal(add(winner, 1, &pages[700], 1), SHM_OK);
		assert_revoked(loser, COOKIE);
		for (unsigned int i = 0; i < slices; i++)
			(void)corpse_drain(&shm);
		guest_cut_off(&shm, loser);
		assert_int_equal(world_leaf_count(), 1);
		assert_int_equal(guest_prepare(&shm, loser), SHM_OK);
		drain();
		take_away(winner, 1);
		assert_int_equal(world_leaf_count(), 0);
	}
}

static void a_failure_on_the_way_leaves_nothing_of_its_own(void **state)
{
	struct look before = look();
	uint64_t others = holdings_bytes(winner->holdings);
	uint32_t n;

	(void)state;
	for (n = 1;; n++) {
		enum shm_status st;
		bool failed;

		loser->holdings->revoked = 0;
		assert_int_equal(add(loser, COOKIE, pages, COUNT), SHM_OK);
		shm.pool.fail_after = n;
		st = add(winner, 1, pages, COUNT);
		failed = shm.pool.fail_after == 0;
		shm.pool.fail_after = 0;
		if (!failed)
			break;
		if (st == SHM_OK) /* it found another way */
			take_away(winner, 1);
		else
			assert_true(st == SHM_NO_METADATA ||
				    st == SHM_NO_TABLE);
		assert_int_equal(sim_tlb_stale_count(), 0);
		/* Whole, or revoked and nothing in between. */
		if (loser->holdings->revoked == 0)
			assert_int_equal(count_mapped(find(loser, COOKIE)),
					 COUNT);
		else
			assert_revoked(loser, COOKIE);
		take_away(loser, COOKIE);
		assert_unchanged(&before);
		assert_int_equal(holdings_bytes(winner->holdings), others);
	}
	assert_in_range(n, 15, 300);
	assert_gone(loser, COOKIE);
	take_away(winner, 1);
	assert_unchanged(&before);
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, set_up_two, tear_down_two)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_moved_page_revokes_the_region_that_had_it),
		CASE(a_moved_stretch_leaves_nothing_behind_it),
		CASE(a_moved_granule_revokes_all_that_had_any_of_it),
		CASE(neighbours_in_a_granule_leave_each_other_alone),
		CASE(a_forming_region_that_is_revoked_fails),
		CASE(a_page_mapped_very_often_goes_in_slices),
		CASE(calls_and_sessions_keep_the_object_alone),
		CASE(pages_of_the_dead_are_free_to_take),
		CASE(the_revoked_may_die_at_any_time),
		CASE(a_failure_on_the_way_leaves_nothing_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
