// SPDX-License-Identifier: BSD-2-Clause
/* Budgets, a pool that runs out, virtual space that runs out. */
#include "tap.h"
#include "world.h"

#define DATA   UINT64_C(0x48000000)
#define STEP   (2 * SHM_PAGE_SIZE)
#define GUEST  31
#define SECOND 32
#define PAGES  700u
/* What the pool has tables for. */
#define LARGEST (UINT64_C(1) << 31)
/* Scattered, so that each page costs descriptors and links. */
#define MANY 8000u

static struct guest *guest;

static enum shm_status add(uint64_t cookie, uint64_t pages)
{
	enum shm_status st;

	world_register(guest, cookie, world_list(0, DATA, STEP, pages), pages,
		       &st);
	return st;
}

static void drop(uint64_t cookie)
{
	struct region *region;

	if (equal(region_get_to_leave(guest->holdings, cookie, &region),
		  SHM_OK))
		world_take_apart(region);
}

/* With room for one region of ten pages: it goes in, others are refused. */
static void ceilings(void)
{
	static const uint64_t ceiling[] = {
		[RESOURCE_PAGES] = 10,
		[RESOURCE_REGIONS] = 1,
	};

	for (unsigned int what = RESOURCE_PAGES; what <= RESOURCE_REGIONS;
	     what++) {
		struct shm_budget budget = { 0, ceiling[what] };
		uint64_t level;
		uint32_t word;

		guest = world_guest(GUEST);
		equal(guest_set_budget(&shm, GUEST, what, budget), SHM_OK);
		equal(add(1, 10), SHM_OK);
		level = meta_pool_free_bytes(&shm.pool);
		equal(add(2, 1), SHM_OVER_BUDGET);
		equal(meta_pool_free_bytes(&shm.pool), level);
		check(!probe_read(guest->holdings->all->area.range.first, &word)
			       .faulted);
		drop(1);
		equal(add(2, 10), SHM_OK);
		world_bury(guest);
	}
}

/* The secure kernel itself uses the pool, all but so many pages. */
static void *take_pages(uint32_t but)
{
	void *taken = NULL;

	while (meta_pool_free_bytes(&shm.pool) > but * SHM_PAGE_SIZE) {
		void **page = meta_page_alloc(&shm.pool, NULL, NULL);

		if (page == NULL)
			tap_bail("no page, though there are some");
		*page = taken;
		taken = page;
	}
	return taken;
}

static void give_pages(void *taken)
{
	while (taken != NULL) {
		void *next = *(void **)taken;

		meta_page_free(&shm.pool, taken, NULL);
		taken = next;
	}
}

static void promise(uint16_t id)
{
	struct shm_budget tables = { 1, UINT64_MAX };
	struct shm_budget metadata = {
		4 * META_SMALL_SIZE + 4 * META_LARGE_SIZE, UINT64_MAX
	};

	equal(guest_set_budget(&shm, id, RESOURCE_TABLES, tables), SHM_OK);
	equal(guest_set_budget(&shm, id, RESOURCE_METADATA, metadata), SHM_OK);
}

/* One guest takes all it can get; another has what it was promised. */
static void pool_runs_out(void)
{
	struct guest *modest = world_guest(SECOND);
	struct guest *greedy = world_guest(GUEST);
	void *taken = take_pages(200);
	uint64_t cookie = 1, level;
	enum shm_status st;

	promise(SECOND);
	guest = greedy;
	while ((st = add(cookie, MANY)) == SHM_OK)
		cookie++;
	check(st == SHM_NO_METADATA || st == SHM_NO_TABLE);
	check(cookie > 3);
	level = meta_pool_free_bytes(&shm.pool);
	st = add(cookie, MANY);
	check(st == SHM_NO_METADATA || st == SHM_NO_TABLE);
	equal(meta_pool_free_bytes(&shm.pool), level);
	guest = modest;
	equal(add(1, 1), SHM_OK);
	guest = greedy;
	while (--cookie > 0)
		drop(cookie);
	world_bury(modest);
	world_bury(greedy);
	give_pages(taken);
}

/* A region that has a range but no pages: its first run has not ended yet. */
static enum shm_status take(uint64_t size)
{
	struct region_request request = { 0, size, 0 };
	struct page_list list;
	struct region *region;
	enum shm_status st;

	st = region_create(guest->holdings, &request, &region);
	if (st != SHM_OK)
		return st;
	page_list_init_contiguous(&list, 0, region_pages(region));
	st = region_map_slice(region, &list);
	if (st == SHM_INTERRUPTED)
		return SHM_OK;
	world_unregister(region);
	return st;
}

/* The largest first, until there is no room for one of the smallest. */
static void take_space(uint64_t smallest)
{
	uint64_t size = LARGEST;
	unsigned int count = 0;
	enum shm_status st;

	for (;;) {
		while ((st = take(size)) == SHM_OK)
			count++;
		equal(st, SHM_NO_VA);
		if (size == smallest)
			break;
		size = size / 2 < smallest ? smallest : size / 2;
	}
	check(count >= 7);
}

/* What the pages hold is seen through the added window. */
static void reads_right(const struct region *region)
{
	uint32_t word;

	for (uint32_t i = 0; i < PAGES; i++) {
		*world_ram(DATA + i * STEP) = i * 3;
		check(!probe_read(region_address(region, i * SHM_PAGE_SIZE),
				  &word)
			       .faulted);
		equal(word, i * 3);
	}
}

static void window_is_added(void)
{
	struct va_range more = machine_more_window();
	struct va_range crooked = { more.first + SHM_PAGE_SIZE, more.last };
	struct region *region;

	guest = world_guest(GUEST);
	take_space(PAGES * SHM_PAGE_SIZE);
	equal(add(1, PAGES), SHM_NO_VA);
	equal(shm_add_window(&shm, crooked), SHM_BAD_ADDRESS);
	equal(shm_add_window(&shm, more), SHM_OK);
	tap_keep(shm.window_cache.object_size);
	equal(shm_add_window(&shm, more), SHM_CONFLICT);
	equal(add(1, PAGES), SHM_OK);
	if (equal(region_get(guest->holdings, 1, &region), SHM_OK)) {
		check(region->area.range.last >= more.first);
		reads_right(region);
		(void)region_put(region);
	}
	world_bury(guest);
}

static const struct test tests[] = {
	{ "ceilings_refuse_and_change_nothing", ceilings },
	{ "share_is_there_when_the_pool_runs_out", pool_runs_out },
	{ "window_is_added_when_space_runs_out", window_is_added },
};
GROUP(supplies, tests);
