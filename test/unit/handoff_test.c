// SPDX-License-Identifier: BSD-2-Clause
/*
 * Transfer lists as they are read: what is wrong with one is found before
 * anything in it is followed.
 */
#include "handoff_fixture.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, free_list);
}
