// SPDX-License-Identifier: BSD-2-Clause
/*
 * The constant half of pa_index: which physical pages are shareable RAM. Built
 * once from the platform's ranges. Most granules have one range of it at most,
 * which their entry tells; others have a bitmap.
 */
#include "pa_index.h"

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

/* The first of a range of pages of one granule, and how many. */
struct piece {
	uint16_t first;
	uint16_t count;
};

static struct piece piece_of(struct pa_range part)
{
	return (struct piece){
		(uint16_t)granule_page_of(part.first),
		(uint16_t)(((part.last - part.first) >> SHM_PAGE_SHIFT) + 1),
	};
}

static void bitmap_set(struct ram_bitmap *bitmap, struct piece piece)
{
	for (uint32_t i = piece.first; i < piece.first + piece.count; i++)
		bitmap->words[i / 64] |= UINT64_C(1) << (i % 64);
}

/*
 * Mark the pages of `part`, which lies inside one granule, behind all that was
 * marked before; *bitmaps have been used.
 */
static void mark_part(struct pa_index *index, uint16_t *bitmaps,
		      struct granule_entry *entry, struct pa_range part)
{
	struct piece before = { entry->ram_first, entry->ram_count };
	struct piece piece = piece_of(part);

	if (before.count == 0 && before.first == 0) {
		entry->ram_first = piece.first;
		entry->ram_count = piece.count;
	} else if (before.count != 0 &&
		   before.first + before.count == piece.first) {
		entry->ram_count = (uint16_t)(before.count + piece.count);
	} else {
		if (before.count != 0) {
			bitmap_set(&index->bitmaps[*bitmaps], before);
			entry->ram_first = ++*bitmaps;
			entry->ram_count = 0;
		}
		bitmap_set(&index->bitmaps[entry->ram_first - 1], piece);
	}
}

static enum shm_status mark_range(struct pa_index *index, uint16_t *bitmaps,
				  struct pa_range range)
{
	pa_t at = range.first;

	while (at <= range.last) {
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
		mark_part(index, bitmaps,
			  &(*entries)[(at >> GRANULE_SHIFT) % GIB_GRANULES],
			  (struct pa_range){ at, last });
		at = last + 1;
	}
	return SHM_OK;
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

/* Bitmaps for granules in which a range ends and another begins. */
static enum shm_status make_bitmaps(struct pa_index *index,
				    const struct pa_range *ram, size_t count)
{
	size_t holes = 0;

	for (size_t i = 1; i < count; i++)
		holes += ram[i - 1].last >> GRANULE_SHIFT ==
			 ram[i].first >> GRANULE_SHIFT;
	if (holes == 0)
		return SHM_OK;
	if (holes <= UINT16_MAX)
		index->bitmaps = meta_pages_carve(
			index->pool,
			pages_for(holes * sizeof(struct ram_bitmap)));
	return index->bitmaps == NULL ? SHM_NO_METADATA : SHM_OK;
}

/* All their bytes should fit a few pages, which cover all addresses of RAM. */
#define UNIT_BITS 14u

static unsigned int bit_length(uint64_t value)
{
	unsigned int bits = 0;

	for (; value != 0; value >>= 1)
		bits++;
	return bits;
}

static enum shm_status make_units(struct pa_index *index, pa_t last)
{
	unsigned int bits = bit_length(last);
	pa_t end = UINT64_C(1) << bits;

	index->never = ~(end - 1) | SHM_PAGE_MASK;
	index->unit_shift = GRANULE_SHIFT;
	if (bits > GRANULE_SHIFT + UNIT_BITS)
		index->unit_shift = bits - UNIT_BITS;
	index->full_units = meta_pages_carve(
		index->pool, pages_for(((end - 1) >> index->unit_shift) + 1));
	return index->full_units == NULL ? SHM_NO_METADATA : SHM_OK;
}

static void mark_units(struct pa_index *index, struct pa_range range)
{
	uint64_t size = UINT64_C(1) << index->unit_shift;
	uint64_t unit = (range.first + size - 1) >> index->unit_shift;
	uint64_t end = (range.last + 1) >> index->unit_shift;

	for (; unit < end; unit++)
		index->full_units[unit] = true;
}

enum shm_status pa_index_init(struct pa_index *index, struct meta_pool *pool,
			      const struct pa_range *ram, size_t ram_count)
{
	enum shm_status st = check_ranges(ram, ram_count);
	uint16_t bitmaps = 0;

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
	st = make_bitmaps(index, ram, ram_count);
	if (st == SHM_OK)
		st = make_units(index, reachable(ram[ram_count - 1]).last);
	for (size_t i = 0; st == SHM_OK && i < ram_count; i++) {
		mark_units(index, reachable(ram[i]));
		st = mark_range(index, &bitmaps, reachable(ram[i]));
	}
	return st;
}

bool ram_map_look_closer(const struct pa_index *index, pa_t page)
{
	const struct granule_entry *entry = granule_entry_find(index, page);

	return entry != NULL && granule_has_page(index, entry, page);
}

bool ram_bitmap_has(const struct pa_index *index,
		    const struct granule_entry *entry, uint32_t page)
{
	const struct ram_bitmap *bitmap = &index->bitmaps[entry->ram_first - 1];

	return bitmap->words[page / 64] >> (page % 64) & 1;
}

bool pa_index_is_ram(const struct pa_index *index, pa_t pa, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		if (!ram_map_has_page(index, pa + (i << SHM_PAGE_SHIFT)))
			return false;
	return true;
}

static bool any_page(const struct pa_index *index,
		     const struct granule_entry *entry, struct pa_range part)
{
	for (pa_t pa = part.first; pa <= part.last; pa += SHM_PAGE_SIZE)
		if (granule_has_page(index, entry, pa))
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
		    any_page(index, entry, (struct pa_range){ at, end }))
			return true;
		at = end + 1;
	}
	return false;
}
