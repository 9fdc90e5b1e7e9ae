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

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(window_that_overlaps_or_is_no_pages_is_refused),
		CLAIM(whole_address_space_but_page_0_is_usable),
		CLAIM(area_may_cross_the_seam_of_windows),
		CLAIM(windows_apart_are_never_crossed),
		CLAIM(free_window_goes_whatever_its_neighbours_hold),
		CLAIM(pool_is_empty_again_after_the_last_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
