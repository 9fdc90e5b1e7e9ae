/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * List cells of pa_index. The cell of a page that is mapped once would say that
 * nothing comes before it or after, so it need not be there: chunks of cells
 * exist from when one of their pages is mapped a second time, until none is.
 * The one who owns the table pays for them. Index lock held throughout.
 */
#ifndef SRC_LINK_CELLS_H
#define SRC_LINK_CELLS_H

#include <dynshm/pa_index.h>

/* The bytes of a descriptor above the leaves, as a power of two. */
#define BLOCK_SHIFT (SHM_PAGE_SHIFT + PT_INDEX_BITS)

/*
 * The number of a descriptor's cell. Above the leaves there is one for as many
 * descriptors as a granule takes, the first of which has the link.
 */
static inline unsigned int link_cell_number(const struct table *table,
					    unsigned int slot)
{
	return table->level == PT_LEAF_LEVEL
		       ? slot
		       : slot >> (GRANULE_SHIFT - BLOCK_SHIFT);
}

/* Where the cell of a descriptor would be, or NULL. */
static inline struct link_cell *link_cell_find(const struct table *table,
					       unsigned int slot)
{
	unsigned int number = link_cell_number(table, slot);
	struct link_chunk *chunk;

	if (table->links == NULL)
		return NULL;
	chunk = table->links->chunks[number >> LINK_CHUNK_SHIFT];
	return chunk == NULL ? NULL
			     : &chunk->cells[number & (LINK_CHUNK_CELLS - 1)];
}

static inline struct link_cell link_cell_load(const struct table *table,
					      unsigned int slot)
{
	const struct link_cell *cell = link_cell_find(table, slot);
	const struct link_cell none = { 0, 0 };

	return cell == NULL ? none : *cell;
}

/* Make it. SHM_NO_METADATA, SHM_OVER_BUDGET: nothing has changed. */
enum shm_status link_cell_make(struct pa_index *index, struct table *table,
			       unsigned int slot);

/* What was made goes if no cell of its chunk says anything. */
void link_cell_trim(struct pa_index *index, struct table *table,
		    unsigned int slot);

/* Change a cell that exists; when it says nothing any more, trim. */
void link_cell_store(struct pa_index *index, struct table *table,
		     unsigned int slot, struct link_cell cell);

#endif
