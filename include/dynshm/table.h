/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One translation table: its descriptors and what is known about them. The
 * owner of their memory in the metadata pool is this object, so a table
 * descriptor leads back to it.
 *
 * Where virtual space is scarce, owners share the tables above the leaves. What
 * one owner has of such a table is then a directory: a table of its own, in
 * which it is looked up, and whose descriptors stand a second time in the
 * shared table, its mirror, where the CPU walks them. Without a mirror the
 * directory is cut off.
 */
#ifndef DYNSHM_TABLE_H
#define DYNSHM_TABLE_H

#include <cpu.h>
#include <dynshm/account.h>
#include <dynshm/addr.h>

struct holdings;
struct shm;

/*
 * Each mapped page stands in a list of pa_index, of all mappings of that
 * physical page, and so does each granule of 2 MiB that is mapped as a whole.
 * Cells of these lists lie in chunks, for 32 neighbouring descriptors of a leaf
 * table each, or 32 granules of one above, and are there only while some of
 * these are mapped more than once (link_cells.h).
 */
#define LINK_CHUNK_SHIFT 5
#define LINK_CHUNK_CELLS (1u << LINK_CHUNK_SHIFT)
/* A GiB has as many granules as pages that a leaf table has at most. */
#define LINK_CHUNK_COUNT (512u >> LINK_CHUNK_SHIFT)

/* Names a descriptor by its number in the metadata pool. 0 = none. */
typedef uint32_t pa_link_t;

struct link_cell {
	pa_link_t next;
	pa_link_t prev; /* 0: the head */
};

struct link_chunk {
	struct link_cell cells[LINK_CHUNK_CELLS];
};

/* The cells of one table. */
struct link_cells {
	struct link_chunk *chunks[LINK_CHUNK_COUNT];
	uint8_t used[LINK_CHUNK_COUNT]; /* cells that are not 0 */
	uint32_t count;			/* of chunks */
};

struct table {
	/* Constant after creation. */
	pte_t *entries;
	va_t first;		 /* first virtual address it translates */
	pte_t attributes;	 /* of the descriptor that names it */
	struct account *account; /* who is charged for it */
	struct holdings *owner;	 /* whose pages it maps; NULL: upper table */
	uint8_t level;		 /* as the architecture numbers them */
	bool keep;		 /* not freed when empty */
	bool embedded;		 /* lies in its owner's holdings */
	uint16_t count;		 /* of a directory: its descriptors, else 0 */
	/*
	 * Upper tables and detaching: shm->lock. Leaf tables: index lock. Of
	 * tables at the top of a slot, `parent` and `mirror` change under both.
	 */
	uint16_t live;	      /* valid descriptors */
	struct table *parent; /* NULL: root, or detached */
	pte_t *mirror;	      /* of a directory: its part of parent->entries */
	struct table *next;   /* list of its slot, or of tables to free */
	struct link_cells *links; /* index lock; or NULL */
};

/* The first address behind a descriptor. */
static inline va_t table_va(const struct table *table, unsigned int index)
{
	return table->first + ((va_t)index << pt_level_shift(table->level));
}

static inline unsigned int table_index(const struct table *table, va_t va)
{
	return (unsigned int)((va - table->first) >>
			      pt_level_shift(table->level));
}

#endif
