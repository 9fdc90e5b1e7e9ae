// SPDX-License-Identifier: BSD-2-Clause
/* Large blocks of which parts go, or change, while another core reads them. */
#include "gap.h"
#include "tap.h"
#include "world.h"

#include <dynshm/ioremap.h>

#define DATA	     UINT64_C(0x48000000) /* aligned to all blocks */
#define MARK	     0x5111717eu
#define ROUNDS	     20u
#define GROUP_ROUNDS 2u
#define READS	     1024u /* all pages that are looked at, and more */

/* What is cut up: every other piece goes. All are powers of two. */
struct cutting {
	uint64_t size;
	uint64_t piece;
	uint64_t stride; /* of the pages that are looked at */
};

static const struct cutting small = { 0x400000, 0x10000, SHM_PAGE_SIZE };
/* Groups of blocks, which a cut makes blocks, groups of pages, and pages. */
static const struct cutting large = { 0x4000000, 0x400000, 0x10000 };

struct reader {
	const struct cutting *how;
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

/* Pages of every other piece, which stay mapped. */
static void read_on(void *arg)
{
	struct reader *reader = arg;
	const struct cutting *how = reader->how;
	uint32_t word;

	for (uint64_t at = 0;
	     !__atomic_load_n(&reader->enough, __ATOMIC_ACQUIRE);
	     at = (at + how->stride) & (how->size - 1)) {
		if (at & how->piece)
			continue;
		if (probe_read(reader->va + at, &word).faulted)
			reader->faulted++;
		else
			reader->wrong += word != mark_of(at);
		__atomic_fetch_add(&reader->good, 1, __ATOMIC_RELAXED);
	}
}

/* Of a piece that goes, the first page stays. */
static bool is_gone(const struct cutting *how, uint64_t at)
{
	return (at & how->piece) && (at & (how->piece - 1)) >= SHM_PAGE_SIZE;
}

static bool is_read_only(const struct cutting *how, uint64_t at)
{
	return !(at & how->piece) && (at & (how->piece - 1)) >= how->piece / 2;
}

static void cut_up(const struct cutting *how, va_t va)
{
	const uint64_t piece = how->piece;

	for (uint64_t at = 0; at < how->size; at += 2 * piece) {
		equal(shm_iounmap_part(&shm, va + at + piece + SHM_PAGE_SIZE,
				       piece - SHM_PAGE_SIZE),
		      SHM_OK);
		equal(shm_iochange_part(&shm, va + at + piece / 2, piece / 2,
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

static void page_is_mapped(va_t va, uint64_t at, bool read_only)
{
	struct translation write = world_translate(va, true);
	uint32_t word = 0;
	struct probe probe;

	equal(world_translate(va, false).pa, DATA + at);
	check(!probe_read(va, &word).faulted);
	equal(word, mark_of(at));
	probe = probe_write(va, word);
	equal(probe.faulted, read_only);
	equal(write.ok, !read_only);
	if (!probe.faulted)
		return;
	check(probe.write);
	equal(probe.address, va);
	equal(probe.status, write.status);
	equal(fault_kind(probe.status), FAULT_PERMISSION);
}

/* Each mapping begins with a page that stays, or in the middle of a piece. */
static void unmap_what_is_left(const struct cutting *how, va_t va)
{
	for (uint64_t at = 0; at < how->size; at += how->stride) {
		if (is_gone(how, at))
			page_is_unmapped(va + at);
		else
			page_is_mapped(va + at, at, is_read_only(how, at));
	}
	for (uint64_t at = 0; at < how->size; at += how->piece / 2)
		(void)shm_iounmap(&shm, va + at);
	for (uint64_t at = 0; at < how->size; at += how->stride)
		page_is_unmapped(va + at);
}

static void play_round(const struct cutting *how, uint64_t mapped_by)
{
	struct reader reader = { .how = how };
	unsigned int before = fault_retries;

	if (!equal(shm_map_ram(&shm, DATA, how->size, SHM_MEM_SHARED,
			       &reader.va),
		   SHM_OK))
		tap_bail("RAM cannot be mapped");
	for (uint64_t at = 0; at < how->size; at += how->piece)
		equal(world_translate(reader.va + at, false).size, mapped_by);
	core_start(read_on, &reader);
	while (__atomic_load_n(&reader.good, __ATOMIC_RELAXED) < 200)
		;
	gap_wait_for(&reader.good, READS);
	cut_up(how, reader.va);
	gap_wait_for(NULL, 0);
	__atomic_store_n(&reader.enough, true, __ATOMIC_RELEASE);
	core_join();
	equal(fault_retries != before, !shm.live_split);
	equal(reader.faulted, 0);
	equal(reader.wrong, 0);
	unmap_what_is_left(how, reader.va);
}

static void write_marks(uint64_t size)
{
	for (uint64_t at = 0; at < size; at += SHM_PAGE_SIZE)
		*world_ram(DATA + at) = mark_of(at);
}

static void under_a_reader(void)
{
	write_marks(small.size);
	for (unsigned int round = 0; round < ROUNDS; round++)
		play_round(&small, mapped_sizes[2]);
}

static void groups_under_a_reader(void)
{
	write_marks(large.size);
	for (unsigned int round = 0; round < GROUP_ROUNDS; round++)
		play_round(&large, mapped_sizes[3]);
}

/* Before anything is split, and after each of a few cuts. */
static void translations(void)
{
	const uint64_t holes[] = { 0x37000, 0x200000, 0x1ff000,
				   small.size - SHM_PAGE_SIZE };
	va_t va;

	if (!equal(shm_map_ram(&shm, DATA, small.size, SHM_MEM_SHARED, &va),
		   SHM_OK))
		return;
	for (unsigned int cuts = 0; cuts <= 4; cuts++) {
		for (uint64_t at = 0; at < small.size; at += SHM_PAGE_SIZE) {
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
	for (uint64_t at = 0; at < small.size; at += SHM_PAGE_SIZE)
		(void)shm_iounmap(&shm, va + at);
}

static const struct test tests[] = {
	{ "blocks_translate_as_before_when_parts_go", translations },
	{ "no_read_fails_while_its_block_is_split", under_a_reader },
	{ "no_read_fails_while_its_group_is_split", groups_under_a_reader },
};
GROUP(splits, tests);
