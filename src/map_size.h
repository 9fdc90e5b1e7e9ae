/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sizes that descriptors come in. What a run is mapped by depends on three
 * things: how long it is, and where it begins in physical and in virtual
 * memory. This says what they allow; the kinds of descriptors are made in
 * block.c and map_run.c.
 */
#ifndef SRC_MAP_SIZE_H
#define SRC_MAP_SIZE_H

#include <dynshm/pa_index.h>

/* All of them as powers of two, the largest first; pages come last. */
static const uint8_t map_shifts[] = { GRANULE_SHIFT, SHM_PAGE_SHIFT };

#define MAP_SHIFT_COUNT (sizeof(map_shifts) / sizeof(map_shifts[0]))

/* The largest size that `size` bytes at `pa` begin with, if mapped at `va`. */
static inline unsigned int map_shift_of(va_t va, pa_t pa, uint64_t size)
{
	unsigned int i = 0;

	while (((va | pa) & ((UINT64_C(1) << map_shifts[i]) - 1)) != 0 ||
	       size >> map_shifts[i] == 0)
		i++;
	return map_shifts[i];
}

#endif
