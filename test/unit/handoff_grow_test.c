// SPDX-License-Identifier: BSD-2-Clause
/*
 * An entry of a transfer list grows without harm to those behind it, or nothing
 * changes.
 */
#include "handoff_fixture.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(entry_grows_and_later_ones_keep_their_alignment),
		CLAIM(entry_without_room_stays_as_it_is),
		CLAIM(padding_is_room),
		CLAIM(last_entry_may_lack_its_padding),
		CLAIM(later_version_is_read_and_not_changed),
	};

	return cmocka_run_group_tests(tests, NULL, free_list);
}
