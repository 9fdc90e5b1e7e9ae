// SPDX-License-Identifier: BSD-2-Clause
/* See trace.h. The areas are the library's word, all else is the walker's. */
#include "sim/trace.h"

#include <dynshm/ioremap.h>
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
#define PLACE_ANY (UINT64_C(1) << 61) /* somewhere in secure memory */

struct area {
	struct va_range range;
	uint32_t owner;
	bool changing; /* its pages do not count */
	bool calls;    /* they are call pages */
	uint64_t hash; /* of its runs so far */
};

/* Pages that follow each other, and lead to others that do. */
struct run {
	struct area *area; /* NULL: none so far */
	uint64_t first;	   /* in the area, bytes */
	uint64_t size;
	uint64_t place; /* of the first */
	uint64_t attributes;
};

static struct {
	struct area areas[MAX_AREAS];
	uint32_t count;
	uint32_t at; /* the area that the walk has come to */
	uint64_t pages;
	struct area stray; /* pages outside of all areas */
	struct run run;	   /* the last one */
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

static void note_changing(const struct holdings *holdings, bool all)
{
	for (uint32_t i = 0; all && i < now.count; i++)
		if (now.areas[i].owner == holdings->guest)
			now.areas[i].changing = true;
	for (const struct region *region = holdings->all; region != NULL;
	     region = region->next) {
		struct area *area = find_area(region->area.range.first);

		if (area != NULL &&
		    (region->state != REGION_REGISTERED || region->revoked))
			area->changing = true;
	}
	for (const struct io_mapping *mapping = holdings->io_mappings;
	     mapping != NULL; mapping = mapping->next) {
		struct area *area = find_area(mapping->area.range.first);

		if (area != NULL && (mapping->state == IO_FORMING ||
				     mapping->state == IO_LEAVING))
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
	note_changing(shm->kernel, false);
	for (node = rb_first(&shm->guests); node != NULL;
	     node = rb_next(node)) {
		const struct guest *guest = (const void *)node;

		if (guest->holdings != NULL)
			note_changing(guest->holdings, guest->ending);
	}
}

/* Addresses as they would be in a world that is the same for all formats. */
static uint64_t place_of(pa_t pa)
{
	/* Not where there is RAM in a row around it. */
	if (pa >= WORLD_HIGH_PA && pa < WORLD_HIGH_END &&
	    sim_kind_of(WORLD_HIGH_PA - 1) != SIM_RAM)
		return UINT64_C(1) << 60 | (pa - WORLD_HIGH_PA);
	if (sim_kind_of(pa) == SIM_SECURE)
		return PLACE_ANY;
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

static void end_run(void)
{
	struct run *run = &now.run;

	if (run->area == NULL)
		return;
	run->area->hash = mix(run->area->hash, run->first);
	run->area->hash = mix(run->area->hash, run->size);
	run->area->hash = mix(run->area->hash, run->place);
	run->area->hash = mix(run->area->hash, run->attributes);
	run->area = NULL;
}

static bool goes_on(const struct run *run, const struct run *next)
{
	uint64_t place =
		run->place & PLACE_ANY ? run->place : run->place + run->size;

	return run->area == next->area &&
	       run->first + run->size == next->first && place == next->place &&
	       run->attributes == next->attributes;
}

static void note_run(struct run next)
{
	if (goes_on(&now.run, &next)) {
		now.run.size += next.size;
		return;
	}
	end_run();
	now.run = next;
}

/* The area that `va` is in, or the one for all that are in none. */
static struct area *area_of(va_t va)
{
	while (now.at < now.count && now.areas[now.at].range.last < va)
		now.at++;
	if (now.at < now.count && now.areas[now.at].range.first <= va)
		return &now.areas[now.at];
	return &now.stray;
}

/* A leaf is in one area, as invariant 2 has it, or what follows is stray. */
static bool note_leaf(void *arg, const struct sim_mapping *leaf)
{
	struct area *area = area_of(leaf->va);
	uint64_t size = leaf->size;

	(void)arg;
	if (is_left_out(area, leaf->va))
		return true;
	if (area != &now.stray && leaf->va + (size - 1) > area->range.last)
		area = &now.stray;
	note_run((struct run){ area, leaf->va - area->range.first, size,
			       place_of(leaf->pa), attributes_of(leaf) });
	now.pages += size / SHM_PAGE_SIZE;
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
	bool is_out;   /* nothing is traced for now */
	bool is_over;  /* nothing any more */
	bool by_hand;  /* no calls are */
	uint32_t each; /* of so many steps, one is traced; 0: all */
	uint32_t untraced;
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

bool trace_is_on(void)
{
	return trace_file() != NULL && !trace.is_out;
}

void trace_any_number(const char *why)
{
	if (trace_is_on())
		fprintf(trace.file, "any number: %s\n", why);
}

void trace_leave_out(const char *why)
{
	static const char *said;

	if (trace_is_on() && why != said)
		fprintf(trace.file, "left out: %s\n", why);
	said = why;
	trace.is_out = true;
}

void trace_leave_out_roomy(const char *why)
{
	if (WORLD_IS_SMALL)
		return;
	trace_leave_out(why);
	trace.is_over = true;
}

void trace_go_on(void)
{
	trace.is_out = trace.is_over;
}

void trace_by_hand(bool on)
{
	trace.by_hand = on;
}

void trace_call(struct shm *shm, const char *what, uint64_t answer)
{
	if (!trace.by_hand)
		trace_step(shm, what, answer);
}

void trace_each(uint32_t steps)
{
	trace.each = steps;
	trace.untraced = 0;
}

void trace_step(struct shm *shm, const char *what, uint64_t answer)
{
	if (!trace_is_on() || ++trace.untraced < trace.each)
		return;
	trace.untraced = 0;
	note_areas(shm);
	now.at = 0;
	now.pages = 0;
	now.stray = (struct area){ .owner = NOBODY };
	sim_walk_leaves(world_window(), note_leaf, NULL);
	end_run();
	fprintf(trace.file,
		"%s %" PRIx64 ": %" PRIu32 " areas %" PRIu64
		" pages %016" PRIx64 "\n",
		what, answer, now.count, now.pages, sum_of_areas());
}
