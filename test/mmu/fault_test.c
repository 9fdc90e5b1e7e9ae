// SPDX-License-Identifier: BSD-2-Clause
/* What is not mapped, or not mapped for this, faults where and as it must. */
#include "tap.h"
#include "world.h"

#define DATA   UINT64_C(0x48000000)
#define GUEST  9
#define COOKIE UINT64_C(0x2000)

static void is_unmapped(va_t va)
{
	struct translation is = world_translate(va, false);
	struct probe read, write;
	uint32_t word;
	uint64_t copy;

	check(!is.ok);
	equal(fault_kind(is.status), FAULT_TRANSLATION);
	read = probe_read(va, &word);
	check(read.faulted && !read.write);
	equal(read.address, va);
	equal(read.status, is.status);
	write = probe_write(va, 1);
	check(write.faulted && write.write);
	equal(write.address, va);
	equal(write.status, is.status);
	check(!access_read(&copy, va & ~UINT64_C(7), sizeof(copy)));
	check(!access_write(va & ~UINT64_C(7), &copy, sizeof(copy)));
}

/* Every page is looked at before, so that it is in the TLB. */
static void touch(const struct region *region, uint64_t count)
{
	uint32_t word;

	for (uint64_t i = 0; i < count; i++)
		check(!probe_read(region_address(region, i * SHM_PAGE_SIZE),
				  &word)
			       .faulted);
}

static void gone_after_unregister(pa_t step, uint64_t count)
{
	struct guest *guest = world_guest(GUEST);
	enum shm_status st;
	struct region *region = world_register(
		guest, COOKIE, world_list(0, DATA, step, count), count, &st);

	if (equal(st, SHM_OK)) {
		va_t va = region_address(region, 0);

		touch(region, count);
		world_unregister(region);
		for (uint64_t i = 0; i < count; i++)
			is_unmapped(va + i * SHM_PAGE_SIZE + 4);
	}
	world_bury(guest);
}

static void few_pages(void)
{
	gone_after_unregister(2 * SHM_PAGE_SIZE, 5);
}

static void many_pages(void)
{
	gone_after_unregister(2 * SHM_PAGE_SIZE, 1500);
}

static void large_runs(void)
{
	gone_after_unregister(SHM_PAGE_SIZE, 3 * 512);
}

static void gone_after_death(void)
{
	struct guest *guest = world_guest(GUEST);
	enum shm_status st;
	struct region *small = world_register(
		guest, COOKIE, world_list(0, DATA, 2 * SHM_PAGE_SIZE, 3), 3,
		&st);
	struct region *large = world_register(
		guest, COOKIE + 1,
		world_list(1, DATA + 0x1000000, SHM_PAGE_SIZE, 2000), 2000,
		&st);
	va_t first[2];

	if (!equal(st, SHM_OK) || small == NULL)
		return;
	touch(small, 3);
	touch(large, 2000);
	first[0] = region_address(small, 0);
	first[1] = region_address(large, 0);
	world_cut_off(guest);
	for (uint64_t i = 0; i < 3; i++)
		is_unmapped(first[0] + i * SHM_PAGE_SIZE);
	for (uint64_t i = 0; i < 2000; i++)
		is_unmapped(first[1] + i * SHM_PAGE_SIZE);
	world_bury(guest);
}

/* The normal world's memory holds code that would return at once. */
static void never_executed(void)
{
	struct guest *guest = world_guest(GUEST);
	enum shm_status st;
	struct region *region = world_register(
		guest, COOKIE, world_list(0, DATA, SHM_PAGE_SIZE, 600), 600,
		&st);

	for (uint64_t i = 0; st == SHM_OK && i < 600; i += 599) {
		va_t va = region_address(region, i * SHM_PAGE_SIZE);
		struct probe probe;

		*world_ram(DATA + i * SHM_PAGE_SIZE) = machine_return_code;
		probe = probe_call(va);
		check(probe.faulted && probe.fetch);
		equal(probe.address, va);
		equal(fault_kind(probe.status), FAULT_PERMISSION);
	}
	if (equal(st, SHM_OK))
		world_unregister(region);
	world_bury(guest);
}

static const struct test tests[] = {
	{ "few_pages_fault_once_unregistered", few_pages },
	{ "many_pages_fault_once_unregistered", many_pages },
	{ "large_runs_fault_once_unregistered", large_runs },
	{ "all_of_a_dead_guest_faults", gone_after_death },
	{ "shared_memory_is_never_executed", never_executed },
};
GROUP(faults, tests);
