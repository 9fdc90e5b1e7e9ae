/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long descriptors of the Arm architecture, 4 KiB granule, stage 1 of the
 * Secure EL1&0 regime (Arm ARM D8; AArch32 LPAE has the same bit positions).
 * Pure encoding and decoding; nothing here touches a table.
 */
#ifndef PT_FORMAT_H
#define PT_FORMAT_H

#include <dynshm/addr.h>
#include <dynshm/memtype.h>

typedef uint64_t pte_t;

/* Geometry. All tables but the first are a page of 512 descriptors. */
#define PT_LEAF_LEVEL	   3
#define PT_INDEX_BITS	   9
#define PT_ENTRY_COUNT	   (1u << PT_INDEX_BITS)
#define PT_PAGE_BITS	   9
#define PT_TABLES_PER_PAGE 1u
#define PT_TABLE_BYTES	   ((uint32_t)SHM_PAGE_SIZE)
#define PT_VA_BITS_MIN	   25
#define PT_VA_BITS_MAX	   48
#define PT_PAGE_PA_BITS	   48
#define PT_BLOCK_PA_BITS   48
/* The contiguous hint: each of its descriptors still names its own page. */
#define PT_GROUP_COUNT	 16u
#define PT_GROUP_IS_HINT true
/* Each page says itself to which world it leads. */
#define PT_TABLE_HAS_WORLD false

#define PTE_INVALID	   UINT64_C(0)

#define PTE_VALID	   (UINT64_C(1) << 0)
#define PTE_TABLE_OR_PAGE  (UINT64_C(1) << 1)
#define PTE_ATTR_SHIFT	   2
#define PTE_NS		   (UINT64_C(1) << 5)
#define PTE_READ_ONLY	   (UINT64_C(1) << 7)
#define PTE_SH_OUTER	   (UINT64_C(2) << 8)
#define PTE_SH_INNER	   (UINT64_C(3) << 8)
#define PTE_ACCESSED	   (UINT64_C(1) << 10)
#define PTE_CONTIGUOUS	   (UINT64_C(1) << 52)
#define PTE_PXN		   (UINT64_C(1) << 53)
#define PTE_UXN		   (UINT64_C(1) << 54)
#define PTE_ADDR_MASK	   (((UINT64_C(1) << PT_PAGE_PA_BITS) - 1) & ~SHM_PAGE_MASK)

/*
 * Software bits, 58:55. They tell unmapping what pa_index holds for a page, so
 * that it need not ask: a link of its own, or the one link of a run of 512
 * pages that this is a part of.
 */
#define PTE_SW_PAGE_LINK  (UINT64_C(1) << 55)
#define PTE_SW_BLOCK_LINK (UINT64_C(1) << 56)

/*
 * MAIR_EL1: AttrIndx is the base type of enum shm_memtype, in its order. On
 * AArch32 the halves are MAIR0 and MAIR1.
 */
#define PT_MAIR	 UINT64_C(0x0c08004404ff)
#define PT_TYPES PT_MAIR

static inline unsigned int pt_level_shift(unsigned int level)
{
	return SHM_PAGE_SHIFT + PT_INDEX_BITS * (PT_LEAF_LEVEL - level);
}

/* log2 of the first table's entries: it alone may have fewer than 512. */
static inline unsigned int pt_first_bits(unsigned int va_bits)
{
	return (va_bits - SHM_PAGE_SHIFT - 1) % PT_INDEX_BITS + 1;
}

static inline unsigned int pt_first_level(unsigned int va_bits)
{
	return PT_LEAF_LEVEL - (va_bits - SHM_PAGE_SHIFT - 1) / PT_INDEX_BITS;
}

static inline unsigned int pt_index(va_t va, unsigned int level)
{
	return (unsigned int)(va >> pt_level_shift(level)) &
	       (PT_ENTRY_COUNT - 1);
}

/* Blocks of 1 GiB and 2 MiB. */
static inline bool pt_has_blocks(unsigned int level)
{
	return level == 1 || level == 2;
}

static inline bool pte_is_valid(pte_t pte)
{
	return pte & PTE_VALID;
}

/* At the leaf level a valid descriptor is always a page. */
static inline bool pte_is_table(pte_t pte, unsigned int level)
{
	return level != PT_LEAF_LEVEL &&
	       (pte & (PTE_VALID | PTE_TABLE_OR_PAGE)) ==
		       (PTE_VALID | PTE_TABLE_OR_PAGE);
}

static inline pa_t pte_address(pte_t pte, unsigned int level)
{
	(void)level;
	return pte & PTE_ADDR_MASK;
}

/* What the descriptor of a table says of the pages behind it. */
static inline pte_t pte_table_attributes(enum shm_memtype type)
{
	(void)type;
	return 0;
}

static inline pte_t pte_make_table(pa_t table, pte_t table_attributes)
{
	return table | table_attributes | PTE_TABLE_OR_PAGE | PTE_VALID;
}

/*
 * The bits that a memory type asks for, everything but the address. Device
 * memory is always outer shareable; so is, in effect, uncached memory, and both
 * have the field as the architecture recommends.
 */
static inline pte_t pte_attributes(enum shm_memtype type)
{
	pte_t pte = (pte_t)shm_memtype_base(type) << PTE_ATTR_SHIFT;

	pte |= shm_memtype_base(type) == SHM_MEM_CACHED ? PTE_SH_INNER
							: PTE_SH_OUTER;
	if (type & SHM_MEM_READ_ONLY)
		pte |= PTE_READ_ONLY;
	if (type & SHM_MEM_NON_SECURE)
		pte |= PTE_NS;
	/* Only EL1 executes at all. */
	return pte | PTE_UXN | (type & SHM_MEM_NO_EXEC ? PTE_PXN : 0);
}

/* The type of a valid page or block; `table`: of the table that it is in. */
static inline enum shm_memtype pte_memtype(pte_t pte, unsigned int level,
					   pte_t table)
{
	(void)level;
	(void)table;
	return (pte >> PTE_ATTR_SHIFT & SHM_MEM_TYPE_MASK) |
	       (pte & PTE_READ_ONLY ? SHM_MEM_READ_ONLY : 0) |
	       (pte & PTE_NS ? SHM_MEM_NON_SECURE : 0) |
	       (pte & PTE_PXN ? SHM_MEM_NO_EXEC : 0);
}

/* Which of the PTE_SW_ bits it was made with. */
static inline pte_t pte_software(pte_t pte, unsigned int level)
{
	(void)level;
	return pte & (PTE_SW_PAGE_LINK | PTE_SW_BLOCK_LINK);
}

static inline pte_t pte_make_page(pa_t page, pte_t attributes)
{
	return page | attributes | PTE_ACCESSED | PTE_TABLE_OR_PAGE | PTE_VALID;
}

static inline pte_t pte_make_block(pa_t block, pte_t attributes)
{
	return block | attributes | PTE_ACCESSED | PTE_VALID;
}

/*
 * The first of the descriptors of a group, and what each next one adds. `pa` is
 * aligned to the whole group.
 */
static inline pte_t pte_make_group(pa_t pa, pte_t attributes,
				   unsigned int level)
{
	return PTE_CONTIGUOUS |
	       (level == PT_LEAF_LEVEL ? pte_make_page(pa, attributes)
				       : pte_make_block(pa, attributes));
}

static inline pte_t pte_group_step(unsigned int level)
{
	return UINT64_C(1) << pt_level_shift(level);
}

static inline bool pte_is_group(pte_t pte, unsigned int level)
{
	(void)level;
	return pte & PTE_CONTIGUOUS;
}

/* ESR_EL1, or DFSR and IFSR with long descriptors: bits 5:0 are the status. */
static inline bool pt_fault_is_conflict(uint32_t status)
{
	return (status & 0x3f) == 0x30;
}

#endif
