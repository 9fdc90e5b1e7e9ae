// SPDX-License-Identifier: BSD-2-Clause
/*
 * A mapping by descriptors of each size that the format has: what the processor
 * makes of it, and what it refuses there, at which address and as what.
 */
#include "tap.h"
#include "world.h"

#include <dynshm/ioremap.h>

#define DATA UINT64_C(0x48000000) /* aligned to all sizes */

/* Pages of one, except that of the largest some will do. */
static uint64_t stride_of(uint64_t size)
{
	return size > UINT64_C(0x200000) ? 31 * SHM_PAGE_SIZE : SHM_PAGE_SIZE;
}

static void is_of_that_size(va_t va, uint64_t size, bool read_only)
{
	for (uint64_t at = 0; at < size; at += stride_of(size)) {
		struct translation is = world_translate(va + at + 20, false);
		struct translation write = world_translate(va + at + 20, true);

		equal(is.pa, DATA + at + 20);
		equal(is.size, size);
		equal(is.memory, 0xff);
		check(is.ok && is.non_secure);
		equal(write.ok, !read_only);
		equal(write.status, read_only ? permission_of_size(size) : 0);
	}
}

/* A word of it, from both sides; and the faults, if it is read-only. */
static void can_be_used(va_t va, uint64_t at, bool read_only)
{
	volatile uint32_t *ram = world_ram(DATA + at);
	uint32_t mark = (uint32_t)at ^ 0x3ead0000u;
	uint32_t word = 0;
	struct probe probe;

	*ram = mark;
	check(!probe_read(va + at, &word).faulted);
	equal(word, mark);
	probe = probe_write(va + at, mark + 1);
	equal(probe.faulted, read_only);
	equal(*ram, read_only ? mark : mark + 1);
	if (!read_only)
		return;
	check(probe.write && !probe.fetch);
	equal(probe.address, va + at);
	equal(fault_kind(probe.status), FAULT_PERMISSION);
}

/* The normal world's memory holds code that would return at once. */
static void is_never_executed(va_t va, uint64_t at, uint64_t size)
{
	struct probe probe;

	*world_ram(DATA + at) = machine_return_code;
	probe = probe_call(va + at);
	check(probe.faulted && probe.fetch);
	equal(probe.address, va + at);
	equal(probe.status, permission_of_size(size));
}

static void is_gone(va_t va, uint64_t at)
{
	struct translation is = world_translate(va + at, false);
	uint32_t word;
	struct probe probe = probe_read(va + at, &word);

	check(!is.ok && probe.faulted && !probe.write);
	equal(fault_kind(is.status), FAULT_TRANSLATION);
	equal(probe.status, is.status);
	equal(probe.address, va + at);
	probe = probe_write(va + at, 0);
	check(probe.faulted && probe.write);
	equal(probe.status, is.status);
}

static void one_of(uint64_t size, bool read_only)
{
	const uint64_t places[] = { 0, size / 2, size - SHM_PAGE_SIZE,
				    size - 4 };
	enum shm_memtype type =
		SHM_MEM_SHARED | (read_only ? SHM_MEM_READ_ONLY : 0);
	va_t va;

	if (!equal(shm_map_ram(&shm, DATA, size, type, &va), SHM_OK))
		return;
	is_of_that_size(va, size, read_only);
	for (unsigned int i = 0; i < 4; i++) {
		can_be_used(va, places[i], read_only);
		is_never_executed(va, places[i], size);
	}
	if (read_only)
		equal(probe_write(va, 0).status, permission_of_size(size));
	equal(shm_iounmap(&shm, va), SHM_OK);
	for (unsigned int i = 0; i < 4; i++)
		is_gone(va, places[i]);
}

static void writable(void)
{
	for (unsigned int i = 0; i < MAPPED_SIZES; i++)
		one_of(mapped_sizes[i], false);
}

static void read_only(void)
{
	for (unsigned int i = 0; i < MAPPED_SIZES; i++)
		one_of(mapped_sizes[i], true);
}

static const struct test tests[] = {
	{ "each_size_translates_and_faults_as_it_must", writable },
	{ "each_size_can_be_read_only", read_only },
};
GROUP(sizes, tests);
