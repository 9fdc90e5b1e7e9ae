// SPDX-License-Identifier: BSD-2-Clause
/*
 * Entries written and divided through OP-TEE's API: whatever becomes of them,
 * the library takes what it had mapped apart.
 */
#include "model/compat_fixture.h"

#include <dynshm/ioremap.h>

#include "sim/compat.h"

#define RUN 600u /* begins with a granule */

static pa_t list[RUN];
static struct look before;

/* Every other page of RAM, or a run; what is unregistered leaves nothing. */
static struct region *begin(pa_t first, uint64_t step, unsigned int count)
{
	before = look();
	for (unsigned int i = 0; i < count; i++)
		list[i] = first + i * step;
	return share(1, list, count);
}

static void finish(void)
{
	unregister(1);
	assert_unchanged(&before);
}

static void write_entry(va_t va, paddr_t pa, uint32_t attr)
{
	struct core_mmu_table_info info;

	assert_true(core_mmu_find_table(NULL, va, UINT32_MAX, &info));
	core_mmu_set_entry(&info, core_mmu_va2idx(&info, va), pa, attr);
	assert_int_equal(core_tlb_maintenance(TLBINV_UNIFIEDTLB, 0), 0);
}

/* Of 200 pages those from `first` on, every `step`th of them. */
static void check_invalid_pages(unsigned int first, unsigned int step)
{
	struct region *region = begin(WORLD_RAM_PA, 2 * PAGE, 200);

	for (unsigned int i = first; i < 200; i += step) {
		write_entry(place(region, i), 0, 0);
		assert_int_equal(sim_walk(place(region, i)).size, 0);
	}
	finish();
}

static void pages_made_invalid_go_with_their_region(void **state)
{
	(void)state;
	check_invalid_pages(0, 200);
	check_invalid_pages(1, 200);
	check_invalid_pages(199, 200);
	check_invalid_pages(0, 2);
	check_invalid_pages(0, 1);
}

/* And one that leads nowhere comes back where it led. */
static void pages_keep_their_place(void **state)
{
	const uint32_t attr = TEE_MATTR_VALID_BLOCK | TEE_MATTR_PRW |
			      TEE_MATTR_GLOBAL |
			      TEE_MATTR_CACHE_CACHED << TEE_MATTR_CACHE_SHIFT;
	struct region *region = begin(WORLD_RAM_PA, 2 * PAGE, 2);

	(void)state;
	write_entry(place(region, 1), WORLD_RAM_PA, attr);
	assert_int_equal(sim_walk_pa(place(region, 1)), list[1]);
	write_entry(place(region, 1), 0, 0);
	write_entry(place(region, 1), list[1], attr);
	assert_int_equal(sim_walk_pa(place(region, 1)), list[1]);
	finish();
}

/* A block, and groups behind it. */
static void blocks_and_groups_stay_as_they_are(void **state)
{
	struct region *region = begin(WORLD_HIGH_PA, PAGE, RUN);
	struct look mapped = look();

	(void)state;
	for (unsigned int i = 0; i < RUN; i += 8) {
		struct sim_mapping leaf = sim_walk(place(region, i));

		if (i < 592)
			assert_true(leaf.contiguous || leaf.size > PAGE);
		if (!leaf.contiguous && leaf.size == PAGE)
			continue;
		write_entry(place(region, i), 0, 0);
		write_entry(place(region, i), WORLD_RAM_PA,
			    TEE_MATTR_VALID_BLOCK | TEE_MATTR_PR);
		assert_unchanged(&mapped);
	}
	finish();
}

static void blocks_are_not_divided(void **state)
{
	struct region *region = begin(WORLD_HIGH_PA, PAGE, RUN);
	struct look mapped = look();
	struct core_mmu_table_info info;

	(void)state;
	assert_true(
		core_mmu_find_table(NULL, place(region, 0), UINT32_MAX, &info));
	assert_int_equal(info.level, SIM_LAST_LEVEL - 1);
	assert_false(core_mmu_divide_block(
		&info, core_mmu_va2idx(&info, place(region, 0))));
	assert_unchanged(&mapped);
	finish();
}

/* One is gone, what was a group with it is there, and then all are. */
static void write_member(va_t va, uint64_t at)
{
	write_entry(va + at, 0, 0);
	assert_int_equal(sim_walk(va + at).size, 0);
	for (uint64_t i = 1; i < 16; i++) {
		uint64_t other = at ^ i * PAGE;

		assert_int_equal(sim_walk_pa(va + other),
				 WORLD_HIGH_PA + other);
		assert_false(sim_walk(va + other).contiguous);
	}
	write_entry(va + at, WORLD_HIGH_PA + at,
		    compat_attributes(SHM_MEM_SHARED));
	assert_int_equal(sim_walk_pa(va + at), WORLD_HIGH_PA + at);
	assert_true(sim_check_violations());
}

/* Groups of the kernel's own, and of those that its blocks are divided into. */
static void members_of_groups_are_written_by_themselves(void **state)
{
	const uint64_t size = 2 * GRANULE_SIZE + 64 * PAGE;
	va_t va;

	(void)state;
	before = look();
	assert_int_equal(
		shm_map_ram(&shm, WORLD_HIGH_PA, size, SHM_MEM_SHARED, &va),
		SHM_OK);
	for (uint64_t at = 0; at < size; at += 35 * PAGE) {
		struct core_mmu_table_info info;

		assert_true(
			core_mmu_find_table(NULL, va + at, UINT32_MAX, &info));
		(void)core_mmu_entry_to_finer_grained(
			&info, core_mmu_va2idx(&info, va + at), false);
		write_member(va, at);
	}
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
	assert_unchanged(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(pages_made_invalid_go_with_their_region),
		CASE(pages_keep_their_place),
		CASE(blocks_and_groups_stay_as_they_are),
		CASE(blocks_are_not_divided),
		CASE(members_of_groups_are_written_by_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
