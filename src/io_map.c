// SPDX-License-Identifier: BSD-2-Clause
/* Device mappings into the tables and out of them, a slice at a time. */
#include "io_map.h"

#include "io_claim.h"
#include "pt_range.h"
#include "space.h"

enum shm_status io_object_alloc(struct holdings *owner, struct io_mapping **out)
{
	struct meta_cache *cache = &owner->shm->io_cache;
	enum shm_status st = account_charge(&owner->account, RESOURCE_METADATA,
					    cache->object_size);

	if (st != SHM_OK)
		return st;
	*out = meta_object_alloc(&owner->shm->pool, cache, NULL);
	if (*out == NULL) {
		account_refund(&owner->account, RESOURCE_METADATA,
			       cache->object_size);
		return SHM_NO_METADATA;
	}
	(*out)->owner = owner;
	return SHM_OK;
}

void io_object_free(struct io_mapping *mapping)
{
	struct holdings *owner = mapping->owner;
	struct meta_cache *cache = &owner->shm->io_cache;

	account_refund(&owner->account, RESOURCE_METADATA, cache->object_size);
	meta_object_free(&owner->shm->pool, cache, mapping, NULL);
}

enum shm_status io_mapping_alloc(struct holdings *owner,
				 const struct io_request *request,
				 struct io_mapping **out)
{
	struct account *account = &owner->account;
	uint64_t pages = io_request_pages(request);
	enum shm_status st = account_charge(account, RESOURCE_PAGES, pages);

	if (st != SHM_OK)
		return st;
	st = io_object_alloc(owner, out);
	if (st != SHM_OK) {
		account_refund(account, RESOURCE_PAGES, pages);
		return st;
	}
	(*out)->pages = request->pages;
	(*out)->type = request->type;
	(*out)->references = 1;
	return SHM_OK;
}

void io_mapping_free(struct io_mapping *mapping)
{
	account_refund(&mapping->owner->account, RESOURCE_PAGES,
		       io_mapping_pages(mapping));
	io_object_free(mapping);
}

void io_unplace(struct io_mapping *mapping)
{
	struct holdings *owner = mapping->owner;
	cpu_irq_t irq = spin_lock(&owner->lock);

	space_release(owner, &mapping->area);
	spin_unlock(&owner->lock, irq);
}

/* As much as one table holds of it. Index lock held. */
static enum shm_status map_some(struct io_mapping *mapping)
{
	uint64_t offset = mapping->mapped << SHM_PAGE_SHIFT;
	struct pt_range rest = {
		.va = mapping->area.range.first + offset,
		.pa = mapping->pages.first + offset,
		.pages = io_mapping_pages(mapping) - mapping->mapped,
		.type = mapping->type,
	};
	uint64_t done = 0;
	enum shm_status st = pt_range_put(mapping->owner, &rest, &done);

	mapping->mapped += done;
	return st;
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

/*
 * As much as one table has, which goes when it is empty. Where there are many
 * descriptors the TLBs are told of them at the end of the mapping, but not of
 * an unhooked table: the lock is all that keeps another from being hung in its
 * place. Answers how many there were. Index lock held.
 */
static uint32_t clear_some(struct io_mapping *mapping, uint32_t before,
			   struct tlb_batch *batch)
{
	va_t va = mapping->area.range.first +
		  (mapping->unmapped << SHM_PAGE_SHIFT);
	struct pt_run run = pt_run_find(mapping->owner, va,
					mapping->mapped - mapping->unmapped);

	mapping->unmapped += pt_run_pages(&run);
	if (before + run.count <= TLB_OPS_MAX)
		tlb_batch_add(batch, va, run.count, run.table->level);
	else
		mapping->stale = true;
	pt_run_clear(&run, batch);
	return run.count;
}

/* A small mapping in one go, of a large one what a table has. */
static void clear_slice(struct io_mapping *mapping)
{
	struct spinlock *lock = &mapping->owner->shm->index.lock;
	struct tlb_batch batch;
	uint32_t done = 0;
	cpu_irq_t irq = spin_lock(lock);

	tlb_batch_init_for(&batch, mapping->owner);
	do
		done += clear_some(mapping, done, &batch);
	while (mapping->unmapped != mapping->mapped && done <= TLB_OPS_MAX &&
	       batch.count < TLB_SPANS);
	if (mapping->unmapped == mapping->mapped && mapping->stale)
		tlb_batch_add(&batch, mapping->area.range.first,
			      mapping->mapped, TLB_ANY_LEVEL);
	tlb_batch_finish(mapping->owner->shm, &batch);
	spin_unlock(lock, irq);
}

void io_take_apart(struct io_mapping *mapping)
{
	while (iounmap_slice(mapping) == SHM_INTERRUPTED)
		;
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
