/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulated machine's own knowledge of the long descriptor format (Arm ARM
 * D8.3, and G5.4 for AArch32), on purpose apart from pt_format.h: bit positions
 * from the manual, in its own words.
 */
#ifndef SIM_FORMAT_H
#define SIM_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t sim_desc_t;

#ifndef SIM_VA_BITS
#define SIM_VA_BITS 48
#endif
/* A regime of 40 bits or more begins at level 0, of 31 or more at level 1. */
#define SIM_FIRST_LEVEL	    (SIM_VA_BITS > 39 ? 0u : SIM_VA_BITS > 30 ? 1u : 2u)
#define SIM_LAST_LEVEL	    3u
#define SIM_PAGE_PA_BITS    48
#define SIM_GROUP_PA_BITS   48
#define SIM_TABLE_HAS_WORLD false
/* Memory in which tables are told apart. */
#define SIM_CHUNK_BYTES 4096u
/* Each page of a group leads to its own place. */
#define SIM_GROUP_IS_ONE false
#define SIM_MEMORY_TYPES                           \
	{                                          \
		0xff, 0x04, 0x44, 0x00, 0x08, 0x0c \
	}

static inline unsigned int sim_level_shift(unsigned int level)
{
	return 39 - 9 * level;
}

static inline unsigned int sim_table_entries(unsigned int level)
{
	return level == SIM_FIRST_LEVEL
		       ? 1u << (SIM_VA_BITS - sim_level_shift(level))
		       : 512;
}

static inline bool sim_desc_valid(sim_desc_t desc)
{
	return desc & 1;
}

static inline bool sim_desc_is_table(sim_desc_t desc, unsigned int level)
{
	return level < SIM_LAST_LEVEL && (desc & 3) == 3;
}

/* A leaf the architecture gives a meaning to. */
static inline bool sim_desc_is_leaf(sim_desc_t desc, unsigned int level)
{
	if (!sim_desc_valid(desc))
		return false;
	if (level == SIM_LAST_LEVEL)
		return desc & 2;
	return level != 0 && !(desc & 2);
}

static inline uint64_t sim_desc_address(sim_desc_t desc, unsigned int level)
{
	(void)level;
	return desc & UINT64_C(0x0000fffffffff000);
}

/* What a table says of the pages behind it: NSTable is never used. */
static inline bool sim_desc_table_ns(sim_desc_t desc)
{
	return desc >> 63;
}

/* The contiguous bit. */
static inline bool sim_desc_in_group(sim_desc_t desc, unsigned int level)
{
	return sim_desc_valid(desc) && !sim_desc_is_table(desc, level) &&
	       (desc >> 52 & 1);
}

/* The descriptor `distance` places after `desc` in its group. */
static inline sim_desc_t
sim_desc_group_next(sim_desc_t desc, unsigned int level, unsigned int distance)
{
	return desc + ((uint64_t)distance << sim_level_shift(level));
}

/*
 * They differ at most in what may change in a live descriptor without a break:
 * AP, AF, XN and the bits for software.
 */
static inline bool sim_desc_alike(sim_desc_t a, sim_desc_t b,
				  unsigned int level)
{
	uint64_t free_bits = UINT64_C(3) << 6 | UINT64_C(1) << 10 |
			     UINT64_C(3) << 53 | UINT64_C(15) << 55;

	(void)level;
	return ((a ^ b) & ~free_bits) == 0;
}

#endif
