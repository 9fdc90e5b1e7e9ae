// SPDX-License-Identifier: BSD-2-Clause
/* From physical addresses to virtual ones, and back. */
#include "internal.h"

void *phys_to_virt(paddr_t pa, enum teecore_memtypes m, size_t len)
{
	struct pa_range range;
	va_t va;

	if (!pa_range_make(pa, len, &range))
		return NULL;
	va = compat_static_find(range, m);
	if (va == 0)
		va = compat_dynamic_find(range, m);
	return (void *)(uintptr_t)va;
}

void *phys_to_virt_io(paddr_t pa, size_t len)
{
	void *va = phys_to_virt(pa, MEM_AREA_IO_SEC, len);

	return va != NULL ? va : phys_to_virt(pa, MEM_AREA_IO_NSEC, len);
}

paddr_t virt_to_phys(void *va)
{
	pa_t pa;

	return compat_translate((uintptr_t)va, &pa) ? pa : 0;
}

vaddr_t core_mmu_get_va(paddr_t pa, enum teecore_memtypes type, size_t len)
{
	if (cpu_mmu_enabled())
		return (vaddr_t)phys_to_virt(pa, type, len);
	return (vaddr_t)pa;
}

enum teecore_memtypes core_mmu_get_type_by_pa(paddr_t pa)
{
	const struct tee_mmap_region *region = compat_static_at(pa);

	if (region != NULL)
		return region->type;
	return compat_dynamic_type(pa);
}

static vaddr_t device_address(struct io_pa_va *p, size_t len, bool secure,
			      bool nsec)
{
	void *va = NULL;

	if (!cpu_mmu_enabled())
		return (vaddr_t)p->pa;
	if (p->va != 0)
		return p->va;
	if (secure)
		va = phys_to_virt(p->pa, MEM_AREA_IO_SEC, len);
	if (va == NULL && nsec)
		va = phys_to_virt(p->pa, MEM_AREA_IO_NSEC, len);
	p->va = (vaddr_t)va;
	return p->va;
}

vaddr_t io_pa_or_va(struct io_pa_va *p, size_t len)
{
	return device_address(p, len, true, true);
}

vaddr_t io_pa_or_va_secure(struct io_pa_va *p, size_t len)
{
	return device_address(p, len, true, false);
}

vaddr_t io_pa_or_va_nsec(struct io_pa_va *p, size_t len)
{
	return device_address(p, len, false, true);
}
