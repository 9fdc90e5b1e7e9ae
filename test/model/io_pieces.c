/* SPDX-License-Identifier: BSD-2-Clause */
/* See io_pieces.h. */
#include "model/io_pieces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

uint64_t io_piece_best(pa_t first, uint64_t size, pa_t at)
{
	/* Owners share the descriptors of a GiB where addresses are short. */
	static const uint64_t sizes[] = { GIB, BLOCK_GROUP, BLOCK, GROUP };

	for (unsigned int i = WORLD_IS_SMALL ? 1 : 0; i < 4; i++) {
		pa_t piece = at - at % sizes[i];

		if (piece >= first && piece + sizes[i] <= first + size)
			return sizes[i];
	}
	return PAGE;
}

uint64_t io_piece_at(va_t va)
{
	struct sim_mapping leaf = sim_walk(va);
	uint64_t size = PAGE;

	if (leaf.size == 0)
		return 0;
	if (leaf.level == SIM_LAST_LEVEL - 1)
		size = BLOCK;
	else if (leaf.level != SIM_LAST_LEVEL)
		size = GIB;
	return leaf.contiguous ? 16 * size : size;
}

void io_pieces_check(va_t va, pa_t pa, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += PAGE) {
		struct sim_mapping leaf = sim_walk(va + at);

		assert_int_equal(leaf.pa + (va + at - leaf.va), pa + at);
		assert_int_equal(io_piece_at(va + at),
				 io_piece_best(pa, size, pa + at));
	}
}
