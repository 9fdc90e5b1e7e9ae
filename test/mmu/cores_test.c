// SPDX-License-Identifier: BSD-2-Clause
/* One core takes away what another is reading. */
#include "tap.h"
#include "world.h"

#define DATA   UINT64_C(0x48000000)
#define GUEST  11
#define COOKIE UINT64_C(0x3000)
#define MARK   0x600dda7au
#define OTHER  0x0badda7au
#define ROUNDS 200u

struct reader {
	va_t va;
	unsigned int pages;
	unsigned int good;
	unsigned int wrong; /* read something else than was shared */
	bool stopped;
};

/* Round and round until the memory is gone. */
static void read_on(void *arg)
{
	struct reader *reader = arg;
	uint32_t word;

	for (unsigned int page = 0;; page++) {
		if (page == reader->pages)
			page = 0;
		if (probe_read(reader->va + page * SHM_PAGE_SIZE, &word)
			    .faulted)
			break;
		reader->wrong += word != MARK;
		__atomic_fetch_add(&reader->good, 1, __ATOMIC_RELAXED);
	}
	reader->stopped = true;
}

static void mark(pa_t step, uint64_t count, uint32_t value)
{
	for (uint64_t i = 0; i < count; i++)
		*world_ram(DATA + i * step) = value;
}

/* As soon as unregistering is over, the pages hold something else. */
static void unmap_under(pa_t step, unsigned int count, bool death)
{
	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct guest *guest = world_guest(GUEST);
		enum shm_status st;
		struct region *region = world_register(
			guest, COOKIE, world_list(0, DATA, step, count), count,
			&st);
		struct reader reader = { .pages = count };

		if (!equal(st, SHM_OK))
			tap_bail("registering fails");
		mark(step, count, MARK);
		reader.va = region_address(region, 0);
		core_start(read_on, &reader);
		while (__atomic_load_n(&reader.good, __ATOMIC_RELAXED) < 20)
			;
		if (death)
			world_cut_off(guest);
		else
			world_unregister(region);
		mark(step, count, OTHER);
		core_join();
		check(reader.stopped);
		equal(reader.wrong, 0);
		world_bury(guest);
	}
}

static void few(void)
{
	unmap_under(2 * SHM_PAGE_SIZE, 4, false);
}

static void many(void)
{
	unmap_under(2 * SHM_PAGE_SIZE, 300, false);
}

static void run(void)
{
	unmap_under(SHM_PAGE_SIZE, 1024, false);
}

static void dead(void)
{
	unmap_under(2 * SHM_PAGE_SIZE, 100, true);
}

struct worker {
	unsigned int number;
	unsigned int wrong;
};

/* Registers, writes, reads and unregisters, for a guest of its own. */
static void work(void *arg)
{
	struct worker *worker = arg;
	unsigned int number = worker->number;
	pa_t first = DATA + number * SHM_PAGE_SIZE;
	struct guest *guest = world_guest((uint16_t)(GUEST + number));

	for (uint32_t round = 0; round < ROUNDS; round++) {
		enum shm_status st;
		struct region *region = world_register(
			guest, COOKIE,
			world_list(number, first, 2 * SHM_PAGE_SIZE, 50), 50,
			&st);
		uint32_t word = 0;
		va_t va;

		if (st != SHM_OK)
			tap_bail("registering beside another core fails");
		va = region_address(region, 49 * SHM_PAGE_SIZE);
		worker->wrong += probe_write(va, round).faulted;
		worker->wrong += probe_read(va, &word).faulted;
		worker->wrong += word != round;
		world_unregister(region);
		worker->wrong += !probe_read(va, &word).faulted;
	}
	world_cut_off(guest);
	guest_destroy(&shm, guest);
}

/* Every other page is the one core's: all are in the same granules. */
static void both_register(void)
{
	struct worker one = { 0, 0 }, two = { 1, 0 };

	core_start(work, &two);
	work(&one);
	core_join();
	equal(one.wrong, 0);
	equal(two.wrong, 0);
	while (corpse_drain(&shm) == SHM_INTERRUPTED)
		;
}

static const struct test tests[] = {
	{ "few_pages_go_under_a_reading_core", few },
	{ "many_pages_go_under_a_reading_core", many },
	{ "large_runs_go_under_a_reading_core", run },
	{ "dead_guest_goes_under_a_reading_core", dead },
	{ "both_cores_register_side_by_side", both_register },
};
GROUP(cores, tests);
