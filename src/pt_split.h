/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changing descriptors that are in use, so that what they map stays mapped: a
 * block becomes a table of smaller ones, a group becomes single descriptors, or
 * attributes change (pt_replace.h). Index lock held.
 */
#ifndef SRC_PT_SPLIT_H
#define SRC_PT_SPLIT_H

#include "pt_range.h"

/*
 * See to it that a descriptor, alone or a whole group of them, begins at the
 * range's first address and one ends at its last. Splits two blocks and as many
 * groups at each level at most. SHM_NO_TABLE, SHM_NO_METADATA, SHM_OVER_BUDGET:
 * nothing has changed.
 */
enum shm_status pt_split_at_ends(struct holdings *owner, struct va_range range);

/*
 * Make a table of the block around `va`, which is there, of blocks or pages of
 * the next smaller size. Refused as above.
 */
enum shm_status pt_split_block(struct holdings *owner, va_t va);

/*
 * Make single descriptors of the group around `va` in the table, if there is
 * one.
 */
void pt_split_group(struct table *table, va_t va);

/*
 * Give the first descriptors of a run, in which no group is in part, another
 * type of the same world; how many. Each stays as large as it is.
 */
uint32_t pt_run_retype(const struct pt_run *run, enum shm_memtype type);

#endif
