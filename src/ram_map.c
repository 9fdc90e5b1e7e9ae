// SPDX-License-Identifier: BSD-2-Clause
/*
 * The constant half of pa_index: which physical pages are shareable RAM. Built
 * once from the platform's ranges. A granule that is RAM from end to end
 * points at one shared bitmap, so that the common test is one comparison.
 */
#include "pa_index.h"

const struct ram_bitmap ram_full = { {
	UINT64_MAX,
	UINT64_MAX,
	UINT64_MAX,
	UINT64_MAX,
	UINT64_MAX,
	UINT64_MAX,
	UINT64_MAX,
	UINT64_MAX,
} };

/* What pages of the format can lead to; RAM beyond is as if it were not. */
#define PAGE_PA_LAST ((UINT64_C(1) << PT_PAGE_PA_BITS) - 1)

static struct pa_range reachable(struct pa_range range)
{
	if (range.last > PAGE_PA_LAST)
		range.last = PAGE_PA_LAST;
	return range;
}

static uint32_t pages_for(uint64_t bytes)
{
	return (uint32_t)((bytes + SHM_PAGE_MASK) >> SHM_PAGE_SHIFT);
}

/* Mark the pages of `part`, which lies inside one granule. */
static enum shm_status mark_part(struct pa_index *index,
				 struct meta_cache *bitmaps,
				 struct granule_entry *entry,
				 struct pa_range part)
{
	struct ram_bitmap *bitmap;
	uint64_t first = (part.first >> SHM_PAGE_SHIFT) % GRANULE_PAGES;
	uint64_t last = (part.last >> SHM_PAGE_SHIFT) % GRANULE_PAGES;

	if (first == 0 && last == GRANULE_PAGES - 1) {
		entry->ram = &ram_full;
		return SHM_OK;
	}
	if (entry->ram == RAM_NONE)
		entry->ram = meta_object_alloc(index->pool, bitmaps, NULL);
	if (entry->ram == RAM_NONE)
		return SHM_NO_METADATA;
	bitmap = (struct ram_bitmap *)(uintptr_t)entry->ram;
	for (uint64_t i = first; i <= last; i++)
		bitmap->words[i / 64] |= UINT64_C(1) << (i % 64);
	return SHM_OK;
}

static enum shm_status mark_range(struct pa_index *index,
				  struct meta_cache *bitmaps,
				  struct pa_range range)
{
	pa_t at = range.first;
	enum shm_status st = SHM_OK;

	while (st == SHM_OK && at <= range.last) {
		uint64_t gib = (at - index->first) >> GIB_SHIFT;
		struct granule_entry **entries = &index->gibs[gib];
		pa_t last = at | (GRANULE_SIZE - 1);

		if (*entries == NULL)
			*entries = meta_pages_carve(
				index->pool,
				pages_for(GIB_GRANULES *
					  sizeof(struct granule_entry)));
		if (*entries == NULL)
			return SHM_NO_METADATA;
		if (last > range.last)
			last = range.last;
		st = mark_part(
			index, bitmaps,
			&(*entries)[(at >> GRANULE_SHIFT) % GIB_GRANULES],
			(struct pa_range){ at, last });
		at = last + 1;
	}
	return st;
}

static enum shm_status check_ranges(const struct pa_range *ram, size_t count)
{
	if (count == 0)
		return SHM_BAD_SIZE;
	for (size_t i = 0; i < count; i++) {
		if (!shm_page_aligned(ram[i].first) ||
		    !shm_page_aligned(ram[i].last + 1) ||
		    ram[i].first > ram[i].last || ram[i].last >> 48 != 0 ||
		    (i > 0 && ram[i - 1].last >= ram[i].first))
			return SHM_BAD_ADDRESS;
	}
	return SHM_OK;
}

enum shm_status pa_index_init(struct pa_index *index, struct meta_pool *pool,
			      const struct pa_range *ram, size_t ram_count)
{
	enum shm_status st = check_ranges(ram, ram_count);
	struct meta_cache bitmaps;

	if (st == SHM_OK && ram[0].first > PAGE_PA_LAST)
		st = SHM_BAD_ADDRESS;
	if (st != SHM_OK)
		return st;
	while (ram[ram_count - 1].first > PAGE_PA_LAST)
		ram_count--;
	*index = (struct pa_index){
		.pool = pool,
		.first = ram[0].first >> GIB_SHIFT << GIB_SHIFT,
	};
	index->gib_count =
		((reachable(ram[ram_count - 1]).last - index->first) >>
		 GIB_SHIFT) +
		1;
	index->gibs = meta_pages_carve(
		pool,
		pages_for(index->gib_count * sizeof(struct granule_entry *)));
	if (index->gibs == NULL)
		return SHM_NO_METADATA;
	meta_cache_init(&bitmaps, sizeof(struct ram_bitmap));
	for (size_t i = 0; st == SHM_OK && i < ram_count; i++)
		st = mark_range(index, &bitmaps, reachable(ram[i]));
	return st;
}

bool pa_index_is_ram(const struct pa_index *index, pa_t pa, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++, pa += SHM_PAGE_SIZE) {
		const struct granule_entry *entry =
			granule_entry_find(index, pa);
		uint64_t page = (pa >> SHM_PAGE_SHIFT) % GRANULE_PAGES;

		if (entry == NULL || entry->ram == RAM_NONE)
			return false;
		if (!(entry->ram->words[page / 64] >> (page % 64) & 1))
			return false;
	}
	return true;
}

static bool any_page(const struct ram_bitmap *ram, struct pa_range part)
{
	uint64_t first = (part.first >> SHM_PAGE_SHIFT) % GRANULE_PAGES;
	uint64_t last = (part.last >> SHM_PAGE_SHIFT) % GRANULE_PAGES;

	for (uint64_t i = first; ram != RAM_NONE && i <= last; i++)
		if (ram->words[i / 64] >> (i % 64) & 1)
			return true;
	return false;
}

bool pa_index_touches_ram(const struct pa_index *index, struct pa_range range)
{
	pa_t last = index->first + (index->gib_count << GIB_SHIFT) - 1;
	pa_t at = range.first < index->first ? index->first : range.first;

	if (last > range.last)
		last = range.last;
	while (at <= last) {
		struct granule_entry *entry = granule_entry_find(index, at);
		uint64_t step =
			entry == NULL ? UINT64_C(1) << GIB_SHIFT : GRANULE_SIZE;
		pa_t end = at | (step - 1);

		if (end > last)
			end = last;
		if (entry != NULL &&
		    any_page(entry->ram, (struct pa_range){ at, end }))
			return true;
		at = end + 1;
	}
	return false;
}
