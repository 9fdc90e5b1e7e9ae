// SPDX-License-Identifier: BSD-2-Clause
/* Chunks of list cells, and which of their cells are in use. */
#include "link_cells.h"

_Static_assert(sizeof(struct link_cells) <= META_SMALL_SIZE, "a small object");
_Static_assert(sizeof(struct link_chunk) <= META_LARGE_SIZE, "a large object");

static void trim_table(struct pa_index *index, struct table *table)
{
	if (table->links == NULL || table->links->count != 0)
		return;
	account_free(table->account, index->pool, &index->pool->small,
		     table->links);
	table->links = NULL;
}

enum shm_status link_cell_make(struct pa_index *index, struct table *table,
			       unsigned int slot)
{
	struct link_chunk **chunk;
	enum shm_status st = SHM_OK;

	if (table->links == NULL)
		table->links = account_alloc(table->account, index->pool,
					     &index->pool->small, &st);
	if (st != SHM_OK)
		return st;
	chunk = &table->links->chunks[link_cell_number(table, slot) >>
				      LINK_CHUNK_SHIFT];
	if (*chunk != NULL)
		return SHM_OK;
	*chunk = account_alloc(table->account, index->pool, &index->pool->large,
			       &st);
	if (st == SHM_OK)
		table->links->count++;
	else
		trim_table(index, table);
	return st;
}

void link_cell_trim(struct pa_index *index, struct table *table,
		    unsigned int slot)
{
	unsigned int number = link_cell_number(table, slot) >> LINK_CHUNK_SHIFT;

	if (link_cell_find(table, slot) == NULL ||
	    table->links->used[number] != 0)
		return;
	account_free(table->account, index->pool, &index->pool->large,
		     table->links->chunks[number]);
	table->links->chunks[number] = NULL;
	table->links->count--;
	trim_table(index, table);
}

static bool says_something(struct link_cell cell)
{
	return (cell.next | cell.prev) != 0;
}

void link_cell_store(struct pa_index *index, struct table *table,
		     unsigned int slot, struct link_cell cell)
{
	struct link_cell *place = link_cell_find(table, slot);
	uint8_t *used = &table->links->used[link_cell_number(table, slot) >>
					    LINK_CHUNK_SHIFT];

	*used = (uint8_t)(*used + says_something(cell) -
			  says_something(*place));
	*place = cell;
	if (*used == 0)
		link_cell_trim(index, table, slot);
}
