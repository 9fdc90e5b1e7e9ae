// SPDX-License-Identifier: BSD-2-Clause
/*
 * A GiB that the manager takes for a device: one block where there can be one.
 * It is memory in truth, so that each page can have a mark.
 */
#include "gap.h"
#include "tap.h"
#include "world.h"

#include <dynshm/ioremap.h>

#define DATA	UINT64_C(0x80000000)
#define GIB	UINT64_C(0x40000000)
#define MIB	UINT64_C(0x100000)
#define SAMPLES 64u
#define MARK	0x6b1b6b1bu
#define ROUNDS	3u

/* Short addresses have no room for more, and no block as large. */
static uint64_t size(void)
{
	return shm.roomy ? GIB : 256 * MIB;
}

/* A page of each 64th of it, somewhere. */
static uint64_t sample(unsigned int i)
{
	return i * (size() / SAMPLES) + i * 37 % 256 * SHM_PAGE_SIZE;
}

static va_t map(void)
{
	va_t va;

	if (!equal(shm_ioremap(&shm, DATA, size(), SHM_MEM_SHARED, &va),
		   SHM_OK))
		tap_bail("a GiB cannot be mapped");
	for (unsigned int i = 0; i < SAMPLES; i++)
		check(!probe_write(va + sample(i), MARK + i).faulted);
	return va;
}

static void sample_is_mapped(va_t va, unsigned int i)
{
	uint32_t word = 0;

	equal(world_translate(va + sample(i), false).pa, DATA + sample(i));
	check(!probe_read(va + sample(i), &word).faulted);
	equal(word, MARK + i);
}

static void sample_is_unmapped(va_t va, unsigned int i)
{
	uint32_t word;
	struct probe probe = probe_read(va + sample(i), &word);

	check(!world_translate(va + sample(i), false).ok);
	check(probe.faulted);
	equal(fault_kind(probe.status), FAULT_TRANSLATION);
}

static void blocks(void)
{
	va_t va = map();

	for (unsigned int i = 0; i < SAMPLES; i++) {
		uint64_t block = world_translate(va + sample(i), true).size;

		sample_is_mapped(va, i);
		check(shm.roomy ? block == GIB : block >= MIB);
	}
	equal(shm_iounmap(&shm, va), SHM_OK);
	for (unsigned int i = 0; i < SAMPLES; i++)
		sample_is_unmapped(va, i);
	equal(map(), va);
	equal(shm_iounmap(&shm, va), SHM_OK);
}

struct reader {
	va_t va;
	unsigned int good;
	unsigned int faulted;
	unsigned int wrong;
	bool enough;
};

/* Every other sample stays. */
static void read_on(void *arg)
{
	struct reader *reader = arg;
	uint32_t word;

	for (unsigned int i = 0;
	     !__atomic_load_n(&reader->enough, __ATOMIC_ACQUIRE);
	     i = (i + 2) % SAMPLES) {
		if (probe_read(reader->va + sample(i), &word).faulted)
			reader->faulted++;
		else
			reader->wrong += word != MARK + i;
		__atomic_fetch_add(&reader->good, 1, __ATOMIC_RELAXED);
	}
}

/* A page of this one, two pages of the next. */
static void cut_up(va_t va)
{
	for (unsigned int i = 0; i < SAMPLES; i += 2) {
		equal(shm_iochange_part(&shm, va + sample(i), SHM_PAGE_SIZE,
					SHM_MEM_UNCACHED | SHM_MEM_NON_SECURE),
		      SHM_OK);
		equal(shm_iounmap_part(&shm, va + sample(i + 1),
				       2 * SHM_PAGE_SIZE),
		      SHM_OK);
	}
}

/* Whatever is left begins at the start, or behind one of them. */
static void unmap_rest(va_t va)
{
	(void)shm_iounmap(&shm, va);
	for (unsigned int i = 0; i < SAMPLES; i++)
		for (unsigned int page = 0; page < 3; page++)
			(void)shm_iounmap(&shm, va + sample(i) +
							page * SHM_PAGE_SIZE);
}

static void play_round(void)
{
	struct reader reader = { .va = map() };
	unsigned int before = fault_retries;

	core_start(read_on, &reader);
	while (__atomic_load_n(&reader.good, __ATOMIC_RELAXED) < 200)
		;
	gap_wait_for(&reader.good, SAMPLES);
	cut_up(reader.va);
	gap_wait_for(NULL, 0);
	__atomic_store_n(&reader.enough, true, __ATOMIC_RELEASE);
	core_join();
	check(fault_retries != before);
	equal(reader.faulted, 0);
	equal(reader.wrong, 0);
	for (unsigned int i = 0; i < SAMPLES; i += 2) {
		sample_is_mapped(reader.va, i);
		sample_is_unmapped(reader.va, i + 1);
	}
	unmap_rest(reader.va);
	for (unsigned int i = 0; i < SAMPLES; i++)
		sample_is_unmapped(reader.va, i);
}

/* Types change with a gap everywhere. */
static void under_a_reader(void)
{
	for (unsigned int round = 0; round < ROUNDS; round++)
		play_round();
}

static const struct test tests[] = {
	{ "a_gib_is_mapped_by_the_largest_blocks", blocks },
	{ "no_read_fails_while_parts_of_a_gib_go", under_a_reader },
};
GROUP(gibs, tests);
