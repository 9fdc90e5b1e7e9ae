/* SPDX-License-Identifier: BSD-2-Clause */
/* How large slots are, and what they are made of. */
#ifndef SRC_SLOT_SIZE_H
#define SRC_SLOT_SIZE_H

#include "slot.h"

/* Bytes behind a page of descriptors above the leaves. */
#define DIR_LEVEL (PT_LEAF_LEVEL - 1)
#define DIR_SIZE  (LEAF_SIZE << PT_PAGE_BITS)

/*
 * Where there is no room: leaf tables that a slot has at least, if there are so
 * many in a row.
 */
#define SLOT_LEAVES 16u

/* Whole units around where what is asked for would lie. */
static inline struct va_request slot_request(const struct va_request *inside,
					     uint64_t unit)
{
	uint64_t lead = inside->offset & (unit - 1);
	uint64_t align = inside->align > unit ? inside->align : unit;

	return (struct va_request){
		(lead + inside->size + unit - 1) & ~(unit - 1),
		align,
		inside->offset - lead,
		0,
	};
}

/* What slots of that kind are made of. */
static inline uint64_t slot_unit(const struct shm *shm, bool small)
{
	return small || !shm->roomy ? LEAF_SIZE : DIR_SIZE;
}

/* Slots of the owner's may have so many bytes more (shm.h, guest_tables). */
static inline bool slot_is_allowed(struct holdings *owner,
				   pte_t table_attributes, uint64_t size)
{
	const struct shm *shm = owner->shm;
	uint64_t has = slot_space(owner, table_attributes)->window_size;

	return !shm->roomy || owner == shm->kernel ||
	       has / DIR_SIZE + size / DIR_SIZE <= shm->guest_tables;
}

/* Leaf tables that a slot should have, as bytes: more for many small areas. */
static inline uint64_t slot_growth(struct holdings *owner,
				   pte_t table_attributes, uint64_t area)
{
	uint64_t has = slot_space(owner, table_attributes)->window_size;
	uint64_t size = SLOT_LEAVES * LEAF_SIZE;

	if (area > size / 4)
		return size;
	while (size < DIR_SIZE && 2 * size <= has)
		size *= 2;
	return size;
}

#endif
