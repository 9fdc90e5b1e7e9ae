// SPDX-License-Identifier: BSD-2-Clause
/* What a page, section or group of the short descriptor format says. */
#include "sim_internal.h"

/* Where the fields are, from the lowest bit on. */
struct layout {
	unsigned int xn;
	unsigned int tex0;
	unsigned int ap1; /* AP[0] is below it */
	unsigned int ap2;
	unsigned int s;
	unsigned int ng;
};

static const struct layout section = { 4, 12, 11, 15, 16, 17 };
static const struct layout large_page = { 15, 12, 5, 9, 10, 11 };
static const struct layout small_page = { 0, 6, 5, 9, 10, 11 };

static bool bit(sim_desc_t desc, unsigned int number)
{
	return desc >> number & 1;
}

struct sim_mapping sim_decode_leaf(sim_desc_t desc, struct sim_place place)
{
	bool group = sim_desc_in_group(desc, place.level);
	const struct layout *at = place.level == 1 ? &section
				  : group	   ? &large_page
						   : &small_page;
	uint64_t size = UINT64_C(1)
			<< (sim_level_shift(place.level) + (group ? 4 : 0));
	unsigned int attr = (unsigned int)bit(desc, at->tex0) << 2 |
			    (unsigned int)bit(desc, 3) << 1 | bit(desc, 2);

	return (struct sim_mapping){
		.va = (place.prefix << sim_level_shift(place.level)) &
		      ~(size - 1),
		.pa = sim_desc_address(desc, place.level),
		.size = size,
		.level = place.level,
		.attr = attr,
		/* As PRRR says: inner shareable if cached, else outer. */
		.share = !bit(desc, at->s) ? 0
			 : attr == 0	   ? 3
					   : 2,
		.ns = place.level == 1 ? bit(desc, 19) : place.ns_table,
		.read_only = bit(desc, at->ap2),
		.user = bit(desc, at->ap1),
		.accessed = bit(desc, at->ap1 - 1),
		.not_global = bit(desc, at->ng),
		.executable = !bit(desc, at->xn),
		.contiguous = group,
	};
}

/* Arm ARM B3.8.3: fields of two bits for each type, then the shareability. */
unsigned int sim_type_memory(uint64_t registers, unsigned int attr)
{
	uint32_t prrr = (uint32_t)registers;
	uint32_t nmrr = (uint32_t)(registers >> 32);
	unsigned int inner = nmrr >> (2 * attr) & 3;
	unsigned int outer = nmrr >> (16 + 2 * attr) & 3;
	bool inner_shareable_only = bit(prrr, 24 + attr);

	switch (prrr >> (2 * attr) & 3) {
	case 0:
		return 0x00;
	case 1:
		/* Shareable, whatever S says. */
		return bit(prrr, 16) && bit(prrr, 17) ? 0x04 : 0x100;
	case 2:
		/* Shareable if S is set. */
		if (!bit(prrr, 19) || inner != outer)
			return 0x100;
		if (inner == 0)
			return inner_shareable_only ? 0x100 : 0x44;
		return inner == 1 && inner_shareable_only ? 0xff : 0x100;
	}
	return 0x100;
}
