/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Neighbouring pages at neighbouring addresses, by the largest descriptors that
 * both alignments allow (map_size.h): blocks of 1 GiB, blocks above the leaves,
 * and at each level groups (arch/cpu.h). Each call is a bounded piece of work,
 * what one table has of the range. Index lock held.
 */
#ifndef SRC_PT_RANGE_H
#define SRC_PT_RANGE_H

#include "pt_replace.h"

#include <dynshm/guest.h>

/* What is to be mapped. */
struct pt_range {
	va_t va; /* page */
	pa_t pa; /* page */
	uint64_t pages;
	enum shm_memtype type;
};

/* Where the bytes are that a descriptor there, or a group of them, serves. */
static inline uint64_t pt_group_span(unsigned int level)
{
	return table_entry_span(level) * PT_GROUP_COUNT;
}

/*
 * Map the first part of a range that is reserved and not mapped; *done is how
 * many pages. cpu_publish_tables() has to follow. SHM_NO_TABLE, SHM_NO_METADATA
 * and SHM_OVER_BUDGET: nothing has been.
 */
enum shm_status pt_range_put(struct holdings *owner,
			     const struct pt_range *range, uint64_t *done);

/*
 * The descriptors of the first part of `pages` mapped ones from `va` on. Those
 * and no others are served by what ends are descriptors' ends (pt_split.h).
 */
struct pt_run pt_run_find(struct holdings *owner, va_t va, uint64_t pages);

/*
 * Clear them; the caller sees to it that the TLBs are told. Of a leaf table
 * that becomes empty the batch is told here.
 */
void pt_run_clear(const struct pt_run *run, struct tlb_batch *batch);

/* `count` descriptors of a table from `index` on, for the memory at `pa`. */
void pt_fill(struct table *table, unsigned int index, uint32_t count, pa_t pa,
	     pte_t attributes);

#endif
