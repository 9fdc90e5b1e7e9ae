// SPDX-License-Identifier: BSD-2-Clause
/*
 * Invalidations against the processor's TLB, by hand: pages that were read lose
 * their descriptors, and some can be read on, from the TLB, until they are
 * invalidated. What is out of a range may go with it; QEMU often takes all.
 */
#include "tap.h"
#include "world.h"

#include <tlb_range.h>

#define DATA   UINT64_C(0x48000000)
#define GUEST  12
#define COOKIE UINT64_C(0x4000)
#define PAGES  200u /* in the guest's first leaf table */

static bool is_known(const struct region *region, uint64_t page)
{
	uint32_t word;

	return !probe_read(region_address(region, page * SHM_PAGE_SIZE), &word)
			.faulted;
}

static pte_t *descriptor(const struct region *region, uint64_t page)
{
	struct table *leaf = &region->owner->first_leaf;
	va_t va = region_address(region, page * SHM_PAGE_SIZE);

	return &leaf->entries[table_index(leaf, va)];
}

/* Read them, clear them, invalidate them; then put things right again. */
static void these_go(const struct region *region, uint64_t count,
		     void (*invalidate)(va_t va, uint64_t count))
{
	pte_t saved[PAGES];
	uint64_t known = 0;

	for (uint64_t i = 0; i < count; i++) {
		check(is_known(region, i));
		saved[i] = pte_load(descriptor(region, i));
	}
	for (uint64_t i = 0; i < count; i++)
		pte_store(descriptor(region, i), PTE_INVALID);
	for (uint64_t i = 0; i < count; i++)
		known += is_known(region, i);
	check(known != 0);
	invalidate(region_address(region, 0), count);
	for (uint64_t i = 0; i < count; i++)
		check(!is_known(region, i));
	for (uint64_t i = 0; i < count; i++)
		pte_store(descriptor(region, i), saved[i]);
	cpu_publish_tables();
}

static void with_region(void (*work)(const struct region *region))
{
	struct guest *guest = world_guest(GUEST);
	enum shm_status st;
	struct region *region = world_register(
		guest, COOKIE, world_list(0, DATA, 2 * SHM_PAGE_SIZE, PAGES),
		PAGES, &st);

	if (equal(st, SHM_OK)) {
		work(region);
		world_unregister(region);
	}
	world_bury(guest);
}

static void by_leaf(va_t va, uint64_t count)
{
	tlb_begin();
	for (uint64_t i = 0; i < count; i++)
		tlb_invalidate_leaf(va + i * SHM_PAGE_SIZE);
	tlb_end();
}

static void by_all_levels(va_t va, uint64_t count)
{
	tlb_begin();
	for (uint64_t i = 0; i < count; i++)
		tlb_invalidate_va(va + i * SHM_PAGE_SIZE);
	tlb_end();
}

/* What the handler of a TLB conflict does; it has its own barriers. */
static void by_core(va_t va, uint64_t count)
{
	(void)va;
	(void)count;
	tlb_invalidate_local();
}

static void addresses(const struct region *region)
{
	these_go(region, 50, by_leaf);
	these_go(region, 50, by_all_levels);
}

static void one_range(va_t va, uint64_t count, unsigned int level, bool leaf)
{
	struct tlb_range range = tlb_range_first(va, count, level);

	equal(range.pages, count);
	tlb_begin();
	if (leaf)
		tlb_invalidate_leaf_range(range.operand);
	else
		tlb_invalidate_range(range.operand);
	tlb_end();
}

static void by_leaf_range(va_t va, uint64_t count)
{
	one_range(va, count, PT_LEAF_LEVEL, true);
}

static void by_range(va_t va, uint64_t count)
{
	one_range(va, count, 0, false);
}

/* Of a core without them it is enough that they are not asked for. */
static void ranges(const struct region *region)
{
	static const uint64_t counts[] = { 10, 62, 64, 128, 192 };

	equal(shm.has_tlb_ranges, cpu_has_tlb_ranges());
	if (!cpu_has_tlb_ranges())
		return;
	for (unsigned int i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		these_go(region, counts[i], by_leaf_range);
		these_go(region, counts[i], by_range);
	}
}

static void this_core(const struct region *region)
{
	these_go(region, 50, by_core);
}

static void core_alone(void)
{
	with_region(this_core);
}

static void addresses_alone(void)
{
	with_region(addresses);
}

static void ranges_alone(void)
{
	with_region(ranges);
}

static const struct test tests[] = {
	{ "invalidation_by_address_reaches_its_page", addresses_alone },
	{ "invalidation_of_a_range_reaches_its_pages", ranges_alone },
	{ "invalidation_of_this_core_reaches_all_pages", core_alone },
};
GROUP(tlb, tests);
