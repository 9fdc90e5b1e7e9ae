// SPDX-License-Identifier: BSD-2-Clause
/* The processor's translation of every mapped page, and reading through it. */
#include "tap.h"
#include "world.h"

#define DATA	   UINT64_C(0x48000000)
#define GUEST	   7
#define COOKIE	   UINT64_C(0x1000)
#define WRITE_BACK 0xffu

/* One byte of a page: by the processor, by software, and as it was asked. */
static void translates_to(va_t va, pa_t pa)
{
	for (unsigned int write = 0; write < 2; write++) {
		struct translation is = world_translate(va, write);

		if (!check(is.ok))
			return;
		equal(is.pa, pa);
		equal(is.non_secure, true);
		equal(is.memory, WRITE_BACK);
	}
}

static void map_and_compare(pa_t first, pa_t step, uint64_t count)
{
	struct guest *guest = world_guest(GUEST);
	enum shm_status st;
	struct region *region = world_register(
		guest, COOKIE, world_list(0, first, step, count), count, &st);

	if (equal(st, SHM_OK)) {
		for (uint64_t i = 0; i < count; i++)
			translates_to(
				region_address(region, i * SHM_PAGE_SIZE + 12),
				first + i * step + 12);
		world_unregister(region);
	}
	world_bury(guest);
}

static void scattered(void)
{
	map_and_compare(DATA + SHM_PAGE_SIZE, 3 * SHM_PAGE_SIZE, 2000);
}

static void downwards(void)
{
	map_and_compare(DATA + 0x1000000, 0 - SHM_PAGE_SIZE, 1500);
}

static void long_run(void)
{
	map_and_compare(DATA, SHM_PAGE_SIZE, 4 * 512);
}

static void crooked_run(void)
{
	map_and_compare(DATA + 5 * SHM_PAGE_SIZE, SHM_PAGE_SIZE, 3 * 512 + 77);
}

static void one_page_many_times(void)
{
	map_and_compare(DATA, 0, 600);
}

/* What the one world writes, the other reads; each page has its own number. */
static void both_ways(void)
{
	const uint64_t count = 1200;
	const pa_t step = 2 * SHM_PAGE_SIZE;
	struct guest *guest = world_guest(GUEST);
	enum shm_status st;
	struct region *region = world_register(
		guest, COOKIE, world_list(0, DATA, step, count), count, &st);

	if (!equal(st, SHM_OK)) {
		world_bury(guest);
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		va_t va = region_address(region, i * SHM_PAGE_SIZE);
		uint32_t word = 0;

		*world_ram(DATA + i * step) = 0x50000000u + i;
		check(!probe_read(va, &word).faulted);
		equal(word, 0x50000000u + i);
		check(!probe_write(va + 8, i * 7).faulted);
		equal(*world_ram(DATA + i * step + 8), i * 7);
	}
	world_unregister(region);
	world_bury(guest);
}

/* Regions of several sizes beside each other keep out of each other's way. */
static void neighbours(void)
{
	static const uint64_t sizes[] = { 1, 511, 3, 512, 16, 1100, 2 };
	struct region *regions[7];
	struct guest *guest = world_guest(GUEST);
	enum shm_status st = SHM_OK;
	pa_t at = DATA;

	for (unsigned int i = 0; i < 7; i++) {
		regions[i] = world_register(
			guest, i + 1,
			world_list(i, at, SHM_PAGE_SIZE, sizes[i]), sizes[i],
			&st);
		if (!equal(st, SHM_OK))
			tap_bail("a region among others is refused");
		at += sizes[i] * SHM_PAGE_SIZE;
	}
	for (unsigned int gone = 0; gone < 7; gone += 2)
		world_unregister(regions[gone]);
	at = DATA;
	for (unsigned int i = 0; i < 7; at += sizes[i++] * SHM_PAGE_SIZE) {
		if (i % 2 == 0)
			continue;
		for (uint64_t page = 0; page < sizes[i]; page++)
			translates_to(region_address(regions[i],
						     page * SHM_PAGE_SIZE),
				      at + page * SHM_PAGE_SIZE);
		world_unregister(regions[i]);
	}
	world_bury(guest);
}

static const struct test tests[] = {
	{ "scattered_pages_translate_as_listed", scattered },
	{ "pages_listed_downwards_translate_as_listed", downwards },
	{ "long_runs_translate_as_listed", long_run },
	{ "runs_that_no_block_fits_translate_as_listed", crooked_run },
	{ "page_listed_many_times_is_everywhere", one_page_many_times },
	{ "both_worlds_see_what_the_other_writes", both_ways },
	{ "regions_beside_each_other_stay_apart", neighbours },
};
GROUP(mappings, tests);
