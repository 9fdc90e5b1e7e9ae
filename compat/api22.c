// SPDX-License-Identifier: BSD-2-Clause
/*
 * The names whose signature or answers have changed since OP-TEE 2.2, as they
 * were then, in terms of what they are today.
 */
#undef OPTEE_API
#define OPTEE_API 22

#include <mm/core_memprot.h>

void *today_phys_to_virt(paddr_t pa, enum teecore_memtypes m,
			 size_t len) __asm__("phys_to_virt_410");
bool today_find_table(void *prtn, vaddr_t va, unsigned int max_level,
		      struct core_mmu_table_info
			      *tbl_info) __asm__("core_mmu_find_table_410");
void *today_add_mapping(enum teecore_memtypes type, paddr_t addr,
			size_t len) __asm__("core_mmu_add_mapping_410");
unsigned int
today_get_type_by_pa(paddr_t pa) __asm__("core_mmu_get_type_by_pa_410");

void *phys_to_virt(paddr_t pa, enum teecore_memtypes m)
{
	return today_phys_to_virt(pa, m, 1);
}

bool core_mmu_find_table(vaddr_t va, unsigned int max_level,
			 struct core_mmu_table_info *tbl_info)
{
	return today_find_table(NULL, va, max_level, tbl_info);
}

bool core_mmu_add_mapping(enum teecore_memtypes type, paddr_t addr, size_t len)
{
	return len == 0 || today_add_mapping(type, addr, len) != NULL;
}

/* The core's RAM was all of one type then. */
enum teecore_memtypes core_mmu_get_type_by_pa(paddr_t pa)
{
	unsigned int type = today_get_type_by_pa(pa);

	return type < MEM_AREA_MAXTYPE ? type : MEM_AREA_TEE_RAM;
}
