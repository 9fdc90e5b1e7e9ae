// SPDX-License-Identifier: BSD-2-Clause
/*
 * All sums are 64 bits wide, so that no size in a list can wrap one.
 */
#include <stddef.h>
#include <string.h>

#include <kernel/handoff.h>

/* Larger ones would be beyond what a size can count. */
#define MAX_LOG2_ALIGNMENT 31
#define MIN_LOG2_ALIGNMENT 3

_Static_assert(sizeof(struct handoff_list) == 24, "set by the specification");
_Static_assert(sizeof(struct handoff_entry) == 8, "set by the specification");

static uint64_t round_up(uint64_t value, uint64_t alignment)
{
	return (value + alignment - 1) & ~(alignment - 1);
}

static struct handoff_entry *entry_at(struct handoff_list *list, uint64_t at)
{
	return (void *)((uint8_t *)list + at);
}

/* Where the data of the entry at `at` would end, were there `size` of it. */
static uint64_t data_end(const struct handoff_entry *entry, uint64_t at,
			 uint32_t size)
{
	return at + entry->header_size + (uint64_t)size;
}

static uint64_t entry_after(const struct handoff_entry *entry, uint64_t at)
{
	return round_up(data_end(entry, at, entry->data_size),
			HANDOFF_ALIGNMENT);
}

static uint8_t byte_sum(const struct handoff_list *list)
{
	const uint8_t *bytes = (const void *)list;
	unsigned int sum = 0;
	uint32_t i;

	for (i = 0; i < list->size; i++)
		sum += bytes[i];
	return (uint8_t)sum;
}

uint32_t handoff_room(const struct handoff_list *list)
{
	if (list->signature != HANDOFF_SIGNATURE ||
	    list->header_size < sizeof(*list) ||
	    list->header_size % HANDOFF_ALIGNMENT != 0 ||
	    list->size < list->header_size || list->size > list->max_size)
		return 0;
	return list->max_size;
}

/* The padding of the last entry need not be part of the list. */
static bool entries_are_sound(const struct handoff_list *list)
{
	uint64_t at = list->header_size;

	while (at < list->size) {
		const struct handoff_entry *entry =
			(const void *)((const uint8_t *)list + at);

		if (list->size - at < sizeof(*entry) ||
		    entry->header_size < sizeof(*entry) ||
		    entry->header_size % HANDOFF_ALIGNMENT != 0 ||
		    data_end(entry, at, entry->data_size) > list->size)
			return false;
		at = entry_after(entry, at);
	}
	return true;
}

const char *handoff_fault(const struct handoff_list *list)
{
	if (handoff_room(list) == 0)
		return "no valid header";
	if (list->version == 0)
		return "version 0";
	if (list->alignment < MIN_LOG2_ALIGNMENT ||
	    list->alignment > MAX_LOG2_ALIGNMENT)
		return "impossible alignment";
	if ((list->flags & HANDOFF_HAS_CHECKSUM) != 0 && byte_sum(list) != 0)
		return "wrong checksum";
	if (!entries_are_sound(list))
		return "malformed entry";
	return NULL;
}

struct handoff_entry *handoff_find(struct handoff_list *list, uint32_t tag)
{
	uint64_t at = list->header_size;

	while (at < list->size) {
		struct handoff_entry *entry = entry_at(list, at);

		if (entry->tag == tag)
			return entry;
		at = entry_after(entry, at);
	}
	return NULL;
}

void *handoff_data(struct handoff_entry *entry)
{
	return (uint8_t *)entry + entry->header_size;
}

/* A gap is nothing, or large enough for an entry without data. */
static void fill_gap(struct handoff_list *list, uint64_t at, uint64_t size)
{
	struct handoff_entry *entry = entry_at(list, at);

	if (size == 0)
		return;
	entry->tag = HANDOFF_TAG_EMPTY;
	entry->header_size = sizeof(*entry);
	entry->data_size = (uint32_t)(size - sizeof(*entry));
	memset(entry + 1, 0, entry->data_size);
}

bool handoff_grow(struct handoff_list *list, struct handoff_entry *entry,
		  uint32_t size)
{
	uint64_t at = (uint64_t)((uint8_t *)entry - (uint8_t *)list);
	uint64_t used = data_end(entry, at, entry->data_size);
	uint64_t end = round_up(data_end(entry, at, size), HANDOFF_ALIGNMENT);
	uint64_t next = entry_after(entry, at);
	uint64_t behind = list->size > next ? list->size - next : 0;
	uint64_t moved = next;

	if (list->version != HANDOFF_VERSION)
		return false;
	if (size <= entry->data_size)
		return true;
	moved += round_up(end - next, UINT64_C(1) << list->alignment);
	if (moved + behind > list->max_size)
		return false;
	memmove(entry_at(list, moved), entry_at(list, next), behind);
	memset(entry_at(list, used), 0, end - used);
	fill_gap(list, end, moved - end);
	entry->data_size = size;
	list->size = (uint32_t)(moved + behind);
	return true;
}

void handoff_seal(struct handoff_list *list)
{
	if ((list->flags & HANDOFF_HAS_CHECKSUM) == 0)
		return;
	list->checksum = 0;
	list->checksum = (uint8_t)-byte_sum(list);
}
