/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gaps in which a large block is taken apart (pt_replace.h) last for less than
 * another core takes to read twice. Here they last until it has been in them.
 */
#ifndef MMU_GAP_H
#define MMU_GAP_H

/*
 * From now on a gap stays open until the other core has run into it, or has
 * read `enough` times, by its count *reads, and so everywhere that it reads at
 * all. With NULL they last no longer than they must.
 */
void gap_wait_for(const unsigned int *reads, unsigned int enough);

#endif
