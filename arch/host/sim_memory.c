// SPDX-License-Identifier: BSD-2-Clause
/*
 * Physical memory of the simulated machine: a few ranges, each a stretch of
 * host address space that the host fills with pages as they are touched.
 */
#define _GNU_SOURCE /* host interfaces beyond ISO C */
#include <stdlib.h>
#include <sys/mman.h>

#include "sim_internal.h"

#define MAX_RANGES 16

static struct sim_range ranges[MAX_RANGES];
static unsigned int range_count;
static sim_read_hook *read_hook;
static void *read_hook_arg;
static struct sim_reads reads;
static pa_t *counted; /* words of which some byte was read */
static size_t counted_size;
static size_t counted_count;

static void *reserve(uint64_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		abort();
	return at;
}

static uint64_t range_size(const struct sim_range *range)
{
	return range->last - range->first + 1;
}

void sim_memory_reset(void)
{
	for (unsigned int i = 0; i < range_count; i++) {
		if (ranges[i].memory == NULL)
			continue;
		munmap(ranges[i].memory, range_size(&ranges[i]));
		munmap(ranges[i].dead, range_size(&ranges[i]) / SHM_PAGE_SIZE);
		munmap(ranges[i].reads, range_size(&ranges[i]) / 8);
		munmap(ranges[i].places, range_size(&ranges[i]) /
						 SIM_CHUNK_BYTES *
						 sizeof(uint64_t));
	}
	range_count = 0;
	read_hook = NULL;
	counted_count = 0;
	reads = (struct sim_reads){ 0 };
}

void sim_add_range(enum sim_kind kind, pa_t first, uint64_t size)
{
	struct sim_range *range = &ranges[range_count];

	if (range_count == MAX_RANGES || size == 0 ||
	    ((first | size) & SHM_PAGE_MASK) != 0)
		abort();
	*range = (struct sim_range){
		.first = first,
		.last = first + (size - 1),
		.kind = kind,
	};
	if (kind != SIM_HOLE && kind != SIM_DEVICE) {
		range->memory = reserve(size);
		range->dead = reserve(size / SHM_PAGE_SIZE);
		range->reads = reserve(size / 8);
		range->places =
			reserve(size / SIM_CHUNK_BYTES * sizeof(uint64_t));
	}
	range_count++;
}

struct sim_range *sim_range_find(pa_t pa)
{
	for (unsigned int i = 0; i < range_count; i++) {
		if (pa >= ranges[i].first && pa <= ranges[i].last)
			return &ranges[i];
	}
	return NULL;
}

enum sim_kind sim_kind_of(pa_t pa)
{
	const struct sim_range *range = sim_range_find(pa);

	return range == NULL ? SIM_HOLE : range->kind;
}

void *sim_pointer(pa_t pa)
{
	struct sim_range *range = sim_range_find(pa);

	if (range == NULL || range->memory == NULL)
		return NULL;
	return range->memory + (pa - range->first);
}

static struct sim_range *range_of_pointer(const void *pointer)
{
	uintptr_t at = (uintptr_t)pointer;

	for (unsigned int i = 0; i < range_count; i++) {
		uintptr_t base = (uintptr_t)ranges[i].memory;

		if (base != 0 && at >= base &&
		    at - base < range_size(&ranges[i]))
			return &ranges[i];
	}
	return NULL;
}

struct sim_range *sim_secure_range_of(const void *pointer)
{
	struct sim_range *range = range_of_pointer(pointer);

	return range != NULL && range->kind == SIM_SECURE ? range : NULL;
}

pa_t sim_address(const void *pointer)
{
	struct sim_range *range = range_of_pointer(pointer);

	if (range == NULL)
		abort();
	return range->first + ((uintptr_t)pointer - (uintptr_t)range->memory);
}

void sim_page_set_dead(pa_t page, bool dead)
{
	struct sim_range *range = sim_range_find(page);

	if (range == NULL || range->dead == NULL)
		abort();
	range->dead[(page - range->first) >> SHM_PAGE_SHIFT] = dead;
}

bool sim_page_is_dead(const struct sim_range *range, pa_t pa)
{
	return range->dead[(pa - range->first) >> SHM_PAGE_SHIFT];
}

void sim_set_read_hook(sim_read_hook *hook, void *arg)
{
	read_hook = hook;
	read_hook_arg = arg;
}

static void remember_counted(pa_t word)
{
	if (counted_count == counted_size) {
		counted_size = counted_size * 2 + 1024;
		counted = realloc(counted, counted_size * sizeof(*counted));
		if (counted == NULL)
			abort();
	}
	counted[counted_count++] = word;
}

void sim_note_read(struct sim_range *range, pa_t pa, size_t size)
{
	pa_t word = pa & ~UINT64_C(7);
	uint8_t *seen = &range->reads[(word - range->first) / 8];
	uint8_t bytes = (uint8_t)(((1u << size) - 1) << (pa & 7));

	if (read_hook != NULL)
		read_hook(read_hook_arg, word);
	if (*seen == 0)
		remember_counted(word);
	reads.words++;
	if (*seen & bytes) {
		reads.again++;
		reads.word = word;
	}
	*seen |= bytes;
}

void sim_reads_reset(void)
{
	for (size_t i = 0; i < counted_count; i++) {
		struct sim_range *range = sim_range_find(counted[i]);

		range->reads[(counted[i] - range->first) / 8] = 0;
	}
	counted_count = 0;
	reads = (struct sim_reads){ 0 };
}

struct sim_reads sim_reads(void)
{
	return reads;
}
