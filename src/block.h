/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Granules of 2 MiB that are mapped by descriptors above the leaves: one block
 * of 2 MiB, or two sections of 1 MiB, in the table at the top of a slot. The
 * first of them has the granule's link. No leaf table is needed.
 *
 * Blocks of one region that turn out to be neighbours are joined: 16 of them to
 * a group, and all that the table has to a block of 1 GiB. Links stay as they
 * are, and so does the table in the latter case, which the CPU then does not
 * walk: where anything in the GiB goes, it takes the block's place again. So
 * look-ups know nothing of that, and death is the same few stores.
 *
 * Index lock held for all of it.
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
 * The region that begins at `first` has been mapped up to `end`, which is in or
 * at the end of `top`, and its last granule is a block: join it to those before
 * it, if that makes a group or a GiB. Nobody uses the region yet.
 */
void block_join(struct table *top, va_t first, va_t end);

/*
 * Take out the granule that is mapped from `slot` on, and what it was joined to
 * in a group, of which it then is the first; how many pages that were. TLBs may
 * still know them.
 */
uint32_t block_unmap(struct pa_index *index, struct table *top,
		     unsigned int slot);

#endif
