// SPDX-License-Identifier: BSD-2-Clause
/*
 * What it costs to map a page list as a region and to take it out again, per
 * page, against a copy of the same list word by word and a memset() of as many
 * descriptors: into tables that are kept, and into tables made for it, as
 * happens to a region of that size. pa_index is part of it, and bookkeeping;
 * ram_pages_bench.c is without. All kinds of work take turns; the best of all
 * rounds counts.
 */
#define _POSIX_C_SOURCE 200112L /* clock_gettime() */
#include "bench/page_lists.h"

#define ROUNDS 20
#define BATCH  20

static void check_pages(const struct region *region)
{
	for (unsigned int i = 0; i < PAGES; i++) {
		va_t va = region_address(region, i * SHM_PAGE_SIZE);
		struct space_page page;

		require(space_find_page(client, va, &page) &&
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
			client, region_address(region, i * SHM_PAGE_SIZE));

		if (leaf != NULL) /* else it is in a block */
			leaf->keep = keep;
	}
	region_leave(region);
	unmap_region(region);
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
	printf("%-14s %9.2f %9.2f %9.2f %9.1f %9.1f\n", name, kept, made, plain,
	       kept / plain, made / plain);
}

static void print_head(const char *what, const char *plain)
{
	printf("region: %s %u pages, pa_index included, ns a page\n", what,
	       PAGES);
	printf("%-14s %9s %9s %9s %9s %9s\n", "pages", "kept", "made", plain,
	       "ratio", "made");
}

int main(void)
{
	double best[KINDS][WORK_COUNT] = { 0 };

	start();
	keep_slot();
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
