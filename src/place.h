/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a region's virtual range goes. The first words of its list tell how it
 * has to lie for the largest descriptors, so it is placed when these are read.
 */
#ifndef SRC_PLACE_H
#define SRC_PLACE_H

#include <dynshm/region.h>

/* The region has its range, and so may have pages. */
static inline bool region_is_placed(const struct region *region)
{
	return region->area.range.last != 0;
}

/*
 * Reserve it, once a slice of the list is there. Where virtual space does not
 * allow the alignment that would be best, it gets a lower one. SHM_NO_VA,
 * SHM_NO_TABLE, SHM_NO_METADATA, SHM_OVER_BUDGET leave all as it was. Takes
 * the owner's lock.
 */
enum shm_status region_place(struct region *region,
			     const struct page_list *list);

#endif
