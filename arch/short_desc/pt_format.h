/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Short descriptors of ARMv7-A (Arm ARM B3.5), with the access flag
 * (SCTLR.AFE = 1) and TEX remap (SCTLR.TRE = 1), in domain 0. The first table
 * has 4096 descriptors of 1 MiB, a leaf table 256 of 4 KiB in 1 KiB. Pure
 * encoding and decoding; nothing here touches a table.
 *
 * A small page has its fields in other bits than a large page, and both in
 * others than a section. Attributes are carried about as a small page has them.
 */
#ifndef PT_FORMAT_H
#define PT_FORMAT_H

#include <dynshm/addr.h>
#include <dynshm/memtype.h>

typedef uint32_t pte_t;

/* Geometry. The first level is 1, as in the Arm ARM; there is none between. */
#define PT_LEAF_LEVEL	   2
#define PT_INDEX_BITS	   8
#define PT_ENTRY_COUNT	   (1u << PT_INDEX_BITS)
#define PT_PAGE_BITS	   10
#define PT_TABLES_PER_PAGE 4u
#define PT_TABLE_BYTES	   UINT32_C(1024)
#define PT_VA_BITS_MIN	   25 /* TTBCR.N = 7 */
#define PT_VA_BITS_MAX	   32
#define PT_PAGE_PA_BITS	   32
#define PT_BLOCK_PA_BITS   40 /* as a group of 16 sections only */
/* Large pages and supersections: 16 times the same descriptor. */
#define PT_GROUP_COUNT	 16u
#define PT_GROUP_IS_HINT false
/* Pages have no NS bit. */
#define PT_TABLE_HAS_WORLD true

#define PTE_INVALID	   UINT32_C(0)

/* A small page. */
#define PTE_NO_EXEC    (UINT32_C(1) << 0)
#define PTE_SMALL_PAGE (UINT32_C(1) << 1)
#define PTE_CB_SHIFT   2
#define PTE_ACCESSED   (UINT32_C(1) << 4) /* AP[0] */
#define PTE_TEX0_SHIFT 6
#define PTE_READ_ONLY  (UINT32_C(1) << 9) /* AP[2] */
#define PTE_SHAREABLE  (UINT32_C(1) << 10)
/* TEX[2:1] are software's when TRE is set; what they say: see lpae. */
#define PTE_SW_PAGE_LINK  (UINT32_C(1) << 7)
#define PTE_SW_BLOCK_LINK (UINT32_C(1) << 8)
/* Not in a small page, but in the attributes of one. */
#define PTE_NS (UINT32_C(1) << 31)

/* The others. */
#define PTE_LARGE_PAGE (UINT32_C(1) << 0)
#define PTE_LARGE_XN   (UINT32_C(1) << 15)
#define PTE_TABLE      (UINT32_C(1) << 0)
#define PTE_TABLE_NS   (UINT32_C(1) << 3)
#define PTE_SECTION    (UINT32_C(1) << 1)
#define PTE_SECTION_XN (UINT32_C(1) << 4)
#define PTE_SUPER      (UINT32_C(1) << 18)
#define PTE_SECTION_NS (UINT32_C(1) << 19)
/* Where TEX of both, and AP and S of a section, are. */
#define PTE_TEX_MOVE	 6
#define PTE_SECTION_MOVE 6
#define PTE_TEX_MASK	 (UINT32_C(7) << PTE_TEX0_SHIFT)
#define PTE_CB_MASK	 (UINT32_C(3) << PTE_CB_SHIFT)

/*
 * PRRR and NMRR: {TEX[0], C, B} is the base type of enum shm_memtype, in its
 * order. Normal memory is shareable if S is set, which it always is, inner
 * shareable only if cached; device memory always is.
 */
#define PT_PRRR	 UINT32_C(0x010b0526)
#define PT_NMRR	 UINT32_C(0x00010001)
#define PT_TYPES ((uint64_t)PT_NMRR << 32 | PT_PRRR)

static inline unsigned int pt_level_shift(unsigned int level)
{
	return level == PT_LEAF_LEVEL ? 12 : 20;
}

/* log2 of the first table's entries. */
static inline unsigned int pt_first_bits(unsigned int va_bits)
{
	return va_bits - 20;
}

static inline unsigned int pt_first_level(unsigned int va_bits)
{
	(void)va_bits;
	return 1;
}

static inline unsigned int pt_index(va_t va, unsigned int level)
{
	return (unsigned int)(va >> pt_level_shift(level)) &
	       (level == PT_LEAF_LEVEL ? PT_ENTRY_COUNT - 1 : 4095);
}

/* Sections of 1 MiB. */
static inline bool pt_has_blocks(unsigned int level)
{
	return level == 1;
}

static inline bool pte_is_valid(pte_t pte)
{
	return (pte & 3) != 0;
}

static inline bool pte_is_table(pte_t pte, unsigned int level)
{
	return level != PT_LEAF_LEVEL && (pte & 3) == PTE_TABLE;
}

/* One of 16 that are alike: a large page, or a supersection. */
static inline bool pte_is_group(pte_t pte, unsigned int level)
{
	if (level == PT_LEAF_LEVEL)
		return (pte & 3) == PTE_LARGE_PAGE;
	return (pte & PTE_SECTION) && (pte & PTE_SUPER);
}

static inline pa_t pte_address(pte_t pte, unsigned int level)
{
	if (level == PT_LEAF_LEVEL)
		return pte & ~(pte_is_group(pte, level) ? UINT32_C(0xffff)
							: UINT32_C(0xfff));
	if (pte_is_table(pte, level))
		return pte & ~UINT32_C(0x3ff);
	if (pte_is_group(pte, level))
		return (pte & ~UINT32_C(0xffffff)) |
		       (pa_t)(pte >> 20 & 15) << 32 |
		       (pa_t)(pte >> 5 & 15) << 36;
	return pte & ~UINT32_C(0xfffff);
}

/* What the descriptor of a table says of the pages behind it. */
static inline pte_t pte_table_attributes(enum shm_memtype type)
{
	return type & SHM_MEM_NON_SECURE ? PTE_TABLE_NS : 0;
}

static inline pte_t pte_make_table(pa_t table, pte_t table_attributes)
{
	return (pte_t)table | table_attributes | PTE_TABLE;
}

static inline pte_t pte_attributes(enum shm_memtype type)
{
	pte_t base = (pte_t)shm_memtype_base(type);
	pte_t pte = PTE_SHAREABLE | PTE_ACCESSED;

	pte |= (base & 3) << PTE_CB_SHIFT | base >> 2 << PTE_TEX0_SHIFT;
	if (type & SHM_MEM_READ_ONLY)
		pte |= PTE_READ_ONLY;
	if (type & SHM_MEM_NON_SECURE)
		pte |= PTE_NS;
	return type & SHM_MEM_NO_EXEC ? pte | PTE_NO_EXEC : pte;
}

/* A page or block in the bits of a small page, without its address. */
static inline pte_t pte_as_small(pte_t pte, unsigned int level, pte_t table)
{
	pte_t small = pte & PTE_CB_MASK;

	if (level != PT_LEAF_LEVEL)
		return small |
		       (pte >> PTE_SECTION_MOVE &
			(PTE_TEX_MASK | PTE_ACCESSED | PTE_READ_ONLY |
			 PTE_SHAREABLE)) |
		       (pte & PTE_SECTION_XN ? PTE_NO_EXEC : 0) |
		       (pte & PTE_SECTION_NS ? PTE_NS : 0);
	if (table & PTE_TABLE_NS)
		small |= PTE_NS;
	small |= pte & (PTE_ACCESSED | PTE_READ_ONLY | PTE_SHAREABLE);
	if (pte_is_group(pte, level))
		return small | (pte >> PTE_TEX_MOVE & PTE_TEX_MASK) |
		       (pte & PTE_LARGE_XN ? PTE_NO_EXEC : 0);
	return small | (pte & (PTE_TEX_MASK | PTE_NO_EXEC));
}

/* The type of a valid page or block; `table`: of the table that it is in. */
static inline enum shm_memtype pte_memtype(pte_t pte, unsigned int level,
					   pte_t table)
{
	pte_t small = pte_as_small(pte, level, table);

	return (enum shm_memtype)(small >> PTE_CB_SHIFT & 3) |
	       (small >> PTE_TEX0_SHIFT & 1) << 2 |
	       (small & PTE_READ_ONLY ? SHM_MEM_READ_ONLY : 0) |
	       (small & PTE_NS ? SHM_MEM_NON_SECURE : 0) |
	       (small & PTE_NO_EXEC ? SHM_MEM_NO_EXEC : 0);
}

/* Which of the PTE_SW_ bits it was made with. */
static inline pte_t pte_software(pte_t pte, unsigned int level)
{
	return pte_as_small(pte, level, 0) &
	       (PTE_SW_PAGE_LINK | PTE_SW_BLOCK_LINK);
}

static inline pte_t pte_make_page(pa_t page, pte_t attributes)
{
	return (pte_t)page | (attributes & ~PTE_NS) | PTE_SMALL_PAGE;
}

/* A section without its address, or with the attributes of a supersection. */
static inline pte_t pte_section_bits(pte_t attributes)
{
	return PTE_SECTION | (attributes & PTE_CB_MASK) |
	       (attributes &
		(PTE_TEX_MASK | PTE_ACCESSED | PTE_READ_ONLY | PTE_SHAREABLE))
		       << PTE_SECTION_MOVE |
	       (attributes & PTE_NO_EXEC ? PTE_SECTION_XN : 0) |
	       (attributes & PTE_NS ? PTE_SECTION_NS : 0);
}

static inline pte_t pte_make_block(pa_t block, pte_t attributes)
{
	return (pte_t)block | pte_section_bits(attributes);
}

/* A large page, or a supersection: aligned to 64 KiB or 16 MiB. */
static inline pte_t pte_make_group(pa_t pa, pte_t attributes,
				   unsigned int level)
{
	if (level == PT_LEAF_LEVEL)
		return (pte_t)pa | PTE_LARGE_PAGE |
		       (attributes & (PTE_CB_MASK | PTE_ACCESSED |
				      PTE_READ_ONLY | PTE_SHAREABLE)) |
		       (attributes & PTE_TEX_MASK) << PTE_TEX_MOVE |
		       (attributes & PTE_NO_EXEC ? PTE_LARGE_XN : 0);
	return pte_section_bits(attributes) | PTE_SUPER |
	       ((pte_t)pa & ~UINT32_C(0xffffff)) |
	       (pte_t)(pa >> 32 & 15) << 20 | (pte_t)(pa >> 36 & 15) << 5;
}

static inline pte_t pte_group_step(unsigned int level)
{
	(void)level;
	return 0;
}

/* DFSR and IFSR: bits 10 and 3:0 are the status. */
static inline bool pt_fault_is_conflict(uint32_t status)
{
	return (status & 0x40f) == 0x400;
}

#endif
