// SPDX-License-Identifier: BSD-2-Clause
/*
 * What has to be done for each page of a list whatever else is kept of it, per
 * page: reading it, checking that the page is shareable RAM and that nothing is
 * mapped at its place, and its descriptor, in tables that are there. Against a
 * copy of the list, 8 bytes at a time. Then pages that are 2 MiB runs, which go
 * by blocks, as a whole region, against a memcpy() of the list: the image's,
 * built as there, without vector registers, which are not a trusted kernel's to
 * use; and the host's, which has them. And clearing, against a memset() of as
 * many descriptors.
 */
#define _POSIX_C_SOURCE 200112L /* clock_gettime() */
#include "bench/page_lists.h"
#include "src/ram_pages.h"

#define ROUNDS	     400
#define COLD_ROUNDS  40
#define COPY_TARGET  2.5
#define RUN_TARGET   1.5
#define CLEAR_TARGET 1.5

static pte_t tables[PAGES] __attribute__((aligned(4096)));

static void keep_best(double *best, uint64_t start)
{
	double ns = (double)(now_ns() - start) / PAGES;

	if (ns < *best || *best == 0)
		*best = ns;
}

/* As much of the slice as is in one table. */
static uint32_t map_some(struct page_list *list, uint32_t place)
{
	const uint64_t *words = &list->slice[list->at];
	uint32_t fit = PT_ENTRY_COUNT - place % PT_ENTRY_COUNT;
	uint32_t count = list->count - list->at;

	if (count > fit)
		count = fit;
	require(ram_pages_map(&shm.index, words, count, &tables[place],
			      pte_attributes(SHM_MEM_SHARED)) == count,
		"a page was refused");
	list->at += count;
	return count;
}

static void map_list(void)
{
	struct page_list list;
	uint32_t done = 0;

	page_list_init(&list, client, 0, LIST_PA, PAGES);
	while (!page_list_is_done(&list)) {
		require(page_list_fill(&list) == SHM_OK, "no list");
		done += map_some(&list, done);
	}
	cpu_publish_tables();
}

static void clear_tables(void)
{
	for (uint32_t i = 0; i < PAGES; i += PT_ENTRY_COUNT)
		pte_clear_run(&tables[i], PT_ENTRY_COUNT);
	__asm__ volatile("" ::"r"(tables) : "memory");
}

static void check_tables(void)
{
	for (uint32_t i = 0; i < PAGES; i++)
		require(pte_address(tables[i], PT_LEAF_LEVEL) == pages[i],
			"a page was mapped wrongly");
}

struct best {
	double map;
	double copy;
	double clear;
	double memset;
};

static void one_round(struct best *best)
{
	uint64_t start = now_ns();

	map_list();
	keep_best(&best->map, start);
	check_tables();
	copy_list(); /* once to have it all in the cache */
	start = now_ns();
	copy_list();
	keep_best(&best->copy, start);
	clear_copy();
	start = now_ns();
	clear_copy();
	keep_best(&best->memset, start);
	start = now_ns();
	clear_tables();
	keep_best(&best->clear, start);
}

static void print_row(const char *name, double ns, double plain, double target)
{
	printf("%-22s %9.2f %9.2f %9.1f %9.1f\n", name, ns, plain, ns / plain,
	       target);
}

static void print_plain(const char *name, double ns, double plain)
{
	printf("%-22s %9.2f %9.2f %9.1f\n", name, ns, plain, ns / plain);
}

static void print_head(const char *what, const char *plain)
{
	printf("%s, ns a page\n%-22s %9s %9s %9s %9s\n", what, "pages",
	       "dynshm", plain, "ratio", "at most");
}

static void measure_lists(struct best *best)
{
	for (unsigned int i = 0; i < KINDS; i++) {
		kinds[i].fill();
		write_lists(pages, PAGES);
		for (unsigned int round = 0; round < ROUNDS; round++)
			one_round(&best[i]);
	}
}

/* More than any cache has. */
static uint8_t sweep[UINT64_C(96) << 20];

static void forget_cache(void)
{
	for (size_t i = 0; i < sizeof(sweep); i += 64)
		sweep[i]++;
	__asm__ volatile("" ::"r"(sweep) : "memory");
}

/* kernel/string.c */
void *image_memcpy(void *restrict to, const void *restrict from, size_t size);

typedef void *copy_function(void *restrict to, const void *restrict from,
			    size_t size);

static void copy_by(copy_function *copy_some)
{
	for (unsigned int at = 0; at < PAGES; at += PAGE_LIST_ENTRIES) {
		unsigned int count = PAGES - at;

		if (count > PAGE_LIST_ENTRIES)
			count = PAGE_LIST_ENTRIES;
		copy_some(&copy[at], lists[at / PAGE_LIST_ENTRIES],
			  count * sizeof(copy[0]));
	}
	__asm__ volatile("" ::"r"(copy) : "memory");
}

/* A region of 2 MiB runs, and the plain work beside it. */
struct best_run {
	double map;
	double unmap;
	double image;
	double host;
};

static void warm_up(copy_function *copy_some, bool cold)
{
	if (cold)
		forget_cache();
	else
		copy_by(copy_some);
}

static void time_copy(double *best, copy_function *copy_some, bool cold)
{
	uint64_t start;

	warm_up(copy_some, cold);
	start = now_ns();
	copy_by(copy_some);
	keep_best(best, start);
}

static void run_round(struct best_run *best, bool cold)
{
	struct region *region = reserve_region(PAGES);
	uint64_t start;

	warm_up(image_memcpy, cold);
	start = now_ns();
	map_region(region);
	keep_best(&best->map, start);
	region_leave(region);
	start = now_ns();
	unmap_region(region);
	keep_best(&best->unmap, start);
	time_copy(&best->image, image_memcpy, cold);
	time_copy(&best->host, memcpy, cold);
}

static void measure_runs(struct best_run *best, bool cold)
{
	fill_contiguous();
	write_lists(pages, PAGES);
	for (int i = 0; i < (cold ? COLD_ROUNDS : ROUNDS); i++)
		run_round(best, cold);
}

int main(void)
{
	struct best list[KINDS] = { 0 };
	struct best_run hot = { 0 }, cold = { 0 };

	start();
	keep_slot();
	measure_lists(list);
	measure_runs(&hot, false);
	measure_runs(&cold, true);
	print_head("list into prepared tables, pa_index aside", "copy");
	for (unsigned int i = 0; i < KINDS; i++)
		print_row(kinds[i].name, list[i].map, list[i].copy,
			  COPY_TARGET);
	print_head("2 MiB runs as a region, all of it", "memcpy");
	print_row("image's, list in cache", hot.map, hot.image, RUN_TARGET);
	print_row("image's, in memory", cold.map, cold.image, RUN_TARGET);
	print_plain("host's, list in cache", hot.map, hot.host);
	print_plain("host's, in memory", cold.map, cold.host);
	print_head("clearing", "memset");
	print_row("a table's descriptors", list[1].clear, list[1].memset,
		  CLEAR_TARGET);
	print_row("region of 2 MiB runs", hot.unmap, list[0].memset,
		  CLEAR_TARGET);
	return 0;
}
