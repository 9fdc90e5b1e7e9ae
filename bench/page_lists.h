/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page lists that benchmarks map, what they are compared with, and time.
 * For a C file with _POSIX_C_SOURCE.
 */
#ifndef BENCH_PAGE_LISTS_H
#define BENCH_PAGE_LISTS_H

#include <time.h>

#include "bench/region_bench.h"

#define PAGES 4096u

static pa_t pages[PAGES];
static uint64_t copy[PAGES];

static inline uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static inline uint64_t next_random(void)
{
	static uint64_t x = 1;

	x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
	return x >> 33;
}

static inline void fill_contiguous(void)
{
	for (unsigned int i = 0; i < PAGES; i++)
		pages[i] = 0x44000000 + i * SHM_PAGE_SIZE;
}

/* Pages of one range, none twice, in an order that hardly has neighbours. */
static inline void fill_scattered(void)
{
	for (unsigned int i = 0; i < PAGES; i++)
		pages[i] = ram[1].first + i * 2 * SHM_PAGE_SIZE;
	for (unsigned int i = PAGES - 1; i > 0; i--) {
		unsigned int other = (unsigned int)next_random() % (i + 1);
		pa_t page = pages[i];

		pages[i] = pages[other];
		pages[other] = page;
	}
}

/* Runs of 1 to 16 pages, each in another of the four ranges. */
static inline void fill_mixed(void)
{
	unsigned int i = 0;

	for (unsigned int turn = 0; i < PAGES; turn++) {
		const struct pa_range *range = &ram[1 + turn % RANGES];
		uint64_t count = (range->last - range->first) / SHM_PAGE_SIZE;
		pa_t page = range->first +
			    next_random() % (count - 16) * SHM_PAGE_SIZE;

		for (uint64_t run = 1 + next_random() % 16;
		     run > 0 && i < PAGES; run--, page += SHM_PAGE_SIZE)
			pages[i++] = page;
	}
}

/* Atomic, so that the compiler neither widens the accesses nor drops them. */
static inline void copy_list(void)
{
	uint64_t *to = copy;

	for (unsigned int page = 0; to < copy + PAGES; page++) {
		const uint64_t *from = lists[page];
		const uint64_t *end = from + PAGE_LIST_ENTRIES;

		while (from < end && to < copy + PAGES)
			__atomic_store_n(
				to++, __atomic_load_n(from++, __ATOMIC_RELAXED),
				__ATOMIC_RELAXED);
	}
}

static inline void clear_copy(void)
{
	memset(copy, 0, sizeof(copy));
	__asm__ volatile("" ::"r"(copy) : "memory");
}

static const struct {
	const char *name;
	void (*fill)(void);
} kinds[] = {
	{ "contiguous", fill_contiguous },
	{ "scattered", fill_scattered },
	{ "4 RAM ranges", fill_mixed },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

#endif
