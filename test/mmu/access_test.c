// SPDX-License-Identifier: BSD-2-Clause
/*
 * Copies from and to normal memory, at every alignment, and up to a page that
 * is not there.
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

static const struct test tests[] = {
	{ "copies_are_right_at_every_alignment", every_alignment },
	{ "copies_end_where_nothing_is_mapped", over_the_end },
	{ "large_copies_are_right", large },
};
GROUP(accesses, tests);
