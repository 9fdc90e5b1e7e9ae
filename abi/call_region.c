// SPDX-License-Identifier: BSD-2-Clause
/* Registering and taking apart as a call does it: in slices, with patience. */
#include "call.h"
#include "notify.h"

/*
 * With fewer pages than this beyond the reserve, the dead are buried before the
 * pool is asked: more than any step between two of these takes.
 */
#define POOL_LOW 64

void call_make_room(struct call *call)
{
	while (meta_pool_room(&call->shm->pool) < POOL_LOW &&
	       corpse_drain(call->shm) == SHM_INTERRUPTED)
		call_checkpoint(call);
}

void call_take_apart(struct call *call, struct region *region)
{
	while (region_is_used(region)) {
		if (notify_can_wait(call) &&
		    region_await(region, notify_key(call)))
			notify_wait(call);
		else
			call_wait(call);
	}
	while (region_take_apart(region) == SHM_INTERRUPTED)
		call_checkpoint(call);
}

static void give_up(struct call *call, struct region *region)
{
	region_leave(region);
	call_take_apart(call, region);
}

static enum shm_status map_all(struct call *call, struct region *region,
			       struct region_source source)
{
	struct page_list list;
	enum shm_status st;

	page_list_init(&list, call->holdings, call->index, source.pa,
		       region_pages(region));
	list.contiguous = source.contiguous;
	for (;;) {
		st = region_map_slice(region, &list);
		if (st != SHM_INTERRUPTED)
			break;
		call_checkpoint(call);
		call_make_room(call);
	}
	call_page_unmap(call->holdings, call->index, CALL_PAGE_LIST);
	return st;
}

enum shm_status call_register(struct call *call,
			      const struct region_request *request,
			      struct region_source source, bool hold,
			      struct region **out)
{
	struct region *region;
	struct region *replaced = NULL;
	enum shm_status st;

	call_make_room(call);
	st = region_create(call->holdings, request, &region);
	if (st != SHM_OK)
		return st;
	st = map_all(call, region, source);
	if (st == SHM_OK)
		st = region_commit(region, hold, &replaced);
	if (st != SHM_OK) {
		give_up(call, region);
		return st;
	}
	if (replaced != NULL)
		call_take_apart(call, replaced);
	*out = region;
	return SHM_OK;
}
