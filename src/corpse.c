// SPDX-License-Identifier: BSD-2-Clause
/*
 * Taking apart what the dead left behind. Nothing in it is mapped any more;
 * what remains is bookkeeping, which goes back to the pool a slice at a time.
 * A slice runs from start to end under shm->drain_lock, so that any core may
 * do the next one and none can be suspended in the middle of it.
 */
#include <dynshm/region.h>
#include <dynshm/session.h>

#include "holdings.h"
#include "io_tree.h"
#include "pa_index.h"
#include "revoke.h"
#include "space.h"

static struct holdings *first_corpse(struct shm *shm)
{
	return __atomic_load_n(&shm->corpses, __ATOMIC_ACQUIRE);
}

static void remove_first_corpse(struct shm *shm)
{
	cpu_irq_t irq = spin_lock(&shm->lock);
	struct holdings *next = shm->corpses->next_corpse;

	__atomic_store_n(&shm->corpses, next, __ATOMIC_RELEASE);
	if (next == NULL)
		shm->corpses_end = &shm->corpses;
	spin_unlock(&shm->lock, irq);
}

static struct session *first_session(struct holdings *corpse)
{
	return (struct session *)(void *)rb_first(&corpse->sessions);
}

_Static_assert(offsetof(struct session, node) == 0,
	       "first_session() relies on it");

/* Regions are gone; others may use what this one paid for. */
static bool hand_on_charges(struct shm *shm, struct holdings *corpse)
{
	uint64_t own = account_used(&corpse->account, RESOURCE_METADATA);

	return own != shm->pool.basic.object_size &&
	       pa_index_hand_on(&shm->index, &corpse->account,
				&corpse->hand_on);
}

/* Slots still hold tables; regions and sessions are gone. */
static enum shm_status free_slot(struct shm *shm, struct holdings *corpse)
{
	cpu_irq_t irq = spin_lock(&shm->lock);
	enum shm_status st = space_free_slot(corpse); /* model: SLOT_FREED */

	spin_unlock(&shm->lock, irq);
	return st;
}

/* drain_lock held. */
static void drain_slice(struct shm *shm, struct holdings *corpse)
{
	struct session *session = first_session(corpse);
	struct region *region = corpse->all;

	if (region != NULL) {
		/* In another tree, and its runs are not counted yet. */
		if (region->state == REGION_FORMING)
			region_leave(region);
		(void)region_take_apart(region);
	} else if (corpse->io_mappings != NULL) {
		io_drain(corpse);
	} else if (session != NULL) {
		session_destroy(session);
	} else if (free_slot(shm, corpse) == SHM_OK &&
		   !hand_on_charges(shm, corpse)) {
		remove_first_corpse(shm); /* model: DRAIN */
		holdings_free(corpse);
	}
}

enum shm_status corpse_drain(struct shm *shm)
{
	struct holdings *corpse;
	cpu_irq_t irq;

	if (revoke_drain(shm) != SHM_OK)
		return SHM_INTERRUPTED;
	if (first_corpse(shm) == NULL)
		return SHM_OK;
	irq = spin_lock(&shm->drain_lock);
	corpse = first_corpse(shm);
	if (corpse != NULL)
		drain_slice(shm, corpse);
	corpse = first_corpse(shm);
	spin_unlock(&shm->drain_lock, irq);
	return corpse == NULL ? SHM_OK : SHM_INTERRUPTED;
}

uint64_t corpse_owed_bytes(struct shm *shm)
{
	uint64_t owed = 0;
	cpu_irq_t irq = spin_lock(&shm->lock);

	for (struct holdings *c = shm->corpses; c != NULL; c = c->next_corpse)
		owed += holdings_bytes(c);
	spin_unlock(&shm->lock, irq);
	return owed;
}
