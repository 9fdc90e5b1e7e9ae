// SPDX-License-Identifier: BSD-2-Clause
/*
 * Budgets against a model that only adds up: what is promised to whom, how many
 * pages must stay free for that, and who may be promised more. Guests come, go,
 * start over and get other budgets at random, while somebody else takes all
 * pages that nobody was promised.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dynshm/guest.h>
#include <dynshm/lifecycle.h>
#include <dynshm/session.h>
#include <dynshm/usage.h>

#include "model/budget_model.h"
#include "model/random.h"
#include "sim/trace.h"
#include "sim/world.h"

#define POOL_SIZE (UINT64_C(2) << 20)
#define STEPS	  6000u
#define ROUNDS	  150u

static struct shm shm;
static void *ballast[POOL_SIZE / SHM_PAGE_SIZE];
static unsigned int ballast_count;

static int set_up(void **state)
{
	struct shm_config config;

	(void)state;
	world_start_machine(POOL_SIZE);
	config = world_config(POOL_SIZE, CALLS);
	config.budget = budget_model_defaults;
	assert_int_equal(shm_init(&shm, &config), SHM_OK);
	for (unsigned int i = 0; i < OWNERS; i++)
		owners[i] = (struct owner){ 0 };
	ballast_count = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return sim_check_violations() ? 0 : -1;
}

static int64_t free_pages(void)
{
	return (int64_t)shm.pool.free_pages;
}

static int64_t reserve(void)
{
	return free_pages() - meta_pool_room(&shm.pool);
}

static void come(unsigned int i, bool is_exact)
{
	int64_t before = free_pages();
	int64_t needed =
		model_reserve(&shm, model_with(i, model_begin(NULL, true)));
	struct guest *guest = NULL;
	enum shm_status st = guest_create(&shm, (uint16_t)(i + 1), &guest);

	if (owners[i].guest != NULL) {
		assert_int_equal(st, SHM_COOKIE_IN_USE);
		return;
	}
	assert_true(st == SHM_OK || st == SHM_NO_METADATA);
	/* The guest itself may take a page. */
	if (is_exact)
		assert_true(st == SHM_OK ? needed <= before
					 : needed > before - 1);
	if (st == SHM_OK)
		owners[i] = model_begin(guest, true);
}

static void cut_off(unsigned int i)
{
	struct shm_usage usage;

	while (guest_cut_off(&shm, owners[i].guest) == SHM_INTERRUPTED)
		;
	/* No ceiling of the living is in the way of the dead. */
	for (uint32_t place = 0; usage_find_corpse(&shm, place, &usage);
	     place++)
		for (unsigned int what = 0; what < RESOURCE_COUNT; what++)
			assert_int_equal(usage.ceiling[what], MAX);
}

static void go(unsigned int i)
{
	if (owners[i].guest == NULL)
		return;
	cut_off(i);
	guest_destroy(&shm, owners[i].guest);
	owners[i] = (struct owner){ 0 };
}

/* Guest 0 of a machine without a hypervisor, and when one comes. */
static void lift_or_give(unsigned int i, bool lift, bool is_exact)
{
	struct owner *owner = &owners[i];
	enum shm_status st;
	bool expected;

	if (owner->guest == NULL)
		return;
	if (lift) {
		guest_lift_budget(&shm, owner->guest);
		*owner = (struct owner){ .guest = owner->guest };
		for (unsigned int j = 0; j < RESOURCE_COUNT; j++)
			owner->budget[j].ceiling = MAX;
		return;
	}
	expected = owner->is_promised ||
		   model_fits(&shm,
			      model_with(i, model_begin(owner->guest, true)));
	st = guest_give_budget(&shm, owner->guest);
	if (is_exact)
		assert_int_equal(st, expected ? SHM_OK : SHM_NO_METADATA);
	if (!owner->is_promised)
		*owner = model_begin(owner->guest, st == SHM_OK);
}

static uint64_t random_share(struct random *random, enum resource what)
{
	static const uint64_t limits[] = { 5000, 50, 90, 150000, 9, CALLS + 3 };

	switch (random_below(random, 12)) {
	case 0:
		return 0;
	case 1:
		return random_below(random, 2) + UINT32_MAX;
	default:
		return random_below(random, limits[what]);
	}
}

static void set_one(struct random *random, unsigned int i, bool is_exact)
{
	enum resource what =
		(enum resource)random_below(random, RESOURCE_COUNT);
	uint64_t share = random_share(random, what);
	struct shm_budget budget = { share, share + random_below(random, 9) };
	struct owner after;
	enum shm_status expected;
	enum shm_status st;

	if (random_below(random, 9) == 0)
		budget.ceiling = random_below(random, 2) ? MAX : share / 2;
	expected = model_judge(&shm, i, what, budget, &after);
	st = guest_set_budget(&shm, i + 1, what, budget);
	if (is_exact || (expected != SHM_OK && expected != SHM_NO_METADATA) ||
	    budget.share > UINT32_MAX)
		assert_int_equal(st, expected);
	if (st == SHM_OK)
		owners[i] = after;
}

/* Somebody without a share takes what is left, or some, and gives it back. */
static void move_ballast(struct random *random)
{
	uint64_t count = random_below(random, 200);

	if (random_below(random, 2) == 0) {
		while (count-- > 0 && ballast_count > 0)
			meta_page_free(&shm.pool, ballast[--ballast_count],
				       NULL);
		return;
	}
	while (count-- > 0) {
		bool has_room = meta_pool_room(&shm.pool) > 0;
		void *page = meta_page_alloc(&shm.pool, NULL, NULL);

		assert_int_equal(page != NULL, has_room);
		if (page == NULL)
			break;
		ballast[ballast_count++] = page;
	}
}

static void check_budgets(void)
{
	for (unsigned int i = 0; i < OWNERS; i++) {
		struct shm_usage usage = { 0 };
		bool there = usage_find_guest(&shm, i + 1, NULL, NULL, &usage);

		assert_int_equal(there && usage.guest == i + 1,
				 owners[i].guest != NULL);
		for (unsigned int what = 0;
		     owners[i].guest != NULL && what < RESOURCE_COUNT; what++) {
			assert_int_equal(usage.share[what],
					 owners[i].budget[what].share);
			assert_int_equal(usage.ceiling[what],
					 owners[i].budget[what].ceiling);
		}
	}
}

static void change_something(struct random *random, bool is_exact)
{
	unsigned int i = (unsigned int)random_below(random, OWNERS);

	switch (random_below(random, 10)) {
	case 0:
	case 1:
		come(i, is_exact);
		break;
	case 2:
		go(i);
		break;
	case 3:
		lift_or_give(i, random_below(random, 2), is_exact);
		break;
	case 4:
		move_ballast(random);
		break;
	default:
		set_one(random, i, is_exact);
	}
	check_budgets();
}

/* Nothing is drawn, so that each answer can be foretold. */
static void what_is_promised_stays_free_and_no_more(void **state)
{
	struct random random = random_start("promises", 11);

	(void)state;
	for (unsigned int step = 0; step < STEPS; step++) {
		change_something(&random, true);
		assert_int_equal(reserve(), model_reserve(&shm, owners));
		assert_true(reserve() <= free_pages());
	}
}

/* Take some of it: tables, objects and what every owner begins with. */
static void draw(struct random *random, unsigned int i)
{
	uint64_t count = random_below(random, 40);
	struct session *session;

	if (owners[i].guest == NULL ||
	    guest_prepare(&shm, owners[i].guest) != SHM_OK)
		return;
	while (count-- > 0)
		(void)session_create(owners[i].guest->holdings, NULL, &session);
}

static void bury_all(void)
{
	while (corpse_drain(&shm) != SHM_OK)
		;
}

static void all_is_promised_again_once_it_is_given_back(void **state)
{
	struct random random = random_start("draws", 12);

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		for (unsigned int step = 0; step < 25; step++) {
			unsigned int i =
				(unsigned int)random_below(&random, OWNERS);

			change_something(&random, false);
			draw(&random, i);
			if (owners[i].guest != NULL &&
			    random_below(&random, 4) == 0)
				cut_off(i);
			if (random_below(&random, 3) == 0)
				(void)corpse_drain(&shm);
		}
		for (unsigned int i = 0; i < OWNERS; i++)
			if (owners[i].guest != NULL)
				cut_off(i);
		bury_all();
		assert_int_equal(reserve(), model_reserve(&shm, owners));
	}
}

static void only_the_living_have_budgets(void **state)
{
	struct shm_budget budget = { 1, 5 };
	struct guest *guest;

	(void)state;
	come(0, true);
	assert_int_equal(guest_set_budget(&shm, 1, 0, budget), SHM_OK);
	assert_int_equal(guest_set_budget(&shm, 0x10001, 0, budget),
			 SHM_UNKNOWN_GUEST);
	assert_int_equal(guest_set_budget(&shm, 2, 0, budget),
			 SHM_UNKNOWN_GUEST);
	assert_int_equal(guest_set_budget(&shm, 1, MAX, budget), SHM_BAD_SIZE);
	assert_int_equal(guest_expel(&shm, 1, &guest), SHM_OK);
	budget.ceiling = 6;
	for (unsigned int what = 0; what < RESOURCE_COUNT; what++)
		assert_int_equal(guest_set_budget(&shm, 1, what, budget),
				 SHM_UNKNOWN_GUEST);
	assert_int_equal(guest->ceiling[0], 5);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_promised_stays_free_and_no_more),
		CASE(all_is_promised_again_once_it_is_given_back),
		CASE(only_the_living_have_budgets),
	};

	trace_leave_out("what a budget is enough for depends on tables");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
