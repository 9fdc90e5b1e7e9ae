// SPDX-License-Identifier: BSD-2-Clause
/* See place.h. */
#include "place.h"

#include "map.h"
#include "map_size.h"
#include "page_run.h"
#include "space.h"

/* Gaps that are looked into: misses are the price of a large alignment. */
#define PLACE_TRIES 16u

/* A run in a region. */
struct hint {
	uint64_t page; /* number of its first page in the region */
	uint64_t count;
	pa_t pa;
};

/* The longest one that the slice shows, or lets expect. */
static struct hint longest_run(const struct page_list *list)
{
	struct hint best = { 0 };
	uint32_t at = list->at;

	while (at < list->count) {
		const uint64_t *word = &list->slice[at];
		struct hint run = { at - list->at, 1, *word };

		run.count += page_run_count(word + 1, list->count - at - 1,
					    *word + SHM_PAGE_SIZE);
		at += (uint32_t)run.count;
		if (at == list->count && run.count > 1)
			run.count += list->left; /* it may go on */
		if (run.count > best.count)
			best = run;
	}
	return best;
}

static enum shm_status reserve(struct region *region, const struct hint *run,
			       unsigned int shift)
{
	uint64_t size = region_pages(region) << SHM_PAGE_SHIFT;
	uint64_t align = UINT64_C(1) << shift;
	pa_t first = run->pa - (run->page << SHM_PAGE_SHIFT);
	struct va_request request = { size, align,
				      first & (align - 1) & ~SHM_PAGE_MASK,
				      PLACE_TRIES };

	return space_reserve(region->owner, SHM_MEM_SHARED, &request,
			     &region->area);
}

enum shm_status region_place(struct region *region,
			     const struct page_list *list)
{
	bool roomy = region->owner->shm->roomy;
	struct hint run = longest_run(list);
	uint64_t size = run.count << SHM_PAGE_SHIFT;
	unsigned int shift = MAP_SHIFT_ANY;
	cpu_irq_t irq = spin_lock(&region->owner->lock);
	enum shm_status st;

	/* A page is a piece of a page: the last one is for any run. */
	do {
		shift = map_best_shift(roomy, run.pa & ~SHM_PAGE_MASK, size,
				       shift);
		st = reserve(region, &run, shift);
	} while (st == SHM_NO_VA && shift != SHM_PAGE_SHIFT);
	spin_unlock(&region->owner->lock, irq);
	return st;
}
