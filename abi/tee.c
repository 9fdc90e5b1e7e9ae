// SPDX-License-Identifier: BSD-2-Clause
/*
 * The manager as the interface uses it, and the guests that a hypervisor
 * announces. A guest that dies leaves its call stacks to the next one, so that
 * a creation right after a death cannot fail for what the corpse still holds.
 */
#include "tee.h"

#include "call.h"
#include "core_page.h"
#include "optee_smc.h"

#include <compat/platform.h>
#include <dynshm/lifecycle.h>

/* Guests kept ready; more are given back to the pool. */
#define SPARE_GUESTS 2u

/* It takes a few pages more, for objects and what is promised. */
#define SPARE_PAGES CALLS_PER_GUEST

#ifndef CONTROL_GUEST
#define CONTROL_GUEST 1 /* Xen's dom0; 0: nobody */
#endif

/*
 * What each guest begins with: the first leaf table; a region whose pages are
 * in one chunk of RAM (itself, the granule and the heads in it), and a session.
 * The unit of what is UINT64_MAX does not matter: no ceiling.
 */
#ifndef SHARE_TABLES
#define SHARE_TABLES 1
#endif
#ifndef SHARE_METADATA
#define SHARE_METADATA (3 * META_SMALL_SIZE + META_LARGE_SIZE)
#endif
#ifndef CEILING_PAGES
#define CEILING_PAGES UINT64_MAX
#endif
#ifndef CEILING_REGIONS
#define CEILING_REGIONS UINT64_MAX
#endif
#ifndef CEILING_TABLES
#define CEILING_TABLES UINT64_MAX
#endif
#ifndef CEILING_METADATA
#define CEILING_METADATA UINT64_MAX
#endif
#ifndef CEILING_SESSIONS
#define CEILING_SESSIONS UINT64_MAX
#endif

static const struct shm_budget default_budget[RESOURCE_COUNT] = {
	[RESOURCE_PAGES] = { 0, CEILING_PAGES },
	[RESOURCE_REGIONS] = { 0, CEILING_REGIONS },
	[RESOURCE_TABLES] = { SHARE_TABLES, CEILING_TABLES },
	[RESOURCE_METADATA] = { SHARE_METADATA, CEILING_METADATA },
	[RESOURCE_SESSIONS] = { 0, CEILING_SESSIONS },
	[RESOURCE_CALLS] = { CALLS_PER_GUEST, CALLS_PER_GUEST },
};

static struct shm manager;

static bool add_spare(void)
{
	struct guest *guest = guest_alloc(&manager);

	if (guest == NULL)
		return false;
	if (call_create_all(&manager, guest) != SHM_OK)
		goto free_guest;
	if (guest_add_spare(&manager, guest) != SHM_OK)
		goto destroy_calls;
	return true;
destroy_calls:
	call_destroy_all(&manager, guest);
free_guest:
	guest_free(&manager, guest);
	return false;
}

static uint32_t spare_count(void)
{
	return __atomic_load_n(&manager.spare_count, __ATOMIC_RELAXED);
}

bool tee_lacks_spares(void)
{
	return shm_is_virtualized(&manager) && spare_count() < SPARE_GUESTS;
}

bool tee_refill_spares(void)
{
	if (!tee_lacks_spares())
		return true;
	/* Where memory is short, this is asked often. */
	if (meta_pool_room(&manager.pool) >= SPARE_PAGES)
		(void)add_spare();
	return spare_count() != 0;
}

/* While it is alone, guest 0 has the whole machine. */
static enum shm_status create_guest_0(void)
{
	struct guest *guest;
	enum shm_status st = SHM_NO_METADATA;

	if (add_spare())
		st = guest_admit(&manager, 0, call_all_free);
	if (st != SHM_OK)
		return st;
	guest = guest_find(&manager, 0);
	guest_lift_budget(&manager, guest);
	return SHM_OK;
}

enum shm_status tee_init(const struct shm_config *config)
{
	struct shm_config with_budget = *config;
	enum shm_status st;

	with_budget.budget = default_budget;
	st = shm_init(&manager, &with_budget);
	if (st != SHM_OK)
		return st;
	meta_cache_init(&manager.calls_cache, sizeof(struct guest_calls));
	st = compat_init(&manager);
	if (st == SHM_OK)
		st = core_page_init(&manager);
	if (st == SHM_OK)
		st = create_guest_0();
	return st;
}

struct shm *tee_shm(void)
{
	return &manager;
}

/* It has no id any more: keep it for the next one, or give it up. */
static void recycle(struct guest *guest)
{
	if (spare_count() < SPARE_GUESTS &&
	    guest_add_spare(&manager, guest) == SHM_OK)
		return;
	call_destroy_all(&manager, guest);
	guest_free(&manager, guest);
}

/* False: it is not gone yet, and somebody else may go on. */
static bool bury(struct guest *guest)
{
	call_drop_all(guest);
	if (guest_bury(&manager, guest) != SHM_OK)
		return false;
	recycle(guest);
	return true;
}

bool tee_bury_slice(void)
{
	struct guest *guest = guest_take_unburied(&manager);

	if (guest != NULL)
		(void)bury(guest);
	return guest != NULL;
}

struct guest *tee_enter_guest(uint32_t client)
{
	struct guest *guest;

	if (client > UINT16_MAX ||
	    guest_enter(&manager, (uint16_t)client, &guest) != SHM_OK)
		return NULL;
	return guest;
}

void tee_exit_guest(struct guest *guest)
{
	if (guest_exit(&manager, guest))
		(void)bury(guest);
}

/*
 * Guest 0 is not alone any more: it gets what others begin with. Where it has
 * used everything up itself already, nobody can be promised anything.
 */
static void share_with_guests(void)
{
	(void)guest_give_budget(&manager, guest_find(&manager, 0));
}

bool tee_is_privileged(const struct guest *guest)
{
	return guest->id == 0 ||
	       (shm_is_virtualized(&manager) && guest->id == CONTROL_GUEST);
}

uint32_t tee_create_guest(uint32_t client)
{
	enum shm_status st;

	if (client == 0 || client > UINT16_MAX)
		return SMC_ENOTAVAIL;
	if (!__atomic_exchange_n(&manager.virtualized, true, __ATOMIC_RELAXED))
		share_with_guests();
	st = guest_admit(&manager, (uint16_t)client, call_all_free);
	if (st == SHM_NO_METADATA && add_spare())
		st = guest_admit(&manager, (uint16_t)client, call_all_free);
	return st == SHM_OK ? SMC_OK : SMC_ENOTAVAIL;
}

uint32_t tee_destroy_guest(uint32_t client)
{
	struct guest *guest;
	enum shm_status st;

	/* Id 0 is the hypervisor's own; Xen's probe names it. */
	if (client == 0 || client > UINT16_MAX)
		return SMC_OK;
	st = guest_expel(&manager, (uint16_t)client, &guest);
	if (st == SHM_BAD_STATE || (st == SHM_OK && !bury(guest)))
		return SMC_EBUSY;
	return SMC_OK;
}
