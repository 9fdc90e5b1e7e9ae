/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transfer lists of the Firmware Handoff specification: what one stage of the
 * firmware tells the next, as entries one behind the other in one piece of
 * memory, in little endian. Plain work on memory that the caller has mapped for
 * as long as it takes and that nobody else writes.
 */
#ifndef KERNEL_HANDOFF_H
#define KERNEL_HANDOFF_H

#include <stdbool.h>
#include <stdint.h>

#define HANDOFF_SIGNATURE UINT32_C(0x4a0fb10b)
#define HANDOFF_VERSION	  1 /* later ones may be read, and not changed */
#define HANDOFF_ALIGNMENT 8 /* of a list and of each entry, in bytes */

#define HANDOFF_TAG_EMPTY 0
#define HANDOFF_TAG_FDT	  1

/* In `flags`: the bytes of the list add up to 0. */
#define HANDOFF_HAS_CHECKSUM 1

struct handoff_list {
	uint32_t signature;
	uint8_t checksum;
	uint8_t version;
	uint8_t header_size;
	uint8_t alignment; /* log2 of the largest that data of an entry needs */
	uint32_t size;	   /* of header and entries, in bytes */
	uint32_t max_size; /* that they may grow to */
	uint32_t flags;
	uint32_t reserved;
};

struct handoff_entry {
	uint32_t tag : 24;
	uint32_t header_size : 8;
	uint32_t data_size; /* in bytes; padding up to the next entry follows */
};

/*
 * The bytes that have to be mapped for everything below, by the header alone:
 * max_size. 0: no header of a list, or sizes in it that cannot be.
 */
uint32_t handoff_room(const struct handoff_list *list);

/*
 * What is wrong with the list, in a few words; NULL: nothing. Nothing below may
 * be called before it was found to be sound.
 */
const char *handoff_fault(const struct handoff_list *list);

/* The first entry with this tag; NULL: there is none. */
struct handoff_entry *handoff_find(struct handoff_list *list, uint32_t tag);

void *handoff_data(struct handoff_entry *entry);

/*
 * Let an entry of the list have at least `size` bytes of data. Its data stays
 * where it is, what is new is zero, and later entries move by a multiple of the
 * list's alignment; pointers to them are then stale. False, with nothing
 * changed, when there is no room or the version is one that we may only read.
 */
bool handoff_grow(struct handoff_list *list, struct handoff_entry *entry,
		  uint32_t size);

/* After the last change: make the checksum right, if the list has one. */
void handoff_seal(struct handoff_list *list);

#endif
