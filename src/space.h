/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An owner's virtual space: the slots it has and the leaf tables in them.
 * Look-ups start at the slot's own tables, never at the root, so that they
 * work the same when the slots have been cut off.
 */
#ifndef SRC_SPACE_H
#define SRC_SPACE_H

#include <dynshm/guest.h>

#include "tlb_batch.h"

/* Give the owner its small slot. shm->lock held. */
enum shm_status space_add_small_slot(struct holdings *owner);

/*
 * Add a slot in which the request can be met; its align is at most 1 GiB, and
 * where there is no room that of a group of blocks. On an address space with
 * room it is made of whole tables above the leaves, on one without of leaf
 * tables. Takes shm->lock.
 */
enum shm_status space_add_large_slot(struct holdings *owner,
				     pte_t table_attributes,
				     const struct va_request *inside,
				     struct slot **out);

/*
 * Reserve a range of the owner's space for mappings of that type, adding a slot
 * if nothing fits. SHM_NO_VA also where request->max_tries did not do. Nothing
 * has changed then. owner->lock held.
 */
enum shm_status space_reserve(struct holdings *owner, enum shm_memtype type,
			      const struct va_request *request,
			      struct va_area *area);

/* Two areas of one (va_pool.h). owner->lock and index lock held. */
void space_split(struct holdings *owner, struct va_area *area, va_t at,
		 struct va_area *rest);

/*
 * Give it back, and large slots that have become empty with it. Nothing in it
 * is mapped any more. owner->lock held.
 */
void space_release(struct holdings *owner, struct va_area *area);

/*
 * The owner's own table that is the last on the way to `va`: a leaf, or, where
 * there is none, the one above, whose descriptor there is a block or invalid.
 * NULL: not in a slot. Index lock held, or sole user.
 */
struct table *space_find_table(struct holdings *owner, va_t va);

/* The leaf table for `va`, or NULL. Index lock held, or sole user. */
struct table *space_find_leaf(struct holdings *owner, va_t va);

/* What is mapped at the page of an address, as a page or as part of a block. */
struct space_page {
	pa_t pa;
	enum shm_memtype type;
};

/* False: nothing is. Takes the index lock. */
bool space_find_page(struct holdings *owner, va_t va, struct space_page *out);

/* A leaf table for `va` that hangs nowhere yet. Index lock held. */
enum shm_status space_create_leaf(struct holdings *owner, va_t va,
				  struct table **out);

/* The leaf table for `va`, made if it is not there. Index lock held. */
enum shm_status space_make_leaf(struct holdings *owner, va_t va,
				struct table **out);

/*
 * Take an empty leaf out of the tree, and note it in the batch, which is
 * finished before the index lock, which is held, is released.
 */
void space_unhook_leaf(struct table *leaf, struct tlb_batch *batch);

/* All of that for one leaf: out of the tree, forgotten, freed. Index lock held
 */
void space_drop_leaf(struct holdings *owner, struct table *leaf);

/*
 * Unhook all slots from the root. O(slots), or where there is no room a slice:
 * SHM_INTERRUPTED when there is more to do. The batch then has everything.
 * shm->lock held.
 */
enum shm_status space_cut_off(struct holdings *owner, struct tlb_batch *batch);

/*
 * Free one slot of a dead owner, which has no areas left. SHM_OK: it was the
 * last; SHM_INTERRUPTED: more are left. shm->lock held.
 */
enum shm_status space_free_slot(struct holdings *owner);

#endif
