// SPDX-License-Identifier: BSD-2-Clause
/*
 * What it costs to map a page list and to take it out again, per page, against
 * a copy of the same list word by word and a memset() of as many descriptors:
 * into tables that are there already, and into tables made for it, as happens
 * to a region of that size. pa_index is part of it. All kinds of work take
 * turns; the best of all rounds counts.
 */
#define _POSIX_C_SOURCE 200112L /* clock_gettime() */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/region_bench.h"

#define PAGES  4096u
#define ROUNDS 20
#define BATCH  20
#define TARGET 2.5
static pa_t pages[PAGES];
static uint64_t copy[PAGES];

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t next_random(void)
{
	static uint64_t x = 1;

	x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
	return x >> 33;
}

static void fill_contiguous(void)
{
	for (unsigned int i = 0; i < PAGES; i++)
		pages[i] = 0x44000000 + i * SHM_PAGE_SIZE;
}

/* Pages of one range, none twice, in an order that hardly has neighbours. */
static void fill_scattered(void)
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
static void fill_mixed(void)
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

static void check_pages(const struct region *region)
{
	for (unsigned int i = 0; i < PAGES; i++) {
		va_t va = region_address(region, i * SHM_PAGE_SIZE);
		struct space_page page;

		require(space_find_page(owner, va, &page) &&
				page.pa == pages[i],
			"a page was mapped wrongly");
	}
}

/* Map once; from then on the region's tables stay, or no longer. */
static void keep_tables(bool keep)
{
	struct region *region = reserve_region(PAGES);

	map_region(region);
	check_pages(region);
	for (unsigned int i = 0; i < PAGES; i++) {
		struct table *leaf = space_find_leaf(
			owner, region_address(region, i * SHM_PAGE_SIZE));

		if (leaf != NULL) /* else it is in a block */
			leaf->keep = keep;
	}
	region_leave(region);
	unmap_region(region);
}

/* Atomic, so that the compiler neither widens the accesses nor drops them. */
static void copy_list(void)
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

static void clear_copy(void)
{
	memset(copy, 0, sizeof(copy));
	__asm__ volatile("" ::"r"(copy) : "memory");
}

enum work {
	MAP_KEPT,
	UNMAP_KEPT,
	MAP_MADE,
	UNMAP_MADE,
	COPY,
	CLEAR,
	WORK_COUNT
};

static void lap(double best[WORK_COUNT], enum work work, uint64_t *last)
{
	uint64_t now = now_ns();
	double ns = (double)(now - *last) / PAGES;

	if (ns < best[work] || best[work] == 0)
		best[work] = ns;
	*last = now_ns();
}

static void one_round(double best[WORK_COUNT], bool kept)
{
	struct region *region = reserve_region(PAGES);
	uint64_t last = now_ns();

	map_region(region);
	lap(best, kept ? MAP_KEPT : MAP_MADE, &last);
	copy_list(); /* once to have it all in the cache */
	last = now_ns();
	copy_list();
	lap(best, COPY, &last);
	clear_copy();
	lap(best, CLEAR, &last);
	region_leave(region);
	last = now_ns();
	unmap_region(region);
	lap(best, kept ? UNMAP_KEPT : UNMAP_MADE, &last);
}

static void measure(double best[WORK_COUNT])
{
	for (unsigned int round = 0; round < ROUNDS; round++) {
		keep_tables(true);
		for (unsigned int i = 0; i < BATCH; i++)
			one_round(best, true);
		keep_tables(false);
		for (unsigned int i = 0; i < BATCH; i++)
			one_round(best, false);
	}
}

static void print_row(const char *name, double kept, double made, double plain)
{
	printf("%-14s %9.2f %9.2f %9.2f %9.1f %9.1f %9.1f\n", name, kept, made,
	       plain, kept / plain, made / plain, TARGET);
}

static void print_head(const char *what, const char *plain)
{
	printf("page list: %s %u pages, ns a page, tables kept or made\n", what,
	       PAGES);
	printf("%-14s %9s %9s %9s %9s %9s %9s\n", "pages", "kept", "made",
	       plain, "ratio", "made", "target");
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

int main(void)
{
	double best[KINDS][WORK_COUNT] = { 0 };

	start();
	/* Never mapped: it keeps the slot of 1 GiB that the others go to. */
	reserve_region(PAGES);
	for (unsigned int i = 0; i < KINDS; i++) {
		kinds[i].fill();
		write_lists(pages, PAGES);
		measure(best[i]);
	}
	print_head("map", "copy");
	for (unsigned int i = 0; i < KINDS; i++)
		print_row(kinds[i].name, best[i][MAP_KEPT], best[i][MAP_MADE],
			  best[i][COPY]);
	print_head("unmap", "memset");
	for (unsigned int i = 0; i < KINDS; i++)
		print_row(kinds[i].name, best[i][UNMAP_KEPT],
			  best[i][UNMAP_MADE], best[i][CLEAR]);
	return 0;
}
