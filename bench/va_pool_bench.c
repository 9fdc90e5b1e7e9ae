/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What it costs to release one range and reserve another while N are live, for
 * the pool and, in the same run, for a linear first-fit list and the algorithm
 * of Linux vmalloc (va_peers.h). All place by lowest fit, so all must hand out
 * the same addresses; that is checked first. Times are the best of several
 * rounds. The first table releases by the object, the second by the address,
 * which has to be looked up, as vfree() does.
 */
#define _POSIX_C_SOURCE 199309L /* clock_gettime() */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <dynshm/va_pool.h>

#include "va_peers.h"

#define MAX_LIVE     65536
#define SCRIPT_STEPS (1 << 18)
#define WINDOW_FIRST (UINT64_C(1) << 40)
#define WINDOW_SIZE  (UINT64_C(1) << 40)
#define BATCH	     256
#define ROUNDS	     15

/* One step: release range `victim` and reserve `size` bytes in its stead. */
struct step {
	uint32_t victim;
	uint32_t size;
};

static struct step script[SCRIPT_STEPS];
static bool by_address;

static struct va_pool pool;
static struct va_window window;
static struct va_area areas[MAX_LIVE];

static struct ff_pool ff_pool;
static struct ff_area ff_areas[MAX_LIVE];

static struct vm_pool vm_pool;
static struct vm_area vm_objects[2 * MAX_LIVE + 2];
static struct vm_area *vm_areas[MAX_LIVE];

/* Each of the three: empty, reserve range `i` and say where, release it. */
struct peer {
	const char *name;
	void (*reset)(void);
	uint64_t (*reserve)(unsigned int i, uint64_t size);
	void (*release)(unsigned int i);
};

static void pool_reset(void)
{
	va_pool_init(&pool);
	va_pool_add_window(&pool, &window,
			   (struct va_range){ WINDOW_FIRST,
					      WINDOW_FIRST + WINDOW_SIZE - 1 });
}

static uint64_t pool_reserve(unsigned int i, uint64_t size)
{
	struct va_request request = va_request_pages(size);

	if (va_pool_reserve(&pool, &request, &areas[i]) != SHM_OK)
		abort();
	return areas[i].range.first;
}

static void pool_release(unsigned int i)
{
	struct va_area *area = &areas[i];

	if (by_address)
		area = va_pool_find(&pool, area->range.first);
	va_pool_release(&pool, area);
}

static void list_reset(void)
{
	ff_init(&ff_pool, WINDOW_FIRST, WINDOW_FIRST + WINDOW_SIZE);
}

static uint64_t list_reserve(unsigned int i, uint64_t size)
{
	ff_reserve(&ff_pool, size, &ff_areas[i]);
	return ff_areas[i].first;
}

static void list_release(unsigned int i)
{
	ff_release(&ff_areas[i]);
}

static void vmalloc_reset(void)
{
	vm_init(&vm_pool, WINDOW_FIRST, WINDOW_FIRST + WINDOW_SIZE, vm_objects,
		2 * MAX_LIVE + 2);
}

static uint64_t vmalloc_reserve(unsigned int i, uint64_t size)
{
	vm_areas[i] = vm_reserve(&vm_pool, size);
	return vm_areas[i]->first;
}

static void vmalloc_release(unsigned int i)
{
	struct vm_area *area = vm_areas[i];

	if (by_address)
		area = vm_find(&vm_pool, area->first);
	vm_release(&vm_pool, area);
}

static const struct peer peers[] = {
	{ "pool", pool_reset, pool_reserve, pool_release },
	{ "vmalloc", vmalloc_reset, vmalloc_reserve, vmalloc_release },
	{ "list", list_reset, list_reserve, list_release },
};

#define PEER_COUNT (sizeof(peers) / sizeof(peers[0]))

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Sizes of 1 to 16 pages, victims anywhere. */
static void write_script(unsigned int live)
{
	uint64_t x = live;

	for (unsigned int i = 0; i < SCRIPT_STEPS; i++) {
		x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
		script[i].victim = (uint32_t)(x >> 33) % live;
		script[i].size = (uint32_t)((1 + (x >> 28) % 16) << 12);
	}
}

/* Runs steps, from the start again after the last; a hash of all addresses. */
static uint64_t run(const struct peer *peer, unsigned int from,
		    unsigned int count)
{
	uint64_t hash = 0;

	for (unsigned int i = from; i < from + count; i++) {
		struct step step = script[i % SCRIPT_STEPS];

		peer->release(step.victim);
		hash = hash * 31 + peer->reserve(step.victim, step.size);
	}
	return hash;
}

static void fill(const struct peer *peer, unsigned int live)
{
	peer->reset();
	for (unsigned int i = 0; i < live; i++)
		peer->reserve(i, script[i].size);
}

/* Settles in: placement is as scattered as it gets after a few steps each. */
static void settle(const struct peer *peer, unsigned int live)
{
	bool slow = peer->reserve == list_reserve && live > 10000;

	fill(peer, live);
	run(peer, 0, slow ? BATCH : 8 * live);
}

/* Steps for 10 ms; ns for one. */
static double one_round(const struct peer *peer, unsigned int round)
{
	unsigned int at = round * 8191;
	unsigned int steps = 0;
	uint64_t start = now_ns();
	uint64_t spent = 0;

	while (spent < 10000000) {
		run(peer, at + steps, BATCH);
		steps += BATCH;
		spent = now_ns() - start;
	}
	return (double)spent / steps;
}

/* In turns, so that what else the machine does falls on all of them. */
static void measure(unsigned int live, double best[PEER_COUNT])
{
	for (unsigned int i = 0; i < PEER_COUNT; i++) {
		settle(&peers[i], live);
		best[i] = one_round(&peers[i], 0);
	}
	for (unsigned int round = 1; round < ROUNDS; round++) {
		for (unsigned int i = 0; i < PEER_COUNT; i++) {
			double ns = one_round(&peers[i], round);

			best[i] = ns < best[i] ? ns : best[i];
		}
	}
}

static void check_agreement(unsigned int live)
{
	uint64_t hash[PEER_COUNT];

	for (unsigned int i = 0; i < PEER_COUNT; i++) {
		fill(&peers[i], live);
		hash[i] = run(&peers[i], 0, 2000);
		if (hash[i] != hash[0])
			printf("%s and pool DISAGREE at %u live\n",
			       peers[i].name, live);
	}
}

static void print_table(void)
{
	static const unsigned int sizes[] = { 16, 256, 4096, 65536 };

	printf("va_pool: release and reserve a range, ns a pair, by %s\n",
	       by_address ? "address" : "object");
	printf("%8s %10s %10s %10s %16s\n", "live", "pool", "vmalloc", "list",
	       "pool / vmalloc");
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		double ns[PEER_COUNT];

		write_script(sizes[i]);
		check_agreement(sizes[i]);
		measure(sizes[i], ns);
		printf("%8u %10.1f %10.1f %10.1f %16.2f\n", sizes[i], ns[0],
		       ns[1], ns[2], ns[0] / ns[1]);
	}
}

int main(void)
{
	by_address = false;
	print_table();
	by_address = true;
	print_table();
	return 0;
}
