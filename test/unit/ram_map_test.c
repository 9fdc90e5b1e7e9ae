/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which pages are shareable RAM, against a plain list of the ranges that the
 * index was built from: ranges of any size that begin and end at any page,
 * some of them in one granule, near each other or far apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sim.h>

#include "model/random.h"
#include "src/ram_pages.h"

#define PAGE	   SHM_PAGE_SIZE
#define POOL_PA	   UINT64_C(0x40000000)
#define POOL_PAGES 600u
#define RANGES	   24u
#define SEEDS	   60u
#define ENTRIES	   64u
#define ATTRIBUTES pte_attributes(SHM_MEM_SHARED)
#define TAKEN	   pte_make_page(PAGE, ATTRIBUTES)

static struct random random;
static struct meta_pool pool;
static struct pa_index index;
static struct pa_range ram[RANGES];
static size_t count;
static void *memory;
static pte_t *entries;

static uint64_t below(uint64_t limit)
{
	return random_below(&random, limit);
}

/* The pool, and a page for descriptors, which only there can be written. */
static int set_up(void **state)
{
	(void)state;
	sim_reset();
	sim_add_range(SIM_SECURE, POOL_PA, (POOL_PAGES + 1) * PAGE);
	memory = sim_pointer(POOL_PA);
	entries = sim_pointer(POOL_PA + POOL_PAGES * PAGE);
	return 0;
}

static enum shm_status build(void)
{
	meta_pool_init(&pool, memory, POOL_PA, POOL_PAGES * PAGE);
	return pa_index_init(&index, &pool, ram, count);
}

/* The next range begins within a granule, within some, or far away. */
static pa_t random_gap(void)
{
	switch (below(8)) {
	case 0:
		return 0;
	case 1:
		return GRANULE_SIZE - PAGE * below(3);
	case 2:
		return below(40) * GRANULE_SIZE;
	case 3:
		return below(2) << 33;
	default:
		return PAGE * (1 + below(200));
	}
}

static void random_ranges(uint64_t seed)
{
	pa_t at;

	random = random_start("ram_map", seed);
	at = below(4) * GIB_SIZE + below(600) * PAGE;
	count = 1 + below(RANGES);
	for (size_t i = 0; i < count; i++) {
		pa_t size = PAGE * (1 + below(below(2) ? 1500 : 300));

		ram[i] = (struct pa_range){ at, at + size - 1 };
		at += size + random_gap();
	}
}

static bool oracle(pa_t pa)
{
	if (pa >> PT_PAGE_PA_BITS != 0)
		return false;
	for (size_t i = 0; i < count; i++)
		if (pa >= ram[i].first && pa <= ram[i].last)
			return true;
	return false;
}

/* Mostly at an edge or just beyond one. */
static pa_t random_page(void)
{
	const struct pa_range *range = &ram[below(count)];
	pa_t near = below(2) ? range->first : range->last & ~SHM_PAGE_MASK;

	if (below(30) == 0)
		return random_next(&random) & ~SHM_PAGE_MASK;
	if (below(10) == 0)
		return below(2 * ram[count - 1].last) & ~SHM_PAGE_MASK;
	if (below(3) == 0)
		return range->first +
		       below((range->last - range->first) / PAGE + 1) * PAGE;
	return near + (below(9) - 4) * PAGE;
}

static void assert_page(pa_t page)
{
	bool is_ram = oracle(page);

	assert_int_equal(ram_map_has_page(&index, page), is_ram);
	assert_int_equal(pa_index_is_ram(&index, page, 1), is_ram);
	assert_false(ram_map_has_page(&index, page + 1 + below(PAGE - 1)));
}

static void assert_run(pa_t first, uint64_t pages)
{
	struct pa_range range = { first, first + pages * PAGE - 1 };
	bool all = true, any = false;

	for (uint64_t i = 0; i < pages; i++) {
		all &= oracle(first + i * PAGE);
		any |= oracle(first + i * PAGE);
	}
	assert_int_equal(pa_index_is_ram(&index, first, pages), all);
	if (range.first <= range.last)
		assert_int_equal(pa_index_touches_ram(&index, range), any);
}

static bool is_built(uint64_t seed)
{
	random_ranges(seed);
	if (ram[0].first >> PT_PAGE_PA_BITS != 0)
		return false;
	assert_int_equal(build(), SHM_OK);
	return true;
}

static void every_page_is_known(void **state)
{
	unsigned int built = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		if (!is_built(seed))
			continue;
		built++;
		for (size_t i = 0; i < count; i++) {
			assert_page(ram[i].first);
			assert_page(ram[i].last & ~SHM_PAGE_MASK);
		}
		for (unsigned int i = 0; i < 2000; i++)
			assert_page(random_page());
		for (unsigned int i = 0; i < 100; i++)
			assert_run(random_page(), 1 + below(700));
	}
	assert_in_range(built, SEEDS / 3, SEEDS);
}

/* Mapping stops where the first word that is wrong stands. */
static void one_list(void)
{
	uint64_t words[ENTRIES];
	uint32_t right = 0;
	uint32_t n = 1 + (uint32_t)below(ENTRIES);

	pte_clear_run(entries, ENTRIES);
	for (uint32_t i = 0; i < n; i++)
		do
			words[i] = random_page() + (below(200) == 0);
		while (!oracle(words[i]) && below(30) != 0);
	if (below(3) == 0)
		pte_store(&entries[below(n)], TAKEN);
	while (right < n && (words[right] & SHM_PAGE_MASK) == 0 &&
	       oracle(words[right]) && !pte_is_valid(entries[right]))
		right++;
	assert_int_equal(ram_pages_map(&index, words, n, entries, ATTRIBUTES),
			 right);
	for (uint32_t i = 0; i < right; i++)
		assert_true(entries[i] == pte_make_page(words[i], ATTRIBUTES));
	for (uint32_t i = right; i < ENTRIES; i++)
		assert_true(!pte_is_valid(entries[i]) || entries[i] == TAKEN);
	cpu_publish_tables();
}

static void a_list_is_mapped_up_to_what_is_wrong(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		bool built = is_built(seed);

		for (unsigned int i = 0; built && i < 300; i++)
			one_list();
	}
}

/* No table may be large because addresses are far apart. */
static void wide_memory_takes_few_pages(void **state)
{
	const pa_t far = UINT64_C(1) << (PT_PAGE_PA_BITS - 1);
	uint64_t free;

	(void)state;
	ram[0] = (struct pa_range){ 0, GIB_SIZE - 1 };
	ram[1] = (struct pa_range){ far, far + GIB_SIZE - 1 };
	count = 2;
	random = random_start("ram_map", 0);
	meta_pool_init(&pool, memory, POOL_PA, POOL_PAGES * PAGE);
	free = meta_pool_free_bytes(&pool);
	assert_int_equal(pa_index_init(&index, &pool, ram, count), SHM_OK);
	/* 8 KiB a GiB, 16 KiB for units, and a word for each GiB between. */
	assert_in_range(free - meta_pool_free_bytes(&pool), 1,
			8 * PAGE + ((far >> GIB_SHIFT) + 1) * sizeof(void *) +
				PAGE);
	for (unsigned int i = 0; i < 2000; i++)
		assert_page(random_page());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_is_known),
		cmocka_unit_test(a_list_is_mapped_up_to_what_is_wrong),
		cmocka_unit_test(wide_memory_takes_few_pages),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
