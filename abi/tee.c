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

#include <dynshm/lifecycle.h>

/* Guests kept ready; more are given back to the pool. */
#define SPARE_GUESTS 2u

static struct shm manager;

static struct guest *make_guest(void)
{
	struct guest *guest = guest_alloc(&manager);

	if (guest == NULL)
		return NULL;
	if (call_create_all(&manager, guest) == SHM_OK)
		return guest;
	guest_free(&manager, guest);
	return NULL;
}

static bool add_spare(void)
{
	struct guest *guest = make_guest();

	if (guest == NULL)
		return false;
	guest_add_spare(&manager, guest);
	return true;
}

static uint32_t spare_count(void)
{
	return __atomic_load_n(&manager.spare_count, __ATOMIC_RELAXED);
}

void tee_refill_spares(void)
{
	if (shm_is_virtualized(&manager) && spare_count() < SPARE_GUESTS)
		(void)add_spare();
}

enum shm_status tee_init(const struct shm_config *config)
{
	enum shm_status st = shm_init(&manager, config);

	if (st != SHM_OK)
		return st;
	meta_cache_init(&manager.calls_cache, sizeof(struct guest_calls));
	st = core_page_init(&manager);
	if (st == SHM_OK && !add_spare())
		st = SHM_NO_METADATA;
	if (st == SHM_OK)
		st = guest_admit(&manager, 0, call_all_free);
	return st;
}

struct shm *tee_shm(void)
{
	return &manager;
}

/* It has no id any more: keep it for the next one, or give it up. */
static void recycle(struct guest *guest)
{
	if (spare_count() < SPARE_GUESTS) {
		guest_add_spare(&manager, guest);
		return;
	}
	call_destroy_all(&manager, guest);
	guest_free(&manager, guest);
}

static void bury(struct guest *guest)
{
	call_drop_all(guest);
	guest_bury(&manager, guest);
	recycle(guest);
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
		bury(guest);
}

uint32_t tee_create_guest(uint32_t client)
{
	enum shm_status st;

	if (client == 0 || client > UINT16_MAX)
		return SMC_ENOTAVAIL;
	__atomic_store_n(&manager.virtualized, true, __ATOMIC_RELAXED);
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
	if (st == SHM_BAD_STATE)
		return SMC_EBUSY;
	if (st == SHM_OK)
		bury(guest);
	return SMC_OK;
}
