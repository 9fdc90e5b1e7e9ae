/* SPDX-License-Identifier: BSD-2-Clause */
/* An owner's slots, by address. Giving it more, and cutting off: space.h. */
#ifndef SRC_SLOT_H
#define SRC_SLOT_H

#include <dynshm/guest.h>

/* Bytes behind a leaf table. */
#define LEAF_SIZE (SHM_PAGE_SIZE << PT_INDEX_BITS)

/* The last slot that begins at or before `va`, or NULL. */
struct slot *slot_before(const struct holdings *owner, va_t va);
struct slot *slot_first(const struct holdings *owner);
struct slot *slot_next(const struct slot *slot);

/* Where the owner's areas in slots with these table attributes are. */
static inline struct va_pool *slot_space(struct holdings *owner,
					 pte_t table_attributes)
{
	bool other = PT_TABLE_HAS_WORLD &&
		     table_attributes != owner->table_attributes;

	return &owner->spaces[other ? 1 : 0];
}

/*
 * The area around `va`, in whichever of the owner's spaces it is, or NULL.
 * Under owner->lock or the index lock.
 */
static inline struct va_area *slot_find_area(const struct holdings *owner,
					     va_t va)
{
	struct va_area *area = NULL;

	for (unsigned int i = 0; area == NULL && i < OWNER_SPACES; i++)
		area = va_pool_find(&owner->spaces[i], va);
	return area;
}

/* Take it out of the owner's tree. Takes the index lock. */
void slot_unlink(struct holdings *owner, struct slot *slot);

/* The same with its window, but only if no area lies in that. */
bool slot_close(struct holdings *owner, struct slot *slot);

/* Free it and its tables, in which nothing is mapped. shm->lock held. */
void slot_destroy(struct holdings *owner, struct slot *slot);

#endif
