// SPDX-License-Identifier: BSD-2-Clause
/*
 * Copies from and to normal memory, at every alignment, and up to a page that
 * is not there; and rows of words.
 */
#include "tap.h"
#include "world.h"

#define DATA  UINT64_C(0x48000000)
#define GUEST 51
#define ROOM  40u

static struct region *region;
static struct guest *guest;

/* Two pages, and nothing behind them. */
static va_t begin(void)
{
	enum shm_status st;

	guest = world_guest(GUEST);
	region = world_register(guest, 1, world_list(0, DATA, SHM_PAGE_SIZE, 2),
				2, &st);
	if (!equal(st, SHM_OK))
		tap_bail("two pages are refused");
	return region_address(region, 0);
}

static volatile uint8_t *ram(uint64_t offset)
{
	return (volatile uint8_t *)(uintptr_t)(DATA + offset);
}

static void fill(uint8_t *bytes, uint8_t first)
{
	for (unsigned int i = 0; i < ROOM; i++)
		bytes[i] = (uint8_t)(first + i);
}

/* Bytes around what was asked for stay as they were. */
static void one_copy(va_t va, unsigned int ours, unsigned int offset,
		     unsigned int size)
{
	uint8_t local[ROOM] __attribute__((aligned(8)));
	unsigned int wrong = 0;

	fill(local, 100);
	for (unsigned int i = 0; i < ROOM; i++)
		*ram(i) = (uint8_t)i;
	check(access_read(local + ours, va + offset, size));
	for (unsigned int i = 0; i < ROOM; i++)
		wrong += local[i] != (i >= ours && i < ours + size
					      ? i - ours + offset
					      : 100 + i);
	fill(local, 200);
	check(access_write(va + offset, local + ours, size));
	for (unsigned int i = 0; i < ROOM; i++)
		wrong += *ram(i) != (i >= offset && i < offset + size
					     ? 200 + i - offset + ours
					     : i);
	equal(wrong, 0);
}

static void every_alignment(void)
{
	va_t va = begin();

	for (unsigned int ours = 0; ours < 8; ours++)
		for (unsigned int offset = 0; offset < 8; offset++)
			for (unsigned int size = 0; size <= 32; size++)
				one_copy(va, ours, offset, size);
	world_unregister(region);
	world_bury(guest);
}

/* Over the end of what is mapped: it fails, and the rest has arrived. */
static void over_the_end(void)
{
	const uint64_t end = 2 * SHM_PAGE_SIZE;
	va_t va = begin();
	uint8_t local[ROOM] __attribute__((aligned(8)));

	for (unsigned int left = 0; left < 16; left++) {
		for (unsigned int size = 0; size <= 32; size++) {
			va_t from = va + end - left;

			check(access_read(local, from, size) == (size <= left));
			fill(local, 7);
			check(access_write(from, local, size) ==
			      (size <= left));
		}
	}
	equal(*ram(end - 1), 7 + 14);
	check(!access_read(local, va - 4, 8));
	world_unregister(region);
	check(!access_read(local, va, 1));
	world_bury(guest);
}

static void large(void)
{
	static uint8_t local[2 * SHM_PAGE_SIZE] __attribute__((aligned(8)));
	const uint32_t size = sizeof(local) - 3;
	va_t va = begin();
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < sizeof(local); i++)
		*ram(i) = (uint8_t)(i * 7 + (i >> 8));
	check(access_read(local, va + 3, size));
	for (unsigned int i = 0; i < size; i++)
		wrong += local[i] != (uint8_t)((i + 3) * 7 + ((i + 3) >> 8));
	check(access_write(va + 1, local, size));
	for (unsigned int i = 0; i < size; i++)
		wrong += *ram(i + 1) != local[i];
	equal(wrong, 0);
	world_unregister(region);
	world_bury(guest);
}

static volatile uint64_t *ram_word(uint64_t index)
{
	return (volatile uint64_t *)(uintptr_t)(DATA + index * 8);
}

/* Of `count` words from `from` on, number `other` is another one, if any is. */
static void one_row(va_t va, uint32_t from, uint32_t count, uint32_t other)
{
	const pa_t first = UINT64_C(0xfedcba987c000000);
	const uint64_t untouched = UINT64_C(0x7777777777777777);
	uint64_t words[ACCESS_GROUP + 1];
	uint32_t whole = count - count % ACCESS_GROUP;
	uint32_t begin = other < whole ? other - other % ACCESS_GROUP : other;
	uint32_t given = other < whole ? ACCESS_GROUP : 1;
	uint32_t left = count;

	for (uint32_t i = 0; i < count; i++)
		*ram_word(from + i) = first + (uint64_t)i * SHM_PAGE_SIZE;
	for (uint32_t i = 0; i <= ACCESS_GROUP; i++)
		words[i] = untouched;
	if (other >= count) {
		begin = count;
		given = 0;
	} else {
		*ram_word(from + other) ^= UINT64_C(1) << (other * 7 % 64);
	}
	check(access_read_row(words, va + from * 8, &left, first));
	equal(left, count - begin);
	for (uint32_t i = 0; i <= ACCESS_GROUP; i++)
		equal(words[i],
		      i < given ? *ram_word(from + begin + i) : untouched);
}

static void rows(void)
{
	va_t va = begin();

	for (uint32_t from = 0; from < 3; from++)
		for (uint32_t count = 0; count < 20; count++)
			for (uint32_t other = 0; other <= count; other++)
				one_row(va, from, count, other);
	/* Each bit of a word counts. */
	for (uint32_t other = 0; other < 64; other++)
		one_row(va, 0, 67, other);
	world_unregister(region);
	world_bury(guest);
}

/* Over the end of what is mapped, and not quite. */
static void rows_end(void)
{
	const uint32_t words_mapped = 2 * SHM_PAGE_SIZE / 8;
	va_t va = begin();

	for (uint32_t room = 0; room < 10; room++) {
		uint32_t from = words_mapped - room;

		for (uint32_t i = 0; i < room; i++)
			*ram_word(from + i) = (uint64_t)i * SHM_PAGE_SIZE;
		for (uint32_t count = 0; count < 20; count++) {
			uint64_t words[ACCESS_GROUP];
			uint32_t left = count;

			check(access_read_row(words, va + from * 8, &left, 0) ==
			      (count <= room));
		}
	}
	world_unregister(region);
	world_bury(guest);
}

static const struct test tests[] = {
	{ "copies_are_right_at_every_alignment", every_alignment },
	{ "copies_end_where_nothing_is_mapped", over_the_end },
	{ "large_copies_are_right", large },
	{ "rows_end_at_the_first_other_word", rows },
	{ "rows_end_where_nothing_is_mapped", rows_end },
};
GROUP(accesses, tests);
