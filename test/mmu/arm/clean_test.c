// SPDX-License-Identifier: BSD-2-Clause
/*
 * A processor whose table walks do not look into the data cache, of which QEMU
 * has none that fits: the linker sends what tables.c asks of the cache here
 * (mk/mmu.mk). What is cleaned is copied to a second memory, the one that such
 * a walk would see.
 */
#include "machine.h"
#include "tap.h"
#include "world.h"

#include <arm/cache.h>
#include <dynshm/ioremap.h>

#define DATA	UINT64_C(0x48000000)
#define GUEST	41
#define COOKIE	UINT64_C(0x5000)
#define UNKNOWN 0xa5 /* what has never been cleaned */
/* Secure RAM, in which all tables are, once more. */
#define SEEN	 ((uint8_t *)(uintptr_t)0x5c000000)
#define RAM	 ((const uint8_t *)(uintptr_t)0x0e000000)
#define RAM_SIZE UINT32_C(0x1000000)

/* Cortex-A9: ID_MMFR3 says that walks need cleaning. */
#define MMFR3 UINT32_C(0x00002111)
/* Cortex-A15's, in which a line has 64 bytes: log2 of words in 19:16. */
#define CTR(words) (UINT32_C(0x8440c003) | (uint32_t)(words) << 16)

uint32_t __real_cpu_read_mmfr3(void);
uint32_t __real_cpu_read_ctr(void);
void __real_cpu_clean_line(uint32_t at);
uint32_t __wrap_cpu_read_mmfr3(void);
uint32_t __wrap_cpu_read_ctr(void);
void __wrap_cpu_clean_line(uint32_t at);

static bool playing;
static uint32_t mmfr3, words_shift;
/* Lines that were cleaned, in a row. */
static uint32_t first_line, next_line, lines;
static bool in_a_row;

static uint32_t line_bytes(void)
{
	return UINT32_C(4) << words_shift;
}

uint32_t __wrap_cpu_read_mmfr3(void)
{
	return playing ? mmfr3 : __real_cpu_read_mmfr3();
}

uint32_t __wrap_cpu_read_ctr(void)
{
	return playing ? CTR(words_shift) : __real_cpu_read_ctr();
}

void __wrap_cpu_clean_line(uint32_t at)
{
	uint32_t offset = (at & ~(line_bytes() - 1)) - (uint32_t)(uintptr_t)RAM;

	if (!playing) {
		__real_cpu_clean_line(at);
		return;
	}
	if (lines++ == 0)
		first_line = at;
	else
		in_a_row = in_a_row && at == next_line;
	next_line = at + line_bytes();
	for (uint32_t i = 0; offset < RAM_SIZE && i < line_bytes(); i++)
		SEEN[offset + i] = RAM[offset + i];
}

static void clean(uint32_t at, uint32_t size)
{
	lines = 0;
	in_a_row = true;
	cpu_clean_tables((const void *)(uintptr_t)at, size);
}

/* Each size at each place in a line: all lines with a part of it, once. */
static void each_line_once(void)
{
	const uint32_t base = (uint32_t)SECURE_SPARE;

	playing = true;
	mmfr3 = MMFR3;
	for (words_shift = 2; words_shift <= 5; words_shift++) {
		uint32_t line = line_bytes();

		for (uint32_t at = base; at < base + line; at += 4) {
			for (uint32_t size = 4; size <= 3 * line; size += 4) {
				clean(at, size);
				equal(first_line, base);
				equal(lines, 1 + ((at - base + size - 1) >>
						  (words_shift + 2)));
				check(in_a_row);
			}
		}
		clean(base + 4, 0);
		equal(lines, 0);
	}
	playing = false;
}

/* Where walks look into the cache nothing is done. */
static void none_if_coherent(void)
{
	playing = true;
	words_shift = 4;
	for (uint32_t field = 0; field < 16; field++) {
		mmfr3 = (MMFR3 & ~UINT32_C(0xf00000)) | field << 20;
		clean((uint32_t)SECURE_SPARE, 256);
		equal(lines, field == 0 ? 4 : 0);
	}
	playing = false;
}

static void bytes_are_seen(const void *first, uint32_t bytes)
{
	const uint8_t *from = first;
	unsigned int wrong = 0;

	for (uint32_t i = 0; i < bytes; i++)
		wrong += SEEN[from + i - RAM] != from[i];
	equal(wrong, 0);
}

static void see(const void *first, uint32_t bytes)
{
	const uint8_t *from = first;

	for (uint32_t i = 0; i < bytes; i++)
		SEEN[from + i - RAM] = from[i];
}

/* Every table that a walk of the manager's part reaches, and the root. */
static void for_tables(void (*work)(const void *first, uint32_t bytes))
{
	const pte_t *root = shm.root.entries;
	unsigned int count = 1u << pt_first_bits(shm.va_bits);

	work(root, (uint32_t)(count * sizeof(*root)));
	for (unsigned int i = count / 2; i < count; i++) {
		const pte_t *next;

		if (!pte_is_table(root[i], 1))
			continue;
		next = (const pte_t *)(uintptr_t)pte_address(root[i], 1);
		work(next, PT_TABLE_BYTES);
		for (unsigned int j = 0; PT_LEAF_LEVEL == 3 && j < 512; j++)
			if (pte_is_table(next[j], 2))
				work((const void *)(uintptr_t)pte_address(
					     next[j], 2),
				     PT_TABLE_BYTES);
	}
}

static void begin(void)
{
	for (uint32_t i = 0; i < RAM_SIZE; i++)
		SEEN[i] = UNKNOWN;
	for_tables(see);
	mmfr3 = MMFR3;
	words_shift = 3;
	playing = true;
}

static void regions_come_and_go(struct guest *guest, pa_t step, uint64_t count)
{
	enum shm_status st;
	struct region *region = world_register(
		guest, COOKIE, world_list(0, DATA, step, count), count, &st);

	if (!equal(st, SHM_OK))
		return;
	for_tables(bytes_are_seen);
	world_unregister(region);
	for_tables(bytes_are_seen);
}

static void device_comes_and_goes(void)
{
	va_t va;

	if (!equal(shm_map_ram(&shm, DATA, 0x400000, SHM_MEM_SHARED, &va),
		   SHM_OK))
		return;
	for_tables(bytes_are_seen);
	equal(shm_iounmap_part(&shm, va + 0x37000, SHM_PAGE_SIZE), SHM_OK);
	for_tables(bytes_are_seen);
	equal(shm_iounmap(&shm, va), SHM_OK);
	equal(shm_iounmap(&shm, va + 0x38000), SHM_OK);
	for_tables(bytes_are_seen);
}

static void all_is_seen(void)
{
	struct guest *guest;

	begin();
	guest = world_guest(GUEST);
	for_tables(bytes_are_seen);
	regions_come_and_go(guest, 2 * SHM_PAGE_SIZE, 300);
	regions_come_and_go(guest, SHM_PAGE_SIZE, 5 * 512);
	device_comes_and_goes();
	world_cut_off(guest);
	for_tables(bytes_are_seen);
	world_bury(guest);
	for_tables(bytes_are_seen);
	playing = false;
}

/* QEMU's TLB would put up with tables in the place of blocks in use. */
static void without_armv8(void)
{
	check(!shm.live_split);
	check(!shm.has_tlb_ranges);
}

static const struct test tests[] = {
	{ "blocks_in_use_are_broken_before_they_are_split", without_armv8 },
	{ "each_line_of_a_table_is_cleaned_once", each_line_once },
	{ "nothing_is_cleaned_if_walks_are_coherent", none_if_coherent },
	{ "walks_beside_the_cache_see_each_table", all_is_seen },
};
GROUP(machine_tests, tests);
