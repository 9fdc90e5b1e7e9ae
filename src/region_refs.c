// SPDX-License-Identifier: BSD-2-Clause
/*
 * References to regions, of calls and of sessions. They name the object, never
 * the cookie, which another region may have by then.
 */
#include "region.h"

/* Find a registered region by cookie. Owner's lock held. */
static struct region *find_registered(struct holdings *owner, uint64_t cookie)
{
	struct region *region =
		cookie == 0 ? NULL
			    : region_find_cookie(&owner->regions, cookie);

	if (region == NULL || region->state != REGION_REGISTERED)
		return NULL;
	return region;
}

static enum shm_status get(struct holdings *owner, uint64_t cookie,
			   bool for_argument, struct region **out)
{
	enum shm_status st = SHM_UNKNOWN_COOKIE;
	cpu_irq_t irq = spin_lock(&owner->lock);
	struct region *region = find_registered(owner, cookie);

	if (region != NULL)
		st = region_is_revoked(region) ? SHM_REGION_GONE : SHM_OK;
	if (st == SHM_OK) {
		region->calls++; /* model: REGION_GET */
		region->has_argument |= for_argument;
		*out = region;
	}
	spin_unlock(&owner->lock, irq);
	return st;
}

enum shm_status region_get(struct holdings *owner, uint64_t cookie,
			   struct region **out)
{
	return get(owner, cookie, false, out);
}

enum shm_status region_get_argument(struct holdings *owner, uint64_t cookie,
				    struct region **out)
{
	return get(owner, cookie, true, out);
}

uint8_t region_put(struct region *region)
{
	cpu_irq_t irq = spin_lock(&region->owner->lock);
	/* model: REGION_PUT */
	uint8_t waiter = --region->calls == 0 ? region->waiter : 0;

	spin_unlock(&region->owner->lock, irq);
	return waiter;
}

enum shm_status region_get_to_leave(struct holdings *owner, uint64_t cookie,
				    struct region **out)
{
	cpu_irq_t irq = spin_lock(&owner->lock);
	struct region *region = find_registered(owner, cookie);

	if (region != NULL)
		region->state = REGION_LEAVING; /* model: REGION_GET_TO_LEAVE */
	spin_unlock(&owner->lock, irq);
	if (region == NULL)
		return SHM_UNKNOWN_COOKIE;
	*out = region;
	return SHM_OK;
}

bool region_is_used(struct region *region)
{
	cpu_irq_t irq = spin_lock(&region->owner->lock);
	bool used = region->calls != 0;

	spin_unlock(&region->owner->lock, irq);
	return used;
}

bool region_await(struct region *region, uint8_t waiter)
{
	cpu_irq_t irq = spin_lock(&region->owner->lock);
	bool named = region->calls != 0 && !region->has_argument;

	if (named)
		region->waiter = waiter;
	spin_unlock(&region->owner->lock, irq);
	return named;
}

void region_session_put(struct region *region)
{
	cpu_irq_t irq = spin_lock(&region->owner->lock);
	/* model: SESSION_PUT */
	bool last = --region->sessions == 0 && region->state == REGION_GONE;

	spin_unlock(&region->owner->lock, irq);
	if (last)
		region_free(region); /* model: REGION_FREED */
}
