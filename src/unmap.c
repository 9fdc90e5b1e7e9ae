// SPDX-License-Identifier: BSD-2-Clause
/*
 * Taking a region's pages out again. The software bits in its descriptors say
 * which links pa_index has for them (map.c).
 */
#include "map.h"

#include "page_links.h"
#include "space.h"

/* Pages with a link of their own that are taken out in one hold of the lock. */
#define UNMAP_LINKS 96u

/* Pages without links, within one leaf table. */
static uint32_t unmap_plain(struct region *region, struct table *leaf,
			    unsigned int slot, uint32_t count)
{
	if (count > region->plain)
		count = region->plain;
	pte_clear_run(&leaf->entries[slot], count);
	region->plain = (uint16_t)(region->plain - count);
	return count;
}

/* The first page of a whole granule; those that it stands for come next. */
static uint32_t unmap_whole(struct region *region, struct table *leaf,
			    unsigned int slot)
{
	pte_t pte = pte_load(&leaf->entries[slot]);

	pte_store(&leaf->entries[slot], PTE_INVALID);
	pa_index_unlink_whole(&region->owner->shm->index,
			      pte_address(pte, PT_LEAF_LEVEL), leaf, slot);
	region->plain = GRANULE_PAGES - 1;
	return 1;
}

/* Pages with links of their own, up to one that stands for a granule. */
static uint32_t unmap_linked(struct region *region, struct table *leaf,
			     unsigned int slot, uint32_t count)
{
	struct pa_index *index = &region->owner->shm->index;
	uint32_t done = 0;

	if (count > UNMAP_LINKS)
		count = UNMAP_LINKS;
	while (done < count) {
		struct link_span span =
			link_span_at(leaf, slot + done, count - done);
		uint32_t left = page_links_leave(index, span);

		done += left;
		if (left != span.count)
			break;
	}
	return done == count ? done
			     : done + unmap_whole(region, leaf, slot + done);
}

/* As much as one leaf table holds of it, or a slice. Index lock held. */
static void unmap_some(struct region *region)
{
	va_t va = map_page_address(region, region->unmapped);
	struct table *leaf = space_find_leaf(region->owner, va);
	unsigned int slot = pt_index(va, PT_LEAF_LEVEL);
	uint64_t left = region->mapped - region->unmapped;
	uint32_t fit = PT_ENTRY_COUNT - slot;
	uint32_t count = 0;

	if (fit > left)
		fit = (uint32_t)left;
	if (region->plain == 0)
		count = unmap_linked(region, leaf, slot, fit);
	if (region->plain != 0)
		count += unmap_plain(region, leaf, slot + count, fit - count);
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
