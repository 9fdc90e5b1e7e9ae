// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the port says of this processor, and of where memory is; and what the
 * image does about faults.
 */
#include "tap.h"
#include "world.h"

#include <aarch64/fault.h>
#include <abi/tee.h>
#include <compat/platform.h>
#include <dynshm/ioremap.h>
#include <kernel/context.h>
#include <kernel/core.h>
#include <kernel/panic.h>

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

/* What arch/aarch64/fault.c has of the image around it; it ends nothing here.
 */
struct shm *tee_shm(void)
{
	return &shm;
}

int core_find_guard(uint64_t address)
{
	(void)address;
	return -1;
}

int panic_begin(void)
{
	return 0;
}

void core_halt(void)
{
	tap_bail("the image's handler gives up");
}

/* Exception classes, and an instruction that may not fault. */
#define EC_FETCH       UINT32_C(0x21)
#define EC_DATA_BELOW  UINT32_C(0x24)
#define EC_DATA	       UINT32_C(0x25)
#define WRITE	       UINT32_C(0x40)
#define PC	       UINT64_C(0x0e012340)
#define STATUS_IS_LAST 0x3fu

struct fixup_entry {
	uint64_t instruction;
	uint64_t target;
};

extern const struct fixup_entry __extable_start[];

static struct core this_core_data;

/* The image's handler, on the core that this is in its eyes. */
static uint64_t goes_on_at(uint64_t pc, uint32_t class, uint32_t iss, va_t far)
{
	struct context frame = { .elr = pc };
	uint64_t number = machine_core();
	uint64_t target;

	__asm__ volatile("msr far_el1, %0\n\tmsr tpidr_el1, %1" ::"r"(far),
			 "r"(&this_core_data)
			 : "memory");
	target =
		fault_find_fixup(&frame, class << 26 | UINT32_C(1) << 25 | iss);
	__asm__ volatile("msr tpidr_el1, %0" ::"r"(number) : "memory");
	return target;
}

static bool is_translation_fault(uint32_t status)
{
	return status >= 0x04 && status <= 0x07;
}

/* Each status on each kind of abort of a page that is mapped by now, or not. */
static void each_status(va_t va, bool readable, bool writable)
{
	for (uint32_t status = 0; status <= STATUS_IS_LAST; status++) {
		bool absent = is_translation_fault(status);
		uint64_t again = status == 0x30 ? PC : 0;

		this_core_data = (struct core){ 0 };
		equal(goes_on_at(PC, EC_DATA, status, va),
		      absent && readable ? PC : again);
		this_core_data = (struct core){ 0 };
		equal(goes_on_at(PC, EC_DATA, status | WRITE, va),
		      absent && writable ? PC : again);
		this_core_data = (struct core){ 0 };
		equal(goes_on_at(PC, EC_FETCH, status, va), again);
		equal(goes_on_at(PC, EC_DATA_BELOW, status, va), 0);
	}
}

static void statuses(void)
{
	va_t va;

	each_status(SECURE_SPARE, true, true);
	if (!equal(shm_map_ram(&shm, DATA, SHM_PAGE_SIZE,
			       SHM_MEM_SHARED | SHM_MEM_READ_ONLY, &va),
		   SHM_OK))
		return;
	each_status(va + 8, true, false);
	equal(shm_iounmap(&shm, va), SHM_OK);
	each_status(va + 8, false, false);
}

/* An access that may fault goes on elsewhere, but for what will pass. */
static void fixups(void)
{
	const struct fixup_entry *entry = &__extable_start[0];
	const va_t nowhere = UINT64_C(0x0000ffffffffffff);

	this_core_data = (struct core){ 0 };
	equal(goes_on_at(entry->instruction, EC_DATA, 0x07, nowhere),
	      entry->target);
	equal(goes_on_at(entry->instruction, EC_DATA, 0x10, SECURE_SPARE),
	      entry->target);
	equal(goes_on_at(entry->instruction, EC_DATA, 0x07, SECURE_SPARE),
	      entry->instruction);
	for (unsigned int i = 0; i < SHM_CONFLICTS_MAX + 2; i++)
		equal(goes_on_at(entry->instruction, EC_DATA, 0x30, nowhere),
		      i < SHM_CONFLICTS_MAX ? entry->instruction : 0);
}

static const struct test tests[] = {
	{ "the_image_tries_passing_faults_again", statuses },
	{ "the_image_finds_fixups", fixups },
	{ "features_are_what_id_registers_say", features },
	{ "features_are_those_of_this_core", this_core },
	{ "the_kernel_finds_memory_where_walks_do", translations },
};
GROUP(machine_tests, tests);
