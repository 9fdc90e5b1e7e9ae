/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks of 1 GiB. One takes the place of the table at the top of a slot, when
 * all of that says the same; the table stays as it is, for look-ups and for the
 * moment when a part of the GiB goes or changes: then it takes its place again.
 * So that needs no memory, and death is the same few stores.
 *
 * Formats without such blocks, and owners that share the table above the
 * leaves, have none: nothing happens then. Index lock held.
 */
#ifndef SRC_GIB_H
#define SRC_GIB_H

#include "pt_replace.h"

/* A block stands in the place of the table. */
bool gib_is_block(const struct table *top);

/*
 * Let it be so. The table is empty and about to be filled, or says what the
 * block does; nobody uses the addresses yet.
 */
void gib_join(struct table *top, pte_t block);

/* Let the block be another one, as the table is already. */
void gib_change(struct table *top, pte_t block, bool direct);

/* Let the CPU walk the table again. What is mapped stays mapped. */
void gib_split(struct table *top);

#endif
