/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shares of the metadata pool against an adversary: owners that allocate and
 * free at random, far beyond their shares, until nothing is left for them.
 * Whatever they did, each owner then draws its whole share, in pages and in
 * objects of either size, and every single allocation has to succeed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dynshm/meta_pool.h>
#include <stdlib.h>

#include "model/random.h"

#define POOL_PAGES 400u
#define OWNERS	   6u
#define THINGS	   8000u
#define BASIC_SIZE 600u

enum kind {
	PAGE,
	SMALL,
	LARGE,
	BASIC,
	KINDS
};

struct thing {
	void *at;
	enum kind kind;
	unsigned int owner;
};

static struct meta_pool pool;
static struct meta_share shares[OWNERS];
static struct meta_share *named[OWNERS];
static struct thing things[THINGS];
static unsigned int count;
static void *memory;
static uint64_t level;

static int set_up(void **state)
{
	(void)state;
	memory = aligned_alloc(SHM_PAGE_SIZE, POOL_PAGES * SHM_PAGE_SIZE);
	assert_non_null(memory);
	meta_pool_init(&pool, memory, 0x100000, POOL_PAGES * SHM_PAGE_SIZE);
	meta_cache_init(&pool.basic, BASIC_SIZE);
	count = 0;
	level = meta_pool_free_bytes(&pool);
	for (unsigned int i = 0; i < OWNERS; i++) {
		shares[i] = (struct meta_share){ 0 };
		named[i] = &shares[i];
	}
	return 0;
}

static struct meta_cache *cache_of(enum kind kind)
{
	return kind == SMALL   ? &pool.small
	       : kind == LARGE ? &pool.large
			       : &pool.basic;
}

static void *take(unsigned int owner, enum kind kind)
{
	void *at = kind == PAGE ? meta_page_alloc(&pool, NULL, &named[owner])
				: meta_object_alloc(&pool, cache_of(kind),
						    &named[owner]);

	if (at != NULL) {
		assert_true(count < THINGS);
		things[count++] = (struct thing){ at, kind, owner };
	}
	return at;
}

static void give(unsigned int i)
{
	struct thing thing = things[i];
	struct meta_share *const *share =
		thing.owner < OWNERS ? &named[thing.owner] : NULL;

	things[i] = things[--count];
	if (thing.kind == PAGE)
		meta_page_free(&pool, thing.at, share);
	else
		meta_object_free(&pool, cache_of(thing.kind), thing.at, share);
}

/* What is promised to all owners cannot be more than there is. */
static void promise(struct random *random)
{
	for (unsigned int i = 0; i < OWNERS; i++)
		assert_true(meta_share_set(
			&pool, &shares[i], (uint32_t)random_below(random, 12),
			(uint32_t)random_below(random, 12000), true));
}

/* Take and give at random, with now more of one kind, now of another. */
static void storm(struct random *random, unsigned int steps)
{
	enum kind liked = (enum kind)random_below(random, BASIC);

	for (unsigned int i = 0; i < steps; i++) {
		unsigned int owner = (unsigned int)random_below(random, OWNERS);

		if (i % 500 == 0)
			liked = (enum kind)random_below(random, BASIC);
		if (random_below(random, 100) < 60)
			(void)take(owner, random_below(random, 4) == 0
						  ? (enum kind)random_below(
							    random, BASIC)
						  : liked);
		else if (count != 0)
			give((unsigned int)random_below(random, count));
	}
}

/* The first owner takes all it can, and then makes holes in what it has. */
static void saturate(struct random *random)
{
	for (unsigned int kind = PAGE; kind <= LARGE; kind++)
		while (take(0, (enum kind)kind) != NULL)
			;
	for (unsigned int i = count; i-- > 0;)
		if (things[i].owner == 0 && things[i].kind != PAGE &&
		    random_below(random, 8) != 0)
			give(i);
	while (take(0, PAGE) != NULL)
		;
}

/* What it has drawn it may keep or not; in the end it draws everything. */
static void draw_whole_share(struct random *random, unsigned int owner)
{
	struct meta_share *share = &shares[owner];

	while (share->pages_used < share->pages)
		assert_non_null(take(owner, PAGE));
	while (share->bytes - share->bytes_used >= META_LARGE_SIZE)
		assert_non_null(
			take(owner, random_below(random, 2) ? SMALL : LARGE));
	if (!share->base_used)
		assert_non_null(take(owner, BASIC));
}

static void each_owner_gets_its_share_whatever_others_do(void **state)
{
	struct random random = random_start("shares", 1);

	(void)state;
	for (unsigned int round = 0; round < 60; round++) {
		promise(&random);
		storm(&random, 6000);
		saturate(&random);
		/* Give up some of what is drawn, and draw it otherwise. */
		for (unsigned int i = count; i-- > 0;)
			if (things[i].owner != 0 &&
			    random_below(&random, 3) == 0)
				give(i);
		for (unsigned int i = OWNERS; i-- > 0;)
			draw_whole_share(&random, i);
		while (count != 0)
			give((unsigned int)random_below(&random, count));
		assert_int_equal(meta_pool_free_bytes(&pool), level);
	}
}

/* Owners start over; what they had lies about until it is buried. */
static void the_dead_are_in_nobodys_way_once_buried(void **state)
{
	struct random random = random_start("deaths", 2);

	(void)state;
	for (unsigned int round = 0; round < 60; round++) {
		promise(&random);
		for (unsigned int death = 0; death < 6; death++) {
			unsigned int owner =
				(unsigned int)random_below(&random, OWNERS);

			storm(&random, 2000);
			meta_share_renew(&pool, &named[owner]);
			named[owner] = &shares[owner];
			for (unsigned int i = 0; i < count; i++)
				if (things[i].owner == owner)
					things[i].owner = OWNERS;
		}
		saturate(&random);
		for (unsigned int i = count; i-- > 0;)
			if (things[i].owner == OWNERS)
				give(i);
		for (unsigned int i = OWNERS; i-- > 0;)
			draw_whole_share(&random, i);
		while (count != 0)
			give(count - 1);
		assert_int_equal(meta_pool_free_bytes(&pool), level);
	}
}

static void what_cannot_be_kept_is_not_promised(void **state)
{
	uint32_t pages = 0;

	(void)state;
	assert_true(meta_share_set(&pool, &shares[1], 7, 3000, true));
	while (take(0, PAGE) != NULL)
		;
	assert_int_equal(meta_pool_room(&pool), 0);
	assert_false(meta_share_set(&pool, &shares[2], 1, 0, false));
	assert_false(meta_share_set(&pool, &shares[2], 0, 1 << 16, false));
	assert_false(meta_share_set(&pool, &shares[1], 8, 3000, true));
	assert_int_equal(shares[1].pages, 7);
	/* Less of it leaves room for others, exactly that much. */
	assert_true(meta_share_set(&pool, &shares[1], 4, 3000, true));
	while (take(0, PAGE) != NULL)
		pages++;
	assert_int_equal(pages, 3);
	/* Whoever has more than is promised now keeps it. */
	while (shares[1].pages_used < 4)
		assert_non_null(take(1, PAGE));
	assert_true(meta_share_set(&pool, &shares[1], 0, 0, false));
	assert_int_equal(shares[1].pages_used, 4);
	while (count != 0)
		give(0);
	assert_int_equal(meta_pool_free_bytes(&pool), level);
}

/* A share lowered below what was drawn takes nothing from other shares. */
static void lowered_shares_do_not_eat_into_others(void **state)
{
	struct random random = random_start("lowered", 3);

	(void)state;
	for (unsigned int round = 0; round < 40; round++) {
		promise(&random);
		storm(&random, 3000);
		for (unsigned int i = 0; i < OWNERS / 2; i++)
			assert_true(
				meta_share_set(&pool, &shares[i], 0, 0, true));
		saturate(&random);
		for (unsigned int i = OWNERS / 2; i < OWNERS; i++)
			draw_whole_share(&random, i);
		while (count != 0)
			give(count - 1);
		assert_int_equal(meta_pool_free_bytes(&pool), level);
	}
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_owner_gets_its_share_whatever_others_do),
		CASE(the_dead_are_in_nobodys_way_once_buried),
		CASE(what_cannot_be_kept_is_not_promised),
		CASE(lowered_shares_do_not_eat_into_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
