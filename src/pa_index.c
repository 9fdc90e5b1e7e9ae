// SPDX-License-Identifier: BSD-2-Clause
/*
 * The changing half of pa_index: lists of the mappings of each page. Every
 * function here runs under the index lock and is O(1).
 */
#include "pa_index.h"

_Static_assert(sizeof(struct granule) <= META_SMALL_SIZE, "a small object");
_Static_assert(sizeof(struct head_chunk) <= META_LARGE_SIZE, "a large object");

/* The cell of a mapping that there is, changed. */
static void link_set_next(struct pa_index *index, pa_link_t link,
			  pa_link_t next)
{
	struct table *table = pa_link_table(index->pool, link);
	unsigned int slot = pa_link_slot(table, link);
	struct link_cell cell = link_cell_load(table, slot);

	cell.next = next;
	link_cell_store(index, table, slot, cell);
}

static void link_set_prev(struct pa_index *index, pa_link_t link,
			  pa_link_t prev)
{
	struct table *table = pa_link_table(index->pool, link);
	unsigned int slot = pa_link_slot(table, link);
	struct link_cell cell = link_cell_load(table, slot);

	cell.prev = prev;
	link_cell_store(index, table, slot, cell);
}

/*
 * A list that is not empty takes one more: cells of both. The dead have no
 * share, but may have a mapping here that nobody has taken out yet.
 */
static enum shm_status cells_get(struct pa_index *index, pa_link_t head,
				 struct table *table, unsigned int slot)
{
	struct table *other;
	enum shm_status st;

	if (head == 0)
		return SHM_OK;
	st = link_cell_make(index, table, slot);
	if (st != SHM_OK)
		return st;
	other = pa_link_table(index->pool, head);
	st = link_cell_make(index, other, pa_link_slot(other, head));
	if (st != SHM_OK)
		link_cell_trim(index, table, slot);
	return st;
}

/* Put a mapping at the front of a list; cells_get() has been asked. */
static void list_push(struct pa_index *index, pa_link_t *head,
		      struct table *table, unsigned int slot)
{
	pa_link_t link = pa_link_make(index->pool, table, slot);

	if (*head != 0) {
		link_cell_store(index, table, slot,
				(struct link_cell){ .next = *head });
		link_set_prev(index, *head, link);
	}
	*head = link;
}

static void list_remove(struct pa_index *index, pa_link_t *head,
			struct table *table, unsigned int slot)
{
	struct link_cell cell = link_cell_load(table, slot);

	if (cell.next != 0)
		link_set_prev(index, cell.next, cell.prev);
	if (cell.prev != 0)
		link_set_next(index, cell.prev, cell.next);
	else
		*head = cell.next;
	if (link_cell_find(table, slot) != NULL)
		link_cell_store(index, table, slot, (struct link_cell){ 0 });
}

static enum shm_status granule_get(struct pa_index *index,
				   struct granule_entry *entry,
				   const struct table *leaf)
{
	enum shm_status st = SHM_OK;

	if (entry->granule != NULL)
		return SHM_OK;
	entry->granule = account_alloc(leaf->account, index->pool,
				       &index->pool->small, &st);
	if (st != SHM_OK)
		return st;
	entry->granule->payer = leaf->account;
	if (granule_is_ram(entry) && entry->whole == 0)
		entry->granule->sole = leaf->owner;
	return SHM_OK;
}

static void granule_trim(struct pa_index *index, struct granule_entry *entry)
{
	struct granule *granule = entry->granule;

	if (granule == NULL || granule->chunks != 0)
		return;
	entry->granule = NULL;
	account_free(granule->payer, index->pool, &index->pool->small, granule);
}

static enum shm_status heads_get(struct pa_index *index,
				 struct granule *granule, pa_t pa,
				 struct account *account)
{
	struct head_chunk **heads = &granule->heads[head_chunk_of(pa)];
	enum shm_status st = SHM_OK;

	if (*heads != NULL)
		return SHM_OK;
	*heads = account_alloc(account, index->pool, &index->pool->large, &st);
	if (st != SHM_OK)
		return st;
	granule->heads_payer[head_chunk_of(pa)] = account;
	granule->chunks++;
	return SHM_OK;
}

void pa_index_trim_heads(struct pa_index *index, struct granule_entry *entry,
			 pa_t pa)
{
	struct granule *granule = entry->granule;
	struct head_chunk **heads = &granule->heads[head_chunk_of(pa)];

	if (*heads != NULL && granule->heads_used[head_chunk_of(pa)] == 0) {
		account_free(granule->heads_payer[head_chunk_of(pa)],
			     index->pool, &index->pool->large, *heads);
		*heads = NULL;
		granule->chunks--;
	}
	granule_trim(index, entry);
}

enum shm_status pa_index_make_room(struct pa_index *index,
				   struct granule_entry *entry, pa_t pa,
				   struct table *leaf, unsigned int slot)
{
	enum shm_status st = granule_get(index, entry, leaf);

	if (st == SHM_OK)
		st = heads_get(index, entry->granule, pa, leaf->account);
	if (st == SHM_OK)
		st = cells_get(index, *head_find(entry->granule, pa), leaf,
			       slot);
	if (st != SHM_OK && entry->granule != NULL)
		pa_index_trim_heads(index, entry, pa);
	return st;
}

void pa_index_link_page(struct pa_index *index, struct granule_entry *entry,
			pa_t pa, struct table *leaf, unsigned int slot)
{
	struct granule *granule = entry->granule;
	pa_link_t *head = head_find(granule, pa);

	if (*head == 0)
		granule->heads_used[head_chunk_of(pa)]++;
	list_push(index, head, leaf, slot);
}

void pa_index_unlink_page(struct pa_index *index, struct granule_entry *entry,
			  pa_t pa, struct table *leaf, unsigned int slot)
{
	struct granule *granule = entry->granule;
	pa_link_t *head = head_find(granule, pa);

	list_remove(index, head, leaf, slot);
	if (*head == 0 && --granule->heads_used[head_chunk_of(pa)] == 0)
		pa_index_trim_heads(index, entry, pa);
}

enum shm_status pa_index_link_whole(struct pa_index *index,
				    struct granule_entry *entry,
				    struct table *table, unsigned int slot)
{
	enum shm_status st = cells_get(index, entry->whole, table, slot);

	if (st == SHM_OK)
		list_push(index, &entry->whole, table, slot);
	return st;
}

void pa_index_unlink_whole(struct pa_index *index, pa_t pa, struct table *table,
			   unsigned int slot)
{
	list_remove(index, &granule_entry_find(index, pa)->whole, table, slot);
}

/* Links of the dead lie behind those of the living. */
bool pa_index_part_is_mapped(const struct pa_index *index, struct pa_range part)
{
	struct granule_entry *entry = granule_entry_find(index, part.first);
	struct granule *granule;

	if (entry == NULL)
		return false;
	if (pa_link_is_foreign(index, entry->whole, NULL))
		return true;
	granule = entry->granule;
	if (granule == NULL)
		return false;
	for (pa_t pa = part.first; pa <= part.last; pa += SHM_PAGE_SIZE)
		if (granule->heads[head_chunk_of(pa)] != NULL &&
		    pa_link_is_foreign(index, *head_find(granule, pa), NULL))
			return true;
	return false;
}

/* The virtual address of the descriptor that a link names, if `owner`'s. */
static va_t link_address(const struct pa_index *index, pa_link_t link,
			 const struct holdings *owner)
{
	const struct table *table;

	if (link == 0)
		return 0;
	table = pa_link_table(index->pool, link);
	if (table->owner != owner)
		return 0;
	return table_va(table, pa_link_slot(table, link));
}

va_t pa_index_find(struct pa_index *index, pa_t pa,
		   const struct holdings *owner)
{
	struct granule_entry *entry = granule_entry_find(index, pa);
	struct granule *granule;
	cpu_irq_t irq;
	va_t va = 0;

	if (entry == NULL)
		return 0;
	irq = spin_lock(&index->lock);
	granule = entry->granule;
	va = link_address(index, entry->whole, owner);
	if (va != 0)
		va += pa & (GRANULE_SIZE - 1) & ~SHM_PAGE_MASK;
	else if (granule != NULL && granule->heads[head_chunk_of(pa)] != NULL)
		va = link_address(index, *head_find(granule, pa), owner);
	spin_unlock(&index->lock, irq);
	return va == 0 ? 0 : va | (pa & SHM_PAGE_MASK);
}
