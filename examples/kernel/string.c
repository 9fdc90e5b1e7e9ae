// SPDX-License-Identifier: BSD-2-Clause
/* All that the library wants of a C library. */
#include <stddef.h>
#include <stdint.h>

void *memset(void *to, int byte, size_t size);
void *memcpy(void *restrict to, const void *restrict from, size_t size);

void *memset(void *to, int byte, size_t size)
{
	uint8_t *at = to;

	while (size-- > 0)
		*at++ = (uint8_t)byte;
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	uint8_t *at = to;
	const uint8_t *next = from;

	while (size-- > 0)
		*at++ = *next++;
	return to;
}
