// SPDX-License-Identifier: BSD-2-Clause
/*
 * Budgets of guests. A ceiling is looked at when something is charged. The
 * shares of tables and metadata are the pool's to keep (meta_pool.h); each
 * guest's calls are its own from the beginning; and of pages, regions and
 * sessions there is no common supply that a share could be taken from: what
 * they need of it are tables and metadata.
 */
#include "budget.h"

#include "holdings.h"

#include <dynshm/lifecycle.h>

/*
 * Tables that the kernel makes on behalf of guests: those above their slots,
 * and those that map their stacks. These many are promised to it, far more than
 * guests whose slots lie close together can need.
 */
#define KERNEL_TABLES	8u
#define CALLS_PER_TABLE 128u

static bool promise_kernel(struct shm *shm, uint32_t shares)
{
	uint32_t calls = shares * shm->calls_per_guest;
	uint32_t pages =
		shares == 0 ? 0 : KERNEL_TABLES + calls / CALLS_PER_TABLE;

	if (!meta_share_set(&shm->pool, &shm->kernel_share, pages,
			    pages * META_SMALL_SIZE, false))
		return false;
	shm->shares = shares;
	return true;
}

static bool has_share(const struct guest *guest)
{
	return guest->share.base;
}

static void set_ceilings(struct guest *guest, const struct shm_budget *budget)
{
	for (unsigned int i = 0; i < RESOURCE_COUNT; i++)
		__atomic_store_n(&guest->ceiling[i],
				 budget == NULL ? UINT64_MAX
						: budget[i].ceiling,
				 __ATOMIC_RELAXED);
}

static void set_shares(struct guest *guest, const struct shm_budget *budget)
{
	for (unsigned int i = 0; i < RESOURCE_COUNT; i++)
		guest->shares[i] =
			budget == NULL ? 0 : (uint32_t)budget[i].share;
}

enum shm_status budget_give(struct shm *shm, struct guest *guest)
{
	const struct shm_budget *budget = shm->budget;

	set_ceilings(guest, budget);
	set_shares(guest, NULL);
	if (budget == NULL)
		return SHM_OK;
	if (!promise_kernel(shm, shm->shares + 1))
		return SHM_NO_METADATA;
	if (!meta_share_set(&shm->pool, &guest->share,
			    (uint32_t)budget[RESOURCE_TABLES].share,
			    (uint32_t)budget[RESOURCE_METADATA].share, true)) {
		(void)promise_kernel(shm, shm->shares - 1);
		return SHM_NO_METADATA;
	}
	set_shares(guest, budget);
	return SHM_OK;
}

void budget_take_away(struct shm *shm, struct guest *guest)
{
	if (!has_share(guest))
		return;
	(void)meta_share_set(&shm->pool, &guest->share, 0, 0, false);
	(void)promise_kernel(shm, shm->shares - 1);
}

void budget_begin_anew(struct holdings *corpse)
{
	__atomic_store_n(&corpse->account.ceiling, NULL, __ATOMIC_RELAXED);
	meta_share_renew(&corpse->shm->pool, &corpse->account.share);
}

enum shm_status guest_give_budget(struct shm *shm, struct guest *guest)
{
	cpu_irq_t irq = spin_lock(&shm->lock);
	enum shm_status st = SHM_OK;

	if (!has_share(guest))
		st = budget_give(shm, guest);
	spin_unlock(&shm->lock, irq);
	return st;
}

void guest_lift_budget(struct shm *shm, struct guest *guest)
{
	cpu_irq_t irq = spin_lock(&shm->lock);

	budget_take_away(shm, guest);
	set_ceilings(guest, NULL);
	set_shares(guest, NULL);
	spin_unlock(&shm->lock, irq);
}

/*
 * Who is given a share has one, with everything that belongs to it; who is only
 * given a ceiling is not.
 */
static enum shm_status set_share(struct shm *shm, struct guest *guest,
				 enum resource what, uint64_t share)
{
	struct meta_share *own = &guest->share;
	bool had = has_share(guest);
	uint32_t pages = own->pages;
	uint32_t bytes = own->bytes;

	if (!had && share == 0)
		return SHM_OK;
	if (what == RESOURCE_TABLES)
		pages = (uint32_t)share;
	else
		bytes = (uint32_t)share;
	if (!had && !promise_kernel(shm, shm->shares + 1))
		return SHM_NO_METADATA;
	if (meta_share_set(&shm->pool, own, pages, bytes, true))
		return SHM_OK;
	if (!had)
		(void)promise_kernel(shm, shm->shares - 1);
	return SHM_NO_METADATA;
}

static enum shm_status reserve_share(struct shm *shm, struct guest *guest,
				     enum resource what, uint64_t share)
{
	if (share > UINT32_MAX)
		return SHM_NO_METADATA;
	switch (what) {
	case RESOURCE_TABLES:
	case RESOURCE_METADATA:
		return set_share(shm, guest, what, share);
	case RESOURCE_CALLS:
		return share > shm->calls_per_guest ? SHM_NO_METADATA : SHM_OK;
	default:
		return SHM_OK;
	}
}

enum shm_status guest_set_budget(struct shm *shm, uint32_t id, uint64_t what,
				 struct shm_budget budget)
{
	enum shm_status st = SHM_UNKNOWN_GUEST;
	struct guest *guest = NULL;
	cpu_irq_t irq;

	if (what >= RESOURCE_COUNT || budget.share > budget.ceiling ||
	    (what == RESOURCE_CALLS && budget.ceiling == 0))
		return SHM_BAD_SIZE;
	irq = spin_lock(&shm->lock);
	if (id <= UINT16_MAX)
		guest = guest_find_locked(shm, (uint16_t)id);
	if (guest != NULL && guest->state == GUEST_LIVE)
		st = reserve_share(shm, guest, (enum resource)what,
				   budget.share);
	if (st == SHM_OK) {
		guest->shares[what] = (uint32_t)budget.share;
		__atomic_store_n(&guest->ceiling[what], budget.ceiling,
				 __ATOMIC_RELAXED);
	}
	spin_unlock(&shm->lock, irq);
	return st;
}
