/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing other descriptors in the place of valid ones. Where the processor
 * needs it the old ones are made invalid and forgotten first; whoever runs into
 * that comes back by shm_fault_is_passing() (dynshm/fault.h). Index lock held:
 * one at a time.
 */
#ifndef SRC_PT_REPLACE_H
#define SRC_PT_REPLACE_H

#include "table.h"

/* Descriptors of one table, in a row. */
struct pt_run {
	struct table *table;
	va_t first; /* that the first one serves */
	uint32_t count;
};

/* Valid descriptors, and what they become. */
struct pt_replacement {
	struct pt_run run;
	const struct table *below; /* the table that the only one leads to */
	bool direct;	   /* old and new ones may be known at the same time */
	const pte_t *next; /* as many */
};

static inline uint64_t pt_run_pages(const struct pt_run *run)
{
	return (uint64_t)run->count
	       << (pt_level_shift(run->table->level) - SHM_PAGE_SHIFT);
}

/* Make them invalid, and nothing else. */
void pt_run_store_invalid(const struct pt_run *run);

/* No TLB knows the old ones afterwards, and new tables are published. */
void pt_replace(struct shm *shm, const struct pt_replacement *r);

#endif
