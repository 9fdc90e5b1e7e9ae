/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operands for invalidating ranges of addresses, as AArch64 has them with
 * FEAT_TLBIRANGE (Arm ARM, TLBI RVAAE1IS), for pages of 4 KiB. One covers 1 to
 * 32 units of 2^(5 * scale + 1) pages, from any page on; so a single page has
 * none, and an odd number of pages takes one more invalidation by address.
 */
#ifndef ARCH_TLB_RANGE_H
#define ARCH_TLB_RANGE_H

#include <dynshm/addr.h>

#define TLB_RANGE_MIN	      2u /* pages */
#define TLB_RANGE_SCALE_MAX   3u
#define TLB_RANGE_UNITS_MAX   32u

#define TLB_RANGE_BASE_BITS   37
#define TLB_RANGE_TTL_SHIFT   37
#define TLB_RANGE_NUM_SHIFT   39
#define TLB_RANGE_SCALE_SHIFT 44
#define TLB_RANGE_TG_4K	      (UINT64_C(1) << 46)

struct tlb_range {
	uint64_t operand;
	uint64_t pages; /* that it covers */
};

static inline unsigned int tlb_range_unit_shift(unsigned int scale)
{
	return 5 * scale + 1;
}

/*
 * As much of the range as one operation covers: the first of at most four up
 * to 8 GiB. `pages` is at least TLB_RANGE_MIN. `level`: that of all entries
 * that have to go, or 0 where there may be several.
 */
static inline struct tlb_range tlb_range_first(va_t va, uint64_t pages,
					       unsigned int level)
{
	uint64_t base = (va >> SHM_PAGE_SHIFT) &
			((UINT64_C(1) << TLB_RANGE_BASE_BITS) - 1);
	unsigned int scale = TLB_RANGE_SCALE_MAX;
	uint64_t units;

	while (pages >> tlb_range_unit_shift(scale) == 0)
		scale--;
	units = pages >> tlb_range_unit_shift(scale);
	if (units > TLB_RANGE_UNITS_MAX)
		units = TLB_RANGE_UNITS_MAX;
	return (struct tlb_range){
		.operand = base | (uint64_t)level << TLB_RANGE_TTL_SHIFT |
			   (units - 1) << TLB_RANGE_NUM_SHIFT |
			   (uint64_t)scale << TLB_RANGE_SCALE_SHIFT |
			   TLB_RANGE_TG_4K,
		.pages = units << tlb_range_unit_shift(scale),
	};
}

#endif
