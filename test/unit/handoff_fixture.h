/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A transfer list, made and judged byte by byte. Its memory ends where the list
 * may end, so that a sanitizer sees each step beyond.
 */
#ifndef TEST_UNIT_HANDOFF_FIXTURE_H
#define TEST_UNIT_HANDOFF_FIXTURE_H

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

/* The entries of every list; one tag is there twice. */
static const struct {
	uint32_t tag, size;
} wanted[] = {
	{ 0x100, 8 }, { 1, 52 }, { 0xabcdef, 21 }, { 0x102, 0 }, { 1, 16 }
};

#define ENTRIES	  (sizeof(wanted) / sizeof(wanted[0]))
#define LIST_SIZE (FIRST_AT + 16 + 64 + 32 + 8 + 24)

static uint8_t *bytes; /* the list, in max_size bytes of memory */

static inline void put(size_t at, unsigned int count, uint64_t value)
{
	for (unsigned int i = 0; i < count; i++)
		bytes[at + i] = (uint8_t)(value >> 8 * i);
}

static inline uint32_t get(size_t at, unsigned int count)
{
	uint32_t value = 0;

	while (count-- > 0)
		value = value << 8 | bytes[at + count];
	return value;
}

static inline void fix_checksum(void)
{
	uint32_t sum = 0;

	bytes[CHECKSUM_AT] = 0;
	for (uint32_t i = 0; i < get(SIZE_AT, 4); i++)
		sum += bytes[i];
	bytes[CHECKSUM_AT] = (uint8_t)(0x100 - sum % 0x100);
}

static inline uint8_t data_byte(unsigned int entry, uint32_t i)
{
	return (uint8_t)(0x11 * (entry + 1) + 7 * i);
}

/* Answers where the next one goes. */
static inline size_t add_entry(size_t at, unsigned int entry)
{
	uint32_t size = wanted[entry].size;

	put(at, 3, wanted[entry].tag);
	put(at + 3, 1, 8);
	put(at + 4, 4, size);
	for (uint32_t i = 0; i < size; i++)
		bytes[at + 8 + i] = data_byte(entry, i);
	return at + 8 + (size + 7) / 8 * 8;
}

static inline struct handoff_list *make_list(uint32_t max_size,
					     uint8_t alignment)
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
static inline size_t entry_place(unsigned int index)
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

static inline struct handoff_entry *entry_pointer(unsigned int index)
{
	return (struct handoff_entry *)(void *)&bytes[entry_place(index)];
}

/* All entries are there with their data, and `grown` has `size` of it. */
static inline void assert_entries(unsigned int grown, uint32_t size)
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

static inline void assert_fault(const struct handoff_list *list,
				const char *fault)
{
	const char *found = handoff_fault(list);

	if (fault == NULL) {
		assert_null(found);
	} else {
		assert_non_null(found);
		assert_string_equal(found, fault);
	}
}

static inline int free_list(void **state)
{
	(void)state;
	free(bytes);
	bytes = NULL;
	return 0;
}

#endif
