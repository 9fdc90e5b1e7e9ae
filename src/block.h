/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Granules of 2 MiB that are mapped by descriptors above the leaves: one block
 * of 2 MiB, or two sections of 1 MiB, in the table at the top of a slot. The
 * first of them has the granule's link. No leaf table is needed. Index lock
 * held for all of it.
 */
#ifndef SRC_BLOCK_H
#define SRC_BLOCK_H

#include "pa_index.h"

#define GRANULE_BLOCKS (1u << (GRANULE_SHIFT - BLOCK_SHIFT))

/*
 * Map the granule that begins at `pa` by the descriptors from `slot` on, which
 * are for the same part of 2 MiB, and enter it into the index.
 * SHM_NO_METADATA or SHM_OVER_BUDGET leave everything as it was.
 */
enum shm_status block_map(struct pa_index *index, struct granule_entry *entry,
			  struct table *top, unsigned int slot, pa_t pa);

/*
 * Take out the granule that is mapped from `slot` on; how many pages that were.
 * TLBs may still know it.
 */
uint32_t block_unmap(struct pa_index *index, struct table *top,
		     unsigned int slot);

#endif
