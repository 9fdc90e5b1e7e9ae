// SPDX-License-Identifier: BSD-2-Clause
/* The same trades as they are plied today. */
#define OPTEE_API 410

#include <compat/callers.h>

uint32_t *caller_device_register(struct caller_device *device, size_t offset)
{
	vaddr_t base = io_pa_or_va(&device->base, device->size);

	return base == 0 ? NULL : (uint32_t *)(base + offset);
}

void *caller_device_map(paddr_t pa, size_t size)
{
	return core_mmu_add_mapping(MEM_AREA_IO_SEC, pa, size);
}

TEE_Result caller_device_unmap(void *va, size_t size)
{
	return core_mmu_remove_mapping(MEM_AREA_IO_SEC, va, size);
}

/* As shared memory is mapped from a list of its pages. */
TEE_Result caller_shm_map(vaddr_t va, paddr_t *pages, size_t count)
{
	return core_mmu_map_pages(va, pages, count, MEM_AREA_NSEC_SHM);
}

void caller_shm_unmap(vaddr_t va, size_t count)
{
	core_mmu_unmap_pages(va, count);
}

void *caller_buffer_address(paddr_t pa, size_t size)
{
	if (!core_pbuf_is(CORE_MEM_REG_SHM, pa, size))
		return NULL;
	return phys_to_virt(pa, MEM_AREA_SHM_VASPACE, size);
}

bool caller_entry_of(vaddr_t va, paddr_t *pa, uint32_t *attr)
{
	struct core_mmu_table_info info;

	if (!core_mmu_find_table(NULL, va, UINT32_MAX, &info))
		return false;
	core_mmu_get_entry(&info, core_mmu_va2idx(&info, va), pa, attr);
	return true;
}
