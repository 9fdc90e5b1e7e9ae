/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shares of the metadata pool, case by case: what is drawn in one size only, so
 * that no page set aside for the other size helps out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dynshm/meta_pool.h>
#include <stdlib.h>

#define POOL_PAGES 60u
#define BASIC_SIZE 600u
#define OBJECTS	   32u /* two pages of large ones, and less of small ones */

enum {
	ALICE,
	BOB,
	OWNERS
};

static struct meta_pool pool;
static struct meta_share shares[OWNERS];
static struct meta_share *named[OWNERS];
static void *objects[OWNERS][OBJECTS];
static void *memory;
static int64_t room;

static int set_up(void **state)
{
	(void)state;
	memory = aligned_alloc(SHM_PAGE_SIZE, POOL_PAGES * SHM_PAGE_SIZE);
	assert_non_null(memory);
	meta_pool_init(&pool, memory, 0x100000, POOL_PAGES * SHM_PAGE_SIZE);
	meta_cache_init(&pool.basic, BASIC_SIZE);
	room = meta_pool_room(&pool);
	for (unsigned int i = 0; i < OWNERS; i++) {
		shares[i] = (struct meta_share){ 0 };
		named[i] = &shares[i];
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static void promise(unsigned int owner, uint32_t bytes, bool base)
{
	assert_true(meta_share_set(&pool, &shares[owner], 0, bytes, base));
}

/* Somebody without a share takes all that is not set aside. */
static void take_the_rest(void)
{
	while (meta_page_alloc(&pool, NULL, NULL) != NULL)
		;
}

static void draw(unsigned int owner, struct meta_cache *cache)
{
	for (unsigned int i = 0; i < OBJECTS; i++) {
		objects[owner][i] =
			meta_object_alloc(&pool, cache, &named[owner]);
		assert_non_null(objects[owner][i]);
	}
}

static void give_back(unsigned int owner, struct meta_cache *cache)
{
	for (unsigned int i = 0; i < OBJECTS; i++)
		meta_object_free(&pool, cache, objects[owner][i],
				 &named[owner]);
}

/* Who keeps more than he is promised now keeps it out of nobody's share. */
static void a_lowered_share_is_remembered(struct meta_cache *cache)
{
	uint32_t bytes = OBJECTS * cache->object_size;

	promise(ALICE, bytes, false);
	promise(BOB, bytes, false);
	draw(ALICE, cache);
	promise(ALICE, 0, false);
	take_the_rest();
	draw(BOB, cache);
	/* What Alice gives back is hers no more. */
	give_back(ALICE, cache);
	take_the_rest();
	assert_null(meta_object_alloc(&pool, cache, &named[ALICE]));
}

static void lowered_below_large_objects(void **state)
{
	(void)state;
	a_lowered_share_is_remembered(&pool.large);
}

static void lowered_below_small_objects(void **state)
{
	(void)state;
	a_lowered_share_is_remembered(&pool.small);
}

/* Until what is kept has been given back, and then it is all there again. */
static void lowered_and_given_back(void **state)
{
	(void)state;
	promise(ALICE, OBJECTS * META_LARGE_SIZE, true);
	draw(ALICE, &pool.large);
	promise(ALICE, 0, false);
	assert_true(meta_pool_room(&pool) < room);
	give_back(ALICE, &pool.large);
	assert_int_equal(meta_pool_room(&pool), room);
}

/*
 * What is inherited counts beyond a share that is used up, so that who left it
 * has his own again; and no longer than it is there.
 */
static void inherited_beyond_the_share(struct meta_cache *cache)
{
	uint32_t bytes = OBJECTS * cache->object_size;
	void *left[OBJECTS];
	int64_t promised;

	promise(ALICE, bytes, false);
	promise(BOB, bytes, false);
	promised = meta_pool_room(&pool);
	draw(ALICE, cache);
	draw(BOB, cache);
	for (unsigned int i = 0; i < OBJECTS; i++) {
		left[i] = objects[ALICE][i];
		meta_object_move(&pool, cache, left[i], &named[ALICE],
				 &named[BOB]);
	}
	take_the_rest();
	draw(ALICE, cache);
	for (unsigned int i = 0; i < OBJECTS; i++)
		meta_object_free(&pool, cache, left[i], &named[BOB]);
	give_back(ALICE, cache);
	give_back(BOB, cache);
	/* As at first, less what others took. */
	take_the_rest();
	assert_int_equal(meta_pool_room(&pool), 0);
	assert_int_equal(pool.free_pages, room - promised);
}

static void inherited_large_objects(void **state)
{
	(void)state;
	inherited_beyond_the_share(&pool.large);
}

static void inherited_small_objects(void **state)
{
	(void)state;
	inherited_beyond_the_share(&pool.small);
}

static void what_each_begins_with_comes_once(void **state)
{
	struct meta_share *const *share = &named[ALICE];
	void *base;

	(void)state;
	promise(ALICE, 0, true);
	promise(BOB, 0, true);
	take_the_rest();
	base = meta_object_alloc(&pool, &pool.basic, share);
	assert_non_null(base);
	assert_null(meta_object_alloc(&pool, &pool.basic, share));
	/* Given back, it may be had again. */
	meta_object_free(&pool, &pool.basic, base, share);
	assert_non_null(meta_object_alloc(&pool, &pool.basic, share));
	assert_null(meta_object_alloc(&pool, &pool.basic, share));
	assert_non_null(meta_object_alloc(&pool, &pool.basic, &named[BOB]));
}

static void who_starts_over_begins_again(void **state)
{
	struct meta_share *dead = &shares[ALICE];
	void *base;

	(void)state;
	promise(ALICE, 0, true);
	base = meta_object_alloc(&pool, &pool.basic, &dead);
	assert_non_null(base);
	meta_share_renew(&pool, &dead);
	assert_null(dead);
	meta_object_free(&pool, &pool.basic, base, &dead);
	take_the_rest();
	assert_non_null(meta_object_alloc(&pool, &pool.basic, &named[ALICE]));
}

/* Objects that are nobody's charge are not drawn on anybody's share. */
static void other_objects_are_not_drawn(void **state)
{
	struct meta_cache other;

	(void)state;
	meta_cache_init(&other, 512);
	promise(ALICE, OBJECTS * META_LARGE_SIZE, false);
	assert_non_null(meta_object_alloc(&pool, &other, &named[ALICE]));
	take_the_rest();
	draw(ALICE, &pool.large);
}

static void what_is_taken_is_not_promised(void **state)
{
	(void)state;
	take_the_rest();
	assert_false(meta_share_set(&pool, &shares[ALICE], 0, 0, true));
	assert_false(meta_share_set(&pool, &shares[ALICE], 0, 1, false));
	assert_false(meta_share_set(&pool, &shares[ALICE], 1, 0, false));
	assert_true(meta_share_set(&pool, &shares[ALICE], 0, 0, false));
	assert_int_equal(meta_pool_room(&pool), 0);
}

/* More than all there is: sums of it might look like less. */
static void what_nobody_has_is_not_promised(void **state)
{
	(void)state;
	assert_true(meta_share_set(&pool, &shares[ALICE], 3, 0, false));
	assert_false(meta_share_set(&pool, &shares[BOB], UINT32_MAX, 0, false));
	assert_false(
		meta_share_set(&pool, &shares[BOB], UINT32_MAX - 2, 0, false));
	assert_false(meta_share_set(&pool, &shares[BOB], POOL_PAGES, 0, false));
	assert_int_equal(meta_pool_room(&pool), room - 3);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(lowered_below_large_objects),
		CASE(lowered_below_small_objects),
		CASE(lowered_and_given_back),
		CASE(inherited_large_objects),
		CASE(inherited_small_objects),
		CASE(what_each_begins_with_comes_once),
		CASE(who_starts_over_begins_again),
		CASE(other_objects_are_not_drawn),
		CASE(what_is_taken_is_not_promised),
		CASE(what_nobody_has_is_not_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
