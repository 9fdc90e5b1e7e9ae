/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The index as map.c drives it, a slice at a time under the index lock. The
 * short functions are inline: they run once for each scattered page.
 */
#ifndef SRC_PA_INDEX_H
#define SRC_PA_INDEX_H

#include "link_cells.h"

#include <dynshm/guest.h>

#define GIB_SHIFT    30
#define GIB_SIZE     (UINT64_C(1) << GIB_SHIFT)
#define GIB_GRANULES (UINT64_C(1) << (GIB_SHIFT - GRANULE_SHIFT))

/* The descriptor's number in the pool: page number above, place in it below. */
static inline pa_link_t pa_link_make(const struct meta_pool *pool,
				     const struct table *table,
				     unsigned int index)
{
	return (pa_link_t)(((uintptr_t)table->entries - (uintptr_t)pool->base) /
			   sizeof(pte_t)) +
	       index;
}

static inline struct table *pa_link_table(const struct meta_pool *pool,
					  pa_link_t link)
{
	return pool->pages[link >> PT_PAGE_BITS]
		.owner[link >> PT_INDEX_BITS & (PT_TABLES_PER_PAGE - 1)];
}

/* The place of its descriptor in that table, which may begin in mid-page. */
static inline unsigned int pa_link_slot(const struct table *table,
					pa_link_t link)
{
	uintptr_t first = (uintptr_t)table->entries & SHM_PAGE_MASK;

	return (link & ((1u << PT_PAGE_BITS) - 1)) -
	       (unsigned int)(first / sizeof(pte_t));
}

static inline struct link_cell pa_link_cell(const struct meta_pool *pool,
					    pa_link_t link)
{
	const struct table *table = pa_link_table(pool, link);

	return link_cell_load(table, pa_link_slot(table, link));
}

/* The one who has this mapping is somebody else than `owner`, and alive. */
static inline bool pa_link_is_foreign(const struct pa_index *index,
				      pa_link_t link,
				      const struct holdings *owner)
{
	const struct holdings *other;

	if (link == 0)
		return false;
	other = pa_link_table(index->pool, link)->owner;
	return other != owner &&
	       !__atomic_load_n(&other->dead, __ATOMIC_ACQUIRE);
}

/*
 * The entry of the granule around `pa`, or NULL where there is no RAM. Below
 * the first GiB the difference wraps and is beyond the last one.
 */
static inline struct granule_entry *
granule_entry_find(const struct pa_index *index, pa_t pa)
{
	uint64_t gib = (pa - index->first) >> GIB_SHIFT;

	if (gib >= index->gib_count || index->gibs[gib] == NULL)
		return NULL;
	return &index->gibs[gib][(pa >> GRANULE_SHIFT) % GIB_GRANULES];
}

/* Its place in its granule. */
static inline uint32_t granule_page_of(pa_t pa)
{
	return (uint32_t)(pa >> SHM_PAGE_SHIFT) & (GRANULE_PAGES - 1);
}

static inline bool granule_is_ram(const struct granule_entry *entry)
{
	return entry->ram_count == GRANULE_PAGES;
}

static inline bool granule_is_bitmap(const struct granule_entry *entry)
{
	return entry->ram_count == 0 && entry->ram_first != 0;
}

/* The page of the granule is RAM, if that is a bitmap. */
bool ram_bitmap_has(const struct pa_index *index,
		    const struct granule_entry *entry, uint32_t page);

/* The page at `pa`, whose granule is entry's, is shareable RAM. */
static inline bool granule_has_page(const struct pa_index *index,
				    const struct granule_entry *entry, pa_t pa)
{
	uint32_t page = granule_page_of(pa);

	return page - entry->ram_first < entry->ram_count ||
	       (granule_is_bitmap(entry) && ram_bitmap_has(index, entry, page));
}

/* What is to be known of a page in a unit that is not RAM throughout. */
bool ram_map_look_closer(const struct pa_index *index, pa_t page);

/* It is an aligned address of a page of shareable RAM. */
static inline bool ram_map_has_page(const struct pa_index *index, pa_t page)
{
	return (page & index->never) == 0 &&
	       (index->full_units[page >> index->unit_shift] ||
		ram_map_look_closer(index, page));
}

static inline unsigned int head_chunk_of(pa_t pa)
{
	return (unsigned int)(pa >> (SHM_PAGE_SHIFT + HEAD_CHUNK_SHIFT)) &
	       (HEAD_CHUNK_COUNT - 1);
}

static inline unsigned int head_of(pa_t pa)
{
	return (unsigned int)(pa >> SHM_PAGE_SHIFT) & (HEAD_CHUNK_HEADS - 1);
}

static inline pa_link_t *head_find(struct granule *granule, pa_t pa)
{
	return &granule->heads[head_chunk_of(pa)]->heads[head_of(pa)];
}

/* Where the list of the page's mappings begins exists. */
static inline bool pa_index_has_head(const struct granule_entry *entry, pa_t pa)
{
	return entry->granule != NULL &&
	       entry->granule->heads[head_chunk_of(pa)] != NULL;
}

static inline bool pa_index_is_mapped(const struct granule_entry *entry,
				      pa_t pa)
{
	return pa_index_has_head(entry, pa) &&
	       *head_find(entry->granule, pa) != 0;
}

/* Everything is there to link it at this descriptor. */
static inline bool pa_index_has_room(const struct pa_index *index,
				     const struct granule_entry *entry, pa_t pa,
				     const struct table *leaf,
				     unsigned int slot)
{
	const struct table *other;
	pa_link_t head;

	if (!pa_index_has_head(entry, pa))
		return false;
	head = *head_find(entry->granule, pa);
	if (head == 0)
		return true;
	other = pa_link_table(index->pool, head);
	return link_cell_find(leaf, slot) != NULL &&
	       link_cell_find(other, pa_link_slot(other, head)) != NULL;
}

/*
 * Make everything that it takes to link the page at `pa`, whose granule is
 * entry's. Index lock held. SHM_NO_METADATA or SHM_OVER_BUDGET leave everything
 * as it was.
 */
enum shm_status pa_index_make_room(struct pa_index *index,
				   struct granule_entry *entry, pa_t pa,
				   struct table *leaf, unsigned int slot);

/* What was made and is not used (any more) goes. Index lock held. */
void pa_index_trim_heads(struct pa_index *index, struct granule_entry *entry,
			 pa_t pa);

/* Enter the mapping of a page, for which there is room. Index lock held. */
void pa_index_link_page(struct pa_index *index, struct granule_entry *entry,
			pa_t pa, struct table *leaf, unsigned int slot);

/* The reverse; what is not used any more goes. */
void pa_index_unlink_page(struct pa_index *index, struct granule_entry *entry,
			  pa_t pa, struct table *leaf, unsigned int slot);

/*
 * The same for a mapping of the whole granule that begins at `pa`; the link is
 * that of its first descriptor, in a leaf or above. SHM_NO_METADATA or
 * SHM_OVER_BUDGET leave everything as it was.
 */
enum shm_status pa_index_link_whole(struct pa_index *index,
				    struct granule_entry *entry,
				    struct table *table, unsigned int slot);
void pa_index_unlink_whole(struct pa_index *index, pa_t pa, struct table *table,
			   unsigned int slot);

/*
 * A living owner has a mapping of some page of the part, which lies inside one
 * granule. Index lock held. O(pages).
 */
bool pa_index_part_is_mapped(const struct pa_index *index,
			     struct pa_range part);

/*
 * `payer` has no mapping left and is about to go: hand on what it is still
 * charged for to owners who use it. A slice from granule number *next on;
 * true: there are more. Takes the index lock.
 */
bool pa_index_hand_on(struct pa_index *index, const struct account *payer,
		      uint64_t *next);

#endif
