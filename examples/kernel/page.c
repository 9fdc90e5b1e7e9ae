// SPDX-License-Identifier: BSD-2-Clause
/* A page allocator: one byte a page, first fit. */
#include "kernel.h"

#define PAGE_SIZE  4096u
#define PAGE_COUNT (SECURE_RAM_SIZE / PAGE_SIZE)

extern char bss_end[];

static uint8_t taken[PAGE_COUNT];

void page_init(void)
{
	size_t image = ((uintptr_t)bss_end - SECURE_RAM) / PAGE_SIZE;

	for (size_t i = 0; i < image; i++)
		taken[i] = 1;
}

static size_t run_length(size_t first, size_t wanted)
{
	size_t length = 0;

	while (length < wanted && first + length < PAGE_COUNT &&
	       !taken[first + length])
		length++;
	return length;
}

void *page_alloc(size_t count)
{
	for (size_t first = 0; first < PAGE_COUNT; first++) {
		if (run_length(first, count) < count)
			continue;
		for (size_t i = 0; i < count; i++)
			taken[first + i] = 1;
		return (void *)(SECURE_RAM + first * PAGE_SIZE);
	}
	return NULL;
}

void page_free(void *first, size_t count)
{
	size_t page = ((uintptr_t)first - SECURE_RAM) / PAGE_SIZE;

	for (size_t i = 0; i < count; i++)
		taken[page + i] = 0;
}

size_t page_free_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < PAGE_COUNT; i++)
		count += !taken[i];
	return count;
}
