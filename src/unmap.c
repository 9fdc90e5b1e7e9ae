// SPDX-License-Identifier: BSD-2-Clause
/*
 * Taking a region's pages out again. The software bits in its descriptors say
 * which links pa_index has for them (map.c). Of a revoked region, some
 * descriptors may be gone already, and leaf tables with them (revoke.c).
 */
#include "map.h"

#include "block.h"
#include "page_links.h"
#include "revoke.h"
#include "space.h"

/* Pages with a link of their own that are taken out in one hold of the lock. */
#define UNMAP_LINKS (5u * PT_GROUP_COUNT)
/* The same, of pages in blocks. */
#define UNMAP_BLOCK_PAGES (UINT64_C(8) * GRANULE_PAGES)

static void drop_if_empty(struct region *region, struct table *leaf)
{
	if (leaf->live == 0 && !leaf->keep)
		space_drop_leaf(region->owner, leaf);
}

/* Pages of the region that lie in the leaf table of page `page`. */
static uint32_t fit_leaf(const struct region *region, uint64_t page,
			 uint64_t count)
{
	unsigned int slot =
		pt_index(map_page_address(region, page), PT_LEAF_LEVEL);
	uint32_t fit = PT_ENTRY_COUNT - slot;

	return fit < count ? fit : (uint32_t)count;
}

static struct table *leaf_of(const struct region *region, uint64_t page)
{
	return space_find_leaf(region->owner, map_page_address(region, page));
}

static void clear_run(struct table *leaf, unsigned int slot, uint32_t count)
{
	pte_clear_run(&leaf->entries[slot], count);
	leaf->live = (uint16_t)(leaf->live - count);
}

/* Leaf tables that a granule's pages can lie in. */
#define GRANULE_LEAVES (GRANULE_PAGES / PT_ENTRY_COUNT + 1)

/*
 * The link goes when no descriptor is left: as long as a page can be reached,
 * who maps it for another owner has to find that out. It goes before the table
 * that its cell belongs to.
 */
uint32_t unmap_whole(struct region *region, uint64_t page)
{
	struct table *leaves[GRANULE_LEAVES] = { leaf_of(region, page) };
	unsigned int slot =
		pt_index(map_page_address(region, page), PT_LEAF_LEVEL);
	pa_t pa =
		pte_address(pte_load(&leaves[0]->entries[slot]), PT_LEAF_LEVEL);
	uint64_t left = region->mapped - page;
	uint32_t count = left < GRANULE_PAGES ? (uint32_t)left : GRANULE_PAGES;
	uint32_t done = fit_leaf(region, page, count);
	unsigned int used = 1;

	clear_run(leaves[0], slot, done);
	while (done < count) {
		uint32_t part = fit_leaf(region, page + done, count - done);

		leaves[used] = leaf_of(region, page + done);
		clear_run(leaves[used++], 0, part);
		done += part;
	}
	pa_index_unlink_whole(&region->owner->shm->index, pa, leaves[0], slot);
	while (used > 0)
		drop_if_empty(region, leaves[--used]);
	return count;
}

/*
 * Pages with links of their own, up to anything else. Groups go as a whole: the
 * region has each as a whole, or has lost it.
 */
static uint32_t unmap_linked(struct region *region, struct table *leaf,
			     unsigned int slot, uint32_t count)
{
	struct pa_index *index = &region->owner->shm->index;
	uint32_t room = UNMAP_LINKS - slot % PT_GROUP_COUNT;
	uint32_t done = 0;
	struct link_span span;
	uint32_t left;

	if (count > room)
		count = room;
	do {
		span = link_span_at(leaf, slot + done, count - done);
		left = page_links_leave(index, span);
		done += left;
	} while (left == span.count && done < count);
	leaf->live = (uint16_t)(leaf->live - done);
	return done;
}

/* It was revoked. One that the kernel has made invalid still has its link. */
static bool is_gone(pte_t pte)
{
	return !pte_is_valid(pte) && pte_software(pte, PT_LEAF_LEVEL) == 0;
}

static uint32_t skip_gone(const struct table *leaf, unsigned int slot,
			  uint32_t count)
{
	uint32_t done = 0;

	while (done < count && is_gone(pte_load(&leaf->entries[slot + done])))
		done++;
	return done;
}

/* In one leaf table. */
static uint32_t unmap_in_leaf(struct region *region, struct table *leaf,
			      unsigned int slot, uint32_t count,
			      unsigned int *level)
{
	uint32_t done = skip_gone(leaf, slot, count);
	pte_t pte;

	if (done != 0)
		return done;
	*level = PT_LEAF_LEVEL;
	pte = pte_load(&leaf->entries[slot]);
	if (pte_software(pte, PT_LEAF_LEVEL) & PTE_SW_BLOCK_LINK)
		return unmap_whole(region, region->unmapped);
	done = unmap_linked(region, leaf, slot, count);
	drop_if_empty(region, leaf);
	return done;
}

/* Blocks are counted as far as anybody wants to know. */
static uint32_t unmap_block(struct region *region, struct table *table,
			    unsigned int slot)
{
	uint32_t pages = block_unmap(&region->owner->shm->index, table, slot);
	uint32_t blocks = region->blocks + (pages >> PT_INDEX_BITS);

	region->blocks = blocks < UINT8_MAX ? (uint8_t)blocks : UINT8_MAX;
	return pages;
}

/* Within one leaf table, one granule, or a group of those. */
static uint32_t unmap_some(struct region *region, unsigned int *level)
{
	uint64_t page = region->unmapped;
	va_t va = map_page_address(region, page);
	uint32_t count = fit_leaf(region, page, region->mapped - page);
	struct table *table = space_find_table(region->owner, va);
	unsigned int slot = table_index(table, va);

	if (table->level == PT_LEAF_LEVEL)
		return unmap_in_leaf(region, table, slot, count, level);
	if (!pte_is_valid(pte_load(&table->entries[slot])))
		return count; /* it was revoked */
	*level = table->level;
	return unmap_block(region, table, slot);
}

unsigned int unmap_step(struct region *region)
{
	unsigned int level = UNMAP_NONE;
	uint32_t done = unmap_some(region, &level);

	region->unmapped += done;
	account_refund(&region->owner->account, RESOURCE_PAGES, done);
	return level;
}

/* Blocks, as long as they are few pages, or one step of anything else. */
static void unmap_steps(struct region *region)
{
	uint64_t before = region->unmapped;
	unsigned int level;

	while (region->unmapped != region->mapped) {
		level = unmap_step(region);
		if (level == UNMAP_NONE)
			break;
		region->stale = true;
		if (level == PT_LEAF_LEVEL ||
		    region->unmapped - before >= UNMAP_BLOCK_PAGES)
			break;
	}
}

enum shm_status unmap_slice(struct region *region)
{
	struct pa_index *index = &region->owner->shm->index;
	cpu_irq_t irq = spin_lock(&index->lock);
	bool more;

	unmap_steps(region);
	more = region->unmapped != region->mapped;
	if (!more)
		revoke_forget(index, region);
	spin_unlock(&index->lock, irq);
	return more ? SHM_INTERRUPTED : SHM_OK;
}
