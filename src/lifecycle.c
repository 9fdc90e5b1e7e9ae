// SPDX-License-Identifier: BSD-2-Clause
/* Guests come and go; lifecycle.h has the picture. */
#include <dynshm/lifecycle.h>

#include "budget.h"
#include "holdings.h"

enum shm_status guest_enter(struct shm *shm, uint16_t id, struct guest **out)
{
	enum shm_status st = SHM_UNKNOWN_GUEST;
	cpu_irq_t irq = spin_lock(&shm->lock);
	struct guest *guest = guest_find_locked(shm, id);

	if (guest != NULL && guest->state == GUEST_LIVE) {
		guest->cores++; /* model: ENTER */
		*out = guest;
		st = SHM_OK;
	}
	spin_unlock(&shm->lock, irq);
	return st;
}

bool guest_exit(struct shm *shm, struct guest *guest)
{
	bool last;
	cpu_irq_t irq = spin_lock(&shm->lock);

	/* model: EXIT, EXIT_LAST */
	last = --guest->cores == 0 && guest->state == GUEST_DRAINING;
	if (last)
		guest->state = GUEST_DYING;
	spin_unlock(&shm->lock, irq);
	return last;
}

struct guest *guest_alloc(struct shm *shm)
{
	struct guest *guest =
		meta_object_alloc(&shm->pool, &shm->guest_cache, NULL);

	if (guest != NULL)
		guest->state = GUEST_SPARE;
	return guest;
}

void guest_free(struct shm *shm, struct guest *guest)
{
	meta_object_free(&shm->pool, &shm->guest_cache, guest, NULL);
}

/* shm->lock held; who asks how many there are does not take it. */
static void spare_count_set(struct shm *shm, uint32_t count)
{
	__atomic_store_n(&shm->spare_count, count, __ATOMIC_RELAXED);
}

enum shm_status guest_add_spare(struct shm *shm, struct guest *guest)
{
	cpu_irq_t irq = spin_lock(&shm->lock);
	enum shm_status st = budget_give(shm, guest);

	if (st == SHM_OK) {
		guest->state = GUEST_SPARE; /* model: SPARE_ADDED */
		guest->next_spare = shm->spares;
		shm->spares = guest;
		spare_count_set(shm, shm->spare_count + 1);
	}
	spin_unlock(&shm->lock, irq);
	return st;
}

/* shm->lock held. */
static enum shm_status become_somebody(struct shm *shm, uint16_t id)
{
	struct guest *guest = shm->spares;

	if (guest == NULL)
		return SHM_NO_METADATA;
	shm->spares = guest->next_spare;
	spare_count_set(shm, shm->spare_count - 1);
	guest->state = GUEST_LIVE; /* model: ADMIT */
	guest->id = id;
	guest->refusals = 0;
	guest->last_error = SHM_OK;
	guest_insert_locked(shm, guest);
	return SHM_OK;
}

/* shm->lock held. */
static bool has_nothing(const struct guest *guest,
			bool (*is_idle)(const struct guest *guest))
{
	const struct holdings *holdings = guest->holdings;

	if (guest->state != GUEST_LIVE || guest->cores != 0 || !is_idle(guest))
		return false;
	return holdings == NULL ||
	       (account_used(&holdings->account, RESOURCE_PAGES) == 0 &&
		account_used(&holdings->account, RESOURCE_REGIONS) == 0 &&
		account_used(&holdings->account, RESOURCE_SESSIONS) == 0);
}

enum shm_status guest_admit(struct shm *shm, uint16_t id,
			    bool (*is_idle)(const struct guest *guest))
{
	enum shm_status st = SHM_OK;
	cpu_irq_t irq = spin_lock(&shm->lock);
	const struct guest *guest = guest_find_locked(shm, id);

	if (guest == NULL)
		st = become_somebody(shm, id);
	else if (!has_nothing(guest, is_idle)) /* model: ADMIT_AGAIN */
		st = SHM_BAD_STATE;
	spin_unlock(&shm->lock, irq);
	return st;
}

/* shm->lock held. */
static void begin_burial(struct guest *guest)
{
	guest->state = GUEST_DYING; /* model: EXPEL */
	if (guest->unburied == NULL)
		return;
	__atomic_store_n(guest->unburied, guest->next_unburied,
			 __ATOMIC_RELAXED);
	if (guest->next_unburied != NULL)
		guest->next_unburied->unburied = guest->unburied;
	guest->unburied = NULL;
}

/* Anybody may go on with it. shm->lock held. */
static void leave_unburied(struct shm *shm, struct guest *guest)
{
	guest->state = GUEST_DRAINING; /* model: BURY_LATER */
	guest->next_unburied = shm->unburied;
	guest->unburied = &shm->unburied;
	if (guest->next_unburied != NULL)
		guest->next_unburied->unburied = &guest->next_unburied;
	__atomic_store_n(&shm->unburied, guest, __ATOMIC_RELAXED);
}

enum shm_status guest_expel(struct shm *shm, uint16_t id, struct guest **out)
{
	enum shm_status st = SHM_OK;
	cpu_irq_t irq = spin_lock(&shm->lock);
	struct guest *guest = guest_find_locked(shm, id);

	if (guest == NULL) {
		st = SHM_UNKNOWN_GUEST;
	} else if (guest->state == GUEST_DYING || guest->cores != 0) {
		if (guest->state == GUEST_LIVE)
			guest->state = GUEST_DRAINING; /* model: EXPEL_BUSY */
		st = SHM_BAD_STATE;
	} else {
		begin_burial(guest);
		*out = guest;
	}
	spin_unlock(&shm->lock, irq);
	return st;
}

struct guest *guest_take_unburied(struct shm *shm)
{
	struct guest *guest;
	cpu_irq_t irq;

	/* Every call asks, and hardly ever there is one. */
	if (__atomic_load_n(&shm->unburied, __ATOMIC_RELAXED) == NULL)
		return NULL;
	irq = spin_lock(&shm->lock);
	guest = shm->unburied;
	if (guest != NULL)
		begin_burial(guest);
	spin_unlock(&shm->lock, irq);
	return guest;
}

enum shm_status guest_bury(struct shm *shm, struct guest *guest)
{
	enum shm_status st = guest_cut_off(shm, guest);
	cpu_irq_t irq = spin_lock(&shm->lock);

	if (st == SHM_OK) {
		rb_erase(&shm->guests, &guest->node); /* model: ERASE */
		budget_take_away(shm, guest);
		guest->state = GUEST_SPARE;
	} else {
		leave_unburied(shm, guest);
	}
	spin_unlock(&shm->lock, irq);
	return st;
}
