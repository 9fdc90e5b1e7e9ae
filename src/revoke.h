/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that the hypervisor moved. A page list of one guest that names a page
 * which a region of another living guest maps means that the page has changed
 * hands: the later list holds, and the region is revoked.
 *
 * The rule that makes this cheap: all mappings of a page, those as a part of
 * its granule included, are of one living owner and of any number of dead
 * ones, and the newest comes first. So who maps looks at no more than the
 * owner of the first link. Index lock held for all of it.
 */
#ifndef SRC_REVOKE_H
#define SRC_REVOKE_H

#include <dynshm/region.h>

#include "pa_index.h"
#include "tlb_batch.h"

/* Takes mappings away from others, on behalf of one who maps. */
struct revoker {
	struct pa_index *index;
	const struct holdings *owner; /* who may keep what it has */
	int *room;		      /* work that may still be done */
	struct tlb_batch gone;
};

/*
 * See to it that nobody else maps the page at `pa`, whose granule is entry's,
 * or any page of the granule. False: there was not room for all of it; come
 * back in the next slice. The granule may be gone afterwards.
 */
bool revoke_page(struct revoker *revoker, struct granule_entry *entry, pa_t pa);
bool revoke_granule(struct revoker *revoker, struct granule_entry *entry,
		    pa_t first);

/* Before the lock is given up: no TLB knows any more what was taken. */
void revoke_finish(struct revoker *revoker);

/* The region is unmapped by now, and about to be freed. */
void revoke_forget(struct pa_index *index, struct region *region);

/*
 * Unmap a slice of a region that was revoked. SHM_OK: none is left.
 * SHM_INTERRUPTED: there is more. Takes the index lock.
 */
enum shm_status revoke_drain(struct shm *shm);

#endif
