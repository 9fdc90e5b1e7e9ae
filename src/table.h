/* SPDX-License-Identifier: BSD-2-Clause */
/* Making tables, and hanging them into the tree that the CPU walks. */
#ifndef SRC_TABLE_H
#define SRC_TABLE_H

#include <dynshm/shm.h>

#include "tlb_batch.h"

/*
 * An empty table of `level` for the range at `first`, attached nowhere. With
 * `count`, a directory of so many descriptors.
 */
enum shm_status table_create(struct shm *shm, struct account *account,
			     unsigned int level, va_t first, uint32_t count,
			     struct table **out);

/* The same in an object that the caller has. */
enum shm_status table_init(struct shm *shm, struct account *account,
			   unsigned int level, va_t first, uint32_t count,
			   struct table *table);

/* Free an empty table that no walk can reach any more. */
void table_destroy(struct shm *shm, struct table *table);

/* Free a list of them. */
void table_destroy_list(struct shm *shm, struct table *list);

/*
 * Hang `table` in below the root, making upper tables as needed (charged to
 * the kernel). An empty directory gets its mirror. shm->lock held.
 */
enum shm_status table_attach(struct shm *shm, struct table *table);

/*
 * Take it out, and upper tables that become empty with it, which the batch
 * frees. Nothing is valid in it, or the batch has everything; of a directory
 * nothing is left in its mirror. O(1). shm->lock held.
 */
void table_detach(struct table *table, struct tlb_batch *batch);

/* The bytes that a descriptor of the level serves. */
static inline uint64_t table_entry_span(unsigned int level)
{
	return UINT64_C(1) << pt_level_shift(level);
}

/* Where the page of `va` is, by the page, block or group that it lies in. */
static inline pa_t table_page_address(pte_t pte, unsigned int level, va_t va)
{
	uint64_t span = table_entry_span(level);

	if (!PT_GROUP_IS_HINT && pte_is_group(pte, level))
		span *= PT_GROUP_COUNT;
	return pte_address(pte, level) | (va & (span - 1) & ~SHM_PAGE_MASK);
}

/*
 * Write a descriptor. All changes of tables above the leaves go through here:
 * they may be directories.
 */
static inline void table_store(struct table *table, unsigned int index,
			       pte_t pte)
{
	pte_store(&table->entries[index], pte);
	if (table->mirror != NULL)
		pte_store(&table->mirror[index], pte);
}

/* The same of `count` in a row, as pte_store_run() and pte_clear_run(). */
static inline void table_store_run(struct table *table, unsigned int index,
				   pte_t first, pte_t step, uint32_t count)
{
	pte_store_run(&table->entries[index], first, step, count);
	if (table->mirror != NULL)
		pte_store_run(&table->mirror[index], first, step, count);
}

static inline void table_clear_run(struct table *table, unsigned int index,
				   uint32_t count)
{
	pte_clear_run(&table->entries[index], count);
	if (table->mirror != NULL)
		pte_clear_run(&table->mirror[index], count);
}

/* The table that a descriptor of `table` names, or NULL. */
static inline struct table *table_child(const struct shm *shm,
					const struct table *table,
					unsigned int index)
{
	pte_t pte = pte_load(&table->entries[index]);

	if (!pte_is_table(pte, table->level))
		return NULL;
	return meta_owner(&shm->pool, pte_address(pte, table->level));
}

/* What names a table in the one above. */
static inline pte_t table_descriptor(const struct shm *shm,
				     const struct table *table)
{
	/* Whoever made the table has looked whether that failed. */
	/* NOLINTBEGIN(clang-analyzer-core.NullDereference) */
	return pte_make_table(meta_page_pa(&shm->pool, table->entries),
			      table->attributes);
	/* NOLINTEND(clang-analyzer-core.NullDereference) */
}

static inline void table_set_child(struct shm *shm, struct table *parent,
				   unsigned int index, struct table *child)
{
	/* No walker may see the link before what the table was cleared to. */
	cpu_publish_tables();
	table_store(parent, index, table_descriptor(shm, child));
	parent->live++;
	child->parent = parent;
}

static inline void table_clear_child(struct table *parent, unsigned int index,
				     struct table *child)
{
	table_store(parent, index, PTE_INVALID);
	parent->live--;
	child->parent = NULL;
}

#endif
