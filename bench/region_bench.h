/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A manager with one guest, and the life of one of its regions at a time, for
 * the benchmarks that include this.
 */
#ifndef BENCH_REGION_BENCH_H
#define BENCH_REGION_BENCH_H

#include <stdio.h>
#include <stdlib.h>

#include <dynshm/region.h>

#include "src/space.h"

#define POOL_SIZE  (UINT64_C(16) << 20)
#define POOL_PA	   UINT64_C(0x0e000000)
#define LIST_PAGES 40u
#define LIST_PA	   UINT64_C(0x40000000)
#define LIST_END   (LIST_PA + LIST_PAGES * SHM_PAGE_SIZE)
#define WINDOW	   (UINT64_C(1) << 40)

/* Where lists lie, and four ranges that begin and end anywhere. */
static const struct pa_range ram[] = {
	{ LIST_PA, LIST_END - 1 },	  { 0x42000000, 0x51fff000 - 1 },
	{ 0x52345000, 0x5a001000 - 1 },	  { 0x80000000, 0x8abcd000 - 1 },
	{ 0x880123000, 0x891000000 - 1 },
};

#define RANGES (sizeof(ram) / sizeof(ram[0]) - 1)

static struct shm shm;
static struct holdings *client;
static pte_t root[PT_ENTRY_COUNT] __attribute__((aligned(4096)));
static uint8_t pool_memory[POOL_SIZE] __attribute__((aligned(4096)));
static uint64_t lists[LIST_PAGES][PAGE_LIST_ENTRIES + 1];

/* Only list pages are ever mapped and accessed, in the call's own page. */
void *bench_memory_at(va_t va)
{
	pte_t pte = client->first_leaf.entries[pt_index(va, PT_LEAF_LEVEL)];

	return (uint8_t *)lists + (pte_address(pte, PT_LEAF_LEVEL) - LIST_PA) +
	       (va & SHM_PAGE_MASK);
}

static inline void require(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "benchmark: %s\n", what);
	exit(1);
}

static inline void write_lists(const pa_t *pages, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		lists[i / PAGE_LIST_ENTRIES][i % PAGE_LIST_ENTRIES] = pages[i];
	for (unsigned int i = 0; i + 1 < LIST_PAGES; i++)
		lists[i][PAGE_LIST_ENTRIES] = LIST_PA + (i + 1) * SHM_PAGE_SIZE;
}

static inline struct region *reserve_region(uint64_t count)
{
	struct region_request request = { .size = count * SHM_PAGE_SIZE };
	struct region *region;

	require(region_create(client, &request, &region) == SHM_OK,
		"no region could be made");
	return region;
}

static inline void map_region(struct region *region)
{
	struct page_list list;
	enum shm_status st;

	page_list_init(&list, client, 0, LIST_PA, region_pages(region));
	do
		st = region_map_slice(region, &list);
	while (st == SHM_INTERRUPTED);
	require(st == SHM_OK, "a page list could not be mapped");
}

/*
 * A region that stays: the slot of 1 GiB in which it is, and others after it,
 * is there for those that are measured.
 */
static inline void keep_slot(void)
{
	pa_t first = (ram[2].first | (GRANULE_SIZE - 1)) + 1;
	pa_t run[GRANULE_PAGES];

	for (unsigned int i = 0; i < GRANULE_PAGES; i++)
		run[i] = first + i * SHM_PAGE_SIZE;
	write_lists(run, GRANULE_PAGES);
	map_region(reserve_region(GRANULE_PAGES));
}

static inline void unmap_region(struct region *region)
{
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
}

static inline void start(void)
{
	struct shm_config config = {
		.pool = pool_memory,
		.pool_pa = POOL_PA,
		.pool_size = POOL_SIZE,
		.ram = ram,
		.ram_count = RANGES + 1,
		.root = root,
		.window = { WINDOW, 3 * WINDOW - 1 },
		.calls_per_guest = 1,
	};
	struct guest *guest = NULL;

	require(shm_init(&shm, &config) == SHM_OK &&
			guest_create(&shm, 1, &guest) == SHM_OK &&
			guest_prepare(&shm, guest) == SHM_OK,
		"the library does not start");
	client = guest->holdings;
}

#endif
