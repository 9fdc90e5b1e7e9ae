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

/* One allocation instead of sixteen. */
static enum shm_status make_all_links(struct pa_index *index,
				      struct table *leaf)
{
	struct meta_cache *cache = &index->all_links_cache;
	struct account *account = leaf->account;
	enum shm_status st =
		account_charge(account, RESOURCE_METADATA, cache->object_size);

	if (st != SHM_OK)
		return st;
	leaf->all_links = meta_part_alloc(index->pool, cache, leaf);
	if (leaf->all_links == NULL) {
		account_refund(account, RESOURCE_METADATA, cache->object_size);
		return SHM_NO_METADATA;
	}
	for (unsigned int i = 0; i < LINK_CHUNK_COUNT; i++)
		leaf->links[i] = &leaf->all_links[i];
	return SHM_OK;
}

_Static_assert(LINK_CHUNK_COUNT * sizeof(struct link_chunk) <= SHM_PAGE_SIZE,
	       "make_all_links() takes one object");

void pa_index_drop_links(struct pa_index *index, struct table *leaf)
{
	struct meta_cache *cache = &index->all_links_cache;

	if (leaf->all_links == NULL)
		return;
	meta_part_free(index->pool, cache, leaf->all_links);
	account_refund(leaf->account, RESOURCE_METADATA, cache->object_size);
	leaf->all_links = NULL;
}

enum shm_status pa_index_make_links(struct pa_index *index, struct table *leaf,
				    unsigned int slot, bool all)
{
	struct link_chunk **chunk = &leaf->links[slot >> LINK_CHUNK_SHIFT];
	enum shm_status st = SHM_OK;

	if (*chunk != NULL)
		return SHM_OK;
	if (all)
		return make_all_links(index, leaf);
	*chunk = alloc_charged(index, &index->links_cache, leaf->account, &st);
	return st;
}

void pa_index_trim_links(struct pa_index *index, struct table *leaf,
			 unsigned int slot)
{
	struct link_chunk **chunk = &leaf->links[slot >> LINK_CHUNK_SHIFT];

	if (*chunk == NULL || leaf->all_links != NULL ||
	    leaf->links_used[slot >> LINK_CHUNK_SHIFT] != 0)
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

static void granule_trim(struct pa_index *index, struct granule_entry *entry)
{
	struct granule *granule = entry->granule;

	if (granule == NULL || granule->chunks != 0 || granule->whole != 0)
		return;
	entry->granule = NULL;
	free_charged(index, &index->granule_cache, granule->payer, granule);
}

static enum shm_status heads_get(struct pa_index *index,
				 struct granule *granule, pa_t pa)
{
	struct head_chunk **heads = &granule->heads[head_chunk_of(pa)];
	enum shm_status st = SHM_OK;

	if (*heads != NULL)
		return SHM_OK;
	*heads = alloc_charged(index, &index->heads_cache, granule->payer, &st);
	if (st == SHM_OK)
		granule->chunks++;
	return st;
}

void pa_index_trim_heads(struct pa_index *index, struct granule_entry *entry,
			 pa_t pa)
{
	struct granule *granule = entry->granule;
	struct head_chunk **heads = &granule->heads[head_chunk_of(pa)];

	if (*heads != NULL && granule->heads_used[head_chunk_of(pa)] == 0) {
		free_charged(index, &index->heads_cache, granule->payer,
			     *heads);
		*heads = NULL;
		granule->chunks--;
	}
	granule_trim(index, entry);
}

enum shm_status pa_index_make_room(struct pa_index *index,
				   struct granule_entry *entry, pa_t pa,
				   struct table *leaf, unsigned int slot,
				   bool all)
{
	enum shm_status st = pa_index_make_links(index, leaf, slot, all);

	if (st == SHM_OK)
		st = granule_get(index, entry, leaf->account);
	if (st == SHM_OK)
		st = heads_get(index, entry->granule, pa);
	if (st != SHM_OK) {
		granule_trim(index, entry);
		pa_index_trim_links(index, leaf, slot);
	}
	return st;
}

enum shm_status pa_index_link_whole(struct pa_index *index,
				    struct granule_entry *entry,
				    struct table *leaf, unsigned int slot)
{
	enum shm_status st = pa_index_make_links(index, leaf, slot, false);

	if (st == SHM_OK)
		st = granule_get(index, entry, leaf->account);
	if (st != SHM_OK) {
		pa_index_trim_links(index, leaf, slot);
		return st;
	}
	list_push(index, &entry->granule->whole, leaf, slot);
	links_count(leaf, slot, 1);
	return SHM_OK;
}

void pa_index_unlink_whole(struct pa_index *index, pa_t pa, struct table *leaf,
			   unsigned int slot)
{
	struct granule_entry *entry = granule_entry_find(index, pa);

	list_remove(index, &entry->granule->whole, leaf, slot);
	granule_trim(index, entry);
	links_count(leaf, slot, -1);
	pa_index_trim_links(index, leaf, slot);
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
	struct granule *granule;
	cpu_irq_t irq;
	va_t va = 0;

	if (entry == NULL)
		return 0;
	irq = spin_lock(&index->lock);
	granule = entry->granule;
	if (granule != NULL)
		va = link_address(index, granule->whole, owner);
	if (va != 0)
		va += pa & (GRANULE_SIZE - 1) & ~SHM_PAGE_MASK;
	else if (granule != NULL && granule->heads[head_chunk_of(pa)] != NULL)
		va = link_address(index, *head_find(granule, pa), owner);
	spin_unlock(&index->lock, irq);
	return va == 0 ? 0 : va | (pa & SHM_PAGE_MASK);
}
