/* SPDX-License-Identifier: BSD-2-Clause */
/* Making tables, and hanging them into the tree that the CPU walks. */
#ifndef SRC_TABLE_H
#define SRC_TABLE_H

#include <dynshm/shm.h>

/* An empty table for the range at `first`, attached nowhere. */
enum shm_status table_create(struct shm *shm, struct account *account,
			     unsigned int level, va_t first,
			     struct table **out);

/* Free an empty table that no walk can reach any more. */
void table_destroy(struct shm *shm, struct table *table);

/* Free a list of them. */
void table_destroy_list(struct shm *shm, struct table *list);

/*
 * Hang `table` in below the root, making upper tables as needed (charged to
 * the kernel). shm->lock held.
 */
enum shm_status table_attach(struct shm *shm, struct table *table);

/*
 * Take it out, and upper tables that become empty with it: these are put on
 * *dead, to be freed after the TLB invalidation that the caller does. O(1).
 * shm->lock held.
 */
void table_detach(struct shm *shm, struct table *table, struct table **dead);

/* The table that a descriptor of `table` names, or NULL. */
static inline struct table *table_child(const struct shm *shm,
					const struct table *table,
					unsigned int index)
{
	pte_t pte = pte_load(&table->entries[index]);

	if (!pte_is_table(pte, table->level))
		return NULL;
	return meta_page_owner(&shm->pool, pte_address(pte));
}

static inline void table_set_child(struct shm *shm, struct table *parent,
				   unsigned int index, struct table *child)
{
	/* No walker may see the link before what the table was cleared to. */
	cpu_publish_tables();
	pte_store(&parent->entries[index],
		  pte_make_table(meta_page_pa(&shm->pool, child->entries)));
	parent->live++;
	child->parent = parent;
}

static inline void table_clear_child(struct table *parent, unsigned int index,
				     struct table *child)
{
	pte_store(&parent->entries[index], PTE_INVALID);
	parent->live--;
	child->parent = NULL;
}

#endif
