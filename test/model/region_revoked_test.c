/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regions that are revoked at awkward moments: while they form, while they are
 * used, while their owner dies, and while memory runs out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dynshm/session.h>
#include <string.h>

#include "model/revoke_fixture.h"
#include "sim/trace.h"

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
		assert_true(st == SHM_NO_METADATA || st == SHM_NO_TABLE);
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
	assert_in_range(n, 12, 300);
	assert_gone(loser, COOKIE);
	take_away(winner, 1);
	assert_unchanged(&before);
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, set_up_two, tear_down_two)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_forming_region_that_is_revoked_fails),
		CASE(a_page_mapped_very_often_goes_in_slices),
		CASE(calls_and_sessions_keep_the_object_alone),
		CASE(pages_of_the_dead_are_free_to_take),
		CASE(the_revoked_may_die_at_any_time),
		CASE(a_failure_on_the_way_leaves_nothing_of_its_own),
	};

	trace_any_number("slices end with leaf tables");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
