/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and ranges. Ranges of addresses are inclusive at both ends
 * (`first`, `last`), so that one which reaches the end of the address space
 * can be written down and no arithmetic on a valid range wraps.
 */
#ifndef DYNSHM_ADDR_H
#define DYNSHM_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHM_PAGE_SHIFT 12
#define SHM_PAGE_SIZE  (UINT64_C(1) << SHM_PAGE_SHIFT)
#define SHM_PAGE_MASK  (SHM_PAGE_SIZE - 1)

/* Physical addresses are 64 bits wide on every core, 32-bit ones included. */
typedef uint64_t pa_t;
/* Secure virtual addresses; never dereferenced but through arch access. */
typedef uint64_t va_t;

struct va_range {
	va_t first; /* bytes, inclusive */
	va_t last;  /* bytes, inclusive; >= first */
};

struct pa_range {
	pa_t first; /* bytes, inclusive */
	pa_t last;  /* bytes, inclusive; >= first */
};

static inline bool va_ranges_overlap(struct va_range a, struct va_range b)
{
	return a.first <= b.last && b.first <= a.last;
}

static inline bool pa_ranges_overlap(struct pa_range a, struct pa_range b)
{
	return a.first <= b.last && b.first <= a.last;
}

/* Bytes in a range; 0 stands for the whole 2^64. */
static inline uint64_t va_range_size(struct va_range r)
{
	return r.last - r.first + 1;
}

static inline bool shm_page_aligned(uint64_t addr)
{
	return (addr & SHM_PAGE_MASK) == 0;
}

/*
 * Make an inclusive range of `size` bytes at `first`. False, and *out
 * untouched, when size is 0 or the range would wrap.
 */
static inline bool va_range_make(va_t first, uint64_t size,
				 struct va_range *out)
{
	if (size == 0 || size - 1 > UINT64_MAX - first)
		return false;
	*out = (struct va_range){ first, first + (size - 1) };
	return true;
}

static inline bool pa_range_make(pa_t first, uint64_t size,
				 struct pa_range *out)
{
	if (size == 0 || size - 1 > UINT64_MAX - first)
		return false;
	*out = (struct pa_range){ first, first + (size - 1) };
	return true;
}

#endif
