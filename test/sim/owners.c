// SPDX-License-Identifier: BSD-2-Clause
/* The guests' slots are walked as the processor would; see owners.h. */
#include "sim/owners.h"

#include <abi/tee.h>
#include <dynshm/lifecycle.h>
#include <string.h>

#include "sim/world.h"

/* Whose region maps each page below 4 GiB: guest plus 1. */
#define OWNED_PAGES ((WORLD_RAM3_END - WORLD_RAM_PA) >> SHM_PAGE_SHIFT)

static uint8_t owners[OWNED_PAGES];

struct look_at {
	uint32_t guest;
	struct va_range calls; /* its call pages, which are not regions */
	bool apart;
};

static bool note_owner(void *arg, const struct sim_mapping *leaf)
{
	struct look_at *look = arg;
	uint64_t page = (leaf->pa - WORLD_RAM_PA) >> SHM_PAGE_SHIFT;

	if (page >= OWNED_PAGES ||
	    (leaf->va >= look->calls.first && leaf->va <= look->calls.last))
		return true;
	if (owners[page] != 0 && owners[page] != look->guest + 1)
		look->apart = false;
	owners[page] = (uint8_t)(look->guest + 1);
	return true;
}

static struct va_range slot_range(const struct rb_node *node)
{
	const uint8_t *at = (const uint8_t *)node;
	const struct slot *slot =
		(const void *)(at - offsetof(struct slot, node));

	return slot->area.range;
}

static bool note_guest(const struct holdings *holdings, uint32_t guest)
{
	struct look_at look = { .guest = guest, .apart = true };
	struct rb_node *node = rb_first(&holdings->slots);

	look.calls.first = holdings->call_pages;
	look.calls.last =
		call_page_address(holdings, holdings->shm->calls_per_guest, 0) -
		1;
	for (; node != NULL; node = rb_next(node))
		sim_walk_leaves(slot_range(node), note_owner, &look);
	return look.apart;
}

bool owners_are_apart(uint32_t guests)
{
	memset(owners, 0, sizeof(owners));
	for (uint32_t id = 0; id < guests; id++) {
		const struct guest *guest = guest_find(tee_shm(), (uint16_t)id);

		if (guest != NULL && guest->holdings != NULL &&
		    !note_guest(guest->holdings, id))
			return false;
	}
	return true;
}
