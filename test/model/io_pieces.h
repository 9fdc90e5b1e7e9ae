/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What descriptors a long device range must have: said from the manual's rules
 * for blocks and groups, not by what the library does.
 */
#ifndef TEST_MODEL_IO_PIECES_H
#define TEST_MODEL_IO_PIECES_H

#include "sim/world.h"

#define PAGE SHM_PAGE_SIZE
/* A section or a block, and 16 of anything. */
#define BLOCK	    (SIM_LAST_LEVEL == 2 ? UINT64_C(0x100000) : UINT64_C(0x200000))
#define GROUP	    (16 * PAGE)
#define BLOCK_GROUP (16 * BLOCK)
#define GIB	    UINT64_C(0x40000000)
#define MIB(n)	    (UINT64_C(n) << 20)

/* A piece as large as can be of `size` bytes at `first`, around `at`. */
uint64_t io_piece_best(pa_t first, uint64_t size, pa_t at);

/*
 * What one descriptor serves there, or a group that counts as one; 0: nothing.
 */
uint64_t io_piece_at(va_t va);

/* All of a range is mapped, by pieces as large as can be. */
void io_pieces_check(va_t va, pa_t pa, uint64_t size);

#endif
