// SPDX-License-Identifier: BSD-2-Clause
/*
 * Dynamic mappings by physical address: the kernel's, and those of the guest
 * whose call runs on this core. Nothing is found for another guest, and outside
 * of calls nothing for any.
 */
#include "internal.h"

#include <dynshm/shared_page.h>

/* Mappings of one page that are looked at; what the call holds is among them */
#define CANDIDATES 16u

static struct shm *manager;

struct shm *compat_shm(void)
{
	return manager;
}

enum shm_status compat_init(struct shm *shm)
{
	enum shm_status st = compat_pages_init(shm);

	if (st != SHM_OK)
		return st;
	compat_late_init(shm);
	manager = shm;
	return SHM_OK;
}

/* A page that a call has mapped for itself: its argument, its RPC buffer. */
static va_t find_call_page(const struct compat_call *call,
			   struct pa_range range)
{
	pa_t page = range.first & ~SHM_PAGE_MASK;

	if (range.last - page > SHM_PAGE_MASK)
		return 0;
	for (unsigned int i = CALL_PAGE_ARGUMENT; i <= CALL_PAGE_RPC; i++) {
		va_t va = call_page_address(call->holdings, call->index, i);
		pa_t pa;

		if (compat_translate(va, &pa) && pa == page)
			return va + (range.first - page);
	}
	return 0;
}

static bool is_held(const struct compat_call *call, va_t va)
{
	for (unsigned int i = 0; i < call->held_count; i++) {
		struct va_range range = call->held[i]->area.range;

		if (va >= range.first && va <= range.last)
			return true;
	}
	return false;
}

/*
 * From the first address of `at` on, inside it, lie the pages of `range` up to
 * this address; 0: not even the first.
 */
static pa_t reach(struct va_range at, struct pa_range range)
{
	pa_t page = range.first & ~SHM_PAGE_MASK;
	pa_t reached = 0;
	pa_t pa;

	for (va_t va = at.first; compat_translate(va, &pa) && pa == page;
	     va += SHM_PAGE_SIZE) {
		reached = page | SHM_PAGE_MASK;
		if (reached >= range.last)
			return range.last;
		if (at.last - va <= SHM_PAGE_MASK)
			break;
		page += SHM_PAGE_SIZE;
	}
	return reached;
}

/* The lowest place of them that has it all and is held, or need not be. */
static va_t pick(const struct compat_call *call, const struct va_range *found,
		 unsigned int count, struct pa_range range, bool held)
{
	for (unsigned int i = 0; i < count; i++)
		if ((!held || is_held(call, found[i].first)) &&
		    reach(found[i], range) == range.last)
			return found[i].first + (range.first & SHM_PAGE_MASK);
	return 0;
}

static va_t find_shared(struct pa_range range)
{
	struct va_range found[CANDIDATES];
	struct compat_call call;
	unsigned int count;
	va_t va;

	if (!compat_get_call(&call))
		return 0;
	va = find_call_page(&call, range);
	if (va != 0)
		return va;
	count = shared_page_find(call.holdings, range.first, found, CANDIDATES);
	va = pick(&call, found, count, range, true);
	return va != 0 ? va : pick(&call, found, count, range, false);
}

/* In one region of the guest whose call runs. */
static pa_t region_reach(struct pa_range range)
{
	struct va_range found[CANDIDATES];
	struct compat_call call;
	pa_t reached = 0;
	unsigned int count;

	if (!compat_get_call(&call))
		return 0;
	count = shared_page_find(call.holdings, range.first, found, CANDIDATES);
	for (unsigned int i = 0; i < count && reached < range.last; i++) {
		pa_t here = reach(found[i], range);

		if (here > reached)
			reached = here;
	}
	return reached;
}

pa_t compat_shared_reach(struct pa_range range)
{
	pa_t reached = manager == NULL ? 0 : region_reach(range);
	struct pa_range page = { range.first & ~SHM_PAGE_MASK,
				 range.first | SHM_PAGE_MASK };

	if (reached == 0 && compat_dynamic_find(page, MEM_AREA_NSEC_SHM) != 0)
		reached = page.last;
	return reached;
}

va_t compat_dynamic_find(struct pa_range range, enum teecore_memtypes m)
{
	va_t va = 0;

	if (manager == NULL)
		return 0;
	if (m == MEM_AREA_NSEC_SHM || m == MEM_AREA_SHM_VASPACE)
		va = find_shared(range);
	if (va == 0)
		va = compat_late_find(range, m);
	return va != 0 ? va : compat_pages_find(range, m);
}

enum teecore_memtypes compat_dynamic_type(pa_t page)
{
	enum teecore_memtypes type;

	if (manager == NULL)
		return MEM_AREA_NOTYPE;
	type = compat_late_type(page);
	if (type == MEM_AREA_NOTYPE &&
	    compat_dynamic_find((struct pa_range){ page, page },
				MEM_AREA_NSEC_SHM) != 0)
		type = MEM_AREA_NSEC_SHM;
	return type;
}
