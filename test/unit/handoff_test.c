// SPDX-License-Identifier: BSD-2-Clause
/*
 * Transfer lists: what is wrong with one is found before anything follows it,
 * and an entry grows without harm to those behind it. Lists are made and judged
 * here byte by byte; memory ends where a list may end, so that a sanitizer sees
 * each step beyond.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <kernel/handoff.h>

#define CLAIM(name) cmocka_unit_test(name)

enum {
	SIGNATURE_AT = 0,
	CHECKSUM_AT = 4,
	VERSION_AT = 5,
	HEADER_SIZE_AT = 6,
	ALIGNMENT_AT = 7,
	SIZE_AT = 8,
	MAX_SIZE_AT = 12,
	FLAGS_AT = 16,
	FIRST_AT = 24
};

/* What the entries of every list hold: data of 8 bytes less than a multiple. */
static const struct {
	uint32_t tag, size;
} wanted[] = {
	{ 0x100, 8 }, { 1, 52 }, { 0xabcdef, 21 }, { 0x102, 0 }, { 1, 16 }
};

#define ENTRIES	  (sizeof(wanted) / sizeof(wanted[0]))
#define LIST_SIZE (FIRST_AT + 16 + 64 + 32 + 8 + 24)

static uint8_t *bytes; /* the list, in max_size bytes of memory */

static void put(size_t at, unsigned int count, uint64_t value)
{
	for (unsigned int i = 0; i < count; i++)
		bytes[at + i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get(size_t at, unsigned int count)
{
	uint32_t value = 0;

	while (count-- > 0)
		value = value << 8 | bytes[at + count];
	return value;
}

static void fix_checksum(void)
{
	uint32_t sum = 0;

	bytes[CHECKSUM_AT] = 0;
	for (uint32_t i = 0; i < get(SIZE_AT, 4); i++)
		sum += bytes[i];
	bytes[CHECKSUM_AT] = (uint8_t)(0x100 - sum % 0x100);
}

static uint8_t data_byte(unsigned int entry, uint32_t i)
{
	return (uint8_t)(0x11 * (entry + 1) + 7 * i);
}

/* Answers where the next one goes. */
static size_t add_entry(size_t at, unsigned int entry)
{
	uint32_t size = wanted[entry].size;

	put(at, 3, wanted[entry].tag);
	put(at + 3, 1, 8);
	put(at + 4, 4, size);
	for (uint32_t i = 0; i < size; i++)
		bytes[at + 8 + i] = data_byte(entry, i);
	return at + 8 + (size + 7) / 8 * 8;
}

static struct handoff_list *make_list(uint32_t max_size, uint8_t alignment)
{
	size_t at = FIRST_AT;

	free(bytes);
	bytes = calloc(1, max_size);
	assert_non_null(bytes);
	put(SIGNATURE_AT, 4, 0x4a0fb10b);
	put(VERSION_AT, 1, 1);
	put(HEADER_SIZE_AT, 1, 24);
	put(ALIGNMENT_AT, 1, alignment);
	put(SIZE_AT, 4, LIST_SIZE);
	put(MAX_SIZE_AT, 4, max_size);
	put(FLAGS_AT, 4, 1);
	for (unsigned int i = 0; i < ENTRIES; i++)
		at = add_entry(at, i);
	assert_int_equal(at, LIST_SIZE);
	fix_checksum();
	return (struct handoff_list *)(void *)bytes;
}

/* Where entry `index` is; its header has 8 bytes. Empty ones do not count. */
static size_t entry_place(unsigned int index)
{
	size_t at = FIRST_AT;

	for (;;) {
		uint32_t size = get(at + 4, 4);

		assert_true(at + 8 + size <= get(SIZE_AT, 4));
		if (get(at, 3) != 0 && index-- == 0)
			return at;
		for (uint32_t i = 0; get(at, 3) == 0 && i < size; i++)
			assert_int_equal(bytes[at + 8 + i], 0);
		at += 8 + ((uint64_t)size + 7) / 8 * 8;
	}
}

static struct handoff_entry *entry_pointer(unsigned int index)
{
	return (struct handoff_entry *)(void *)&bytes[entry_place(index)];
}

/* All entries are there with their data, and `grown` has `size` of it. */
static void assert_entries(unsigned int grown, uint32_t size)
{
	for (unsigned int i = 0; i < ENTRIES; i++) {
		size_t at = entry_place(i);
		uint32_t has = i == grown ? size : wanted[i].size;

		assert_int_equal(get(at, 3), wanted[i].tag);
		assert_int_equal(get(at + 3, 1), 8);
		assert_int_equal(get(at + 4, 4), has);
		for (uint32_t j = 0; j < has; j++)
			assert_int_equal(bytes[at + 8 + j],
					 j < wanted[i].size ? data_byte(i, j)
							    : 0);
	}
}

static void assert_fault(const struct handoff_list *list, const char *fault)
{
	const char *found = handoff_fault(list);

	if (fault == NULL) {
		assert_null(found);
	} else {
		assert_non_null(found);
		assert_string_equal(found, fault);
	}
}

static void sound_list_is_read_as_it_was_written(void **state)
{
	struct handoff_list *list = make_list(4096, 3);

	(void)state;
	assert_int_equal(handoff_room(list), 4096);
	assert_fault(list, NULL);
	assert_ptr_equal(handoff_find(list, 0x100), &bytes[entry_place(0)]);
	assert_ptr_equal(handoff_find(list, 1), &bytes[entry_place(1)]);
	assert_ptr_equal(handoff_find(list, 0xabcdef), &bytes[entry_place(2)]);
	assert_ptr_equal(handoff_find(list, 0x102), &bytes[entry_place(3)]);
	assert_null(handoff_find(list, 2));
	assert_null(handoff_find(list, 0xcdef));
	assert_ptr_equal(handoff_data(entry_pointer(1)),
			 &bytes[entry_place(1) + 8]);
	put(SIZE_AT, 4, 24);
	fix_checksum();
	assert_fault(list, NULL); /* with nothing in it */
	assert_null(handoff_find(list, 1));
}

static void longer_headers_are_stepped_over(void **state)
{
	struct handoff_list *list = make_list(LIST_SIZE, 3);

	(void)state;
	put(HEADER_SIZE_AT, 1,
	    24 + 16); /* the first entry becomes part of it */
	put(FIRST_AT + 16 + 3, 1, 16);
	put(FIRST_AT + 16 + 4, 4, 44);
	fix_checksum();
	assert_fault(list, NULL);
	assert_null(handoff_find(list, 0x100));
	assert_ptr_equal(handoff_data(handoff_find(list, 1)),
			 &bytes[FIRST_AT + 32]);
	assert_ptr_equal(handoff_find(list, 0x102),
			 &bytes[FIRST_AT + 16 + 64 + 32]);
}

static void malformed_list_is_refused_with_a_reason(void **state)
{
	static const struct {
		size_t at;
		unsigned int count;
		uint64_t value;
		const char *fault;
	} cases[] = {
		{ SIGNATURE_AT, 4, 0x4a0fb10a, "no valid header" },
		{ SIGNATURE_AT, 4, 0x0bb10f4a, "no valid header" },
		{ SIGNATURE_AT, 4, 0, "no valid header" },
		{ HEADER_SIZE_AT, 1, 0, "no valid header" },
		{ HEADER_SIZE_AT, 1, 16, "no valid header" },
		{ HEADER_SIZE_AT, 1, 23, "no valid header" },
		{ HEADER_SIZE_AT, 1, 28, "no valid header" },
		{ HEADER_SIZE_AT, 1, 248, "no valid header" },
		{ SIZE_AT, 4, 0, "no valid header" },
		{ SIZE_AT, 4, 23, "no valid header" },
		{ SIZE_AT, 4, LIST_SIZE + 1, "no valid header" },
		{ SIZE_AT, 4, UINT32_MAX, "no valid header" },
		{ MAX_SIZE_AT, 4, 0, "no valid header" },
		{ MAX_SIZE_AT, 4, LIST_SIZE - 1, "no valid header" },
		{ VERSION_AT, 1, 0, "version 0" },
		{ ALIGNMENT_AT, 1, 0, "impossible alignment" },
		{ ALIGNMENT_AT, 1, 2, "impossible alignment" },
		{ ALIGNMENT_AT, 1, 32, "impossible alignment" },
		{ ALIGNMENT_AT, 1, 255, "impossible alignment" },
		/* The first entry, none the longer for it. */
		{ FIRST_AT + 3, 5, 0x1000, "malformed entry" },
		{ FIRST_AT + 3, 5, 0, "malformed entry" },
		/* The sizes of the second entry, and of the last. */
		{ FIRST_AT + 16 + 3, 1, 0, "malformed entry" },
		{ FIRST_AT + 16 + 3, 1, 7, "malformed entry" },
		{ FIRST_AT + 16 + 3, 1, 9, "malformed entry" },
		{ FIRST_AT + 16 + 3, 1, 248, "malformed entry" },
		{ FIRST_AT + 16 + 4, 4, LIST_SIZE, "malformed entry" },
		{ FIRST_AT + 16 + 4, 4, 0x7fffffff, "malformed entry" },
		{ FIRST_AT + 16 + 4, 4, 0xfffffff8, "malformed entry" },
		{ FIRST_AT + 16 + 4, 4, UINT32_MAX, "malformed entry" },
		{ LIST_SIZE - 24 + 4, 4, 17, "malformed entry" },
		/* No room for a header behind it. */
		{ LIST_SIZE - 24 + 4, 4, 8, "malformed entry" },
		{ SIZE_AT, 4, LIST_SIZE - 24 + 7, "malformed entry" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct handoff_list *list = make_list(LIST_SIZE, 3);

		if (cases[i].at == LIST_SIZE - 24 + 4 && cases[i].value == 8)
			put(SIZE_AT, 4, LIST_SIZE - 4);
		put(cases[i].at, cases[i].count, cases[i].value);
		if (strcmp(cases[i].fault, "no valid header") != 0)
			fix_checksum();
		else
			assert_int_equal(handoff_room(list), 0);
		assert_fault(list, cases[i].fault);
	}
}

static void list_may_end_within_no_header(void **state)
{
	(void)state;
	for (uint32_t left = 1; left < 8; left++) {
		uint32_t size = LIST_SIZE - 24 + left;
		struct handoff_list *list = make_list(LIST_SIZE, 3);

		put(SIZE_AT, 4, size);
		put(MAX_SIZE_AT, 4, size);
		fix_checksum();
		list = realloc(bytes, size);
		assert_non_null(list);
		bytes = (uint8_t *)list;
		assert_fault(list, "malformed entry");
	}
}

/* But for the bit that says that there is a checksum. */
static void each_flipped_bit_is_noticed(void **state)
{
	struct handoff_list *list = make_list(LIST_SIZE, 3);

	(void)state;
	for (unsigned int bit = 0; bit < 8 * LIST_SIZE; bit++) {
		uint8_t mask = (uint8_t)(1u << bit % 8);
		bool is_flag = bit == 8 * FLAGS_AT;

		bytes[bit / 8] ^= mask;
		/* There is memory only up to where the list ends. */
		if (bit / 8 < MAX_SIZE_AT || bit / 8 >= MAX_SIZE_AT + 4)
			assert_int_equal(handoff_fault(list) == NULL, is_flag);
		bytes[bit / 8] ^= mask;
	}
	assert_fault(list, NULL);
}

static void without_a_checksum_none_is_looked_at(void **state)
{
	struct handoff_list *list = make_list(4096, 3);

	(void)state;
	put(FLAGS_AT, 4, 0xfffffffe);
	put(CHECKSUM_AT, 1, 0x5a);
	assert_fault(list, NULL);
	handoff_seal(list);
	assert_int_equal(bytes[CHECKSUM_AT], 0x5a);
}

static void noise_never_leads_beyond_the_list(void **state)
{
	unsigned int sound = 0;
	uint64_t random = 88172645463325252;

	(void)state;
	for (unsigned int round = 0; round < 20000; round++) {
		struct handoff_list *list = make_list(LIST_SIZE, 3);

		for (unsigned int i = 0; i < 1 + round % 3; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			bytes[FIRST_AT + random % (LIST_SIZE - FIRST_AT)] =
				(uint8_t)(random >> 32);
		}
		fix_checksum();
		if (handoff_fault(list) != NULL)
			continue;
		sound++;
		for (uint32_t tag = 0; tag < 4; tag++)
			(void)handoff_find(list, tag);
	}
	assert_in_range(sound, 1000, 19000);
}

/* Each entry, to each size there is, in a list that has just the room. */
static void grow_to(unsigned int entry, uint32_t size, uint8_t alignment)
{
	uint32_t old = (wanted[entry].size + 7) / 8 * 8;
	uint32_t more = (size + 7) / 8 * 8 - old;
	uint32_t step = 1u << alignment;
	uint32_t moved = (more + step - 1) / step * step;
	struct handoff_list *list = make_list(LIST_SIZE + moved, alignment);
	size_t before[ENTRIES];

	for (unsigned int i = 0; i < ENTRIES; i++)
		before[i] = entry_place(i);
	assert_true(handoff_grow(list, entry_pointer(entry), size));
	assert_entries(entry, size);
	assert_int_equal(get(SIZE_AT, 4), LIST_SIZE + moved);
	for (unsigned int i = 0; i < ENTRIES; i++)
		assert_int_equal(entry_place(i),
				 before[i] + (i > entry ? moved : 0));
	handoff_seal(list);
	assert_fault(list, NULL);
}

static void entry_grows_and_later_ones_keep_their_alignment(void **state)
{
	(void)state;
	for (uint8_t alignment = 3; alignment < 8; alignment++)
		for (unsigned int entry = 0; entry < ENTRIES; entry++)
			for (uint32_t more = 1; more < 300; more++)
				grow_to(entry, wanted[entry].size + more,
					alignment);
}

static void assert_unchanged(struct handoff_list *list, unsigned int entry,
			     uint32_t size, bool answer)
{
	uint32_t max_size = get(MAX_SIZE_AT, 4);
	uint8_t *copy = malloc(max_size);

	assert_non_null(copy);
	memcpy(copy, bytes, max_size);
	assert_int_equal(handoff_grow(list, entry_pointer(entry), size),
			 answer);
	assert_memory_equal(copy, bytes, max_size);
	free(copy);
}

static void entry_without_room_stays_as_it_is(void **state)
{
	static const uint32_t sizes[] = { 57,	      64,	  1000,
					  0x7fffffff, 0xfffffff8, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		assert_unchanged(make_list(LIST_SIZE + 7, 3), 1, sizes[i],
				 false);
	/* 8 bytes would do, but not for the alignment. */
	assert_unchanged(make_list(LIST_SIZE + 63, 6), 1, 57, false);
	assert_unchanged(make_list(LIST_SIZE + 4096, 31), 1, 57, false);
	assert_unchanged(make_list(LIST_SIZE + 4096, 3), 1, 52, true);
	assert_unchanged(make_list(LIST_SIZE + 4096, 3), 1, 0, true);
}

static void padding_is_room(void **state)
{
	struct handoff_list *list = make_list(LIST_SIZE, 6);

	(void)state;
	assert_true(handoff_grow(list, entry_pointer(1), 56));
	assert_entries(1, 56);
	assert_int_equal(get(SIZE_AT, 4), LIST_SIZE);
}

static void last_entry_may_lack_its_padding(void **state)
{
	struct handoff_list *list = make_list(LIST_SIZE + 8, 3);

	(void)state;
	put(LIST_SIZE - 24 + 4, 4, 13);
	put(SIZE_AT, 4, LIST_SIZE - 3);
	fix_checksum();
	assert_fault(list, NULL);
	assert_true(handoff_grow(list, entry_pointer(1), 64));
	handoff_seal(list);
	assert_fault(list, NULL);
	assert_int_equal(get(SIZE_AT, 4), LIST_SIZE + 5);
	assert_int_equal(bytes[LIST_SIZE + 4], data_byte(4, 12));
	list = make_list(LIST_SIZE + 8, 3);
	put(LIST_SIZE - 24 + 4, 4, 13);
	put(SIZE_AT, 4, LIST_SIZE - 3);
	assert_true(handoff_grow(list, entry_pointer(4), 24));
	assert_int_equal(get(SIZE_AT, 4), LIST_SIZE + 8);
	assert_int_equal(bytes[LIST_SIZE - 3], 0);
}

static void later_version_is_read_and_not_changed(void **state)
{
	struct handoff_list *list = make_list(4096, 3);

	(void)state;
	put(VERSION_AT, 1, 2);
	fix_checksum();
	assert_fault(list, NULL);
	assert_non_null(handoff_find(list, 1));
	assert_unchanged(list, 1, 100, false);
	assert_unchanged(list, 1, 52, false);
}

static int free_list(void **state)
{
	(void)state;
	free(bytes);
	bytes = NULL;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(sound_list_is_read_as_it_was_written),
		CLAIM(longer_headers_are_stepped_over),
		CLAIM(malformed_list_is_refused_with_a_reason),
		CLAIM(list_may_end_within_no_header),
		CLAIM(each_flipped_bit_is_noticed),
		CLAIM(without_a_checksum_none_is_looked_at),
		CLAIM(noise_never_leads_beyond_the_list),
		CLAIM(entry_grows_and_later_ones_keep_their_alignment),
		CLAIM(entry_without_room_stays_as_it_is),
		CLAIM(padding_is_room),
		CLAIM(last_entry_may_lack_its_padding),
		CLAIM(later_version_is_read_and_not_changed),
	};

	return cmocka_run_group_tests(tests, NULL, free_list);
}
