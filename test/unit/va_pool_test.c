/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pool of virtual ranges, claim by claim. Random sequences against the
 * model are in va_pool_model_test.c,
 * windows that come and go in va_window_test.c.
 */
#include "va_fixture.h"

/* One window at BASE, of which the pages in `taken` are reserved. */
static void pages_taken(unsigned int pages, uint64_t taken)
{
	add(0, BASE, pages * PAGE);
	for (unsigned int i = 0; i < pages; i++)
		reserve_at(i, PAGE, PAGE, 0, BASE + i * PAGE);
	for (unsigned int i = 0; i < pages; i++)
		if ((taken >> i & 1) == 0)
			release(i);
}

static void pool_without_windows_has_nothing(void **state)
{
	(void)state;
	assert_int_equal(reserve(0, PAGE, PAGE, 0), SHM_NO_VA);
	assert_int_equal(va_pool_largest_gap(&pool), 0);
	assert_null(va_pool_find(&pool, BASE));
	assert_null(va_pool_first_area(&pool));
}

static void lowest_gap_that_is_large_enough_is_taken(void **state)
{
	(void)state;
	pages_taken(16, 0xd11d); /* free: 1, 5 to 7, 9 to 11, 13 */
	reserve_at(20, 3 * PAGE, PAGE, 0, BASE + 5 * PAGE);
	reserve_at(21, PAGE, PAGE, 0, BASE + PAGE);
	reserve_at(22, 3 * PAGE, PAGE, 0, BASE + 9 * PAGE);
	reserve_at(23, PAGE, PAGE, 0, BASE + 13 * PAGE);
	assert_int_equal(reserve(24, PAGE, PAGE, 0), SHM_NO_VA);
}

static void exact_fit_with_large_alignment_is_found(void **state)
{
	(void)state;
	/* 1 GiB exactly, though size + align - page is in no gap. */
	add(0, 3 * GIB, GIB);
	reserve_at(0, GIB, GIB, 0, 3 * GIB);
	release(0);
	/* And with gaps before it that are as large but lie across. */
	add(1, 5 * GIB + MIB, GIB + GIB / 2);
	add(2, 8 * GIB - PAGE, GIB);
	add(3, 16 * GIB, GIB);
	reserve_at(0, GIB, GIB, 0, 3 * GIB);
	reserve_at(1, GIB, GIB, 0, 16 * GIB);
	assert_int_equal(reserve(2, GIB, GIB, 0), SHM_NO_VA);
	reserve_at(2, GIB, GIB, MIB, 5 * GIB + MIB);
}

static void range_is_congruent_to_the_offset_asked_for(void **state)
{
	(void)state;
	add(0, BASE, 16 * MIB);
	reserve_at(0, 4 * MIB, 2 * MIB, 5 * PAGE, BASE + 5 * PAGE);
	reserve_at(1, PAGE, 2 * MIB, 4 * PAGE, BASE + 4 * PAGE);
	reserve_at(2, 2 * MIB, 2 * MIB, 5 * PAGE, BASE + 4 * MIB + 5 * PAGE);
	reserve_at(3, 2 * MIB, 2 * MIB, 4 * PAGE, BASE + 8 * MIB + 4 * PAGE);
}

static void malformed_requests_are_refused(void **state)
{
	(void)state;
	add(0, BASE, 16 * MIB);
	assert_int_equal(reserve(0, 0, PAGE, 0), SHM_BAD_SIZE);
	assert_int_equal(reserve(0, PAGE + 1, PAGE, 0), SHM_BAD_SIZE);
	assert_int_equal(reserve(0, PAGE, 0, 0), SHM_BAD_ADDRESS);
	assert_int_equal(reserve(0, PAGE, PAGE / 2, 0), SHM_BAD_ADDRESS);
	assert_int_equal(reserve(0, PAGE, 3 * PAGE, 0), SHM_BAD_ADDRESS);
	assert_int_equal(reserve(0, PAGE, 2 * PAGE, 2 * PAGE), SHM_BAD_ADDRESS);
	assert_int_equal(reserve(0, PAGE, 2 * PAGE, 1), SHM_BAD_ADDRESS);
	assert_int_equal(reserve(0, UINT64_MAX - PAGE + 1, PAGE, 0), SHM_NO_VA);
	assert_int_equal(pool.reserved_size, 0);
}

static void bound_on_tries_gives_up_and_changes_nothing(void **state)
{
	struct va_request request = { PAGE, 4 * PAGE, 0, 4 };
	struct va_area area = { .gap = 77 };

	(void)state;
	/*
	 * The odd pages are free. Pages 1, 5, 9 and 13 are looked into; after
	 * a miss in 1 nothing below 4 can do, so that 3 is passed over.
	 */
	pages_taken(16, 0x5555);
	add(1, BASE + MIB, PAGE);
	assert_int_equal(va_pool_reserve(&pool, &request, &area), SHM_NO_VA);
	assert_int_equal(area.gap, 77);
	assert_sound();
	request.max_tries = 5;
	assert_int_equal(va_pool_reserve(&pool, &request, &area), SHM_OK);
	assert_int_equal(area.range.first, BASE + MIB);
}

static void bound_of_one_try_suffices_at_page_alignment(void **state)
{
	struct va_request request = { 2 * PAGE, PAGE, 0, 1 };

	(void)state;
	pages_taken(16, 0x3555); /* only the last two pages are neighbours */
	assert_int_equal(va_pool_reserve(&pool, &request, &areas[20]), SHM_OK);
	assert_int_equal(areas[20].range.first, BASE + 14 * PAGE);
}

static void released_neighbours_become_one_gap(void **state)
{
	(void)state;
	for (unsigned int order = 0; order < 6; order++) {
		unsigned int first = order % 3;
		unsigned int second = (first + 1 + order / 3) % 3;

		va_pool_init(&pool);
		pages_taken(3, 7);
		release(first);
		release(second);
		release(3 - first - second);
		assert_int_equal(va_pool_largest_gap(&pool), 3 * PAGE);
		reserve_at(5, 3 * PAGE, PAGE, 0, BASE);
	}
}

static void area_is_found_by_every_byte_of_it_and_no_other(void **state)
{
	(void)state;
	add(0, BASE, 8 * PAGE);
	reserve_at(0, 2 * PAGE, 8 * PAGE, PAGE, BASE + PAGE);
	reserve_at(1, PAGE, 8 * PAGE, 3 * PAGE, BASE + 3 * PAGE);
	assert_null(va_pool_find(&pool, BASE));
	assert_null(va_pool_find(&pool, BASE + PAGE - 1));
	assert_ptr_equal(va_pool_find(&pool, BASE + PAGE), &areas[0]);
	assert_ptr_equal(va_pool_find(&pool, BASE + 3 * PAGE - 1), &areas[0]);
	assert_ptr_equal(va_pool_find(&pool, BASE + 3 * PAGE), &areas[1]);
	assert_ptr_equal(va_pool_find(&pool, BASE + 4 * PAGE - 1), &areas[1]);
	assert_null(va_pool_find(&pool, BASE + 4 * PAGE));
	assert_null(va_pool_find(&pool, 0));
	assert_null(va_pool_find(&pool, UINT64_MAX));
}

static void metadata_of_an_area_is_at_most_64_bytes(void **state)
{
	(void)state;
	assert_true(sizeof(struct va_area) <= 64);
}

static void area_walk_meets_all_in_order_and_no_heads(void **state)
{
	struct va_area *area;
	unsigned int i = 0;

	(void)state;
	add(0, BASE, 2 * PAGE);
	add(1, BASE + 4 * PAGE, 2 * PAGE);
	add(2, BASE + 8 * PAGE, PAGE);
	for (i = 0; i < 4; i++)
		assert_int_equal(reserve(i, PAGE, PAGE, 0), SHM_OK);
	i = 0;
	for (area = va_pool_first_area(&pool); area != NULL;
	     area = va_pool_next_area(area))
		assert_ptr_equal(area, &areas[i++]);
	assert_int_equal(i, 4);
}

static void checker_sees_each_kind_of_damage(void **state)
{
	uint64_t *numbers[] = {
		&areas[1].range.first,	&areas[1].range.last,
		&areas[1].gap,		&areas[1].max_gap,
		&windows[0].head.gap,	&windows[0].head.range.first,
		&pool.reserved_size,	&pool.window_size,
		&windows[0].range.last, &windows[1].range.first,
	};

	(void)state;
	add(0, BASE, 8 * PAGE);
	add(1, BASE + 16 * PAGE, 8 * PAGE);
	for (unsigned int i = 0; i < 5; i++)
		reserve_at(i, PAGE, 2 * PAGE, 0,
			   BASE + (2 * i + (i == 4 ? 8 : 0)) * PAGE);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		*numbers[i] += PAGE;
		assert_non_null(va_pool_check(&pool));
		*numbers[i] -= 2 * PAGE;
		assert_non_null(va_pool_check(&pool));
		*numbers[i] += PAGE;
		assert_sound();
	}
}

/* What the bits of `free_pages` say, tried from below. */
static int lowest_by_bits(uint32_t free_pages, unsigned int pages,
			  unsigned int size, unsigned int align,
			  unsigned int offset)
{
	uint32_t want = (UINT32_C(1) << size) - 1;

	for (unsigned int at = offset; at + size <= pages; at += align)
		if ((free_pages & want << at) == want << at)
			return (int)at;
	return -1;
}

static void try_request(int at, unsigned int size, unsigned int align,
			unsigned int offset)
{
	if (at < 0) {
		assert_int_equal(
			reserve(60, size * PAGE, align * PAGE, offset * PAGE),
			SHM_NO_VA);
		return;
	}
	reserve_at(60, size * PAGE, align * PAGE, offset * PAGE,
		   BASE + (unsigned int)at * PAGE);
	release(60);
}

static void try_all_requests(uint32_t free_pages, unsigned int pages)
{
	for (unsigned int size = 1; size <= pages; size++)
		for (unsigned int align = 1; align <= 8; align *= 2)
			for (unsigned int off = 0; off < align; off++)
				try_request(lowest_by_bits(free_pages, pages,
							   size, align, off),
					    size, align, off);
}

static void every_request_on_every_pool_of_ten_pages_is_right(void **state)
{
	(void)state;
	for (uint32_t taken = 0; taken < 1024; taken++) {
		va_pool_init(&pool);
		pages_taken(10, taken);
		try_all_requests(~taken & 1023, 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(pool_without_windows_has_nothing),
		CLAIM(lowest_gap_that_is_large_enough_is_taken),
		CLAIM(exact_fit_with_large_alignment_is_found),
		CLAIM(range_is_congruent_to_the_offset_asked_for),
		CLAIM(malformed_requests_are_refused),
		CLAIM(bound_on_tries_gives_up_and_changes_nothing),
		CLAIM(bound_of_one_try_suffices_at_page_alignment),
		CLAIM(released_neighbours_become_one_gap),
		CLAIM(area_is_found_by_every_byte_of_it_and_no_other),
		CLAIM(metadata_of_an_area_is_at_most_64_bytes),
		CLAIM(area_walk_meets_all_in_order_and_no_heads),
		CLAIM(checker_sees_each_kind_of_damage),
		CLAIM(every_request_on_every_pool_of_ten_pages_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
