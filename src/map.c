// SPDX-License-Identifier: BSD-2-Clause
/*
 * Mapping page lists. Words become runs of neighbouring pages, runs become
 * descriptors and links of pa_index. A run never crosses a granule of 2 MiB,
 * so one look-up validates it; a run that fills a granule has one link, any
 * other page has its own, and software bits in the descriptors say which.
 */
#include "map.h"

#include "page_links.h"
#include "ram_type.h"
#include "revoke.h"
#include "space.h"

/*
 * Work in one hold of the lock, beyond the plain pages of a slice: a page that
 * goes the long way costs one, and more if it is mapped already; a piece of
 * bookkeeping that is made costs what ten pages do.
 */
#define SLICE_ROOM 100
#define AGAIN_COST 1
#define MAKE_COST  10

/* Where the next page of a region goes, while the lock is held. */
struct filler {
	struct region *region;
	struct pa_index *index;
	struct table *leaf; /* NULL: to be found */
	unsigned int slot;
	uint32_t pages; /* entered in leaf, not yet counted */
	int room;	/* bookkeeping that may still be made */
	struct revoker revoker;
};

static void filler_count(struct filler *f)
{
	if (f->pages == 0)
		return;
	f->leaf->live = (uint16_t)(f->leaf->live + f->pages);
	f->region->mapped += f->pages;
	f->pages = 0;
}

/* The leaf table of the next page, made if need be. */
static enum shm_status filler_turn(struct filler *f)
{
	va_t va;

	filler_count(f);
	f->room -= MAKE_COST;
	va = map_page_address(f->region, f->region->mapped);
	f->slot = pt_index(va, PT_LEAF_LEVEL);
	return space_make_leaf(f->region->owner, va, &f->leaf);
}

static inline bool filler_must_turn(const struct filler *f)
{
	return f->leaf == NULL || f->slot == PT_ENTRY_COUNT;
}

static bool page_is_ram(const struct granule_entry *entry, pa_t pa)
{
	uint64_t page = (pa >> SHM_PAGE_SHIFT) % GRANULE_PAGES;

	return entry->ram != RAM_NONE &&
	       (entry->ram->words[page / 64] >> (page % 64) & 1);
}

/* Up to `count` neighbouring pages without links, as many as the leaf holds. */
static uint32_t store_plain(struct filler *f, pte_t first, uint32_t count)
{
	uint32_t fit = PT_ENTRY_COUNT - f->slot;

	if (count > fit)
		count = fit;
	pte_store_run(&f->leaf->entries[f->slot], first, SHM_PAGE_SIZE, count);
	f->slot += count;
	f->pages += count;
	return count;
}

/* A run that is a whole granule: one link, at its first descriptor. */
static enum shm_status map_whole(struct filler *f, struct granule_entry *entry,
				 pa_t first)
{
	pte_t pte = pte_make_page(first, pte_attributes(SHM_MEM_SHARED));
	enum shm_status st = SHM_OK;
	uint32_t done = 1;

	if (filler_must_turn(f))
		st = filler_turn(f);
	if (st == SHM_OK)
		st = pa_index_link_whole(f->index, entry, f->leaf, f->slot);
	if (st != SHM_OK)
		return st;
	store_plain(f, pte | PTE_SW_BLOCK_LINK, 1);
	while (done < GRANULE_PAGES) {
		if (filler_must_turn(f))
			st = filler_turn(f);
		if (st != SHM_OK)
			return st;
		done += store_plain(f, pte + ((pte_t)done << SHM_PAGE_SHIFT),
				    GRANULE_PAGES - done);
	}
	return SHM_OK;
}

/*
 * A page with a link of its own, the long way: take it from others, make what
 * is missing. SHM_INTERRUPTED: others are not done with yet.
 */
static enum shm_status map_page(struct filler *f, pa_t pa)
{
	pte_t attributes = pte_attributes(SHM_MEM_SHARED) | PTE_SW_PAGE_LINK;
	struct granule_entry *entry = granule_entry_find(f->index, pa);
	enum shm_status st = SHM_OK;

	if (entry == NULL || !shm_page_aligned(pa) || !page_is_ram(entry, pa))
		return SHM_BAD_ADDRESS;
	f->room--;
	if (!revoke_page(&f->revoker, entry, pa))
		return SHM_INTERRUPTED;
	if (filler_must_turn(f))
		st = filler_turn(f);
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
	/* There is a leaf, or filler_turn() has failed. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	pte_store(&f->leaf->entries[f->slot], pte_make_page(pa, attributes));
	f->slot++;
	f->pages++;
	return SHM_OK;
}

/* A run that turned out shorter than its granule. */
static enum shm_status map_rest(struct filler *f, struct page_run *run)
{
	enum shm_status st = SHM_OK;

	while (st == SHM_OK && run->count != 0 && f->room > 0) {
		st = map_page(f, run->first);
		if (st != SHM_OK)
			break;
		run->count--;
		run->first += SHM_PAGE_SIZE;
	}
	return st;
}

/* How many of `count` words name neighbouring pages from `next` on. */
static uint32_t count_neighbours(const uint64_t *words, uint32_t count,
				 pa_t next)
{
	uint32_t i = 0;

	while (i + 4 <= count &&
	       ((words[i] ^ next) | (words[i + 1] ^ (next + SHM_PAGE_SIZE)) |
		(words[i + 2] ^ (next + 2 * SHM_PAGE_SIZE)) |
		(words[i + 3] ^ (next + 3 * SHM_PAGE_SIZE))) == 0) {
		next += 4 * SHM_PAGE_SIZE;
		i += 4;
	}
	while (i < count && words[i] == next) {
		next += SHM_PAGE_SIZE;
		i++;
	}
	return i;
}

/*
 * Lengthen the run by the words that continue it, up to the granule's end: of
 * a run that is mapped in part, only the rest is left, which begins later.
 */
static void run_extend(struct page_run *run, struct page_list *list)
{
	pa_t next = run->first + ((pa_t)run->count << SHM_PAGE_SHIFT);
	pa_t end = (run->first | (GRANULE_SIZE - 1)) + 1;
	uint32_t room = (uint32_t)((end - next) >> SHM_PAGE_SHIFT);
	uint32_t count = list->count - list->at;

	if (count > room)
		count = room;
	count = count_neighbours(&list->slice[list->at], count, next);
	run->count += count;
	list->at += count;
}

/* The entry of a granule that is RAM throughout, or NULL. */
static struct granule_entry *full_granule(const struct filler *f, pa_t first)
{
	struct granule_entry *entry = granule_entry_find(f->index, first);

	return entry != NULL && entry->ram == &ram_full ? entry : NULL;
}

/* Go on with a run that began where a granule does. */
static enum shm_status map_run(struct filler *f, struct page_list *list)
{
	struct page_run *run = &list->run;
	struct granule_entry *entry;

	run_extend(run, list);
	list->expected = run->first + ((pa_t)run->count << SHM_PAGE_SHIFT);
	entry = run->count == GRANULE_PAGES ? full_granule(f, run->first)
					    : NULL;
	if (entry != NULL) {
		if (!revoke_granule(&f->revoker, entry, run->first))
			return SHM_INTERRUPTED;
		run->count = 0;
		return map_whole(f, entry, run->first);
	}
	if (list->at == list->count && list->left != 0 &&
	    (list->expected & (GRANULE_SIZE - 1)) != 0)
		return SHM_INTERRUPTED; /* it may go on in the next slice */
	return map_rest(f, run);
}

/* As many words of the slice as plainly can be entered in a row. */
static enum shm_status map_plain(struct filler *f, struct page_list *list,
				 uint32_t *done)
{
	enum shm_status st = SHM_OK;
	struct link_span span;

	if (filler_must_turn(f))
		st = filler_turn(f);
	if (st != SHM_OK)
		return st;
	span = link_span_at(f->leaf, f->slot, list->count - list->at);
	*done = page_links_enter(f->index, span, &list->slice[list->at],
				 &list->expected, &f->region->runs);
	f->slot += *done;
	f->pages += *done;
	list->at += *done;
	return SHM_OK;
}

/* The next word, and those after it that need no more than it does. */
static enum shm_status map_next(struct filler *f, struct page_list *list)
{
	pa_t pa = list->slice[list->at];
	uint32_t done = 0;
	enum shm_status st = SHM_OK;

	if ((pa & (GRANULE_SIZE - 1)) == 0) {
		list->run = (struct page_run){ pa, 1 };
	} else {
		st = map_plain(f, list, &done);
		if (st == SHM_OK && done == 0)
			st = map_page(f, pa);
		if (st != SHM_OK || done != 0)
			return st;
	}
	f->region->runs += pa != list->expected;
	list->expected = pa + SHM_PAGE_SIZE;
	list->at++;
	return SHM_OK;
}

static enum shm_status map_words(struct filler *f, struct page_list *list)
{
	enum shm_status st = SHM_OK;

	while (st == SHM_OK && f->room > 0) {
		if (list->run.count != 0)
			st = map_run(f, list);
		else if (list->at != list->count)
			st = map_next(f, list);
		else
			break;
	}
	return st == SHM_INTERRUPTED ? SHM_OK : st;
}

enum shm_status map_slice(struct region *region, struct page_list *list)
{
	struct pa_index *index = &region->owner->shm->index;
	struct filler filler = {
		.region = region,
		.index = index,
		.room = SLICE_ROOM,
		.revoker = { index, region->owner, &filler.room, 0, 0 },
	};
	struct ram_type_guard guard = ram_type_lock(region->owner->shm);
	enum shm_status st = SHM_REGION_GONE;

	if (!region->revoked) /* model: REGION_MAP */
		st = ram_type_check_list(region->owner->shm, guard, list);
	if (st == SHM_OK)
		st = map_words(&filler, list);
	filler_count(&filler);
	if (filler.leaf != NULL && filler.leaf->live == 0 && !filler.leaf->keep)
		space_drop_leaf(region->owner, filler.leaf);
	revoke_finish(&filler.revoker);
	ram_type_unlock(region->owner->shm, guard);
	return st;
}
