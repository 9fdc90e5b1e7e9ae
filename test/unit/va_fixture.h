/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One pool with a few windows and areas for the tests that include it, and the
 * operations with what they must answer. Invariant 1 is checked after each.
 */
#ifndef TEST_UNIT_VA_FIXTURE_H
#define TEST_UNIT_VA_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dynshm/va_pool.h>

#define PAGE SHM_PAGE_SIZE
#define MIB  (UINT64_C(1) << 20)
#define GIB  (UINT64_C(1) << 30)
#define BASE (UINT64_C(1) << 40)

static struct va_pool pool;
static struct va_window windows[4];
static struct va_area areas[64];

static inline struct va_range range_of(va_t first, uint64_t size)
{
	return (struct va_range){ first, first + size - 1 };
}

static inline void assert_sound(void)
{
	const char *violation = va_pool_check(&pool);

	if (violation != NULL)
		fail_msg("%s", violation);
}

static inline void add(unsigned int window, va_t first, uint64_t size)
{
	assert_int_equal(va_pool_add_window(&pool, &windows[window],
					    range_of(first, size)),
			 SHM_OK);
	assert_sound();
}

static inline enum shm_status reserve(unsigned int area, uint64_t size,
				      uint64_t align, uint64_t offset)
{
	struct va_request request = { size, align, offset, 0 };
	enum shm_status status = va_pool_reserve(&pool, &request, &areas[area]);

	assert_sound();
	return status;
}

static inline void reserve_at(unsigned int area, uint64_t size, uint64_t align,
			      uint64_t offset, va_t expected)
{
	assert_int_equal(reserve(area, size, align, offset), SHM_OK);
	assert_int_equal(areas[area].range.first, expected);
	assert_int_equal(areas[area].range.last, expected + size - 1);
}

static inline void release(unsigned int area)
{
	va_pool_release(&pool, &areas[area]);
	assert_sound();
}

static inline int fresh_pool(void **state)
{
	(void)state;
	va_pool_init(&pool);
	return 0;
}

#define CLAIM(test) cmocka_unit_test_setup(test, fresh_pool)

#endif
