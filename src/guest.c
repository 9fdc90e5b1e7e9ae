// SPDX-License-Identifier: BSD-2-Clause
/*
 * Guests and what they hold: finding, beginning, cutting off. All of it is
 * under shm->lock and takes bounded time.
 */
#include <dynshm/guest.h>
#include <dynshm/lifecycle.h>

#include "budget.h"
#include "holdings.h"
#include "space.h"
#include "table.h"

static struct guest *guest_of(struct rb_node *node)
{
	return (struct guest *)(void *)node;
}

_Static_assert(offsetof(struct guest, node) == 0, "guest_of() relies on it");

enum shm_status holdings_create(struct shm *shm, enum shm_memtype type,
				struct guest *guest, struct holdings **out)
{
	struct meta_share *share = guest == NULL ? NULL : &guest->share;
	struct holdings *holdings =
		meta_object_alloc(&shm->pool, &shm->pool.basic, &share);
	enum shm_status st = SHM_OK;

	if (holdings == NULL)
		return SHM_NO_METADATA;
	holdings->shm = shm;
	holdings->table_attributes = pte_table_attributes(type);
	rb_init(&holdings->slots, NULL);
	holdings->account.share = share;
	/* Not refused: whoever may exist may have this much. */
	holdings->account.used[RESOURCE_METADATA] = shm->pool.basic.object_size;
	holdings->account.peak[RESOURCE_METADATA] = shm->pool.basic.object_size;
	for (unsigned int i = 0; i < OWNER_SPACES; i++)
		va_pool_init(&holdings->spaces[i]);
	rb_init(&holdings->regions, NULL);
	rb_init(&holdings->forming, NULL);
	rb_init(&holdings->sessions, NULL);
	if (guest != NULL) {
		holdings->guest = guest->id;
		st = space_add_small_slot(holdings);
		holdings->account.ceiling = guest->ceiling;
	}
	if (st != SHM_OK) {
		holdings_free(holdings);
		return st;
	}
	*out = holdings;
	return SHM_OK;
}

void holdings_free(struct holdings *holdings)
{
	struct shm *shm = holdings->shm;

	meta_object_free(&shm->pool, &shm->pool.basic, holdings,
			 &holdings->account.share);
}

struct guest *guest_find_locked(struct shm *shm, uint16_t id)
{
	struct rb_node *node = shm->guests.root;

	while (node != NULL && guest_of(node)->id != id)
		node = node->child[guest_of(node)->id < id];
	return guest_of(node);
}

struct guest *guest_find(struct shm *shm, uint16_t id)
{
	cpu_irq_t irq = spin_lock(&shm->lock);
	struct guest *guest = guest_find_locked(shm, id);

	spin_unlock(&shm->lock, irq);
	return guest;
}

void guest_insert_locked(struct shm *shm, struct guest *guest)
{
	struct rb_slot slot = { NULL, RB_LEFT };
	struct rb_node *node = shm->guests.root;

	while (node != NULL)
		node = rb_descend(node, guest_of(node)->id < guest->id, &slot);
	rb_insert_at(&shm->guests, slot, &guest->node);
}

enum shm_status guest_create(struct shm *shm, uint16_t id, struct guest **out)
{
	enum shm_status st = SHM_COOKIE_IN_USE;
	struct guest *guest;
	cpu_irq_t irq = spin_lock(&shm->lock);

	if (guest_find_locked(shm, id) != NULL)
		goto unlock;
	st = SHM_NO_METADATA;
	guest = guest_alloc(shm);
	if (guest == NULL)
		goto unlock;
	st = budget_give(shm, guest);
	if (st != SHM_OK) {
		guest_free(shm, guest);
		goto unlock;
	}
	guest->state = GUEST_LIVE;
	guest->id = id;
	guest_insert_locked(shm, guest);
	*out = guest;
unlock:
	spin_unlock(&shm->lock, irq);
	return st;
}

static void append_corpse(struct shm *shm, struct holdings *corpse)
{
	corpse->next_corpse = NULL;
	/* Whoever drains it looks without the lock, and then takes others. */
	__atomic_store_n(shm->corpses_end, corpse, __ATOMIC_RELEASE);
	shm->corpses_end = &corpse->next_corpse;
}

static void set_ending(struct guest *guest, bool ending)
{
	__atomic_store_n(&guest->ending, ending, __ATOMIC_RELEASE);
}

/* As far as one slice goes. shm->lock held. */
static enum shm_status cut_off_slice(struct shm *shm, struct guest *guest)
{
	struct holdings *holdings = guest->holdings;
	struct tlb_batch batch;
	enum shm_status st;

	tlb_batch_init(&batch);
	set_ending(guest, true);	      /* model: ENDING */
	st = space_cut_off(holdings, &batch); /* model: CUT_SLICE */
	tlb_batch_finish(shm, &batch);
	if (st != SHM_OK)
		return st;
	/*
	 * From here on its devices may be mapped in other ways, and its pages
	 * by others without taking them from it.
	 */
	/* model: DEAD */
	__atomic_store_n(&holdings->dead, true, __ATOMIC_RELEASE);
	/* model: CUT_OFF */
	__atomic_store_n(&guest->holdings, NULL, __ATOMIC_RELEASE);
	set_ending(guest, false);
	budget_begin_anew(holdings);
	append_corpse(shm, holdings);
	return SHM_OK;
}

enum shm_status guest_cut_off(struct shm *shm, struct guest *guest)
{
	enum shm_status st = SHM_OK;
	cpu_irq_t irq = spin_lock(&shm->lock);

	if (guest->holdings != NULL)
		st = cut_off_slice(shm, guest);
	spin_unlock(&shm->lock, irq);
	return st;
}

/* What the last epoch had goes first. shm->lock held. */
static enum shm_status prepare(struct shm *shm, struct guest *guest)
{
	struct holdings *holdings;
	enum shm_status st;

	if (guest->ending) {
		(void)cut_off_slice(shm, guest);
		return SHM_INTERRUPTED;
	}
	if (guest->holdings != NULL)
		return SHM_OK;
	st = holdings_create(shm, SHM_MEM_SHARED, guest, &holdings);
	if (st == SHM_OK)
		/* model: PREPARE */
		__atomic_store_n(&guest->holdings, holdings, __ATOMIC_RELEASE);
	return st;
}

enum shm_status guest_prepare(struct shm *shm, struct guest *guest)
{
	enum shm_status st;
	cpu_irq_t irq;

	if (guest_holdings(guest) != NULL)
		return SHM_OK;
	irq = spin_lock(&shm->lock);
	st = prepare(shm, guest);
	spin_unlock(&shm->lock, irq);
	return st;
}

void guest_destroy(struct shm *shm, struct guest *guest)
{
	cpu_irq_t irq = spin_lock(&shm->lock);

	rb_erase(&shm->guests, &guest->node);
	budget_take_away(shm, guest);
	spin_unlock(&shm->lock, irq);
	guest_free(shm, guest);
}

void guest_note_refusal(struct guest *guest, enum shm_status why)
{
	__atomic_fetch_add(&guest->refusals, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&guest->last_error, why, __ATOMIC_RELAXED);
}
