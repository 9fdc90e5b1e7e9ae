// SPDX-License-Identifier: BSD-2-Clause
/* Boot, platforms and drivers. */
#include <compat/callers.h>

#define RNG_BASE 0x09000000
#define RNG_SIZE 0x1000

register_phys_mem(MEM_AREA_IO_NSEC, RNG_BASE, RNG_SIZE);

#define RNG_STATUS 0x8

/* As the device tree is mapped: no address comes back, so ask for it. */
void *caller_map_tree(paddr_t pa, size_t size)
{
	if (!core_mmu_add_mapping(MEM_AREA_IO_NSEC, pa, size))
		return NULL;
	return phys_to_virt(pa, MEM_AREA_IO_NSEC);
}

/* As boot tells its own memory from the rest. */
bool caller_is_core_memory(paddr_t pa)
{
	enum teecore_memtypes type = core_mmu_get_type_by_pa(pa);

	return type == MEM_AREA_TEE_RAM || type == MEM_AREA_TA_RAM;
}

bool caller_core_range(vaddr_t *base, size_t *size)
{
	vaddr_t end;

	core_mmu_get_mem_by_type(MEM_AREA_TEE_RAM, base, &end);
	*size = end - *base;
	return *size != 0;
}

/* As platforms find the registers of their console. */
vaddr_t caller_console_base(paddr_t pa)
{
	if (cpu_mmu_enabled())
		return (vaddr_t)phys_to_virt(pa, MEM_AREA_IO_SEC);
	return (vaddr_t)pa;
}

/* As drivers find those of their devices. */
uint32_t caller_rng_status(void)
{
	vaddr_t base = (vaddr_t)phys_to_virt(RNG_BASE, MEM_AREA_IO_NSEC);

	if (base == 0)
		return UINT32_MAX;
	return *(volatile uint32_t *)(base + RNG_STATUS);
}

const struct core_mmu_phys_mem *caller_rng_region(void)
{
	return &phys_mem_map_RNG_BASE;
}
