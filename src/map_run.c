// SPDX-License-Identifier: BSD-2-Clause
/*
 * Mapping runs. A piece of a run that is a whole granule has one link: that of
 * a block, or where addresses do not allow one, of the first of its pages. Any
 * other page has a link of its own. Software bits in the descriptors of pages
 * say which.
 */
#include "map_run.h"

#include "block.h"
#include "map_size.h"
#include "page_links.h"
#include "space.h"

/*
 * What uses up the room of a slice: a page that goes the long way costs one,
 * and more if it is mapped already; a piece of bookkeeping that is made costs
 * what ten pages do.
 */
#define AGAIN_COST 1
#define MAKE_COST  10
#define GROUP_COST 4

static void settle(struct filler *f)
{
	if (f->pages == 0)
		return;
	f->leaf->live = (uint16_t)(f->leaf->live + f->pages);
	f->region->mapped += f->pages;
	f->pages = 0;
}

enum shm_status filler_need_leaf(struct filler *f)
{
	va_t va;

	if (f->leaf != NULL && f->slot != PT_ENTRY_COUNT)
		return SHM_OK;
	settle(f);
	f->room -= MAKE_COST;
	va = filler_address(f);
	f->slot = pt_index(va, PT_LEAF_LEVEL);
	return space_make_leaf(f->region->owner, va, &f->leaf);
}

void filler_finish(struct filler *f)
{
	settle(f);
	if (f->leaf != NULL && f->leaf->live == 0 && !f->leaf->keep)
		space_drop_leaf(f->region->owner, f->leaf);
}

/* All pages of a group are. */
static bool group_is_ram(const struct pa_index *index,
			 const struct granule_entry *entry, pa_t pa)
{
	if (granule_is_ram(entry))
		return true;
	for (unsigned int i = 0; i < PT_GROUP_COUNT; i++)
		if (!granule_has_page(index, entry, pa + i * SHM_PAGE_SIZE))
			return false;
	return true;
}

/* All that is needed to link a page at the next address. */
static enum shm_status need_room(struct filler *f, struct granule_entry *entry,
				 pa_t pa)
{
	enum shm_status st = filler_need_leaf(f);

	if (pa_index_is_mapped(entry, pa))
		f->room -= AGAIN_COST;
	if (st != SHM_OK ||
	    pa_index_has_room(f->index, entry, pa, f->leaf, f->slot))
		return st;
	f->room -= MAKE_COST;
	return pa_index_make_room(f->index, entry, pa, f->leaf, f->slot);
}

enum shm_status map_page(struct filler *f, pa_t pa)
{
	pte_t attributes = pte_attributes(SHM_MEM_SHARED) | PTE_SW_PAGE_LINK;
	struct granule_entry *entry = granule_entry_find(f->index, pa);
	enum shm_status st;

	if (entry == NULL || !shm_page_aligned(pa) ||
	    !granule_has_page(f->index, entry, pa))
		return SHM_BAD_ADDRESS;
	f->room--;
	if (!revoke_page(&f->revoker, entry, pa))
		return SHM_INTERRUPTED;
	st = need_room(f, entry, pa);
	if (st != SHM_OK)
		return st;
	pa_index_link_page(f->index, entry, pa, f->leaf, f->slot);
	/* There is a leaf, or filler_need_leaf() has failed. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	pte_store(&f->leaf->entries[f->slot], pte_make_page(pa, attributes));
	filler_advance(f, 1);
	return SHM_OK;
}

/* No page of the group is anybody else's. */
static bool take_group(struct filler *f, struct granule_entry *entry, pa_t pa)
{
	for (unsigned int i = 0; i < PT_GROUP_COUNT; i++)
		if (!revoke_page(&f->revoker, entry, pa + i * SHM_PAGE_SIZE))
			return false;
	return true;
}

/* No page of it is mapped by itself: entering them takes no list cells. */
static bool group_is_free(const struct granule_entry *entry, pa_t pa)
{
	for (unsigned int i = 0; i < PT_GROUP_COUNT; i++)
		if (pa_index_is_mapped(entry, pa + i * SHM_PAGE_SIZE))
			return false;
	return true;
}

/*
 * The first pages of a run that can be a group; *count of them. Where some are
 * mapped already, each goes the long way.
 */
static enum shm_status map_group(struct filler *f, pa_t pa, uint32_t *count)
{
	struct granule_entry *entry = granule_entry_find(f->index, pa);
	enum shm_status st;

	*count = 1;
	if (entry == NULL || !group_is_ram(f->index, entry, pa))
		return SHM_BAD_ADDRESS;
	f->room -= GROUP_COST;
	if (!take_group(f, entry, pa))
		return SHM_INTERRUPTED;
	if (!group_is_free(entry, pa))
		return map_page(f, pa);
	st = need_room(f, entry, pa);
	if (st == SHM_OK)
		*count = page_links_enter_group(f->index, entry, pa, f->leaf,
						f->slot);
	if (st == SHM_OK)
		filler_advance(f, *count);
	return st;
}

/*
 * Up to `count` neighbouring pages without links of their own, as many as the
 * leaf holds. Where they are groups, `count` is whole groups, too.
 */
static uint32_t store_pages(struct filler *f, pa_t pa, uint32_t count)
{
	pte_t attributes = pte_attributes(SHM_MEM_SHARED) | PTE_SW_BLOCK_LINK;
	pte_t *entry = &f->leaf->entries[f->slot];
	uint32_t fit = PT_ENTRY_COUNT - f->slot;

	if (count > fit)
		count = fit;
	if (map_shift_of(filler_address(f), pa, GROUP_SIZE) == GROUP_SHIFT)
		for (uint32_t i = 0; i < count; i += PT_GROUP_COUNT)
			pte_store_run(&entry[i],
				      pte_make_group(pa + i * SHM_PAGE_SIZE,
						     attributes, PT_LEAF_LEVEL),
				      pte_group_step(PT_LEAF_LEVEL),
				      PT_GROUP_COUNT);
	else
		pte_store_run(entry, pte_make_page(pa, attributes),
			      SHM_PAGE_SIZE, count);
	filler_advance(f, count);
	return count;
}

/* A granule in leaf tables: one link, at its first descriptor. */
static enum shm_status map_in_leaves(struct filler *f,
				     struct granule_entry *entry, pa_t first)
{
	enum shm_status st = filler_need_leaf(f);
	uint32_t done = 0;

	if (st == SHM_OK)
		st = pa_index_link_whole(f->index, entry, f->leaf, f->slot);
	while (st == SHM_OK && done < GRANULE_PAGES) {
		done += store_pages(f, first + ((pa_t)done << SHM_PAGE_SHIFT),
				    GRANULE_PAGES - done);
		if (done < GRANULE_PAGES)
			st = filler_need_leaf(f);
	}
	return st;
}

/* A granule by a block, in the table above the leaves that is at `va`. */
static enum shm_status map_block(struct filler *f, struct granule_entry *entry,
				 struct table *top, va_t va, pa_t first)
{
	enum shm_status st;

	settle(f);
	f->leaf = NULL;
	f->room -= MAKE_COST;
	st = block_map(f->index, entry, top, table_index(top, va), first);
	if (st != SHM_OK)
		return st;
	f->region->mapped += GRANULE_PAGES;
	block_join(top, f->region->area.range.first, va + GRANULE_SIZE);
	return SHM_OK;
}

static enum shm_status map_granule(struct filler *f,
				   struct granule_entry *entry, pa_t first)
{
	va_t va = filler_address(f);
	struct table *top = space_find_table(f->region->owner, va);

	if (!revoke_granule(&f->revoker, entry, first))
		return SHM_INTERRUPTED;
	if (top->level != PT_LEAF_LEVEL &&
	    map_shift_of(va, first, GRANULE_SIZE) == GRANULE_SHIFT)
		return map_block(f, entry, top, va, first);
	return map_in_leaves(f, entry, first);
}

/* The entry of the run's granule, if it has it all and that is RAM, or NULL. */
static struct granule_entry *whole_granule(const struct filler *f,
					   const struct page_run *run)
{
	struct granule_entry *entry;

	if (run->count != GRANULE_PAGES)
		return NULL;
	entry = granule_entry_find(f->index, run->first);
	return entry != NULL && granule_is_ram(entry) ? entry : NULL;
}

/* What the run begins with; *count pages, if that went well. */
static enum shm_status map_piece(struct filler *f, const struct page_run *run,
				 uint32_t *count)
{
	struct granule_entry *entry = whole_granule(f, run);

	*count = run->count;
	if (entry != NULL)
		return map_granule(f, entry, run->first);
	if (map_shift_of(filler_address(f), run->first,
			 (uint64_t)run->count << SHM_PAGE_SHIFT) >= GROUP_SHIFT)
		return map_group(f, run->first, count);
	*count = 1;
	return map_page(f, run->first);
}

enum shm_status map_pieces(struct filler *f, struct page_run *run)
{
	enum shm_status st = SHM_OK;
	uint32_t count;

	while (st == SHM_OK && run->count != 0 && f->room > 0) {
		st = map_piece(f, run, &count);
		if (st != SHM_OK)
			break;
		run->count -= count;
		run->first += (pa_t)count << SHM_PAGE_SHIFT;
	}
	return st;
}
