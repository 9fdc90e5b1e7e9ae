/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulated machine's own conscience about live splits: which changes of a
 * live descriptor a processor that allows them lets pass, and that each way in
 * which the smaller ones say something else is found.
 */
#include "unit/sim_tlb_fixture.h"

/* The judge's inside; it knows nothing of pt_format.h. */
#include <sim_internal.h>

#define TABLE  table[SPARE]
#define MIDDLE (sim_table_entries(SIM_LAST_LEVEL) / 2)
#define LAST   (sim_table_entries(SIM_LAST_LEVEL) - 1)

/* A block for VA, and a table with pages that say the same. */
static pte_t *slot;
static struct sim_place place;
static pte_t block;
static pte_t next;

static void fill_with_pages(pte_t *entries, pa_t pa, enum shm_memtype type)
{
	for (unsigned int i = 0; i <= LAST; i++)
		entries[i] = pte_make_page(pa + i * SHM_PAGE_SIZE,
					   pte_attributes(type));
}

static int set_up_block(void **state)
{
	set_up(state);
	slot = &table[UPPER][pt_index(VA, UPPER)];
	place = sim_place_of(VA, UPPER);
	block = pte_make_block(RAM_PA, ATTRIBUTES);
	next = pte_make_table(sim_address(TABLE), WORLD);
	fill_with_pages(TABLE, RAM_PA, SHM_MEM_SHARED);
	sim_set_live_split(true);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sim_set_live_split(false);
	return 0;
}

static bool is_live(void)
{
	return sim_is_live_split(place, block, next);
}

/* Put the block there instead of the fixture's table. */
static void map_block(void)
{
	pte_store(slot, PTE_INVALID);
	invalidate(VA);
	pte_store(slot, block);
	cpu_publish_tables();
	assert_violations(0, NULL);
}

static void split_that_says_the_same_passes(void **state)
{
	(void)state;
	assert_true(is_live());
	map_block();
	pte_store_run(TABLE, PTE_INVALID, 0, 1);
	for (unsigned int i = 0; i <= LAST; i++)
		pte_store(&TABLE[i], pte_make_page(RAM_PA + i * SHM_PAGE_SIZE,
						   ATTRIBUTES));
	cpu_publish_tables();
	pte_store(slot, next);
	assert_violations(0, NULL);
	/* What is cached of the block is right as long as nothing changes. */
	assert_true(can_read(VA));
	assert_violations(0, NULL);
	pte_store(&TABLE[pt_index(VA, SIM_LAST_LEVEL)], PTE_INVALID);
	assert_true(can_read(VA));
	assert_violations(1, "stale TLB entry used");
	invalidate(VA);
	assert_false(can_read(VA));
	assert_violations(0, NULL);
}

static void processor_has_to_allow_it(void **state)
{
	(void)state;
	assert_true(cpu_replaces_live());
	sim_set_live_split(false);
	assert_false(cpu_replaces_live());
	assert_false(is_live());
	map_block();
	pte_store(slot, next);
	assert_true(sim_violation_count() != 0);
	assert_non_null(strstr(sim_violation_text(0), "without a break"));
	sim_violations_clear();
}

static void only_a_leaf_is_split(void **state)
{
	(void)state;
	assert_false(sim_is_live_split(place, next, next));
	assert_false(sim_is_live_split(place, PTE_INVALID, next));
	/* Invalid, or a table, and all else in it as it was. */
	assert_false(sim_is_live_split(place, block & ~(pte_t)3, next));
	if (SIM_LAST_LEVEL != 2)
		assert_false(sim_is_live_split(place, block | 3, next));
}

static void table_has_to_be_in_secure_memory(void **state)
{
	(void)state;
	next = pte_make_table(RAM_PA, WORLD);
	assert_false(is_live());
	next = pte_make_table(DEVICE_PA, WORLD);
	assert_false(is_live());
	next = pte_make_table(sim_address(TABLE), WORLD);
	assert_true(is_live());
}

/* One page differs: the first, one within, or the last. */
static void assert_page_counts(pte_t other)
{
	const unsigned int places[] = { 0, 1, MIDDLE, LAST };

	for (unsigned int i = 0; i < 4; i++) {
		pte_t before = TABLE[places[i]];

		TABLE[places[i]] = other;
		assert_false(is_live());
		TABLE[places[i]] = before;
		assert_true(is_live());
	}
}

static void each_page_has_to_be_there(void **state)
{
	const enum shm_memtype code = SHM_MEM_SHARED & ~SHM_MEM_NO_EXEC;

	(void)state;
	assert_page_counts(PTE_INVALID);
	/* Its valid bits alone, of which XN is one with short descriptors. */
	block = pte_make_block(RAM_PA, pte_attributes(code));
	fill_with_pages(TABLE, RAM_PA, code);
	for (unsigned int i = 0; i <= LAST; i++) {
		TABLE[i] ^= SIM_LAST_LEVEL == 2 ? 2 : 1;
		assert_false(is_live());
		TABLE[i] ^= SIM_LAST_LEVEL == 2 ? 2 : 1;
	}
	assert_true(is_live());
}

/* Two types that are shared alike. */
static void each_page_has_to_be_such_memory(void **state)
{
	const enum shm_memtype plain = SHM_MEM_UNCACHED | SHM_MEM_NO_EXEC;
	const enum shm_memtype device = SHM_MEM_DEVICE | SHM_MEM_NO_EXEC;

	(void)state;
	block = pte_make_block(RAM_PA, pte_attributes(plain));
	next = pte_make_table(sim_address(TABLE), 0);
	fill_with_pages(TABLE, RAM_PA, plain);
	assert_true(is_live());
	assert_page_counts(pte_make_page(RAM_PA, pte_attributes(device)));
	fill_with_pages(TABLE, RAM_PA, device);
	assert_false(is_live());
}

static void each_page_has_to_lead_to_its_place(void **state)
{
	(void)state;
	assert_page_counts(
		pte_make_page(RAM_PA + (LAST + 1) * SHM_PAGE_SIZE, ATTRIBUTES));
	assert_page_counts(
		pte_make_page(RAM_PA + 3 * SHM_PAGE_SIZE, ATTRIBUTES));
	fill_with_pages(TABLE, RAM_PA + SHM_PAGE_SIZE, SHM_MEM_SHARED);
	assert_false(is_live());
}

/* Bits of a page from the manual: each says something that a block said not. */
static void each_page_has_to_be_as_the_block_was(void **state)
{
	static const pte_t bits[] = {
#if SIM_LAST_LEVEL == 2
		1u << 0,  /* XN */
		1u << 2,  /* B */
		1u << 3,  /* C */
		1u << 4,  /* AP[0], the access flag */
		1u << 5,  /* AP[1], user */
		1u << 6,  /* TEX[0] */
		1u << 9,  /* AP[2], read-only */
		1u << 10, /* S */
		1u << 11, /* nG */
#else
		UINT64_C(1) << 2,  /* AttrIndx */
		UINT64_C(1) << 3,  /* the same */
		UINT64_C(1) << 4,  /* the same */
		UINT64_C(1) << 5,  /* NS */
		UINT64_C(1) << 6,  /* AP[1], user */
		UINT64_C(1) << 7,  /* AP[2], read-only */
		UINT64_C(1) << 8,  /* SH */
		UINT64_C(1) << 9,  /* the same */
		UINT64_C(1) << 10, /* AF */
		UINT64_C(1) << 11, /* nG */
		UINT64_C(1) << 54, /* UXN */
#endif
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		const unsigned int places[] = { 0, MIDDLE, LAST };

		for (unsigned int j = 0; j < 3; j++) {
			TABLE[places[j]] ^= bits[i];
			assert_false(is_live());
			TABLE[places[j]] ^= bits[i];
			assert_true(is_live());
		}
	}
}

/* Where pages have no world of their own, it is their table's. */
static void world_of_the_table_counts(void **state)
{
	(void)state;
	next = pte_make_table(sim_address(TABLE),
			      pte_table_attributes(SHM_MEM_SECURE));
	assert_int_equal(is_live(), !SIM_TABLE_HAS_WORLD);
}

/* Software's bits are nobody's business. */
static void software_may_say_what_it_likes(void **state)
{
	(void)state;
	TABLE[0] |= PTE_SW_PAGE_LINK;
	TABLE[LAST] |= PTE_SW_BLOCK_LINK;
	assert_true(is_live());
}

/* A larger block becomes smaller ones, but none of these a table. */
static void no_table_may_be_below(void **state)
{
	struct sim_place above = sim_place_of(VA, UPPER - 1);
	const pa_t size = UINT64_C(1) << sim_level_shift(UPPER);
	pte_t whole = pte_make_block(RAM_PA, ATTRIBUTES);

	(void)state;
	if (SIM_LAST_LEVEL == 2)
		return;
	for (unsigned int i = 0; i < sim_table_entries(UPPER); i++)
		table[UPPER][i] = pte_make_block(RAM_PA + i * size, ATTRIBUTES);
	next = pte_make_table(sim_address(table[UPPER]), WORLD);
	assert_true(sim_is_live_split(above, whole, next));
	table[UPPER][0] = pte_make_table(sim_address(TABLE), WORLD);
	assert_false(sim_is_live_split(above, whole, next));
}

/* A group falls apart in place if it is a hint, and not if it is one entry. */
static void group_falls_apart_if_it_says_the_same(void **state)
{
	bool hint = !SIM_GROUP_IS_ONE;
	pte_t member = pte_make_group(RAM_PA, ATTRIBUTES, PT_LEAF_LEVEL);
	pte_t page = pte_make_page(RAM_PA, ATTRIBUTES);
	struct sim_place leaf = sim_place_of(VA, SIM_LAST_LEVEL);

	(void)state;
	leaf.ns_table = SIM_TABLE_HAS_WORLD;
	assert_int_equal(sim_is_live_split(leaf, member, page), hint);
	assert_int_equal(sim_is_live_split(leaf, page, member), hint);
	assert_false(sim_is_live_split(
		leaf, member,
		pte_make_page(RAM_PA + SHM_PAGE_SIZE, ATTRIBUTES)));
	assert_false(sim_is_live_split(
		leaf, member,
		pte_make_page(RAM_PA, pte_attributes(SHM_MEM_SHARED |
						     SHM_MEM_READ_ONLY))));
	sim_set_live_split(false);
	assert_false(sim_is_live_split(leaf, member, page));
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, set_up_block, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(split_that_says_the_same_passes),
		CASE(processor_has_to_allow_it),
		CASE(only_a_leaf_is_split),
		CASE(table_has_to_be_in_secure_memory),
		CASE(each_page_has_to_be_there),
		CASE(each_page_has_to_be_such_memory),
		CASE(each_page_has_to_lead_to_its_place),
		CASE(each_page_has_to_be_as_the_block_was),
		CASE(world_of_the_table_counts),
		CASE(software_may_say_what_it_likes),
		CASE(no_table_may_be_below),
		CASE(group_falls_apart_if_it_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
