// SPDX-License-Identifier: BSD-2-Clause
/* Device mappings into the tables and out of them, a slice at a time. */
#include "io_map.h"

#include "io_claim.h"
#include "space.h"
#include "table.h"

/* Up to this many pages are invalidated one by one. */
#define TLB_BY_PAGE 32u

enum shm_status io_mapping_alloc(struct holdings *owner,
				 const struct io_request *request,
				 struct io_mapping **out)
{
	struct account *account = &owner->account;
	uint32_t bytes = owner->shm->io_cache.object_size;
	uint64_t pages = io_request_pages(request);
	enum shm_status st = account_charge(account, RESOURCE_METADATA, bytes);

	if (st != SHM_OK)
		return st;
	st = account_charge(account, RESOURCE_PAGES, pages);
	if (st != SHM_OK)
		goto refund_metadata;
	*out = meta_object_alloc(&owner->shm->pool, &owner->shm->io_cache,
				 NULL);
	if (*out != NULL) {
		(*out)->owner = owner;
		(*out)->pages = request->pages;
		(*out)->type = request->type;
		(*out)->references = 1;
		return SHM_OK;
	}
	st = SHM_NO_METADATA;
	account_refund(account, RESOURCE_PAGES, pages);
refund_metadata:
	account_refund(account, RESOURCE_METADATA, bytes);
	return st;
}

void io_mapping_free(struct io_mapping *mapping)
{
	struct holdings *owner = mapping->owner;

	account_refund(&owner->account, RESOURCE_PAGES,
		       io_mapping_pages(mapping));
	account_refund(&owner->account, RESOURCE_METADATA,
		       owner->shm->io_cache.object_size);
	meta_object_free(&owner->shm->pool, &owner->shm->io_cache, mapping,
			 NULL);
}

void io_unplace(struct io_mapping *mapping)
{
	struct holdings *owner = mapping->owner;
	cpu_irq_t irq = spin_lock(&owner->lock);

	space_release(owner, &mapping->area);
	spin_unlock(&owner->lock, irq);
}

/* As much as one leaf table holds of it. Index lock held. */
static enum shm_status map_some(struct io_mapping *mapping)
{
	pa_t pa = mapping->pages.first + (mapping->mapped << SHM_PAGE_SHIFT);
	va_t va = io_mapping_address(mapping, pa);
	uint64_t left = io_mapping_pages(mapping) - mapping->mapped;
	struct table *leaf;
	unsigned int slot;
	enum shm_status st = space_make_leaf(mapping->owner, va, &leaf);

	if (st != SHM_OK)
		return st;
	slot = table_index(leaf, va);
	if (left > PT_ENTRY_COUNT - slot)
		left = PT_ENTRY_COUNT - slot;
	pte_store_run(&leaf->entries[slot],
		      pte_make_page(pa, pte_attributes(mapping->type)),
		      SHM_PAGE_SIZE, (size_t)left);
	leaf->live = (uint16_t)(leaf->live + left);
	mapping->mapped += left;
	return SHM_OK;
}

enum shm_status ioremap_slice(struct io_mapping *mapping)
{
	struct spinlock *lock = &mapping->owner->shm->index.lock;
	enum shm_status st;
	cpu_irq_t irq;

	if (mapping->mapped == io_mapping_pages(mapping))
		return SHM_OK; /* shared with one that has mapped it */
	irq = spin_lock(lock);
	st = map_some(mapping);
	spin_unlock(lock, irq);
	if (st != SHM_OK) {
		io_set_state(mapping, IO_LEAVING);
		return st;
	}
	if (mapping->mapped != io_mapping_pages(mapping))
		return SHM_INTERRUPTED;
	cpu_publish_tables();
	io_set_state(mapping, IO_MAPPED);
	return SHM_OK;
}

/* As much as is in one leaf table; an empty one goes on *dead. */
static void clear_some(struct io_mapping *mapping, struct table **dead)
{
	va_t va = mapping->area.range.first +
		  (mapping->unmapped << SHM_PAGE_SHIFT);
	struct table *leaf = space_find_leaf(mapping->owner, va);
	unsigned int slot = table_index(leaf, va);
	uint64_t left = mapping->mapped - mapping->unmapped;

	if (left > PT_ENTRY_COUNT - slot)
		left = PT_ENTRY_COUNT - slot;
	pte_clear_run(&leaf->entries[slot], (size_t)left);
	leaf->live = (uint16_t)(leaf->live - left);
	mapping->unmapped += left;
	if (leaf->live == 0 && !leaf->keep)
		space_unhook_leaf(leaf, dead);
}

/*
 * Invalidating an address also makes walk caches forget the tables above it.
 * Of a large mapping the pages wait for its end, but an unhooked table cannot:
 * the lock is all that keeps another from being hung in its place.
 */
static void invalidate(const struct io_mapping *mapping,
		       const struct table *dead)
{
	va_t va = mapping->area.range.first;

	tlb_begin();
	if (mapping->mapped <= TLB_BY_PAGE) {
		for (uint64_t i = 0; i < mapping->mapped; i++)
			tlb_invalidate_va(va + (i << SHM_PAGE_SHIFT));
	} else if (mapping->unmapped == mapping->mapped) {
		tlb_invalidate_all();
	} else if (dead != NULL) {
		tlb_invalidate_va(dead->first);
	}
	tlb_end();
}

/* A small mapping in one go, of a large one what a leaf has. */
static void clear_slice(struct io_mapping *mapping)
{
	struct spinlock *lock = &mapping->owner->shm->index.lock;
	struct table *dead = NULL;
	cpu_irq_t irq = spin_lock(lock);

	do
		clear_some(mapping, &dead);
	while (mapping->mapped <= TLB_BY_PAGE &&
	       mapping->unmapped != mapping->mapped);
	invalidate(mapping, dead);
	table_destroy_list(mapping->owner->shm, dead);
	spin_unlock(lock, irq);
}

enum shm_status iounmap_slice(struct io_mapping *mapping)
{
	if (mapping->unmapped != mapping->mapped)
		clear_slice(mapping);
	if (mapping->unmapped != mapping->mapped)
		return SHM_INTERRUPTED;
	io_unplace(mapping);
	io_unclaim(mapping);
	io_mapping_free(mapping);
	return SHM_OK;
}
