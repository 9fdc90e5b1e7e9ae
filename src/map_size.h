/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sizes that descriptors come in. What a run is mapped by depends on three
 * things: how long it is, and where it begins in physical and in virtual
 * memory. This says what they allow. Descriptors are made in block.c and
 * map_run.c for regions, in pt_range.c for all else.
 */
#ifndef SRC_MAP_SIZE_H
#define SRC_MAP_SIZE_H

#include "pa_index.h"

/* A group of pages: they share a TLB entry. */
#define GROUP_SHIFT (SHM_PAGE_SHIFT + 4)
#define GROUP_SIZE  (UINT64_C(1) << GROUP_SHIFT)

/* A group of blocks. */
#define BLOCK_GROUP_SHIFT (BLOCK_SHIFT + 4)
#define BLOCK_GROUP_SIZE  (UINT64_C(1) << BLOCK_GROUP_SHIFT)

_Static_assert(PT_GROUP_COUNT == 16, "the shifts say so");

/*
 * All of them as powers of two, the largest first; pages come last. Of sections
 * regions take two at a time.
 */
static const uint8_t map_shifts[] = { GIB_SHIFT,     BLOCK_GROUP_SHIFT,
				      GRANULE_SHIFT, BLOCK_SHIFT,
				      GROUP_SHIFT,   SHM_PAGE_SHIFT };

/* An aligned stretch of `size` bytes, a power of two, is part of the memory. */
static inline bool map_has_stretch(pa_t pa, uint64_t bytes, uint64_t size)
{
	uint64_t lead = (0 - pa) & (size - 1);

	return bytes >= size && lead <= bytes - size;
}

/* The largest size that `size` bytes at `pa` begin with, if mapped at `va`. */
static inline unsigned int map_shift_of(va_t va, pa_t pa, uint64_t size)
{
	unsigned int i = 0;

	while (((va | pa) & ((UINT64_C(1) << map_shifts[i]) - 1)) != 0 ||
	       size >> map_shifts[i] == 0)
		i++;
	return map_shifts[i];
}

/*
 * The alignment of addresses by which `size` bytes at `pa`, a page at least,
 * are mapped best, of those less than `below`. Without room a GiB has
 * descriptors of several owners, so that none can be a block.
 */
static inline unsigned int map_best_shift(bool roomy, pa_t pa, uint64_t size,
					  unsigned int below)
{
	unsigned int i = roomy ? 0 : 1;

	while (map_shifts[i] != SHM_PAGE_SHIFT &&
	       (map_shifts[i] >= below ||
		!map_has_stretch(pa, size, UINT64_C(1) << map_shifts[i])))
		i++;
	return map_shifts[i];
}

#define MAP_SHIFT_ANY (GIB_SHIFT + 1u)

/*
 * The first of `count` words of a list may begin more than a page. It goes to a
 * place whose number, of those in a table at least, is `place`. Whether the
 * last word does, the next ones tell.
 */
static inline bool map_run_begins(uint32_t place, const uint64_t *words,
				  uint32_t count)
{
	pa_t pa = words[0];

	if ((pa & (GROUP_SIZE - 1)) != 0)
		return false;
	if ((pa & (GRANULE_SIZE - 1)) == 0)
		return true;
	return place % PT_GROUP_COUNT == 0 &&
	       (count == 1 || words[1] == pa + SHM_PAGE_SIZE);
}

#endif
