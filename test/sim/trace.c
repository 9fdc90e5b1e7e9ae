// SPDX-License-Identifier: BSD-2-Clause
/* See trace.h. The areas are the library's word, all else is the walker's. */
#include "sim/trace.h"

#include <dynshm/region.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pt_format.h>

#include "sim/world.h"

#define MAX_AREAS 70000u
#define KERNEL	  UINT32_C(0x10000)
#define NOBODY	  UINT32_C(0x10001)

struct area {
	struct va_range range;
	uint32_t owner;
	bool changing; /* its pages do not count */
	bool calls;    /* they are call pages */
	uint64_t hash; /* of its pages so far */
};

static struct {
	struct area areas[MAX_AREAS];
	uint32_t count;
	uint32_t at; /* the area that the walk has come to */
	uint64_t pages;
	struct area stray; /* pages outside of all areas */
} now;

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static void note_area(struct va_range range, uint32_t owner)
{
	if (now.count == MAX_AREAS)
		abort();
	now.areas[now.count++] =
		(struct area){ .range = range, .owner = owner };
}

static void note_space(const struct va_pool *space, uint32_t owner)
{
	const struct va_area *area = va_pool_first_area(space);

	for (; area != NULL; area = va_pool_next_area(area))
		note_area(area->range, owner);
}

static void note_holdings(const struct holdings *holdings, uint32_t owner)
{
	uint64_t calls = holdings->shm->calls_per_guest * CALL_PAGE_COUNT;
	va_t first = holdings->call_pages;

	for (unsigned int i = 0; i < OWNER_SPACES; i++)
		note_space(&holdings->spaces[i], owner);
	if (first == 0)
		return;
	note_area((struct va_range){ first, first + calls * 4096 - 1 }, owner);
	now.areas[now.count - 1].calls = true;
}

static int by_address(const void *a, const void *b)
{
	const struct area *one = a;
	const struct area *other = b;

	if (one->range.first == other->range.first)
		return 0;
	return one->range.first < other->range.first ? -1 : 1;
}

/* The area with that address; they are sorted. */
static struct area *find_area(va_t first)
{
	struct area key = { .range = { first, first } };

	return bsearch(&key, now.areas, now.count, sizeof(key), by_address);
}

static void note_changing(const struct holdings *holdings)
{
	for (const struct region *region = holdings->all; region != NULL;
	     region = region->next) {
		struct area *area = find_area(region->area.range.first);

		if (area != NULL &&
		    (region->state != REGION_REGISTERED || region->revoked))
			area->changing = true;
	}
}

static void note_areas(struct shm *shm)
{
	struct rb_node *node = rb_first(&shm->guests);

	now.count = 0;
	note_holdings(shm->kernel, KERNEL);
	for (; node != NULL; node = rb_next(node)) {
		const struct guest *guest = (const void *)node;

		if (guest->holdings != NULL)
			note_holdings(guest->holdings, guest->id);
	}
	qsort(now.areas, now.count, sizeof(now.areas[0]), by_address);
	for (node = rb_first(&shm->guests); node != NULL;
	     node = rb_next(node)) {
		const struct guest *guest = (const void *)node;

		if (guest->holdings != NULL)
			note_changing(guest->holdings);
	}
}

/* Addresses as they would be in a world that is the same for all formats. */
static uint64_t place_of(pa_t pa)
{
	if (pa >= WORLD_HIGH_PA && pa < WORLD_HIGH_END)
		return UINT64_C(1) << 60 | (pa - WORLD_HIGH_PA);
	if (sim_kind_of(pa) == SIM_SECURE)
		return UINT64_C(1) << 61;
	return pa;
}

static uint64_t memory_of(const struct sim_mapping *leaf)
{
	unsigned int memory = sim_type_memory(PT_TYPES, leaf->attr);

	/* nGRE and GRE */
	return memory == 0x08 || memory == 0x0c ? 0x04 : memory;
}

static uint64_t attributes_of(const struct sim_mapping *leaf)
{
	return memory_of(leaf) << 16 | leaf->share << 8 |
	       (uint64_t)leaf->ns << 5 | (uint64_t)leaf->read_only << 4 |
	       (uint64_t)leaf->user << 3 | (uint64_t)leaf->accessed << 2 |
	       (uint64_t)leaf->not_global << 1 | leaf->executable;
}

/* How far the mapping of a region has come shows in these. */
static bool is_left_out(const struct area *area, va_t va)
{
	uint64_t page = (va - area->range.first) / SHM_PAGE_SIZE;

	return area->changing ||
	       (area->calls && page % CALL_PAGE_COUNT == CALL_PAGE_LIST);
}

static void note_page(va_t va, pa_t pa, uint64_t attributes)
{
	struct area *area = &now.stray;

	while (now.at < now.count && now.areas[now.at].range.last < va)
		now.at++;
	if (now.at < now.count && now.areas[now.at].range.first <= va)
		area = &now.areas[now.at];
	if (is_left_out(area, va))
		return;
	area->hash = mix(area->hash, va - area->range.first);
	area->hash = mix(area->hash, place_of(pa));
	area->hash = mix(area->hash, attributes);
	now.pages++;
}

static bool note_leaf(void *arg, const struct sim_mapping *leaf)
{
	uint64_t attributes = attributes_of(leaf);

	(void)arg;
	for (uint64_t at = 0; at < leaf->size; at += SHM_PAGE_SIZE)
		note_page(leaf->va + at, leaf->pa + at, attributes);
	return true;
}

/* The sum does not depend on the order of areas. */
static uint64_t sum_of_areas(void)
{
	uint64_t sum = now.stray.hash;

	for (uint32_t i = 0; i < now.count; i++) {
		const struct area *area = &now.areas[i];
		uint64_t hash = mix(area->hash, va_range_size(area->range));

		sum += mix(hash, area->owner);
	}
	return sum;
}

static struct {
	FILE *file;
	bool is_open;
} trace;

static FILE *trace_file(void)
{
	const char *name;

	if (trace.is_open)
		return trace.file;
	trace.is_open = true;
	name = getenv("TRACE");
	if (name == NULL)
		return NULL;
	trace.file = fopen(name, "w");
	if (trace.file == NULL)
		abort();
	return trace.file;
}

void trace_any_number(const char *why)
{
	if (trace_file() != NULL)
		fprintf(trace.file, "any number: %s\n", why);
}

void trace_leave_out(const char *why)
{
	if (trace_file() == NULL)
		return;
	fprintf(trace.file, "left out: %s\n", why);
	fclose(trace.file);
	trace.file = NULL;
}

void trace_step(struct shm *shm, const char *what, uint64_t answer)
{
	FILE *file = trace_file();

	if (file == NULL)
		return;
	note_areas(shm);
	now.at = 0;
	now.pages = 0;
	now.stray = (struct area){ .owner = NOBODY };
	sim_walk_leaves(world_window(), note_leaf, NULL);
	fprintf(file,
		"%s %" PRIx64 ": %" PRIu32 " areas %" PRIu64
		" pages %016" PRIx64 "\n",
		what, answer, now.count, now.pages, sum_of_areas());
}
