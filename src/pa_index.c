// SPDX-License-Identifier: BSD-2-Clause
/*
 * The changing half of pa_index: lists of the mappings of each page. Every
 * function here runs under the index lock and is O(1).
 */
#include "pa_index.h"

_Static_assert(sizeof(struct granule) <= META_SMALL_SIZE, "a small object");
_Static_assert(sizeof(struct head_chunk) <= META_LARGE_SIZE, "a large object");
_Static_assert(sizeof(struct link_chunk) <= META_LARGE_SIZE, "a large object");

/*
 * One allocation instead of sixteen. It is not drawn on a share: those have
 * objects set aside, so who has no more than that goes on with chunks.
 */
static bool make_all_links(struct pa_index *index, struct table *leaf)
{
	struct meta_cache *cache = &index->all_links_cache;
	struct account *account = leaf->account;

	if (account_charge(account, RESOURCE_METADATA, cache->object_size) !=
	    SHM_OK)
		return false;
	leaf->all_links = meta_part_alloc(index->pool, cache, leaf, NULL);
	if (leaf->all_links == NULL) {
		account_refund(account, RESOURCE_METADATA, cache->object_size);
		return false;
	}
	for (unsigned int i = 0; i < LINK_CHUNK_COUNT; i++)
		leaf->links[i] = &leaf->all_links[i];
	return true;
}

_Static_assert(LINK_CHUNK_COUNT * sizeof(struct link_chunk) <= SHM_PAGE_SIZE,
	       "make_all_links() takes one object");

void pa_index_drop_links(struct pa_index *index, struct table *leaf)
{
	struct meta_cache *cache = &index->all_links_cache;

	if (leaf->all_links == NULL)
		return;
	meta_part_free(index->pool, cache, leaf->all_links, NULL);
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
	if (all && make_all_links(index, leaf))
		return SHM_OK;
	*chunk = account_alloc(leaf->account, index->pool, &index->pool->large,
			       &st);
	return st;
}

void pa_index_trim_links(struct pa_index *index, struct table *leaf,
			 unsigned int slot)
{
	struct link_chunk **chunk = &leaf->links[slot >> LINK_CHUNK_SHIFT];

	if (*chunk == NULL || leaf->all_links != NULL ||
	    leaf->links_used[slot >> LINK_CHUNK_SHIFT] != 0)
		return;
	account_free(leaf->account, index->pool, &index->pool->large, *chunk);
	*chunk = NULL;
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
	entry->granule->sole = entry->ram == &ram_full ? leaf->owner : NULL;
	return SHM_OK;
}

static void granule_trim(struct pa_index *index, struct granule_entry *entry)
{
	struct granule *granule = entry->granule;

	if (granule == NULL || granule->chunks != 0 || granule->whole != 0)
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
				   struct table *leaf, unsigned int slot,
				   bool all)
{
	enum shm_status st = pa_index_make_links(index, leaf, slot, all);

	if (st == SHM_OK)
		st = granule_get(index, entry, leaf);
	if (st == SHM_OK)
		st = heads_get(index, entry->granule, pa, leaf->account);
	if (st != SHM_OK) {
		granule_trim(index, entry);
		pa_index_trim_links(index, leaf, slot);
	}
	return st;
}

void pa_index_unlink_page(struct pa_index *index, struct granule_entry *entry,
			  pa_t pa, struct table *leaf, unsigned int slot)
{
	struct granule *granule = entry->granule;
	pa_link_t *head = head_find(granule, pa);

	list_remove(index, head, leaf, slot);
	links_count(leaf, slot, -1);
	pa_index_trim_links(index, leaf, slot);
	if (*head == 0 && --granule->heads_used[head_chunk_of(pa)] == 0)
		pa_index_trim_heads(index, entry, pa);
}

enum shm_status pa_index_link_whole(struct pa_index *index,
				    struct granule_entry *entry,
				    struct table *leaf, unsigned int slot)
{
	enum shm_status st = pa_index_make_links(index, leaf, slot, false);

	if (st == SHM_OK)
		st = granule_get(index, entry, leaf);
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
