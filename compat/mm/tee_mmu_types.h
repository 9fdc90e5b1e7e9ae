/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes of mappings, and the regions that static maps are made of. */
#ifndef MM_TEE_MMU_TYPES_H
#define MM_TEE_MMU_TYPES_H

#include <types_ext.h>

/* Kind of entry. */
#define TEE_MATTR_VALID_BLOCK	     (UINT32_C(1) << 0)
#define TEE_MATTR_HIDDEN_BLOCK	     (UINT32_C(1) << 1) /* pager: clean */
#define TEE_MATTR_HIDDEN_DIRTY_BLOCK (UINT32_C(1) << 2) /* pager: dirty */
#define TEE_MATTR_TABLE		     (UINT32_C(1) << 3)

/* Who may do what; writing and executing imply reading. */
#define TEE_MATTR_PR	    (UINT32_C(1) << 4)
#define TEE_MATTR_PW	    (UINT32_C(1) << 5)
#define TEE_MATTR_PX	    (UINT32_C(1) << 6)
#define TEE_MATTR_PRW	    (TEE_MATTR_PR | TEE_MATTR_PW)
#define TEE_MATTR_PRX	    (TEE_MATTR_PR | TEE_MATTR_PX)
#define TEE_MATTR_PRWX	    (TEE_MATTR_PRW | TEE_MATTR_PX)
#define TEE_MATTR_UR	    (UINT32_C(1) << 7)
#define TEE_MATTR_UW	    (UINT32_C(1) << 8)
#define TEE_MATTR_UX	    (UINT32_C(1) << 9)
#define TEE_MATTR_URW	    (TEE_MATTR_UR | TEE_MATTR_UW)
#define TEE_MATTR_URX	    (TEE_MATTR_UR | TEE_MATTR_UX)
#define TEE_MATTR_URWX	    (TEE_MATTR_URW | TEE_MATTR_UX)
#define TEE_MATTR_PROT_MASK (TEE_MATTR_PRWX | TEE_MATTR_URWX)

#define TEE_MATTR_GLOBAL    (UINT32_C(1) << 10)
#define TEE_MATTR_SECURE    (UINT32_C(1) << 11)

/* What memory it is; today's names and those of 2016. */
#define TEE_MATTR_MEM_TYPE_SHIFT      12
#define TEE_MATTR_MEM_TYPE_MASK	      UINT32_C(7)
#define TEE_MATTR_MEM_TYPE_DEV	      UINT32_C(0)
#define TEE_MATTR_MEM_TYPE_CACHED     UINT32_C(1)
#define TEE_MATTR_MEM_TYPE_STRONGLY_O UINT32_C(2)
#define TEE_MATTR_CACHE_SHIFT	      TEE_MATTR_MEM_TYPE_SHIFT
#define TEE_MATTR_CACHE_MASK	      TEE_MATTR_MEM_TYPE_MASK
#define TEE_MATTR_CACHE_NONCACHE      TEE_MATTR_MEM_TYPE_DEV
#define TEE_MATTR_CACHE_CACHED	      TEE_MATTR_MEM_TYPE_CACHED

/* Of regions, never of descriptors. */
#define TEE_MATTR_VIRTUAL (UINT32_C(1) << 15)
#define TEE_MATTR_LOCKED  (UINT32_C(1) << 16) /* pager */
#define TEE_MATTR_PAGED	  (UINT32_C(1) << 17) /* pager */

struct tee_mmap_region {
	unsigned int type;	  /* enum teecore_memtypes */
	unsigned int region_size; /* bytes an entry of its table maps */
	paddr_t pa;
	vaddr_t va;
	size_t size; /* bytes; 0 ends a list */
	uint32_t attr;
};

struct tee_mmu_info {
	struct tee_mmap_region *table;
	size_t size; /* of table, in regions */
	vaddr_t ta_private_vmem_start;
	vaddr_t ta_private_vmem_end;
};

#endif
