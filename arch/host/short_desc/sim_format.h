/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulated machine's own knowledge of short descriptors (Arm ARM B3.5.1,
 * B3.5.2), on purpose apart from pt_format.h: bit positions from the manual, in
 * its own words. SCTLR.AFE and SCTLR.TRE are 1.
 */
#ifndef SIM_FORMAT_H
#define SIM_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t sim_desc_t;

#define SIM_VA_BITS	    32
#define SIM_FIRST_LEVEL	    1u
#define SIM_LAST_LEVEL	    2u
#define SIM_PAGE_PA_BITS    32
#define SIM_GROUP_PA_BITS   40 /* of a supersection */
#define SIM_TABLE_HAS_WORLD true
/* Memory in which tables are told apart: a second-level table is 1 KiB. */
#define SIM_CHUNK_BYTES 1024u
/* All descriptors of a group say the same, the place of the first page. */
#define SIM_GROUP_IS_ONE true
/* ARMv7 has one kind of device memory. */
#define SIM_MEMORY_TYPES                           \
	{                                          \
		0xff, 0x04, 0x44, 0x00, 0x04, 0x04 \
	}

static inline unsigned int sim_level_shift(unsigned int level)
{
	return level == 1 ? 20 : 12;
}

static inline unsigned int sim_table_entries(unsigned int level)
{
	return level == 1 ? 4096 : 256;
}

static inline bool sim_desc_valid(sim_desc_t desc)
{
	return (desc & 3) != 0;
}

static inline bool sim_desc_is_table(sim_desc_t desc, unsigned int level)
{
	return level == 1 && (desc & 3) == 1;
}

/* Sections and small pages have bit 1, large pages only bit 0. */
static inline bool sim_desc_is_leaf(sim_desc_t desc, unsigned int level)
{
	return sim_desc_valid(desc) && !sim_desc_is_table(desc, level);
}

/* Bit 18 of a section; the kind of a page. */
static inline bool sim_desc_in_group(sim_desc_t desc, unsigned int level)
{
	if (level == 1)
		return (desc & 2) && (desc & UINT32_C(0x40000));
	return (desc & 3) == 1;
}

static inline uint64_t sim_desc_address(sim_desc_t desc, unsigned int level)
{
	if (level == 1 && (desc & 3) == 1)
		return desc & UINT32_C(0xfffffc00);
	if (level == 2)
		return desc &
		       (sim_desc_in_group(desc, 2) ? UINT32_C(0xffff0000)
						   : UINT32_C(0xfffff000));
	if (!sim_desc_in_group(desc, 1))
		return desc & UINT32_C(0xfff00000);
	return (desc & UINT32_C(0xff000000)) |
	       (uint64_t)((desc & UINT32_C(0x00f00000)) >> 20) << 32 |
	       (uint64_t)((desc & UINT32_C(0x000001e0)) >> 5) << 36;
}

/* What a table says of the pages behind it. */
static inline bool sim_desc_table_ns(sim_desc_t desc)
{
	return desc & UINT32_C(0x8);
}

/* The descriptor `distance` places after `desc` in its group. */
static inline sim_desc_t
sim_desc_group_next(sim_desc_t desc, unsigned int level, unsigned int distance)
{
	(void)level;
	(void)distance;
	return desc;
}

/*
 * They differ at most in what may change in a live descriptor without a break:
 * AP, XN and TEX[2:1], which are software's.
 */
static inline bool sim_desc_alike(sim_desc_t a, sim_desc_t b,
				  unsigned int level)
{
	uint32_t free_bits;

	if (level == 1)
		free_bits = UINT32_C(0x0000ec10); /* 15, 14:13, 11:10, 4 */
	else if (sim_desc_in_group(a, 2))
		free_bits = UINT32_C(0x0000e230); /* 15, 14:13, 9, 5:4 */
	else
		free_bits = UINT32_C(0x000003b1); /* 9, 8:7, 5:4, 0 */
	if (sim_desc_is_table(a, level) || sim_desc_is_table(b, level))
		return a == b;
	return ((a ^ b) & ~free_bits) == 0;
}

#endif
