/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page lists that say what they must not, and lists that are merely odd. What
 * is refused names its reason and leaves everything as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/region_fixture.h"
#include "sim/world.h"

/* Addresses no list may name. */
static const pa_t bad_pages[] = {
	0,
	WORLD_RAM_PA + 1,
	WORLD_RAM_PA + 0x800,
	WORLD_RAM_PA - SHM_PAGE_SIZE,
	WORLD_POOL_PA,
	WORLD_ROOT_PA,
	WORLD_DEVICE_PA,
	WORLD_RESERVED_PA,
	WORLD_RAM2_PA - SHM_PAGE_SIZE,
	WORLD_RAM2_END,
	WORLD_RAM3_PA - SHM_PAGE_SIZE,
	WORLD_RAM3_END,
	WORLD_HIGH_END,
	WORLD_RAM_PA | UINT64_C(1) << 48,
	WORLD_RAM_PA | UINT64_C(1) << 63,
	UINT64_C(0xfffffffffffff000),
	UINT64_MAX,
};

#define BAD_COUNT (sizeof(bad_pages) / sizeof(bad_pages[0]))

static void no_bad_page_gets_in_at_any_place(void **state)
{
	static const unsigned int places[] = { 0,   1,	 63,  64,   399,
					       510, 511, 512, 1021, COUNT - 1 };
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < 10; i++) {
		for (unsigned int j = 0; j < BAD_COUNT; j++) {
			pa_t good = pages[places[i]];

			pages[places[i]] = bad_pages[j];
			assert_int_equal(register_pages(COOKIE),
					 SHM_BAD_ADDRESS);
			pages[places[i]] = good;
			assert_unchanged(&before);
		}
	}
}

/* A run that begins in RAM and goes on where there is none. */
static void run_into_what_is_not_ram_is_refused(void **state)
{
	static const pa_t ends[] = { WORLD_RESERVED_PA, WORLD_RAM2_END,
				     WORLD_RAM3_END, WORLD_HIGH_END };
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		for (uint64_t j = 0; j < COUNT; j++)
			pages[j] = ends[i] - (COUNT - 1 - j) * SHM_PAGE_SIZE;
		assert_int_equal(register_pages(COOKIE), SHM_BAD_ADDRESS);
		assert_unchanged(&before);
	}
}

static void list_itself_must_be_shareable_ram(void **state)
{
	struct look before = look();
	pa_t list = world_write_list(0, pages, COUNT);
	uint64_t *link = (uint64_t *)sim_pointer(list) + WORLD_LIST_ENTRIES;

	(void)state;
	for (unsigned int i = 0; i < BAD_COUNT; i++) {
		assert_int_equal(
			register_list(COOKIE, bad_pages[i], SHM_PAGE_SIZE),
			SHM_BAD_ADDRESS);
		*link = bad_pages[i];
		assert_int_equal(
			register_list(COOKIE, list, COUNT * SHM_PAGE_SIZE),
			SHM_BAD_ADDRESS);
		assert_unchanged(&before);
	}
}

static void one_run(void)
{
	for (uint64_t i = 0; i < COUNT; i++)
		pages[i] = WORLD_HIGH_PA + i * SHM_PAGE_SIZE;
}

static void assert_each_list_page_is_needed(void)
{
	struct look before = look();

	for (unsigned int i = 0; i < 3; i++) {
		pa_t page = WORLD_LISTS_PA + i * SHM_PAGE_SIZE;

		sim_page_set_dead(page, true);
		assert_int_equal(register_pages(COOKIE), SHM_REGION_GONE);
		sim_page_set_dead(page, false);
		assert_unchanged(&before);
	}
}

static void list_that_stops_answering_leaves_nothing(void **state)
{
	(void)state;
	assert_each_list_page_is_needed();
	one_run();
	assert_each_list_page_is_needed();
}

static void die_after_word(void *arg, pa_t word)
{
	if (word == *(const pa_t *)arg)
		sim_page_set_dead(word & ~SHM_PAGE_MASK, true);
}

/* Words that were there do not make up for those that were not. */
static void list_that_stops_amid_a_run_leaves_nothing(void **state)
{
	static const unsigned int words[] = { 169, 171, 172, 173, 174,
					      300, 508, 509, 512, 900 };
	struct look before = look();

	(void)state;
	one_run();
	for (unsigned int i = 0; i < 10; i++) {
		pa_t word = WORLD_LISTS_PA + words[i] * sizeof(uint64_t);

		sim_set_read_hook(die_after_word, &word);
		assert_int_equal(register_pages(COOKIE), SHM_REGION_GONE);
		sim_set_read_hook(NULL, NULL);
		sim_page_set_dead(word & ~SHM_PAGE_MASK, false);
		assert_unchanged(&before);
	}
}

/* Without a list: from anywhere, over granules and to anywhere. */
static void pages_in_a_row_need_no_list(void **state)
{
	struct look before = look();

	(void)state;
	for (unsigned int first = 0; first < 600; first += 37) {
		struct region_request request = { 0, COUNT * SHM_PAGE_SIZE, 0 };
		pa_t pa = WORLD_HIGH_PA + first * SHM_PAGE_SIZE;
		struct region *region, *replaced;
		struct page_list list;
		enum shm_status st;

		assert_int_equal(
			region_create(guest->holdings, &request, &region),
			SHM_OK);
		page_list_init_contiguous(&list, pa, COUNT);
		do
			st = region_map_slice(region, &list);
		while (st == SHM_INTERRUPTED);
		assert_int_equal(st, SHM_OK);
		assert_int_equal(region_commit(region, false, &replaced),
				 SHM_OK);
		assert_int_equal(region->runs, 1);
		for (uint64_t i = 0; i < COUNT; i++)
			assert_int_equal(sim_walk_pa(region_address(
						 region, i * SHM_PAGE_SIZE)),
					 pa + i * SHM_PAGE_SIZE);
		region_leave(region);
		while (region_take_apart(region) == SHM_INTERRUPTED)
			;
		assert_unchanged(&before);
	}
}

static void list_that_loops_is_a_list_that_repeats(void **state)
{
	struct look before = look();
	pa_t list = world_write_list(0, pages, COUNT);
	uint64_t *words = sim_pointer(list);

	(void)state;
	words[WORLD_LIST_ENTRIES] = list;
	assert_int_equal(register_list(COOKIE, list, COUNT * SHM_PAGE_SIZE),
			 SHM_OK);
	assert_int_equal(sim_walk_pa(region_address(guest->holdings->all,
						    511 * SHM_PAGE_SIZE)),
			 pages[0]);
	unregister(COOKIE);
	/* 200 GiB of it would need more tables than there are. */
	assert_int_equal(register_list(COOKIE, list, UINT64_C(200) << 30),
			 SHM_NO_TABLE);
	assert_unchanged(&before);
}

/* The last link leads nowhere when the entries end with their page. */
static void link_is_followed_only_if_needed(void **state)
{
	static const uint64_t counts[] = { 510, 511, 512, 1021, 1022, 1023 };
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		pa_t list = world_write_list(0, pages, counts[i]);

		assert_int_equal(
			register_list(COOKIE, list, counts[i] * SHM_PAGE_SIZE),
			SHM_OK);
		unregister(COOKIE);
		assert_unchanged(&before);
	}
}

/* Each word once; a change behind the reader's back is not seen. */
static void change_word_after_read(void *arg, pa_t word)
{
	static pa_t last;

	(void)arg;
	if (last >= WORLD_LISTS_PA && last < WORLD_RAM2_END)
		*(uint64_t *)sim_pointer(last) = WORLD_POOL_PA;
	last = word;
}

static void each_word_of_a_list_is_read_once(void **state)
{
	struct look before = look();

	(void)state;
	sim_reads_reset();
	sim_set_read_hook(change_word_after_read, NULL);
	assert_int_equal(register_pages(COOKIE), SHM_OK);
	sim_set_read_hook(NULL, NULL);
	assert_int_equal(sim_reads().again, 0);
	for (uint64_t i = 0; i < COUNT; i++)
		assert_int_equal(
			sim_walk_pa(region_address(guest->holdings->all,
						   i * SHM_PAGE_SIZE)),
			pages[i]);
	unregister(COOKIE);
	assert_unchanged(&before);
}

static void sizes_that_mean_nothing_are_refused(void **state)
{
	static const struct region_request requests[] = {
		{ COOKIE, 0, 0 },
		{ COOKIE, 0, 4095 },
		{ COOKIE, UINT64_MAX, 0 },
		{ COOKIE, UINT64_MAX - 4094, 1 },
		{ COOKIE, UINT64_MAX - 4095, 4095 },
		{ COOKIE, UINT64_C(1) << 63, 0 },
	};
	struct look before = look();
	struct region *region;

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		enum shm_status st =
			region_create(guest->holdings, &requests[i], &region);

		assert_true(st == SHM_BAD_SIZE ||
			    (i == 5 && st == SHM_NO_TABLE));
		assert_unchanged(&before);
	}
}

/*
 * Ranges of RAM may touch in the middle of a granule; and a run that goes on
 * from there must not carry its own check over into the granules behind.
 */
static void run_over_touching_ranges_ends_with_the_ram(void **state)
{
	static const pa_t end = WORLD_HIGH_PA + 2 * GRANULE_SIZE;
	static const struct pa_range ram[] = {
		{ WORLD_RAM2_PA, WORLD_RAM2_END - 1 },
		{ WORLD_HIGH_PA, WORLD_HIGH_PA + 0xfffff },
		{ WORLD_HIGH_PA + 0x100000, end - 1 },
	};
	struct shm_config config;

	(void)state;
	world_start_machine(POOL_SIZE);
	config = world_config(POOL_SIZE, 2);
	config.ram = ram;
	config.ram_count = 3;
	assert_int_equal(shm_init(&shm, &config), SHM_OK);
	assert_int_equal(guest_create(&shm, 3, &guest), SHM_OK);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
	for (uint64_t i = 0; i < COUNT; i++)
		pages[i] = WORLD_HIGH_PA + i * SHM_PAGE_SIZE;
	for (uint64_t count = 1000; count <= COUNT; count++) {
		pa_t list = world_write_list(0, pages, count);
		bool inside = pages[count - 1] < end;

		assert_int_equal(
			register_list(COOKIE, list, count * SHM_PAGE_SIZE),
			inside ? SHM_OK : SHM_BAD_ADDRESS);
		if (inside)
			unregister(COOKIE);
	}
	assert_true(sim_check_violations());
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(no_bad_page_gets_in_at_any_place),
		CASE(run_into_what_is_not_ram_is_refused),
		cmocka_unit_test(run_over_touching_ranges_ends_with_the_ram),
		CASE(list_itself_must_be_shareable_ram),
		CASE(list_that_stops_answering_leaves_nothing),
		CASE(list_that_stops_amid_a_run_leaves_nothing),
		CASE(pages_in_a_row_need_no_list),
		CASE(list_that_loops_is_a_list_that_repeats),
		CASE(link_is_followed_only_if_needed),
		CASE(each_word_of_a_list_is_read_once),
		CASE(sizes_that_mean_nothing_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
