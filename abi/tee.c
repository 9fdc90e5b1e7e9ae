// SPDX-License-Identifier: BSD-2-Clause
/* The manager as the interface uses it. */
#include "tee.h"

#include "call.h"
#include "core_page.h"

static struct shm manager;

enum shm_status tee_init(const struct shm_config *config)
{
	struct guest *guest;
	enum shm_status st = shm_init(&manager, config);

	if (st != SHM_OK)
		return st;
	meta_cache_init(&manager.calls_cache, sizeof(struct guest_calls));
	st = core_page_init(&manager);
	if (st == SHM_OK)
		st = guest_create(&manager, 0, &guest);
	if (st == SHM_OK)
		st = call_create_all(&manager, guest);
	return st;
}

struct shm *tee_shm(void)
{
	return &manager;
}

struct guest *tee_find_guest(uint32_t client)
{
	if (client > UINT16_MAX)
		return NULL;
	return guest_find(&manager, (uint16_t)client);
}
