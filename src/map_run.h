/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the next page of a region goes, and the ways to map one or more pages
 * there. Index lock held for all of it.
 */
#ifndef SRC_MAP_RUN_H
#define SRC_MAP_RUN_H

#include "map.h"
#include "revoke.h"

struct filler {
	struct region *region;
	struct pa_index *index;
	struct table *leaf; /* NULL: to be found */
	unsigned int slot;
	uint32_t pages; /* entered in leaf, not yet counted */
	int room;	/* work that may still be done, see filler_spend() */
	struct revoker revoker;
};

/* Where the next page goes. */
static inline va_t filler_address(const struct filler *f)
{
	return map_page_address(f->region, f->region->mapped + f->pages);
}

/*
 * The region's next address has a leaf table, and `leaf` is it. Made if need
 * be: SHM_NO_TABLE, SHM_NO_METADATA, SHM_OVER_BUDGET.
 */
enum shm_status filler_need_leaf(struct filler *f);

/* `count` pages have been entered in the leaf. */
static inline void filler_advance(struct filler *f, uint32_t count)
{
	f->slot += count;
	f->pages += count;
}

/* Settle all counts, and give back a leaf that was made and is not used. */
void filler_finish(struct filler *f);

/*
 * The page at `pa`, the long way: take it from others, make what is missing.
 * SHM_INTERRUPTED: others are not done with yet.
 */
enum shm_status map_page(struct filler *f, pa_t pa);

/*
 * As much of the run as there is time for, by the largest descriptors that it
 * allows. SHM_INTERRUPTED as above.
 */
enum shm_status map_pieces(struct filler *f, struct page_run *run);

#endif
