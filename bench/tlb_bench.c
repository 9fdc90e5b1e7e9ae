// SPDX-License-Identifier: BSD-2-Clause
/*
 * What unmapping asks of the TLBs: operations and pairs of barriers for regions
 * of many sizes, on cores that have invalidations of ranges and on others.
 * These are counts, the same in each run. With --json, an array of objects.
 */
#include <string.h>

#include "bench/region_bench.h"

#define KIB	  UINT64_C(1024)
#define MAX_PAGES ((unsigned int)(64 * KIB * KIB / SHM_PAGE_SIZE))

static pa_t pages[MAX_PAGES];

static const uint64_t sizes[] = {
	4 * KIB,      64 * KIB,	     256 * KIB,	    KIB *KIB,
	2 * KIB *KIB, 16 * KIB *KIB, 64 * KIB *KIB,
};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* Neighbours, from the start of a granule on. */
static void fill_contiguous(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		pages[i] = 0x44000000 + i * SHM_PAGE_SIZE;
}

/* Every other page of one range. */
static void fill_scattered(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		pages[i] = ram[1].first + (i * 2 + 1) * SHM_PAGE_SIZE;
}

static const struct kind {
	const char *name;
	void (*fill)(unsigned int count);
} kinds[] = {
	{ "contiguous", fill_contiguous },
	{ "scattered", fill_scattered },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static struct bench_tlb count_unmap(const struct kind *kind, uint64_t size)
{
	unsigned int count = (unsigned int)(size / SHM_PAGE_SIZE);
	struct bench_tlb before;
	struct bench_tlb now;
	struct region *region = reserve_region(count);

	kind->fill(count);
	write_lists(pages, count);
	map_region(region);
	region_leave(region);
	before = bench_tlb;
	unmap_region(region);
	now = bench_tlb;
	return (struct bench_tlb){
		.brackets = now.brackets - before.brackets,
		.leaf = now.leaf - before.leaf,
		.va = now.va - before.va,
		.ranges = now.ranges - before.ranges,
		.all = now.all - before.all,
		.has_ranges = now.has_ranges,
	};
}

static uint64_t operations(const struct bench_tlb *tlb)
{
	return tlb->leaf + tlb->va + tlb->ranges + tlb->all;
}

static double per_mib(uint64_t count, uint64_t size)
{
	return (double)count * (double)(KIB * KIB) / (double)size;
}

static void print_row(const char *name, uint64_t size,
		      const struct bench_tlb *tlb)
{
	printf("%-10s %9llu %6s %6llu %6llu %6llu %6llu %8llu %9.2f %9.2f\n",
	       name, (unsigned long long)(size / KIB),
	       tlb->has_ranges ? "yes" : "no", (unsigned long long)tlb->leaf,
	       (unsigned long long)tlb->va, (unsigned long long)tlb->ranges,
	       (unsigned long long)tlb->all, (unsigned long long)tlb->brackets,
	       per_mib(operations(tlb), size), per_mib(tlb->brackets, size));
}

static void print_json(const char *name, uint64_t size,
		       const struct bench_tlb *tlb)
{
	static bool more;

	printf("%s\n  {\"pages\": \"%s\", \"bytes\": %llu, \"ranges\": %s, "
	       "\"leaf\": %llu, \"all_levels\": %llu, \"by_range\": %llu, "
	       "\"everything\": %llu, \"barriers\": %llu}",
	       more ? "," : "[", name, (unsigned long long)size,
	       tlb->has_ranges ? "true" : "false",
	       (unsigned long long)tlb->leaf, (unsigned long long)tlb->va,
	       (unsigned long long)tlb->ranges, (unsigned long long)tlb->all,
	       (unsigned long long)tlb->brackets);
	more = true;
}

static void measure(bool json)
{
	for (unsigned int kind = 0; kind < KINDS; kind++)
		for (unsigned int i = 0; i < SIZES; i++) {
			struct bench_tlb tlb =
				count_unmap(&kinds[kind], sizes[i]);

			(json ? print_json : print_row)(kinds[kind].name,
							sizes[i], &tlb);
		}
}

static void print_head(void)
{
	puts("tlb: operations and pairs of barriers to unmap a region");
	printf("%-10s %9s %6s %6s %6s %6s %6s %8s %9s %9s\n", "pages", "KiB",
	       "ranges", "leaf", "levels", "range", "all", "barriers",
	       "ops/MiB", "barr./MiB");
}

int main(int argc, char **argv)
{
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;

	if (!json)
		print_head();
	for (unsigned int ranges = 0; ranges < 2; ranges++) {
		bench_tlb.has_ranges = ranges != 0;
		start();
		keep_slot();
		measure(json);
	}
	if (json)
		puts("\n]");
	return 0;
}
