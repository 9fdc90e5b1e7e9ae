// SPDX-License-Identifier: BSD-2-Clause
/* TLBs and caches, by OP-TEE's numbers. */
#include "internal.h"

#include <cpu.h>

void tlbi_all(void)
{
	tlb_begin();
	tlb_invalidate_all();
	tlb_end();
}

/* All mappings are global. */
void tlbi_asid(unsigned long asid)
{
	(void)asid;
	tlbi_all();
}

void tlbi_va_allasid(vaddr_t va)
{
	tlb_begin();
	tlb_invalidate_va(va);
	tlb_end();
}

/* More addresses than these cost more than starting over. */
#define BY_ADDRESS 32u

void tlbi_va_range(vaddr_t va, size_t len, size_t granule)
{
	if (granule == 0 || granule > SIZE_MAX / BY_ADDRESS ||
	    len > granule * BY_ADDRESS) {
		tlbi_all();
		return;
	}
	tlb_begin();
	for (size_t at = 0; at < len; at += granule)
		tlb_invalidate_va(va + at);
	tlb_end();
}

/* An address of 32 bits names none where they have 64: then all go. */
int core_tlb_maintenance(int op, unsigned int a)
{
	switch (op) {
	case TLBINV_UNIFIEDTLB:
	case TLBINV_CURRENT_ASID:
	case TLBINV_BY_ASID:
		tlbi_all();
		return 0;
	case TLBINV_BY_MVA:
		if (sizeof(a) < sizeof(vaddr_t))
			tlbi_all();
		else
			tlbi_va_allasid(a);
		return 0;
	default:
		return 1;
	}
}

unsigned int cache_maintenance_l1(int op, void *va, size_t len)
{
	va_t at = (uintptr_t)va;

	switch (op) {
	case DCACHE_CLEAN:
		compat_dcache_all(COMPAT_CLEAN);
		return TEE_SUCCESS;
	case DCACHE_INVALIDATE:
		compat_dcache_all(COMPAT_INVALIDATE);
		return TEE_SUCCESS;
	case DCACHE_CLEAN_INV:
		compat_dcache_all(COMPAT_CLEAN_INVALIDATE);
		return TEE_SUCCESS;
	case DCACHE_AREA_CLEAN:
		compat_dcache_area(COMPAT_CLEAN, at, len);
		return TEE_SUCCESS;
	case DCACHE_AREA_INVALIDATE:
		compat_dcache_area(COMPAT_INVALIDATE, at, len);
		return TEE_SUCCESS;
	case DCACHE_AREA_CLEAN_INV:
		compat_dcache_area(COMPAT_CLEAN_INVALIDATE, at, len);
		return TEE_SUCCESS;
	case ICACHE_INVALIDATE:
		compat_icache_all();
		return TEE_SUCCESS;
	case ICACHE_AREA_INVALIDATE:
		compat_icache_area(at, len);
		return TEE_SUCCESS;
	case WRITE_BUFFER_DRAIN:
		return UINT32_MAX;
	default:
		return TEE_ERROR_NOT_IMPLEMENTED;
	}
}

/* Without an outer cache that is not part of the inner ones: nothing to do. */
unsigned int cache_maintenance_l2(int op, paddr_t pa, size_t len)
{
	(void)op;
	(void)pa;
	(void)len;
	return TEE_SUCCESS;
}

TEE_Result cache_op_inner(enum cache_op op, void *va, size_t len)
{
	return cache_maintenance_l1((int)op, va, len);
}

TEE_Result cache_op_outer(enum cache_op op, paddr_t pa, size_t len)
{
	return cache_maintenance_l2((int)op, pa, len);
}
