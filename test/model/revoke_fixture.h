/* SPDX-License-Identifier: BSD-2-Clause */
/* Two guests on the fixture of region_fixture.h: one loses what the other gets.
 */
#ifndef TEST_MODEL_REVOKE_FIXTURE_H
#define TEST_MODEL_REVOKE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model/region_fixture.h"
#include "sim/world.h"

#define GRANULE	 UINT64_C(0x200000)
#define PAGES_2M 512u

static struct guest *loser; /* the fixture's */
static struct guest *winner;

static inline int set_up_two(void **state)
{
	set_up(state);
	loser = guest;
	assert_int_equal(guest_create(&shm, 4, &winner), SHM_OK);
	return guest_prepare(&shm, winner) == SHM_OK ? 0 : -1;
}

static inline int tear_down_two(void **state)
{
	guest_cut_off(&shm, winner);
	guest_destroy(&shm, winner);
	guest = loser;
	return tear_down(state);
}

static inline enum shm_status add(struct guest *owner, uint64_t cookie,
				  const pa_t *list, uint64_t count)
{
	enum shm_status st;

	guest = owner;
	st = register_list(cookie, world_write_list(0, list, count),
			   count << SHM_PAGE_SHIFT);
	guest = loser;
	return st;
}

static inline void take_away(struct guest *owner, uint64_t cookie)
{
	guest = owner;
	unregister(cookie);
	guest = loser;
}

static inline struct region *find(struct guest *owner, uint64_t cookie)
{
	struct region *region = owner->holdings->all;

	while (region != NULL && region->cookie != cookie)
		region = region->next;
	assert_non_null(region);
	return region;
}

static inline bool is_mapped(const struct region *region, uint64_t page)
{
	return sim_walk(region->area.range.first + (page << SHM_PAGE_SHIFT))
		       .size != 0;
}

static inline uint64_t count_mapped(const struct region *region)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < region_pages(region); i++)
		count += is_mapped(region, i);
	return count;
}

static inline uint64_t pages_charged(const struct guest *owner)
{
	return account_used(&owner->holdings->account, RESOURCE_PAGES);
}

static inline void drain(void)
{
	unsigned int slices = 0;

	while (corpse_drain(&shm) != SHM_OK)
		assert_in_range(++slices, 1, 10000);
}

/* What everybody sees of a region that was revoked, until its owner acts. */
static inline void assert_revoked(struct guest *owner, uint64_t cookie)
{
	struct region *region;

	assert_int_equal(region_get(owner->holdings, cookie, &region),
			 SHM_REGION_GONE);
	assert_int_equal(owner->holdings->revoked, 1);
	assert_int_equal(sim_tlb_stale_count(), 0);
}

static inline void assert_gone(struct guest *owner, uint64_t cookie)
{
	struct region *region = find(owner, cookie);

	drain();
	assert_int_equal(count_mapped(region), 0);
	assert_int_equal(pages_charged(owner), 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
	take_away(owner, cookie);
	assert_null(owner->holdings->all);
}

#endif
