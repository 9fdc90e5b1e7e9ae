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

/* The address of the next page, all pages so far counted. */
static va_t next_address(const struct filler *f)
{
	return map_page_address(f->region, f->region->mapped + f->pages);
}

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
	va = next_address(f);
	f->slot = pt_index(va, PT_LEAF_LEVEL);
	return space_make_leaf(f->region->owner, va, &f->leaf);
}

void filler_finish(struct filler *f)
{
	settle(f);
	if (f->leaf != NULL && f->leaf->live == 0 && !f->leaf->keep)
		space_drop_leaf(f->region->owner, f->leaf);
}

static bool page_is_ram(const struct granule_entry *entry, pa_t pa)
{
	uint64_t page = (pa >> SHM_PAGE_SHIFT) % GRANULE_PAGES;

	return entry->ram != RAM_NONE &&
	       (entry->ram->words[page / 64] >> (page % 64) & 1);
}

enum shm_status map_page(struct filler *f, pa_t pa)
{
	pte_t attributes = pte_attributes(SHM_MEM_SHARED) | PTE_SW_PAGE_LINK;
	struct granule_entry *entry = granule_entry_find(f->index, pa);
	enum shm_status st;

	if (entry == NULL || !shm_page_aligned(pa) || !page_is_ram(entry, pa))
		return SHM_BAD_ADDRESS;
	f->room--;
	if (!revoke_page(&f->revoker, entry, pa))
		return SHM_INTERRUPTED;
	st = filler_need_leaf(f);
	if (pa_index_is_mapped(entry, pa))
		f->room -= AGAIN_COST;
	if (st == SHM_OK &&
	    !pa_index_has_room(f->index, entry, pa, f->leaf, f->slot)) {
		f->room -= MAKE_COST;
		st = pa_index_make_room(f->index, entry, pa, f->leaf, f->slot);
	}
	if (st != SHM_OK)
		return st;
	pa_index_link_page(f->index, entry, pa, f->leaf, f->slot);
	/* There is a leaf, or filler_need_leaf() has failed. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	pte_store(&f->leaf->entries[f->slot], pte_make_page(pa, attributes));
	filler_advance(f, 1);
	return SHM_OK;
}

/* Up to `count` neighbouring pages without links, as many as the leaf holds. */
static uint32_t store_plain(struct filler *f, pte_t first, uint32_t count)
{
	uint32_t fit = PT_ENTRY_COUNT - f->slot;

	if (count > fit)
		count = fit;
	pte_store_run(&f->leaf->entries[f->slot], first, SHM_PAGE_SIZE, count);
	filler_advance(f, count);
	return count;
}

/* A granule in leaf tables: one link, at its first descriptor. */
static enum shm_status map_in_leaves(struct filler *f,
				     struct granule_entry *entry, pa_t first)
{
	pte_t pte = pte_make_page(first, pte_attributes(SHM_MEM_SHARED));
	enum shm_status st = filler_need_leaf(f);
	uint32_t done = 1;

	if (st == SHM_OK)
		st = pa_index_link_whole(f->index, entry, f->leaf, f->slot);
	if (st != SHM_OK)
		return st;
	store_plain(f, pte | PTE_SW_BLOCK_LINK, 1);
	while (done < GRANULE_PAGES) {
		st = filler_need_leaf(f);
		if (st != SHM_OK)
			return st;
		done += store_plain(f, pte + ((pte_t)done << SHM_PAGE_SHIFT),
				    GRANULE_PAGES - done);
	}
	return SHM_OK;
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
	if (st == SHM_OK)
		f->region->mapped += GRANULE_PAGES;
	return st;
}

static enum shm_status map_granule(struct filler *f,
				   struct granule_entry *entry, pa_t first)
{
	va_t va = next_address(f);
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
	return entry != NULL && entry->ram == &ram_full ? entry : NULL;
}

enum shm_status map_pieces(struct filler *f, struct page_run *run)
{
	struct granule_entry *entry = whole_granule(f, run);
	enum shm_status st = SHM_OK;

	if (entry != NULL) {
		st = map_granule(f, entry, run->first);
		if (st != SHM_INTERRUPTED)
			run->count = 0;
		return st;
	}
	while (run->count != 0 && f->room > 0) {
		st = map_page(f, run->first);
		if (st != SHM_OK)
			break;
		run->count--;
		run->first += SHM_PAGE_SIZE;
	}
	return st;
}
