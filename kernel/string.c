// SPDX-License-Identifier: BSD-2-Clause
/*
 * Memory and strings for a freestanding image: what compilers may call unasked
 * and what libfdt needs. Built so that the loops are not turned back into calls
 * of themselves.
 */
#include <stdint.h>
#include <string.h>

/* Unaligned words are fine: our memory is Normal memory. */
typedef uint64_t __attribute__((may_alias, aligned(1))) word_t;

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	for (; size >= 2 * sizeof(word_t); size -= 2 * sizeof(word_t)) {
		word_t low = *(const word_t *)s;
		word_t high = *(const word_t *)(s + sizeof(word_t));

		*(word_t *)d = low;
		*(word_t *)(d + sizeof(word_t)) = high;
		d += 2 * sizeof(word_t);
		s += 2 * sizeof(word_t);
	}
	while (size-- != 0)
		*d++ = *s++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if ((uintptr_t)d - (uintptr_t)s < size) {
		while (size-- != 0)
			d[size] = s[size];
	} else {
		while (size-- != 0)
			*d++ = *s++;
	}
	return to;
}

void *memset(void *to, int value, size_t size)
{
	unsigned char *d = to;
	word_t word = (unsigned char)value * UINT64_C(0x0101010101010101);

	for (; size >= 2 * sizeof(word_t); size -= 2 * sizeof(word_t)) {
		*(word_t *)d = word;
		*(word_t *)(d + sizeof(word_t)) = word;
		d += 2 * sizeof(word_t);
	}
	while (size-- != 0)
		*d++ = (unsigned char)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *x = a, *y = b;

	for (; size != 0; size--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

void *memchr(const void *from, int value, size_t size)
{
	const unsigned char *s = from;

	for (; size != 0; size--, s++) {
		if (*s == (unsigned char)value)
			return (void *)(uintptr_t)s;
	}
	return NULL;
}

size_t strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

size_t strnlen(const char *s, size_t max)
{
	size_t length = 0;

	while (length < max && s[length] != '\0')
		length++;
	return length;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t max)
{
	for (; max != 0; max--, a++, b++) {
		if (*a != *b || *a == '\0')
			return (unsigned char)*a - (unsigned char)*b;
	}
	return 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++) {
		if (*s == '\0')
			return NULL;
	}
	return (char *)(uintptr_t)s;
}

char *strrchr(const char *s, int c)
{
	const char *found = NULL;

	for (; *s != '\0'; s++) {
		if (*s == (char)c)
			found = s;
	}
	return (char *)(uintptr_t)(c == '\0' ? s : found);
}
