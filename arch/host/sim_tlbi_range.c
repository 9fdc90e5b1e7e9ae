// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the operand of TLBI RVAAE1IS and its kin says (Arm ARM C5.5), for tables
 * with a granule of 4 KiB: in its own words, apart from arch/tlb_range.h.
 */
#include "sim_internal.h"

static uint64_t bits(uint64_t value, unsigned int high, unsigned int low)
{
	return value >> low & ((UINT64_C(2) << (high - low)) - 1);
}

/* BaseADDR <= x < BaseADDR + (NUM + 1) * 2^(5*SCALE + 1) * granule */
bool sim_tlbi_decode_range(uint64_t operand, struct sim_tlbi *out)
{
	uint64_t base = bits(operand, 36, 0) * 4096;
	uint64_t ttl = bits(operand, 38, 37);
	uint64_t num = bits(operand, 43, 39);
	uint64_t scale = bits(operand, 45, 44);
	uint64_t granule = bits(operand, 47, 46);
	uint64_t asid = bits(operand, 63, 48);
	uint64_t size = (num + 1) * 4096;

	for (uint64_t i = 0; i < 5 * scale + 1; i++)
		size *= 2;
	/* 1 stands for 4 KiB; the forms for all ASIDs have none. */
	if (granule != 1 || asid != 0)
		return false;
	/* A hint of a level of blocks wants an address that one may have. */
	if (ttl != 0 &&
	    (ttl > SIM_LAST_LEVEL ||
	     base % (UINT64_C(1) << sim_level_shift((unsigned int)ttl)) != 0))
		return false;
	out->range = (struct va_range){ base, base + size - 1 };
	out->level = (unsigned int)ttl;
	return true;
}
