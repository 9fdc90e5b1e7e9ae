// SPDX-License-Identifier: BSD-2-Clause
/*
 * Mapping page lists. Words become runs of neighbouring pages, runs become
 * descriptors and links of pa_index. A run never crosses a granule of 2 MiB,
 * so one look-up validates it; a run that fills a granule has one link, any
 * other page has its own, and software bits in the descriptors say which.
 */
#include "map.h"

#include "pa_index.h"
#include "space.h"

/* Pages with a link of their own that are taken out under one lock hold. */
#define UNMAP_LINKS 64u

static va_t page_address(const struct region *region, uint64_t page)
{
	return region->area.range.first + (page << SHM_PAGE_SHIFT);
}

/* All pages of the run, which lies inside the granule, are shareable RAM. */
static bool run_is_ram(const struct granule_entry *entry, struct page_run run)
{
	uint64_t page = (run.first >> SHM_PAGE_SHIFT) % GRANULE_PAGES;

	if (entry->ram == &ram_full)
		return true;
	if (entry->ram == RAM_NONE)
		return false;
	for (uint64_t i = page; i < page + run.count; i++)
		if (!(entry->ram->words[i / 64] >> (i % 64) & 1))
			return false;
	return true;
}

/* `count` neighbouring pages without links, within one leaf table. */
static void store_plain(struct region *region, struct table *leaf,
			unsigned int slot, pte_t first, uint32_t count)
{
	pte_store_run(&leaf->entries[slot], first, SHM_PAGE_SIZE, count);
	leaf->live = (uint16_t)(leaf->live + count);
	region->mapped += count;
}

/* A run that is a whole granule: one link, at its first descriptor. */
static enum shm_status map_whole(struct region *region, struct pa_index *index,
				 struct granule_entry *entry, pa_t first)
{
	pte_t pte = pte_make_page(first, pte_attributes(SHM_MEM_SHARED));
	uint32_t left = GRANULE_PAGES;

	while (left != 0) {
		va_t va = page_address(region, region->mapped);
		unsigned int slot = pt_index(va, PT_LEAF_LEVEL);
		uint32_t count = PT_ENTRY_COUNT - slot;
		struct table *leaf;
		enum shm_status st = space_make_leaf(region->owner, va, &leaf);

		if (st != SHM_OK)
			return st;
		if (count > left)
			count = left;
		if (left == GRANULE_PAGES) {
			st = pa_index_link_whole(index, entry, leaf, slot);
			if (st != SHM_OK)
				return st;
			store_plain(region, leaf, slot, pte | PTE_SW_BLOCK_LINK,
				    1);
			count--;
			left--;
			pte += SHM_PAGE_SIZE;
			slot++;
		}
		store_plain(region, leaf, slot, pte, count);
		pte += (pte_t)count << SHM_PAGE_SHIFT;
		left -= count;
	}
	return SHM_OK;
}

/* A run of pages that each get a link of their own. */
static enum shm_status map_pages(struct region *region, struct pa_index *index,
				 struct granule_entry *entry,
				 struct page_run run)
{
	pte_t attributes = pte_attributes(SHM_MEM_SHARED) | PTE_SW_PAGE_LINK;
	struct table *leaf = NULL;

	for (uint32_t i = 0; i < run.count; i++, run.first += SHM_PAGE_SIZE) {
		va_t va = page_address(region, region->mapped);
		unsigned int slot = pt_index(va, PT_LEAF_LEVEL);
		enum shm_status st = SHM_OK;

		if (leaf == NULL || slot == 0)
			st = space_make_leaf(region->owner, va, &leaf);
		if (st == SHM_OK)
			st = pa_index_link_page(index, entry, run.first, leaf,
						slot);
		if (st != SHM_OK)
			return st;
		store_plain(region, leaf, slot,
			    pte_make_page(run.first, attributes), 1);
	}
	return SHM_OK;
}

static enum shm_status map_run(struct region *region, struct page_run run)
{
	struct pa_index *index = &region->owner->shm->index;
	struct granule_entry *entry = granule_entry_find(index, run.first);

	if (entry == NULL || !shm_page_aligned(run.first) ||
	    !run_is_ram(entry, run))
		return SHM_BAD_ADDRESS;
	if (run.count == GRANULE_PAGES)
		return map_whole(region, index, entry, run.first);
	return map_pages(region, index, entry, run);
}

/* A leaf that was taken for a page which then got no link stays empty. */
static void drop_if_empty(struct region *region, uint64_t page)
{
	va_t va = page_address(region, page);
	struct table *leaf = space_find_leaf(region->owner, va);

	if (leaf != NULL && leaf->live == 0 && !leaf->keep)
		space_drop_leaf(region->owner, leaf);
}

static bool continues_run(struct page_run run, pa_t page)
{
	return page == run.first + ((pa_t)run.count << SHM_PAGE_SHIFT) &&
	       (page & (GRANULE_SIZE - 1)) != 0 && run.count != 0;
}

static enum shm_status map_words(struct region *region, struct page_list *list)
{
	struct page_run run = list->run;
	enum shm_status st = SHM_OK;

	for (uint32_t i = 0; i < list->count; i++) {
		pa_t page = list->slice[i];

		if (continues_run(run, page)) {
			run.count++;
			continue;
		}
		if (run.count != 0) {
			st = map_run(region, run);
			if (st != SHM_OK)
				return st;
			if (page !=
			    run.first + ((pa_t)run.count << SHM_PAGE_SHIFT))
				region->runs++;
		}
		run = (struct page_run){ page, 1 };
	}
	if (list->left == 0) {
		st = map_run(region, run);
		region->runs++;
		run.count = 0;
	}
	list->run = run;
	return st;
}

enum shm_status map_slice(struct region *region, struct page_list *list)
{
	struct spinlock *lock = &region->owner->shm->index.lock;
	cpu_irq_t irq = spin_lock(lock);
	enum shm_status st = map_words(region, list);

	if (st != SHM_OK && region->mapped < region->page_count)
		drop_if_empty(region, region->mapped);
	spin_unlock(lock, irq);
	return st;
}

/* Descriptors whose link was taken out before; clears within one leaf. */
static uint32_t unmap_plain(struct region *region, struct table *leaf,
			    unsigned int slot, uint32_t count)
{
	if (count > region->plain)
		count = region->plain;
	pte_clear_run(&leaf->entries[slot], count);
	region->plain = (uint16_t)(region->plain - count);
	return count;
}

static uint32_t unmap_linked(struct region *region, struct table *leaf,
			     unsigned int slot, uint32_t count)
{
	struct pa_index *index = &region->owner->shm->index;

	if (count > UNMAP_LINKS)
		count = UNMAP_LINKS;
	for (uint32_t i = 0; i < count; i++) {
		pte_t *entry = &leaf->entries[slot + i];
		pte_t pte = pte_load(entry);

		pte_store(entry, PTE_INVALID);
		if (pte & PTE_SW_BLOCK_LINK) {
			pa_index_unlink_whole(index, pte_address(pte), leaf,
					      slot + i);
			region->plain = GRANULE_PAGES - 1;
			return i + 1;
		}
		pa_index_unlink_page(index, pte_address(pte), leaf, slot + i);
	}
	return count;
}

/* As much as one leaf table holds of it, or a slice. Index lock held. */
static void unmap_some(struct region *region)
{
	va_t va = page_address(region, region->unmapped);
	struct table *leaf = space_find_leaf(region->owner, va);
	unsigned int slot = pt_index(va, PT_LEAF_LEVEL);
	uint64_t left = region->mapped - region->unmapped;
	uint32_t count = PT_ENTRY_COUNT - slot;

	if (count > left)
		count = (uint32_t)left;
	if (region->plain != 0)
		count = unmap_plain(region, leaf, slot, count);
	else
		count = unmap_linked(region, leaf, slot, count);
	leaf->live = (uint16_t)(leaf->live - count);
	region->unmapped += count;
	if (leaf->live == 0 && !leaf->keep)
		space_drop_leaf(region->owner, leaf);
}

enum shm_status unmap_slice(struct region *region)
{
	struct spinlock *lock = &region->owner->shm->index.lock;
	cpu_irq_t irq;

	if (region->unmapped == region->mapped)
		return SHM_OK;
	irq = spin_lock(lock);
	unmap_some(region);
	spin_unlock(lock, irq);
	return region->unmapped == region->mapped ? SHM_OK : SHM_INTERRUPTED;
}
