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

/* The next word, and those after it that need no more than it does. */
static enum shm_status map_next(struct filler *f, struct page_list *list)
{
	const uint64_t *words = &list->slice[list->at];
	pa_t pa = words[0];
	uint32_t done = 0;
	enum shm_status st = SHM_OK;

	if (map_run_begins((uint32_t)(filler_address(f) >> SHM_PAGE_SHIFT),
			   words, list->count - list->at)) {
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
		.revoker = { index, region->owner, &filler.room, { 0 } },
	};
	struct ram_type_guard guard = ram_type_lock(region->owner->shm);
	enum shm_status st = SHM_REGION_GONE;

	if (!region->revoked) /* model: REGION_MAP */
		st = ram_type_check_list(region->owner->shm, guard, list);
	if (st == SHM_OK)
		st = map_words(&filler, list);
	filler_finish(&filler);
	revoke_finish(&filler.revoker);
	ram_type_unlock(region->owner->shm, guard);
	return st;
}
