/* SPDX-License-Identifier: BSD-2-Clause */
/* A region's pages into the tables and out of them, a slice at a time. */
#ifndef SRC_MAP_H
#define SRC_MAP_H

#include <dynshm/region.h>

/* Where page number `page` of the region is, or will be. */
static inline va_t map_page_address(const struct region *region, uint64_t page)
{
	return region->area.range.first + (page << SHM_PAGE_SHIFT);
}

/*
 * What the list's slice begins with, after all that was mapped, may begin a
 * run: the list then has it. True: and it has used the slice up, so that more
 * can be read for it. The region is placed; no lock is needed.
 */
bool map_begin_run(struct region *region, struct page_list *list);

/*
 * Enter words of the list's slice, as many as bounded time allows: list->at
 * and list->run say what is left of it. The caller fills the slice.
 */
enum shm_status map_slice(struct region *region, struct page_list *list);

/*
 * Take out up to a slice of what is mapped. SHM_INTERRUPTED: more is left.
 * SHM_OK: no table names a page of it, nor is it among the revoked; if it is
 * stale, TLBs may still know it.
 */
enum shm_status unmap_slice(struct region *region);

/* Nothing was valid any more. */
#define UNMAP_NONE UINT32_MAX

/*
 * The same, of a region that has more to unmap. Answers the level that the
 * descriptors were of, or UNMAP_NONE. Index lock held.
 */
unsigned int unmap_step(struct region *region);

/*
 * Take out the granule that begins at page number `page` of the region, mapped
 * in leaf tables; how many pages of it there were. Index lock held.
 */
uint32_t unmap_whole(struct region *region, uint64_t page);

#endif
