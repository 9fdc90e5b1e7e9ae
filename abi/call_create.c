// SPDX-License-Identifier: BSD-2-Clause
/* Making the calls of a guest, each with its stack, and giving them back. */
#include "call.h"

_Static_assert(CALL_ROOM <= 800, "leaves too little stack: stack_depth");

static enum shm_status call_create(struct shm *shm, struct guest *guest,
				   unsigned int index)
{
	uint8_t *page = meta_page_alloc(&shm->pool, guest, NULL);
	struct call *call;
	enum shm_status st;

	if (page == NULL)
		return SHM_NO_METADATA;
	call = (struct call *)(void *)(page + SHM_PAGE_SIZE - CALL_ROOM);
	call->stack.page = page;
	call->shm = shm;
	call->guest = guest;
	call->siblings = calls_of(guest);
	call->index = index;
	st = shm_map_stack(shm, &call->stack);
	if (st != SHM_OK) {
		meta_page_free(&shm->pool, page, NULL);
		return st;
	}
	calls_of(guest)->calls[index] = call;
	return SHM_OK;
}

static void call_destroy(struct shm *shm, struct call *call)
{
	shm_unmap_stack(shm, &call->stack);
	meta_page_free(&shm->pool, call->stack.page, NULL);
}

/* Those that were made; a guest gets all of them or none. */
void call_destroy_all(struct shm *shm, struct guest *guest)
{
	struct guest_calls *calls = calls_of(guest);

	for (unsigned int i = 0; i < CALLS_PER_GUEST; i++)
		if (calls->calls[i] != NULL)
			call_destroy(shm, calls->calls[i]);
	meta_object_free(&shm->pool, &shm->calls_cache, calls, NULL);
	guest->calls = NULL;
}

enum shm_status call_create_all(struct shm *shm, struct guest *guest)
{
	enum shm_status st = SHM_OK;

	guest->calls = meta_object_alloc(&shm->pool, &shm->calls_cache, NULL);
	if (guest->calls == NULL)
		return SHM_NO_METADATA;
	for (unsigned int i = 0; st == SHM_OK && i < CALLS_PER_GUEST; i++)
		st = call_create(shm, guest, i);
	if (st != SHM_OK)
		call_destroy_all(shm, guest);
	return st;
}
