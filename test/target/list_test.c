// SPDX-License-Identifier: BSD-2-Clause
/* Page lists as nobody should write them. */
#include "call.h"
#include "tap.h"

#define COOKIE UINT64_C(0xffff000050001000)
#define GIB    (UINT64_C(1) << 30)
#define LONG   1400u /* entries: three list pages */
#define FLIPS  4000u

/* Nothing of it is to be left: the cookie is not known. */
static void refused(uint64_t list, uint64_t pages)
{
	equal(shm_register(COOKIE, list, pages * PAGE), RET_BAD_PARAMETERS);
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
}

static const uint64_t bad_entries[] = {
	0,
	TEST_FIRST + 1,
	TEST_FIRST + 8,
	TEST_FIRST + 0x800,
	SECURE_IMAGE,
	SECURE_RAM,
	SECURE_RAM + 0xfff000,
	UART_BASE,
	GIC_BASE,
	FLASH_NS,
	HOLE,
	RAM_FIRST - PAGE,
	RAM_END,
	NOMAP_FIRST,
	NOMAP_FIRST + NOMAP_SIZE - PAGE,
	UINT64_C(1) << 40 | TEST_FIRST,
	UINT64_C(1) << 48 | TEST_FIRST,
	UINT64_C(1) << 63 | TEST_FIRST,
	UINT64_C(0xfffffffffffff000),
	~UINT64_C(0),
};

static void try_places(uint64_t list, uint64_t pages)
{
	const uint64_t places[] = { 0, pages / 2, pages - 1 };

	for (unsigned int i = 0; i < 3; i++) {
		uint64_t good = *list_entry(list, places[i]);

		for (unsigned int j = 0; j < sizeof(bad_entries) / 8; j++) {
			*list_entry(list, places[i]) = bad_entries[j];
			refused(list, pages);
		}
		*list_entry(list, places[i]) = good;
	}
	equal(shm_register(COOKIE, list, pages * PAGE), RET_OK);
	equal(shm_unregister(COOKIE), RET_OK);
}

static void entries(void)
{
	uint64_t data = address_of(pages_take(LONG));

	try_places(list_run(data, 1), 1);
	try_places(list_run(data, 3), 3);
	try_places(list_run(data, LONG), LONG);
	try_places(list_scatter(data, LONG), LONG);
}

/* Runs that begin in RAM and go on where there is none. */
static void edges(void)
{
	refused(list_run(RAM_END - PAGE, 2), 2);
	refused(list_run(RAM_END - 600 * PAGE, 601), 601);
	refused(list_run(NOMAP_FIRST - PAGE, 2), 2);
	refused(list_run(NOMAP_FIRST + NOMAP_SIZE - PAGE, 2), 2);
	refused(list_run(RAM_FIRST - PAGE, 2), 2);
	equal(shm_register(COOKIE, list_run(NOMAP_FIRST - PAGE, 1), PAGE),
	      RET_OK);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(shm_register(COOKIE, list_run(RAM_END - 2 * PAGE, 2), 2 * PAGE),
	      RET_OK);
	equal(shm_unregister(COOKIE), RET_OK);
}

static void list_places(void)
{
	for (unsigned int i = 0; i < sizeof(bad_entries) / 8; i++)
		if (bad_entries[i] % PAGE == 0)
			refused(bad_entries[i], 1);
}

static void links(void)
{
	uint64_t data = address_of(pages_take(LONG));
	uint64_t list = list_run(data, LONG);
	uint64_t *link[2] = { list_entry(list, LIST_ENTRIES - 1) + 1,
			      list_entry(list, 2 * LIST_ENTRIES - 1) + 1 };

	for (unsigned int i = 0; i < 2; i++) {
		uint64_t good = *link[i];

		for (unsigned int j = 0; j < sizeof(bad_entries) / 8; j++) {
			*link[i] = bad_entries[j];
			/* A list page is anywhere in RAM, aligned. */
			refused(list, LONG);
		}
		*link[i] = good | 8;
		refused(list, LONG);
		*link[i] = good;
	}
}

static void unused_links(void)
{
	uint64_t data = address_of(pages_take(2 * LIST_ENTRIES + 1));

	for (uint64_t count = LIST_ENTRIES; count <= 2 * LIST_ENTRIES;
	     count += LIST_ENTRIES) {
		uint64_t list = list_run(data, count + 1);
		uint64_t *link = list_entry(list, count - 1) + 1;

		for (unsigned int j = 0; j < sizeof(bad_entries) / 8; j++) {
			*link = bad_entries[j];
			equal(shm_register(COOKIE, list, count * PAGE), RET_OK);
			equal(shm_unregister(COOKIE), RET_OK);
		}
		*link = SECURE_IMAGE;
		refused(list, count + 1);
	}
}

/* A list page that links to itself, as long as the size says. */
static void loops(void)
{
	static const uint64_t sizes[] = { 200 * GIB, 4 * GIB, GIB, GIB / 8 };
	uint64_t data = address_of(pages_take(1));
	uint64_t list = list_run(data, LIST_ENTRIES);

	for (unsigned int i = 0; i < LIST_ENTRIES; i++)
		*list_entry(list, i) = data;
	list_entry(list, LIST_ENTRIES - 1)[1] = list;
	for (unsigned int i = 0; i < 4; i++) {
		uint32_t ret = shm_register(COOKIE, list, sizes[i]);

		check(ret == RET_OK || ret == RET_OUT_OF_MEMORY);
		if (i == 3)
			equal(ret, RET_OK); /* it repeats, which is legal */
		if (ret == RET_OK)
			equal(shm_unregister(COOKIE), RET_OK);
		else
			equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
	}
}

struct flip {
	volatile uint64_t *word;
	uint64_t good;
	uint64_t bad;
	volatile bool stop;
};

static void flip_word(void *arg)
{
	struct flip *flip = arg;

	while (!flip->stop) {
		*flip->word = flip->bad;
		*flip->word = flip->good;
	}
}

/* The other core changes a word while this one has it read. */
static void race(uint64_t list, uint64_t pages, uint64_t *word, uint64_t bad,
		 uint32_t counts[2])
{
	struct flip flip = { word, *word, bad, false };
	uint32_t session = session_open();
	uint32_t ret;

	core_run(1, flip_word, &flip);
	for (unsigned int i = 0; i < FLIPS; i++) {
		ret = shm_register(COOKIE, list, pages * PAGE);
		if (ret == RET_OK) {
			counts[0]++;
			/* Secure memory behind it would end in a fault. */
			if (i % 16 == 0) {
				(void)checksum(session, COOKIE, 0, pages * PAGE,
					       &ret);
				equal(ret, RET_OK);
			}
			equal(shm_unregister(COOKIE), RET_OK);
		} else {
			counts[1]++;
			equal(ret, RET_BAD_PARAMETERS);
		}
	}
	flip.stop = true;
	core_wait(1);
	*word = flip.good;
	equal(session_close(session), RET_OK);
}

static void flipped(void)
{
	uint64_t data = address_of(pages_take(LIST_ENTRIES + 4));
	uint64_t list = list_run(data, 3);
	uint32_t counts[2] = { 0, 0 };

	if (cores_present() < 2) {
		tap_skip("one core");
		return;
	}
	race(list, 3, list_entry(list, 1), SECURE_IMAGE, counts);
	check(counts[0] > 0 && counts[1] > 0);
	print("# entry: %u registered, %u refused\n", counts[0], counts[1]);
	counts[0] = 0;
	counts[1] = 0;
	list = list_run(data, LIST_ENTRIES + 4);
	race(list, LIST_ENTRIES + 4, list_entry(list, LIST_ENTRIES - 1) + 1,
	     SECURE_IMAGE, counts);
	check(counts[0] > 0 && counts[1] > 0);
	print("# link: %u registered, %u refused\n", counts[0], counts[1]);
}

static const struct test tests[] = {
	{ "entry_that_is_no_shareable_page_is_refused_anywhere", entries },
	{ "run_that_leaves_the_ram_is_refused", edges },
	{ "list_page_outside_of_shareable_ram_is_refused", list_places },
	{ "link_that_is_no_shareable_page_is_refused", links },
	{ "link_that_is_not_needed_is_not_followed", unused_links },
	{ "list_that_loops_ends_with_its_count", loops },
	{ "word_that_changes_is_believed_once", flipped },
};

GROUP(page_lists, tests);
