// SPDX-License-Identifier: BSD-2-Clause
/* What the port says of this processor, and of where memory is. */
#include "tap.h"
#include "world.h"

#include <compat/platform.h>

#define DATA   UINT64_C(0x48000000)
#define GUEST  42
#define COOKIE UINT64_C(0x6000)
#define COUNT  600u

static void is_where_it_is(va_t va)
{
	struct translation walk = soft_translate(va, false);
	pa_t pa = 1;

	equal(compat_translate(va, &pa), walk.ok);
	equal(pa, walk.ok ? walk.pa : 1);
}

/* Pages, blocks, and what the program itself has; then nothing. */
static void translations(void)
{
	struct guest *guest = world_guest(GUEST);
	enum shm_status st;
	struct region *region = world_register(
		guest, COOKIE, world_list(0, DATA, SHM_PAGE_SIZE, COUNT), COUNT,
		&st);

	if (equal(st, SHM_OK)) {
		va_t first = region_address(region, 0);

		for (uint64_t at = 0x123; at < COUNT * SHM_PAGE_SIZE;
		     at += SHM_PAGE_SIZE + 8)
			is_where_it_is(first + at);
		world_unregister(region);
		is_where_it_is(first);
		is_where_it_is(first + 0x200123);
	}
	is_where_it_is((uintptr_t)&guest);
	is_where_it_is(SECURE_SPARE + 0x123457);
	is_where_it_is(UINT64_C(0x0000ffffffffffff));
	check(cpu_mmu_enabled());
	world_bury(guest);
}

/* Fields of ID registers by the manual, between others that say more. */
static void features(void)
{
	for (uint64_t value = 0; value < 16; value++) {
		uint64_t mmfr2 = ~(UINT64_C(0x00f0000000000000)) | value << 52;
		uint64_t isar0 = ~(UINT64_C(0x0f00000000000000)) | value << 56;

		equal(cpu_mmfr2_replaces_live(mmfr2), value >= 2);
		equal(cpu_mmfr2_replaces_live(value << 52), value >= 2);
		equal(cpu_isar0_has_tlb_ranges(isar0), value >= 2);
		equal(cpu_isar0_has_tlb_ranges(value << 56), value >= 2);
	}
}

/* A Cortex-A57, as MIDR_EL1 says, has neither; QEMU's "max" has both. */
static void this_core(void)
{
	uint64_t midr;
	bool a57;

	__asm__ volatile("mrs %0, midr_el1" : "=r"(midr));
	a57 = (midr >> 4 & 0xfff) == 0xd07;
	equal(shm.has_tlb_ranges, !a57);
	equal(shm.live_split, !a57);
}

static const struct test tests[] = {
	{ "features_are_what_id_registers_say", features },
	{ "features_are_those_of_this_core", this_core },
	{ "the_kernel_finds_memory_where_walks_do", translations },
};
GROUP(machine_tests, tests);
