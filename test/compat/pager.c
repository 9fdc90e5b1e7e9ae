// SPDX-License-Identifier: BSD-2-Clause
/* Work on translation tables, faults and caches. */
#include <compat/callers.h>

static bool find_page(vaddr_t va, struct core_mmu_table_info *info,
		      unsigned int *idx)
{
	if (!core_mmu_find_table(va, UINT32_MAX, info) ||
	    info->shift != SMALL_PAGE_SHIFT)
		return false;
	*idx = core_mmu_va2idx(info, va);
	return core_mmu_idx2va(info, *idx) == (va & ~(vaddr_t)SMALL_PAGE_MASK);
}

/* Unmap a page, but know where it was. */
bool caller_pager_take_away(vaddr_t va, paddr_t *pa, uint32_t *attr)
{
	struct core_mmu_table_info info;
	unsigned int idx;

	if (!find_page(va, &info, &idx))
		return false;
	core_mmu_get_entry(&info, idx, pa, attr);
	if (!(*attr & TEE_MATTR_VALID_BLOCK))
		return false;
	core_mmu_set_entry(&info, idx, 0, 0);
	return core_tlb_maintenance(TLBINV_UNIFIEDTLB, 0) == 0;
}

bool caller_pager_give_back(vaddr_t va, paddr_t pa, uint32_t attr)
{
	struct core_mmu_table_info info;
	unsigned int idx;
	uint32_t old;

	if (!find_page(va, &info, &idx))
		return false;
	core_mmu_get_entry(&info, idx, NULL, &old);
	if (old != 0)
		return false;
	core_mmu_set_entry(&info, idx, pa, attr);
	return core_tlb_maintenance(TLBINV_UNIFIEDTLB, 0) == 0;
}

const char *caller_abort_name(uint32_t fault_descr)
{
	switch (core_mmu_get_fault_type(fault_descr)) {
	case CORE_MMU_FAULT_ALIGNMENT:
		return "alignment";
	case CORE_MMU_FAULT_TRANSLATION:
		return "translation";
	case CORE_MMU_FAULT_READ_PERMISSION:
		return "read-permission";
	case CORE_MMU_FAULT_WRITE_PERMISSION:
		return "write-permission";
	default:
		return "other";
	}
}

/* As an application asks for it: both levels, the outer one page by page. */
unsigned int caller_clean_buffer(void *va, size_t size)
{
	unsigned int res = cache_maintenance_l1(DCACHE_AREA_CLEAN, va, size);
	vaddr_t at = (vaddr_t)va;
	vaddr_t end = at + size;

	while (res == 0 && at < end) {
		vaddr_t next = (at | SMALL_PAGE_MASK) + 1;
		paddr_t pa = virt_to_phys((void *)at);

		if (pa == 0)
			return UINT32_MAX;
		if (next > end)
			next = end;
		res = cache_maintenance_l2(L2CACHE_AREA_CLEAN, pa, next - at);
		at = next;
	}
	return res;
}
