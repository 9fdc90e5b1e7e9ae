/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The windows of a pool of virtual ranges: what may become one, what happens
 * where two touch, and when one may go.
 */
#include "va_fixture.h"

static void window_that_overlaps_or_is_no_pages_is_refused(void **state)
{
	static const struct {
		va_t first, last;
		enum shm_status status;
	} cases[] = {
		{ BASE, BASE + PAGE - 1, SHM_CONFLICT },
		{ BASE - PAGE, BASE + PAGE - 1, SHM_CONFLICT },
		{ BASE + 3 * PAGE, BASE + 5 * PAGE - 1, SHM_CONFLICT },
		{ BASE - PAGE, BASE + 5 * PAGE - 1, SHM_CONFLICT },
		{ BASE - PAGE, BASE, SHM_BAD_ADDRESS },
		{ BASE - 1, BASE - 1, SHM_BAD_ADDRESS },
		{ BASE - PAGE, BASE - 2 * PAGE - 1, SHM_BAD_ADDRESS },
		{ 0, PAGE - 1, SHM_BAD_ADDRESS },
		{ 0, UINT64_MAX, SHM_BAD_ADDRESS },
	};

	(void)state;
	add(0, BASE, 4 * PAGE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct va_range range = { cases[i].first, cases[i].last };

		assert_int_equal(va_pool_add_window(&pool, &windows[1], range),
				 cases[i].status);
		assert_sound();
		assert_int_equal(pool.window_size, 4 * PAGE);
	}
}

static void whole_address_space_but_page_0_is_usable(void **state)
{
	struct va_range range = { PAGE, UINT64_MAX };

	(void)state;
	assert_int_equal(va_pool_add_window(&pool, &windows[0], range), SHM_OK);
	assert_sound();
	reserve_at(0, UINT64_MAX - 2 * PAGE + 1, PAGE, 0, PAGE);
	reserve_at(1, PAGE, PAGE, 0, UINT64_MAX - PAGE + 1);
	assert_int_equal(reserve(2, PAGE, PAGE, 0), SHM_NO_VA);
	assert_ptr_equal(va_pool_find(&pool, UINT64_MAX), &areas[1]);
	release(0);
	/* No address above the last gap: the search must not wrap. */
	assert_int_equal(reserve(2, PAGE, UINT64_C(1) << 63, 0), SHM_OK);
	assert_int_equal(reserve(3, PAGE, UINT64_C(1) << 63, 0), SHM_NO_VA);
	release(1);
	reserve_at(1, 2 * PAGE, PAGE, 0, PAGE);
}

static void area_may_cross_the_seam_of_windows(void **state)
{
	(void)state;
	add(1, BASE + GIB, GIB);
	add(0, BASE, GIB);
	add(2, BASE + 2 * GIB, GIB);
	reserve_at(0, 3 * GIB, PAGE, 0, BASE);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(va_pool_remove_window(&pool, &windows[i]),
				 SHM_BAD_STATE);
	assert_sound();
	release(0);
	assert_int_equal(va_pool_largest_gap(&pool), 3 * GIB);
}

static void windows_apart_are_never_crossed(void **state)
{
	(void)state;
	add(0, BASE, GIB);
	add(1, BASE + GIB + PAGE, GIB);
	assert_int_equal(reserve(0, GIB + PAGE, PAGE, 0), SHM_NO_VA);
	reserve_at(0, GIB, PAGE, 0, BASE);
	reserve_at(1, GIB, PAGE, 0, BASE + GIB + PAGE);
}

static void free_window_goes_whatever_its_neighbours_hold(void **state)
{
	(void)state;
	/* Each of the four states of the neighbours, taken up to the seam. */
	for (unsigned int taken = 0; taken < 4; taken++) {
		va_pool_init(&pool);
		for (unsigned int i = 0; i < 3; i++)
			add(i, BASE + i * MIB, MIB);
		for (unsigned int i = 0; i < 3; i++)
			reserve_at(i, MIB, PAGE, 0, BASE + i * MIB);
		release(1);
		if ((taken & 1) == 0)
			release(0);
		if ((taken & 2) == 0)
			release(2);
		assert_int_equal(va_pool_remove_window(&pool, &windows[1]),
				 SHM_OK);
		assert_sound();
		assert_int_equal(pool.window_size, 2 * MIB);
		assert_int_equal(reserve(5, MIB + PAGE, PAGE, 0), SHM_NO_VA);
		add(3, BASE + MIB, MIB);
		reserve_at(6, MIB, PAGE, 0, BASE + (taken & 1 ? MIB : 0));
	}
}

static void pool_is_empty_again_after_the_last_window(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3; i++)
		add(i, BASE + i * MIB, MIB);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(va_pool_remove_window(&pool, &windows[i]),
				 SHM_OK);
		assert_sound();
	}
	assert_true(rb_is_empty(&pool.areas));
	assert_true(rb_is_empty(&pool.windows));
}

/* Nodes on the longest way down. */
static unsigned int height(const struct rb_tree *tree)
{
	unsigned int most = 0;

	for (struct rb_node *node = rb_first(tree); node != NULL;
	     node = rb_next(node)) {
		unsigned int steps = 0;

		for (struct rb_node *at = node; at != NULL; at = rb_parent(at))
			steps++;
		if (steps > most)
			most = steps;
	}
	return most;
}

/* At most 2 log2(count + 1). */
static void assert_flat(const struct rb_tree *tree, uint64_t count)
{
	assert_in_range(UINT64_C(1) << height(tree), 1,
			(count + 1) * (count + 1));
}

/* A look-up is one way down one tree, for areas as for windows. */
static void look_ups_take_the_logarithm_of_the_windows(void **state)
{
	static struct va_window many[1024];
	static struct va_area inside[1024];
	struct va_request request = va_request_pages(MIB);

	(void)state;
	for (uint64_t n = 0; n < 1024; n++) {
		/* None touches another, and they do not come in order. */
		va_t first = BASE + (n * 389 % 1024) * 2 * MIB;

		assert_int_equal(va_pool_add_window(&pool, &many[n],
						    range_of(first, MIB)),
				 SHM_OK);
		assert_int_equal(va_pool_reserve(&pool, &request, &inside[n]),
				 SHM_OK);
		assert_int_equal(inside[n].range.first, first);
		assert_flat(&pool.windows, n + 1);
		assert_flat(&pool.areas, 2 * (n + 1));
		for (uint64_t i = 0; i <= n; i += 1 + n / 16) {
			va_t last = inside[i].range.last;

			assert_ptr_equal(va_pool_find(&pool, last), &inside[i]);
			assert_null(va_pool_find(&pool, last + 1));
		}
	}
	assert_sound();
	assert_in_range(height(&pool.windows), 11, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(window_that_overlaps_or_is_no_pages_is_refused),
		CLAIM(whole_address_space_but_page_0_is_usable),
		CLAIM(area_may_cross_the_seam_of_windows),
		CLAIM(windows_apart_are_never_crossed),
		CLAIM(free_window_goes_whatever_its_neighbours_hold),
		CLAIM(pool_is_empty_again_after_the_last_window),
		CLAIM(look_ups_take_the_logarithm_of_the_windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
