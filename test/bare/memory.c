// SPDX-License-Identifier: BSD-2-Clause
/* Pages for tests, and what a program without a C library has to bring. */
#include "machine.h"

static uint64_t next_page = TEST_FIRST;

void *pages_take(uint64_t count)
{
	uint64_t first = next_page;

	if (count > (TEST_END - first) / PAGE) {
		print("Bail out! out of test memory\n");
		machine_exit(1);
	}
	next_page += count * PAGE;
	return (void *)(uintptr_t)first;
}

uint64_t pages_mark(void)
{
	return next_page;
}

void pages_reset(uint64_t mark)
{
	next_page = mark;
}

void bytes_set(void *at, uint8_t value, size_t size)
{
	uint8_t *bytes = at;

	for (size_t i = 0; i < size; i++)
		bytes[i] = value;
}

bool bytes_equal(const void *a, const void *b, size_t size)
{
	const uint8_t *x = a;
	const uint8_t *y = b;

	for (size_t i = 0; i < size; i++)
		if (x[i] != y[i])
			return false;
	return true;
}

void wait_us(uint64_t us)
{
	uint64_t end = ticks() + ticks_in_us(us);

	while (ticks() < end)
		;
}

/* The compiler calls these by itself. */
void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);

void *memcpy(void *to, const void *from, size_t size)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	while (size-- > 0)
		*t++ = *f++;
	return to;
}

void *memset(void *to, int value, size_t size)
{
	bytes_set(to, (uint8_t)value, size);
	return to;
}
