/* SPDX-License-Identifier: BSD-2-Clause */
/* TLBs and caches: a part of core_mmu.h, which includes it. */
#ifndef MM_MAINTENANCE_H
#define MM_MAINTENANCE_H

#include <types_ext.h>

/*
 * Invalidate TLB entries on all cores: all; those of the current or of the
 * given address space, where all are global, so again all; those for address
 * `a`. 0, or 1 for an unknown `op`.
 */
enum teecore_tlb_op {
	TLBINV_UNIFIEDTLB = 0,
	TLBINV_CURRENT_ASID = 1,
	TLBINV_BY_ASID = 2,
	TLBINV_BY_MVA = 3,
};

int core_tlb_maintenance(int op, unsigned int a);

/* Their successors. Lengths are bytes, whole granules. */
void tlbi_all(void);
void tlbi_asid(unsigned long asid);
void tlbi_va_allasid(vaddr_t va);
void tlbi_va_range(vaddr_t va, size_t len, size_t granule);

typedef enum cache_op {
	DCACHE_CLEAN = 0x1,
	DCACHE_AREA_CLEAN = 0x2,
	DCACHE_INVALIDATE = 0x3,
	DCACHE_AREA_INVALIDATE = 0x4,
	ICACHE_INVALIDATE = 0x5,
	ICACHE_AREA_INVALIDATE = 0x6,
	WRITE_BUFFER_DRAIN = 0x7,
	DCACHE_CLEAN_INV = 0x8,
	DCACHE_AREA_CLEAN_INV = 0x9,
	L2CACHE_INVALIDATE = 0xA,
	L2CACHE_AREA_INVALIDATE = 0xB,
	L2CACHE_CLEAN = 0xC,
	L2CACHE_AREA_CLEAN = 0xD,
	L2CACHE_CLEAN_INV = 0xE,
	L2CACHE_AREA_CLEAN_INV = 0xF,
} t_cache_operation_id;

/*
 * Maintain this core's caches, whole or (AREA) for a range of virtual
 * addresses: TEE_SUCCESS; 0xFFFFFFFF for WRITE_BUFFER_DRAIN;
 * TEE_ERROR_NOT_IMPLEMENTED for anything else.
 */
unsigned int cache_maintenance_l1(int op, void *va, size_t len);
/* The same for an outer cache, by physical address. There is none. */
unsigned int cache_maintenance_l2(int op, paddr_t pa, size_t len);
/* The same by their later names, with the same answers. */
TEE_Result cache_op_inner(enum cache_op op, void *va, size_t len);
TEE_Result cache_op_outer(enum cache_op op, paddr_t pa, size_t len);

#endif
