// SPDX-License-Identifier: BSD-2-Clause
/* The life of regions as a kernel leads it, seen through the processor. */
#include "tap.h"
#include "world.h"

#include <dynshm/lookup.h>
#include <dynshm/session.h>

#define DATA   UINT64_C(0x48000000)
#define OTHER  UINT64_C(0x50000000)
#define STEP   (3 * SHM_PAGE_SIZE)
#define COUNT  700u
#define GUEST  21
#define SECOND 22
#define COOKIE UINT64_C(0xfedcba9876543210)

/* Page i at first + i * STEP holds this number. */
static void number_pages(pa_t first, uint32_t number)
{
	for (uint32_t i = 0; i < COUNT; i++)
		*world_ram(first + i * STEP) = number + i;
}

static unsigned int count_right(const struct region *region, uint32_t number)
{
	unsigned int right = 0;

	for (uint32_t i = 0; i < COUNT; i++) {
		uint32_t word = 0;

		if (!probe_read(region_address(region, i * SHM_PAGE_SIZE),
				&word)
			     .faulted)
			right += word == number + i;
	}
	return right;
}

/* Pages of it that the processor can reach, by whatever it still knows. */
static unsigned int count_reachable(va_t va, unsigned int pages)
{
	unsigned int reachable = 0;
	uint32_t word;

	for (unsigned int i = 0; i < pages; i++)
		reachable += !probe_read(va + i * SHM_PAGE_SIZE, &word).faulted;
	return reachable;
}

static struct region *add(struct guest *guest, unsigned int list, pa_t first)
{
	enum shm_status st;
	struct region *region = world_register(
		guest, COOKIE, world_list(list, first, STEP, COUNT), COUNT,
		&st);

	if (!equal(st, SHM_OK))
		tap_bail("a list of pages is refused");
	return region;
}

static void drain(void)
{
	while (corpse_drain(&shm) == SHM_INTERRUPTED)
		;
}

/* A call works in it while another one unregisters. */
static void used_while_leaving(void)
{
	struct guest *guest = world_guest(GUEST);
	struct region *region, *found;
	va_t va;

	number_pages(DATA, 0x1000);
	region = add(guest, 0, DATA);
	va = region_address(region, 0);
	check(region_get(guest->holdings, COOKIE, &found) == SHM_OK &&
	      found == region);
	equal(count_right(found, 0x1000), COUNT);
	equal(region_get_to_leave(guest->holdings, COOKIE, &found), SHM_OK);
	equal(region_get(guest->holdings, COOKIE, &found), SHM_UNKNOWN_COOKIE);
	check(region_is_used(region));
	equal(count_right(region, 0x1000), COUNT);
	region_put(region);
	check(!region_is_used(region));
	world_take_apart(region);
	equal(count_reachable(va, COUNT), 0);
	equal(region_get_to_leave(guest->holdings, COOKIE, &found),
	      SHM_UNKNOWN_COOKIE);
	world_bury(guest);
}

static void kept_by_a_session(void)
{
	struct guest *guest = world_guest(GUEST);
	struct region *region, *again, *found;
	struct session *session;
	va_t va;

	region = add(guest, 0, DATA);
	va = region_address(region, 0);
	equal(session_create(guest->holdings, NULL, &session), SHM_OK);
	equal(session_hold(session, region), SHM_OK);
	equal(session_get_held(session, &found), SHM_OK);
	region_put(found);
	equal(region_get_to_leave(guest->holdings, COOKIE, &found), SHM_OK);
	world_take_apart(region);
	equal(count_reachable(va, COUNT), 0);
	/* The same cookie at once; the session does not get to it. */
	number_pages(OTHER, 0x2000);
	again = add(guest, 1, OTHER);
	equal(session_get_held(session, &found), SHM_REGION_GONE);
	equal(count_right(again, 0x2000), COUNT);
	session_destroy(session);
	world_unregister(again);
	world_bury(guest);
}

static void equal_cookies(void)
{
	struct guest *one = world_guest(GUEST);
	struct guest *two = world_guest(SECOND);
	struct region *first, *second, *found;
	va_t va;

	number_pages(DATA, 0x10000);
	number_pages(OTHER, 0x20000);
	first = add(one, 0, DATA);
	second = add(two, 1, OTHER);
	va = region_address(first, 0);
	equal(count_right(first, 0x10000), COUNT);
	equal(count_right(second, 0x20000), COUNT);
	check(region_get_to_leave(one->holdings, COOKIE, &found) == SHM_OK &&
	      found == first);
	world_take_apart(first);
	equal(count_reachable(va, COUNT), 0);
	equal(count_right(second, 0x20000), COUNT);
	world_bury(two);
	world_bury(one);
}

/* The hypervisor gave one page in the middle to another guest. */
static void moved_page(void)
{
	const pa_t moved = DATA + 333 * STEP;
	struct guest *loser = world_guest(GUEST);
	struct guest *winner = world_guest(SECOND);
	struct region *lost, *won, *found;
	enum shm_status st;
	uint32_t word;
	va_t va;

	number_pages(DATA, 0x3000);
	lost = add(loser, 0, DATA);
	va = region_address(lost, 0);
	equal(count_reachable(va, COUNT), COUNT);
	won = world_register(winner, COOKIE, world_list(1, moved, 0, 1), 1,
			     &st);
	if (!equal(st, SHM_OK))
		tap_bail("a moved page is refused");
	/* This page is gone at once, before anything is drained. */
	check(probe_read(va + 333 * SHM_PAGE_SIZE, &word).faulted);
	equal(count_reachable(va, COUNT), COUNT - 1);
	check(region_is_revoked(lost));
	equal(region_get(loser->holdings, COOKIE, &found), SHM_REGION_GONE);
	*world_ram(moved) = 0x5ec3e7;
	check(!probe_read(region_address(won, 0), &word).faulted);
	equal(word, 0x5ec3e7);
	drain();
	equal(count_reachable(va, COUNT), 0);
	check(!probe_read(region_address(won, 0), &word).faulted);
	equal(region_get_to_leave(loser->holdings, COOKIE, &found), SHM_OK);
	world_take_apart(found);
	world_bury(winner);
	world_bury(loser);
}

/* Nothing is left mapped, something is owed, the id begins anew at once. */
static void death(void)
{
	struct guest *guest = world_guest(GUEST);
	struct region *old = add(guest, 0, DATA);
	struct region *region;
	va_t va = region_address(old, 0);

	equal(count_reachable(va, COUNT), COUNT);
	world_cut_off(guest);
	equal(count_reachable(va, COUNT), 0);
	check(corpse_owed_bytes(&shm) >= COUNT * sizeof(pte_t));
	equal(guest_prepare(&shm, guest), SHM_OK);
	number_pages(DATA, 0x4000);
	region = add(guest, 1, DATA);
	check(region_address(region, 0) != va);
	drain();
	equal(corpse_owed_bytes(&shm), 0);
	equal(count_right(region, 0x4000), COUNT);
	world_bury(guest);
}

/* It dies in the middle of a list; whoever buries it goes on from there. */
static void death_while_forming(void)
{
	struct region_request request = { COOKIE, COUNT * SHM_PAGE_SIZE, 0 };
	struct guest *guest = world_guest(GUEST);
	struct page_list reader;
	struct region *region;
	va_t va;

	equal(region_create(guest->holdings, &request, &region), SHM_OK);
	page_list_init(&reader, guest->holdings, 0,
		       world_list(0, DATA, STEP, COUNT), COUNT);
	do
		equal(region_map_slice(region, &reader), SHM_INTERRUPTED);
	while (region->mapped == 0);
	va = region_address(region, 0);
	check(count_reachable(va, COUNT) > 0);
	check(count_reachable(va, COUNT) < COUNT);
	world_cut_off(guest);
	equal(count_reachable(va, COUNT), 0);
	world_bury(guest);
}

static void refuse(struct guest *guest, pa_t list, uint64_t pages)
{
	uint64_t level = meta_pool_free_bytes(&shm.pool);
	enum shm_status st;

	world_register(guest, COOKIE, list, pages, &st);
	equal(st, SHM_BAD_ADDRESS);
	equal(meta_pool_free_bytes(&shm.pool), level);
}

/* One bad page at the end of a list; and a list where none can be. */
static void bad_lists(void)
{
	static const pa_t bad[] = { SECURE_POOL,
				    SECURE_SPARE,
				    UART_BASE,
				    RAM_END,
				    RAM_FIRST - SHM_PAGE_SIZE,
				    DATA + 8,
				    UINT64_C(0x148000000) };
	struct guest *guest = world_guest(GUEST);

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		pa_t list = world_list(0, DATA, STEP, COUNT);
		volatile uint64_t *words = (volatile uint64_t *)(uintptr_t)list;

		words[COUNT] = bad[i]; /* one word was the link */
		refuse(guest, list, COUNT);
		words[511] = bad[i];
		refuse(guest, list, COUNT);
		refuse(guest, bad[i], 1);
	}
	world_bury(guest);
}

/* What look-ups say is what the processor does. */
static void look_ups(void)
{
	struct guest *guest = world_guest(GUEST);
	struct region *region = add(guest, 0, DATA);
	struct shm_va_info info;

	for (uint64_t i = 0; i < COUNT; i += 7) {
		va_t va = region_address(region, i * SHM_PAGE_SIZE + 5);
		pa_t pa = world_translate(va, false).pa;

		check(shm_find_va(&shm, va, &info));
		equal(info.pa, pa);
		check(info.kind == SHM_VA_SHARED &&
		      info.owner == guest->holdings);
		equal(shm_find_pa(&shm, guest->holdings, pa, 9), va);
		equal(shm_find_pa(&shm, guest->holdings, pa, STEP), 0);
		equal(shm_find_pa(&shm, NULL, pa, 9), 0);
	}
	world_bury(guest);
}

static const struct test tests[] = {
	{ "region_stays_for_the_call_that_uses_it", used_while_leaving },
	{ "session_keeps_no_memory_mapped", kept_by_a_session },
	{ "equal_cookies_of_two_guests_are_two_regions", equal_cookies },
	{ "page_that_moved_leaves_its_region_at_once", moved_page },
	{ "what_the_dead_owe_falls_to_nothing", death },
	{ "guest_that_dies_in_a_list_leaves_nothing", death_while_forming },
	{ "lists_that_name_what_is_no_ram_are_refused", bad_lists },
	{ "look_ups_say_what_the_processor_does", look_ups },
};
GROUP(regions, tests);
