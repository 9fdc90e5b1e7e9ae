// SPDX-License-Identifier: BSD-2-Clause
/* Taking all slots of an owner out of the tables that the CPU walks. */
#include "slot.h"
#include "space.h"
#include "table.h"

/* Where there is no room: leaf tables that are cut off in a slice. */
#define CUT_SLICE 256u

/* Up to `room` descriptors from `at` on, with no group cut in two. */
static uint32_t whole_groups(const struct table *directory, uint32_t at,
			     uint32_t room)
{
	va_t end = directory->first + (va_t)(at + room) * LEAF_SIZE;
	uint32_t over = (uint32_t)(end / LEAF_SIZE) % PT_GROUP_COUNT;

	return room > over ? room - over : 0;
}

/*
 * Clear the mirror of a directory, from `from` on and as far as `room` allows.
 * True when it is done.
 */
static bool clear_mirror(const struct table *directory, va_t from,
			 uint32_t *room)
{
	uint32_t at = 0;
	uint32_t count = directory->count;

	if (from > directory->first)
		at = table_index(directory, from);
	count -= at;
	if (count > *room)
		count = whole_groups(directory, at, *room);
	pte_clear_run(&directory->mirror[at], count);
	*room -= count;
	return at + count == directory->count;
}

/* Whoever takes pages out of it (revoke.c) has to see that it is detached. */
static void detach(struct holdings *owner, struct table *table,
		   struct tlb_batch *batch)
{
	struct spinlock *lock = &owner->shm->index.lock;
	cpu_irq_t irq = spin_lock(lock);

	table_detach(table, batch);
	spin_unlock(lock, irq);
}

/* A slot from owner->cut on. True when it is done. */
static bool slot_cut_off(struct holdings *owner, struct slot *slot,
			 uint32_t *room, struct tlb_batch *batch)
{
	for (struct table *t = slot->tables; t != NULL; t = t->next) {
		uint32_t before = *room;

		if (t->parent == NULL)
			continue;
		if (owner->cut < t->first)
			owner->cut = t->first;
		if (t->mirror != NULL && !clear_mirror(t, owner->cut, room)) {
			owner->cut += (before - *room) * LEAF_SIZE;
			return false;
		}
		detach(owner, t, batch);
	}
	return true;
}

enum shm_status space_cut_off(struct holdings *owner, struct tlb_batch *batch)
{
	struct slot *slot = slot_before(owner, owner->cut);
	uint32_t room = CUT_SLICE;

	tlb_batch_add_all(batch);
	if (slot == NULL)
		slot = slot_first(owner);
	for (; slot != NULL; slot = slot_next(slot))
		if (!slot_cut_off(owner, slot, &room, batch))
			return SHM_INTERRUPTED;
	return SHM_OK;
}
