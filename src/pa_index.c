// SPDX-License-Identifier: BSD-2-Clause
/*
 * The changing half of pa_index: lists of the mappings of each page. Every
 * function here runs under the index lock and is O(1).
 */
#include "pa_index.h"

static void *alloc_charged(struct pa_index *index, struct meta_cache *cache,
			   struct account *account, enum shm_status *st)
{
	void *object;

	*st = account_charge(account, RESOURCE_METADATA, cache->object_size);
	if (*st != SHM_OK)
		return NULL;
	object = meta_object_alloc(index->pool, cache);
	if (object == NULL) {
		account_refund(account, RESOURCE_METADATA, cache->object_size);
		*st = SHM_NO_METADATA;
	}
	return object;
}

static void free_charged(struct pa_index *index, struct meta_cache *cache,
			 struct account *account, void *object)
{
	meta_object_free(index->pool, cache, object);
	account_refund(account, RESOURCE_METADATA, cache->object_size);
}

/* The list cell of a descriptor, made if its chunk is not there yet. */
static enum shm_status cell_get(struct pa_index *index, struct table *leaf,
				unsigned int slot)
{
	struct link_chunk **chunk = &leaf->links[slot >> LINK_CHUNK_SHIFT];
	enum shm_status st = SHM_OK;

	if (*chunk == NULL)
		*chunk = alloc_charged(index, &index->links_cache,
				       leaf->account, &st);
	if (st == SHM_OK)
		leaf->links_used[slot >> LINK_CHUNK_SHIFT]++;
	return st;
}

static void cell_put(struct pa_index *index, struct table *leaf,
		     unsigned int slot)
{
	struct link_chunk **chunk = &leaf->links[slot >> LINK_CHUNK_SHIFT];

	if (--leaf->links_used[slot >> LINK_CHUNK_SHIFT] != 0)
		return;
	free_charged(index, &index->links_cache, leaf->account, *chunk);
	*chunk = NULL;
}

static enum shm_status granule_get(struct pa_index *index,
				   struct granule_entry *entry,
				   struct account *account)
{
	enum shm_status st = SHM_OK;

	if (entry->granule != NULL)
		return SHM_OK;
	entry->granule =
		alloc_charged(index, &index->granule_cache, account, &st);
	if (st == SHM_OK)
		entry->granule->payer = account;
	return st;
}

static void granule_put(struct pa_index *index, struct granule_entry *entry)
{
	struct granule *granule = entry->granule;

	if (granule->used != 0)
		return;
	entry->granule = NULL;
	free_charged(index, &index->granule_cache, granule->payer, granule);
}

static unsigned int head_chunk_of(pa_t pa)
{
	return (unsigned int)(pa >> (SHM_PAGE_SHIFT + HEAD_CHUNK_SHIFT)) &
	       (HEAD_CHUNK_COUNT - 1);
}

static unsigned int head_of(pa_t pa)
{
	return (unsigned int)(pa >> SHM_PAGE_SHIFT) & (HEAD_CHUNK_HEADS - 1);
}

static enum shm_status heads_get(struct pa_index *index,
				 struct granule *granule, pa_t pa)
{
	struct head_chunk **heads = &granule->heads[head_chunk_of(pa)];
	enum shm_status st = SHM_OK;

	if (*heads == NULL)
		*heads = alloc_charged(index, &index->heads_cache,
				       granule->payer, &st);
	return st;
}

static void heads_put(struct pa_index *index, struct granule *granule, pa_t pa)
{
	struct head_chunk **heads = &granule->heads[head_chunk_of(pa)];

	if (granule->heads_used[head_chunk_of(pa)] != 0 || *heads == NULL)
		return;
	free_charged(index, &index->heads_cache, granule->payer, *heads);
	*heads = NULL;
}

/* Put a cell, which must exist, at the front of a list. */
static void list_push(struct pa_index *index, pa_link_t *head,
		      struct table *leaf, unsigned int slot)
{
	pa_link_t link = pa_link_make(index->pool, leaf, slot);
	struct link_cell *cell =
		&leaf->links[slot >> LINK_CHUNK_SHIFT]
			 ->cells[slot & (LINK_CHUNK_CELLS - 1)];

	*cell = (struct link_cell){ .next = *head };
	if (*head != 0)
		pa_link_cell(index->pool, *head)->prev = link;
	*head = link;
}

static void list_remove(struct pa_index *index, pa_link_t *head,
			struct table *leaf, unsigned int slot)
{
	struct link_cell *cell =
		&leaf->links[slot >> LINK_CHUNK_SHIFT]
			 ->cells[slot & (LINK_CHUNK_CELLS - 1)];

	if (cell->next != 0)
		pa_link_cell(index->pool, cell->next)->prev = cell->prev;
	if (cell->prev != 0)
		pa_link_cell(index->pool, cell->prev)->next = cell->next;
	else
		*head = cell->next;
}

enum shm_status pa_index_link_page(struct pa_index *index,
				   struct granule_entry *entry, pa_t pa,
				   struct table *leaf, unsigned int slot)
{
	enum shm_status st = cell_get(index, leaf, slot);
	struct granule *granule;
	pa_link_t *head;

	if (st != SHM_OK)
		return st;
	st = granule_get(index, entry, leaf->account);
	if (st != SHM_OK)
		goto put_cell;
	granule = entry->granule;
	st = heads_get(index, granule, pa);
	if (st != SHM_OK)
		goto put_granule;
	head = &granule->heads[head_chunk_of(pa)]->heads[head_of(pa)];
	if (*head == 0) {
		granule->heads_used[head_chunk_of(pa)]++;
		granule->used++;
	}
	list_push(index, head, leaf, slot);
	return SHM_OK;
put_granule:
	granule_put(index, entry);
put_cell:
	cell_put(index, leaf, slot);
	return st;
}

void pa_index_unlink_page(struct pa_index *index, pa_t pa, struct table *leaf,
			  unsigned int slot)
{
	struct granule_entry *entry = granule_entry_find(index, pa);
	struct granule *granule = entry->granule;
	pa_link_t *head =
		&granule->heads[head_chunk_of(pa)]->heads[head_of(pa)];

	list_remove(index, head, leaf, slot);
	if (*head == 0) {
		granule->used--;
		if (--granule->heads_used[head_chunk_of(pa)] == 0) {
			heads_put(index, granule, pa);
			granule_put(index, entry);
		}
	}
	cell_put(index, leaf, slot);
}

enum shm_status pa_index_link_whole(struct pa_index *index,
				    struct granule_entry *entry,
				    struct table *leaf, unsigned int slot)
{
	enum shm_status st = cell_get(index, leaf, slot);

	if (st != SHM_OK)
		return st;
	st = granule_get(index, entry, leaf->account);
	if (st != SHM_OK) {
		cell_put(index, leaf, slot);
		return st;
	}
	if (entry->granule->whole == 0)
		entry->granule->used++;
	list_push(index, &entry->granule->whole, leaf, slot);
	return SHM_OK;
}

void pa_index_unlink_whole(struct pa_index *index, pa_t pa, struct table *leaf,
			   unsigned int slot)
{
	struct granule_entry *entry = granule_entry_find(index, pa);

	list_remove(index, &entry->granule->whole, leaf, slot);
	if (entry->granule->whole == 0)
		entry->granule->used--;
	granule_put(index, entry);
	cell_put(index, leaf, slot);
}

/* The virtual address of the descriptor that a link names, if `owner`'s. */
static va_t link_address(const struct pa_index *index, pa_link_t link,
			 const struct holdings *owner)
{
	const struct table *leaf;

	if (link == 0)
		return 0;
	leaf = pa_link_table(index->pool, link);
	if (leaf->owner != owner)
		return 0;
	return leaf->first +
	       ((va_t)(link & (PT_ENTRY_COUNT - 1)) << SHM_PAGE_SHIFT);
}

va_t pa_index_find(struct pa_index *index, pa_t pa,
		   const struct holdings *owner)
{
	struct granule_entry *entry = granule_entry_find(index, pa);
	const struct head_chunk *heads = NULL;
	cpu_irq_t irq;
	va_t va = 0;

	if (entry == NULL)
		return 0;
	irq = spin_lock(&index->lock);
	if (entry->granule != NULL) {
		heads = entry->granule->heads[head_chunk_of(pa)];
		va = link_address(index, entry->granule->whole, owner);
	}
	if (va != 0)
		va += pa & (GRANULE_SIZE - 1);
	else if (heads != NULL)
		va = link_address(index, heads->heads[head_of(pa)], owner);
	spin_unlock(&index->lock, irq);
	return va == 0 ? 0 : (va & ~SHM_PAGE_MASK) | (pa & SHM_PAGE_MASK);
}
