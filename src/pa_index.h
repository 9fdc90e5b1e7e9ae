/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The index as map.c drives it, a slice at a time under the index lock. The
 * short functions are inline: they run once for each scattered page.
 */
#ifndef SRC_PA_INDEX_H
#define SRC_PA_INDEX_H

#include <dynshm/pa_index.h>

#define GIB_SHIFT    30
#define GIB_GRANULES (UINT64_C(1) << (GIB_SHIFT - GRANULE_SHIFT))

/* Descriptor index below, number of the table's page in the pool above. */
static inline pa_link_t pa_link_make(const struct meta_pool *pool,
				     const struct table *leaf,
				     unsigned int index)
{
	return meta_page_number(pool, leaf->entries) << PT_INDEX_BITS | index;
}

static inline struct table *pa_link_table(const struct meta_pool *pool,
					  pa_link_t link)
{
	return pool->pages[link >> PT_INDEX_BITS].owner;
}

static inline struct link_cell *pa_link_cell(const struct meta_pool *pool,
					     pa_link_t link)
{
	struct table *leaf = pa_link_table(pool, link);
	unsigned int index = link & (PT_ENTRY_COUNT - 1);

	return &leaf->links[index >> LINK_CHUNK_SHIFT]
			->cells[index & (LINK_CHUNK_CELLS - 1)];
}

/* The entry of the granule around `pa`, or NULL where there is no RAM. */
static inline struct granule_entry *
granule_entry_find(const struct pa_index *index, pa_t pa)
{
	uint64_t gib = (pa - index->first) >> GIB_SHIFT;

	if (pa < index->first || gib >= index->gib_count ||
	    index->gibs[gib] == NULL)
		return NULL;
	return &index->gibs[gib][(pa >> GRANULE_SHIFT) % GIB_GRANULES];
}

/*
 * Enter a mapping: of the page at `pa`, or of the whole granule that begins
 * there. `entry` is its granule's. Index lock held. SHM_NO_METADATA or
 * SHM_OVER_BUDGET leave everything as it was.
 */
enum shm_status pa_index_link_page(struct pa_index *index,
				   struct granule_entry *entry, pa_t pa,
				   struct table *leaf, unsigned int slot);
enum shm_status pa_index_link_whole(struct pa_index *index,
				    struct granule_entry *entry,
				    struct table *leaf, unsigned int slot);

/*
 * `payer` has no mapping left and is about to go: hand on what it is still
 * charged for to owners who use it. A slice from granule number *next on;
 * true: there are more. Takes the index lock.
 */
bool pa_index_hand_on(struct pa_index *index, const struct account *payer,
		      uint64_t *next);

/* Take it out again. Index lock held; cannot fail. */
void pa_index_unlink_page(struct pa_index *index, pa_t pa, struct table *leaf,
			  unsigned int slot);
void pa_index_unlink_whole(struct pa_index *index, pa_t pa, struct table *leaf,
			   unsigned int slot);

#endif
