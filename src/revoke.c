// SPDX-License-Identifier: BSD-2-Clause
/*
 * Revoking regions: taking single mappings out of them at once, and unmapping
 * the rest later, in slices, whatever their owner does meanwhile.
 */
#include "revoke.h"

#include "block.h"
#include "map.h"
#include "map_size.h"
#include "slot.h"
#include "space.h"

/* What a page, a granule or a look at a chunk of heads uses of the room. */
#define PAGE_COST    2
#define GRANULE_COST 16
#define GROUP_COST   24
#define CHUNK_COST   8

static struct region *region_at(struct holdings *owner, va_t va)
{
	struct va_area *area = slot_find_area(owner, va);

	return (struct region *)(void *)((uint8_t *)area -
					 offsetof(struct region, area));
}

static void list_insert(struct pa_index *index, struct region *region)
{
	region->is_listed = true;
	region->prev_revoked = NULL;
	region->next_revoked = index->revoked;
	if (region->next_revoked != NULL)
		region->next_revoked->prev_revoked = region;
	__atomic_store_n(&index->revoked, region, __ATOMIC_RELEASE);
}

void revoke_forget(struct pa_index *index, struct region *region)
{
	if (!region->is_listed)
		return;
	region->is_listed = false;
	if (region->next_revoked != NULL)
		region->next_revoked->prev_revoked = region->prev_revoked;
	if (region->prev_revoked != NULL)
		region->prev_revoked->next_revoked = region->next_revoked;
	else
		__atomic_store_n(&index->revoked, region->next_revoked,
				 __ATOMIC_RELEASE);
}

/* Its region loses the mapping at `va`, and with that everything. */
static struct region *mark(struct revoker *revoker, struct holdings *loser,
			   va_t va)
{
	struct region *region = region_at(loser, va);

	if (region->revoked)
		return region;
	/* model: REVOKE */
	__atomic_store_n(&region->revoked, true, __ATOMIC_RELEASE);
	__atomic_fetch_add(&loser->revoked, 1, __ATOMIC_RELAXED);
	list_insert(revoker->index, region);
	return region;
}

/* The group around a page, which is of one region, as its descriptors are. */
static void take_group(struct revoker *revoker, struct granule_entry *entry,
		       pa_t pa, struct table *leaf, unsigned int slot)
{
	unsigned int first = slot & ~(PT_GROUP_COUNT - 1);

	pa &= ~(GROUP_SIZE - 1);
	*revoker->room -= GROUP_COST;
	pte_clear_run(&leaf->entries[first], PT_GROUP_COUNT);
	tlb_batch_add(&revoker->gone, table_va(leaf, first), PT_GROUP_COUNT,
		      PT_LEAF_LEVEL);
	for (unsigned int i = 0; i < PT_GROUP_COUNT; i++)
		pa_index_unlink_page(revoker->index, entry,
				     pa + i * SHM_PAGE_SIZE, leaf, first + i);
	leaf->live = (uint16_t)(leaf->live - PT_GROUP_COUNT);
}

static void take_page(struct revoker *revoker, struct granule_entry *entry,
		      pa_t pa)
{
	struct pa_index *index = revoker->index;
	pa_link_t link = *head_find(entry->granule, pa);
	struct table *leaf = pa_link_table(index->pool, link);
	unsigned int slot = pa_link_slot(leaf, link);
	va_t va = table_va(leaf, slot);

	(void)mark(revoker, leaf->owner, va);
	if (pte_is_group(pte_load(&leaf->entries[slot]), PT_LEAF_LEVEL)) {
		take_group(revoker, entry, pa, leaf, slot);
	} else {
		*revoker->room -= PAGE_COST;
		pte_store(&leaf->entries[slot], PTE_INVALID);
		tlb_batch_add(&revoker->gone, va, 1, PT_LEAF_LEVEL);
		pa_index_unlink_page(index, entry, pa, leaf, slot);
		leaf->live--;
	}
	if (leaf->live == 0 && !leaf->keep)
		space_unhook_leaf(leaf, &revoker->gone);
}

/* Blocks go with all that they were joined to, from the group's start on. */
static void take_whole(struct revoker *revoker, struct granule_entry *entry)
{
	struct pa_index *index = revoker->index;
	struct table *table = pa_link_table(index->pool, entry->whole);
	unsigned int slot = pa_link_slot(table, entry->whole);
	va_t va = table_va(table, slot);
	struct region *region = mark(revoker, table->owner, va);
	unsigned int level = table->level;
	uint32_t count;

	*revoker->room -= GRANULE_COST;
	if (level == PT_LEAF_LEVEL)
		count = unmap_whole(region, (va - region->area.range.first) >>
						    SHM_PAGE_SHIFT);
	else
		count = block_unmap(index, table, slot);
	if (count > GRANULE_PAGES)
		va &= ~(BLOCK_GROUP_SIZE - 1);
	tlb_batch_add_pages(&revoker->gone, va, count, level);
}

/* Mappings of the whole granule. */
static bool take_wholes(struct revoker *revoker, struct granule_entry *entry)
{
	while (pa_link_is_foreign(revoker->index, entry->whole,
				  revoker->owner)) {
		if (*revoker->room <= 0)
			return false;
		take_whole(revoker, entry);
	}
	return true;
}

static bool take_pages(struct revoker *revoker, struct granule_entry *entry,
		       pa_t pa)
{
	while (entry->granule != NULL &&
	       entry->granule->heads[head_chunk_of(pa)] != NULL &&
	       pa_link_is_foreign(revoker->index,
				  *head_find(entry->granule, pa),
				  revoker->owner)) {
		if (*revoker->room <= 0)
			return false;
		take_page(revoker, entry, pa);
	}
	return true;
}

/* Nothing in the granule can be in the way. */
static bool is_own(const struct revoker *revoker,
		   const struct granule_entry *entry)
{
	if (entry->granule == NULL)
		return entry->whole == 0;
	return entry->granule->sole == revoker->owner;
}

static bool share(struct granule_entry *entry)
{
	if (entry->granule != NULL)
		entry->granule->sole = NULL;
	return true;
}

bool revoke_page(struct revoker *revoker, struct granule_entry *entry, pa_t pa)
{
	if (is_own(revoker, entry))
		return true;
	return take_wholes(revoker, entry) && take_pages(revoker, entry, pa) &&
	       share(entry);
}

bool revoke_granule(struct revoker *revoker, struct granule_entry *entry,
		    pa_t first)
{
	if (is_own(revoker, entry))
		return true;
	if (!take_wholes(revoker, entry))
		return false;
	for (unsigned int i = 0; i < GRANULE_PAGES; i++) {
		pa_t pa = first + ((pa_t)i << SHM_PAGE_SHIFT);

		if (head_of(pa) == 0 && entry->granule != NULL &&
		    entry->granule->heads_used[head_chunk_of(pa)] != 0) {
			if (*revoker->room <= 0)
				return false;
			*revoker->room -= CHUNK_COST;
		}
		if (!take_pages(revoker, entry, pa))
			return false;
	}
	return share(entry);
}

void revoke_finish(struct revoker *revoker)
{
	tlb_batch_finish(revoker->owner->shm, &revoker->gone);
}

/*
 * Its owner's calls may be using it: nobody must see a page without a link
 * that a TLB still knows, so the slice ends with the invalidation.
 */
static void drain_slice(struct pa_index *index, struct region *region)
{
	va_t va = map_page_address(region, region->unmapped);
	uint64_t before = region->unmapped;
	unsigned int level = UNMAP_NONE;
	struct tlb_batch batch;

	tlb_batch_init_for(&batch, region->owner);
	if (before != region->mapped)
		level = unmap_step(region); /* model: REVOKE_DRAIN */
	if (level != UNMAP_NONE)
		tlb_batch_add_pages(&batch, va, region->unmapped - before,
				    level);
	tlb_batch_finish(region->owner->shm, &batch);
	if (region->unmapped == region->mapped)
		revoke_forget(index, region);
}

enum shm_status revoke_drain(struct shm *shm)
{
	struct pa_index *index = &shm->index;
	bool more;
	cpu_irq_t irq;

	if (__atomic_load_n(&index->revoked, __ATOMIC_ACQUIRE) == NULL)
		return SHM_OK;
	irq = spin_lock(&index->lock);
	if (index->revoked != NULL)
		drain_slice(index, index->revoked);
	more = index->revoked != NULL;
	spin_unlock(&index->lock, irq);
	return more ? SHM_INTERRUPTED : SHM_OK;
}
