/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The accounts that the memory service gives out, read into a buffer that
 * stays registered: so it counts the same in every reading, and a difference
 * between two readings is not the reader's own.
 */
#ifndef CLIENT_STATS_H
#define CLIENT_STATS_H

#include "service.h"

#define STATS_MAGIC   0x53485344u
#define STATS_VERSION 1u
#define STATS_TOTALS  0xffffffffu /* the `guest` of record 0 */

/* On the wire, little-endian. */
struct stats_header {
	uint32_t magic;
	uint16_t version;
	uint16_t record_size;
	uint32_t count;
	uint32_t total_count;
};

struct stats_record {
	uint32_t guest;
	uint32_t state; /* 0 live, 1 draining, 2 corpse */
	uint32_t regions;
	uint32_t regions_high;
	uint64_t pages;
	uint64_t pages_high;
	uint32_t runs;
	uint32_t tables;
	uint64_t metadata_size;
	uint32_t calls_active;
	uint32_t calls_suspended;
	uint32_t sessions;
	uint32_t revoked;
	uint64_t refusals;
	uint32_t last_error; /* enum shm_status */
	uint32_t reserved;
	uint64_t budget_pages;
	uint64_t budget_metadata;
	uint64_t owed_size;
	uint64_t pool_free_size; /* totals only */
	uint64_t virtual_size;
};

_Static_assert(sizeof(struct stats_header) == 16, "set by the wire contract");
_Static_assert(sizeof(struct stats_record) == 120, "set by the wire contract");

struct stats {
	const struct service *service;
	void *buffer;
	size_t buffer_size;
	struct tee_shm shm;
	struct stats_record *record; /* of the last reading */
	uint32_t count;
};

/* The service must outlive the stats. */
struct tee_result stats_init(struct stats *stats,
			     const struct service *service);
void stats_fini(struct stats *stats);

/*
 * Read all records, growing the buffer as needed. A failure leaves the last
 * reading as it was.
 */
struct tee_result stats_read(struct stats *stats);

/* Record 0: the totals, or the one account that a guest may see. */
static inline const struct stats_record *stats_first(const struct stats *stats)
{
	return &stats->record[0];
}

/* Pages that the buffer itself accounts for. */
uint64_t stats_own_pages(const struct stats *stats);

#endif
