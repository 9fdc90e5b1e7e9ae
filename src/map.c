// SPDX-License-Identifier: BSD-2-Clause
/*
 * Mapping page lists. Words become runs of neighbouring pages, runs become
 * descriptors and links of pa_index. A run never crosses a granule of 2 MiB,
 * so one look-up validates it; what it is mapped by is map_run.c's affair.
 * Words that are no part of a run that is worth it are entered in a row, by
 * page_links.c.
 */
#include "map.h"

#include "map_run.h"
#include "map_size.h"
#include "page_links.h"
#include "page_run.h"
#include "ram_type.h"

/* Work in one hold of the lock, beyond the plain pages of a slice. */
#define SLICE_ROOM 80

/* Go on with a run that began where a granule or a group does. */
static enum shm_status map_run(struct filler *f, struct page_list *list)
{
	if (page_list_extend_run(list))
		return SHM_INTERRUPTED;
	return map_pieces(f, &list->run);
}

/* As many words of the slice as plainly can be entered in a row. */
static enum shm_status map_plain(struct filler *f, struct page_list *list,
				 uint32_t *done)
{
	enum shm_status st = filler_need_leaf(f);
	struct link_span span;

	if (st != SHM_OK)
		return st;
	span = link_span_at(f->leaf, f->slot, list->count - list->at);
	*done = page_links_enter(f->index, span, &list->slice[list->at],
				 &list->expected, &f->region->runs);
	filler_advance(f, *done);
	list->at += *done;
	return SHM_OK;
}

/* What goes to `va` next may begin a run. */
static bool run_begins(va_t va, const struct page_list *list)
{
	return map_run_begins((uint32_t)(va >> SHM_PAGE_SHIFT),
			      &list->slice[list->at], list->count - list->at);
}

static void take_word(struct region *region, struct page_list *list)
{
	pa_t pa = list->slice[list->at];

	region->runs += pa != list->expected;
	list->expected = pa + SHM_PAGE_SIZE;
	list->at++;
}

static void begin_run(struct region *region, struct page_list *list)
{
	list->run = (struct page_run){ list->slice[list->at], 1 };
	take_word(region, list);
}

bool map_begin_run(struct region *region, struct page_list *list)
{
	if (list->run.count != 0 || list->at == list->count ||
	    !run_begins(map_page_address(region, region->mapped), list))
		return false;
	begin_run(region, list);
	return page_list_extend_run(list);
}

/* The next word, and those after it that need no more than it does. */
static enum shm_status map_next(struct filler *f, struct page_list *list)
{
	uint32_t done = 0;
	enum shm_status st;

	if (run_begins(filler_address(f), list)) {
		begin_run(f->region, list);
		return SHM_OK;
	}
	st = map_plain(f, list, &done);
	if (st == SHM_OK && done == 0)
		st = map_page(f, list->slice[list->at]);
	if (st == SHM_OK && done == 0)
		take_word(f->region, list);
	return st;
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

/* Not all of a filler: what a batch has not begun with has no value. */
static void filler_init(struct filler *f, struct region *region)
{
	f->region = region;
	f->index = &region->owner->shm->index;
	f->leaf = NULL;
	f->slot = 0;
	f->pages = 0;
	f->room = SLICE_ROOM;
	f->revoker.index = f->index;
	f->revoker.owner = region->owner;
	f->revoker.room = &f->room;
	tlb_batch_init(&f->revoker.gone);
}

enum shm_status map_slice(struct region *region, struct page_list *list)
{
	struct filler filler;
	struct ram_type_guard guard = ram_type_lock(region->owner->shm);
	enum shm_status st = SHM_REGION_GONE;

	filler_init(&filler, region);
	if (!region->revoked) /* model: REGION_MAP */
		st = ram_type_check_list(region->owner->shm, guard, list);
	if (st == SHM_OK)
		st = map_words(&filler, list);
	filler_finish(&filler);
	revoke_finish(&filler.revoker);
	ram_type_unlock(region->owner->shm, guard);
	return st;
}
