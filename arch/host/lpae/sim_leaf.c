// SPDX-License-Identifier: BSD-2-Clause
/* What a page or block of the long descriptor format says. */
#include "sim_internal.h"

#define LEAF_ATTR_SHIFT 2
#define LEAF_NS		(UINT64_C(1) << 5)
#define LEAF_AP_EL0	(UINT64_C(1) << 6)
#define LEAF_AP_RO	(UINT64_C(1) << 7)
#define LEAF_SH_SHIFT	8
#define LEAF_AF		(UINT64_C(1) << 10)
#define LEAF_NG		(UINT64_C(1) << 11)
#define LEAF_CONTIGUOUS (UINT64_C(1) << 52)
#define LEAF_PXN	(UINT64_C(1) << 53)
#define LEAF_UXN	(UINT64_C(1) << 54)

struct sim_mapping sim_decode_leaf(sim_desc_t desc, struct sim_place place)
{
	unsigned int shift = sim_level_shift(place.level);
	uint64_t size = UINT64_C(1) << shift;

	return (struct sim_mapping){
		.va = place.prefix << shift,
		.pa = sim_desc_address(desc, place.level) & ~(size - 1),
		.size = size,
		.level = place.level,
		.attr = (unsigned int)(desc >> LEAF_ATTR_SHIFT) & 7,
		.share = (unsigned int)(desc >> LEAF_SH_SHIFT) & 3,
		.ns = (desc & LEAF_NS) || place.ns_table,
		.read_only = desc & LEAF_AP_RO,
		.user = desc & LEAF_AP_EL0,
		.accessed = desc & LEAF_AF,
		.not_global = desc & LEAF_NG,
		.executable =
			(desc & (LEAF_PXN | LEAF_UXN)) != (LEAF_PXN | LEAF_UXN),
		.contiguous = desc & LEAF_CONTIGUOUS,
	};
}

unsigned int sim_type_memory(uint64_t registers, unsigned int attr)
{
	return (unsigned int)(registers >> (8 * attr)) & 0xff;
}
