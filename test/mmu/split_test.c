// SPDX-License-Identifier: BSD-2-Clause
/* Large blocks of which parts go, or change, while another core reads them. */
#include "tap.h"
#include "world.h"

#include <dynshm/ioremap.h>

#define DATA	    UINT64_C(0x48000000) /* aligned to all blocks */
#define SIZE	    UINT64_C(0x400000)
#define PIECE	    UINT64_C(0x10000)
#define PIECES	    (SIZE / PIECE)
#define MARK	    0x5111717eu
#define ROUNDS	    20u
#define ROUNDS_MOST 1000u

struct reader {
	va_t va;
	unsigned int good;
	unsigned int faulted;
	unsigned int wrong;
	bool enough;
};

static uint32_t mark_of(uint64_t offset)
{
	return MARK ^ (uint32_t)(offset >> SHM_PAGE_SHIFT);
}

/* All pages of every other piece, which stay mapped. */
static void read_on(void *arg)
{
	struct reader *reader = arg;
	uint32_t word;

	for (uint64_t at = 0;
	     !__atomic_load_n(&reader->enough, __ATOMIC_ACQUIRE);
	     at = (at + SHM_PAGE_SIZE) % SIZE) {
		if (at & PIECE)
			continue;
		if (probe_read(reader->va + at, &word).faulted)
			reader->faulted++;
		else
			reader->wrong += word != mark_of(at);
		__atomic_fetch_add(&reader->good, 1, __ATOMIC_RELAXED);
	}
}

/* Of a piece that goes, the first page stays. */
static bool is_gone(uint64_t at)
{
	return (at & PIECE) && (at & (PIECE - 1)) != 0;
}

static bool is_read_only(uint64_t at)
{
	return !(at & PIECE) && (at & (PIECE - 1)) >= PIECE / 2;
}

static void cut_up(va_t va)
{
	for (uint64_t at = 0; at < SIZE; at += 2 * PIECE) {
		equal(shm_iounmap_part(&shm, va + at + PIECE + SHM_PAGE_SIZE,
				       PIECE - SHM_PAGE_SIZE),
		      SHM_OK);
		equal(shm_iochange_part(&shm, va + at + PIECE / 2, PIECE / 2,
					SHM_MEM_SHARED | SHM_MEM_READ_ONLY),
		      SHM_OK);
	}
}

static void page_is_unmapped(va_t va)
{
	uint32_t word;
	struct translation cpu = world_translate(va, false);
	struct probe probe = probe_read(va, &word);

	check(!cpu.ok && probe.faulted);
	equal(fault_kind(cpu.status), FAULT_TRANSLATION);
	equal(probe.status, cpu.status);
	equal(probe.address, va);
}

static void page_is_mapped(va_t va, uint64_t at)
{
	uint32_t word = 0;
	struct probe probe;

	equal(world_translate(va, false).pa, DATA + at);
	check(!probe_read(va, &word).faulted);
	equal(word, mark_of(at));
	probe = probe_write(va, word);
	equal(probe.faulted, is_read_only(at));
	equal(world_translate(va, true).ok, !is_read_only(at));
	if (probe.faulted)
		equal(fault_kind(probe.status), FAULT_PERMISSION);
}

static void unmap_what_is_left(va_t va)
{
	for (uint64_t at = 0; at < SIZE; at += SHM_PAGE_SIZE) {
		if (is_gone(at))
			page_is_unmapped(va + at);
		else
			page_is_mapped(va + at, at);
	}
	for (uint64_t at = 0; at < SIZE; at += SHM_PAGE_SIZE)
		(void)shm_iounmap(&shm, va + at);
	for (uint64_t at = 0; at < SIZE; at += PIECE)
		page_is_unmapped(va + at);
}

static void play_round(void)
{
	struct reader reader = { .good = 0 };

	if (!equal(shm_map_ram(&shm, DATA, SIZE, SHM_MEM_SHARED, &reader.va),
		   SHM_OK))
		tap_bail("RAM cannot be mapped");
	core_start(read_on, &reader);
	while (__atomic_load_n(&reader.good, __ATOMIC_RELAXED) < 200)
		;
	cut_up(reader.va);
	__atomic_store_n(&reader.enough, true, __ATOMIC_RELEASE);
	core_join();
	equal(reader.faulted, 0);
	equal(reader.wrong, 0);
	unmap_what_is_left(reader.va);
}

/* Until the other core has been in a gap, where there are any. */
static void under_a_reader(void)
{
	unsigned int before = fault_retries;
	unsigned int round = 0;

	for (uint64_t at = 0; at < SIZE; at += SHM_PAGE_SIZE)
		*world_ram(DATA + at) = mark_of(at);
	do
		play_round();
	while (++round < ROUNDS || (!shm.live_split && round < ROUNDS_MOST &&
				    fault_retries == before));
	equal(fault_retries != before, !shm.live_split);
}

/* Before anything is split, and after each of a few cuts. */
static void translations(void)
{
	static const uint64_t holes[] = { 0x37000, 0x200000, 0x1ff000,
					  SIZE - SHM_PAGE_SIZE };
	va_t va;

	if (!equal(shm_map_ram(&shm, DATA, SIZE, SHM_MEM_SHARED, &va), SHM_OK))
		return;
	for (unsigned int cuts = 0; cuts <= 4; cuts++) {
		for (uint64_t at = 0; at < SIZE; at += SHM_PAGE_SIZE) {
			struct translation cpu = world_translate(va + at, true);
			bool gone = false;

			for (unsigned int i = 0; i < cuts; i++)
				gone = gone || holes[i] == at;
			equal(cpu.ok, !gone);
			if (!gone)
				equal(cpu.pa, DATA + at);
		}
		if (cuts < 4)
			equal(shm_iounmap_part(&shm, va + holes[cuts],
					       SHM_PAGE_SIZE),
			      SHM_OK);
	}
	for (uint64_t at = 0; at < SIZE; at += SHM_PAGE_SIZE)
		(void)shm_iounmap(&shm, va + at);
}

static const struct test tests[] = {
	{ "blocks_translate_as_before_when_parts_go", translations },
	{ "no_read_fails_while_its_block_is_split", under_a_reader },
};
GROUP(splits, tests);
