// SPDX-License-Identifier: BSD-2-Clause
/*
 * The static map, as drivers of OP-TEE declare theirs. core_init_mmu_map() runs
 * with the MMU off: see arch/aarch64/boot_map.c.
 */
#include <kernel/memory_map.h>

#include <arch/aarch64/boot_map.h>
#include <kernel/core.h>
#include <kernel/panic.h>

extern char __text_start[], __text_end[], __rodata_end[];
extern char __boot_tables_start[];
/* Their addresses are sizes; a section's end is not constant to a compiler. */
extern char __text_size[], __rodata_size[], __data_size[];
extern char __boot_tables_size[];
extern struct core_stack core_stacks[MAX_CORES];

extern const struct core_mmu_phys_mem __start_phys_mem_map_section[],
	__end_phys_mem_map_section[];

#define IMAGE_TEXT	   ((paddr_t)__text_start)
#define IMAGE_RODATA	   ((paddr_t)__text_end)
#define IMAGE_DATA	   ((paddr_t)__rodata_end)
#define IMAGE_BOOT_TABLES  ((paddr_t)__boot_tables_start)
#define LINKER_SIZE(which) ((size_t)__##which##_size)

register_phys_mem(MEM_AREA_TEE_RAM_RX, IMAGE_TEXT, LINKER_SIZE(text));
register_phys_mem(MEM_AREA_TEE_RAM_RO, IMAGE_RODATA, LINKER_SIZE(rodata));
register_phys_mem(MEM_AREA_TEE_RAM_RW, IMAGE_DATA, LINKER_SIZE(data));
register_phys_mem(MEM_AREA_TEE_RAM_RW, IMAGE_BOOT_TABLES,
		  LINKER_SIZE(boot_tables));

/* Constant after boot. */
static struct compat_memory memory;
static struct pa_range secure_ram;

void memory_map_add(enum teecore_memtypes type, pa_t pa, uint64_t size)
{
	if (!compat_static_add(type, pa, pa, size))
		panic("static map: 0x%lx overlaps, or raise %u",
		      (unsigned long)pa, COMPAT_STATIC_REGIONS);
	boot_map_range(pa, pa, size,
		       compat_memtype(core_mmu_type_to_attr(type)));
}

void core_init_mmu_map(void)
{
	const struct core_mmu_phys_mem *mem;

	for (mem = __start_phys_mem_map_section;
	     mem != __end_phys_mem_map_section; mem++)
		memory_map_add(mem->type, mem->addr, mem->size);
	for (unsigned int i = 0; i < MAX_CORES; i++)
		memory_map_add(MEM_AREA_TEE_RAM_RW, (pa_t)core_stacks[i].stack,
			       sizeof(core_stacks[i].stack));
	boot_map_early_console();
}

void memory_map_init(const struct range_set *ram, struct pa_range secure)
{
	static struct core_mmu_phys_mem found[RANGE_SET_MAX];

	secure_ram = secure;
	memory.secure = (struct compat_ranges){ &secure_ram, 1 };
	for (unsigned int i = 0; i < ram->count; i++) {
		struct pa_range range = ram->range[i];

		found[i].addr = range.first;
		found[i].size = range.last - range.first + 1;
	}
	core_mmu_set_discovered_nsec_ddr(found, ram->count);
	memory.shareable = compat_discovered_ddr();
	/* Nothing is known of RAM that is neither. */
	memory.external = memory.shareable;
}

const struct compat_memory *compat_memory(void)
{
	return &memory;
}
