// SPDX-License-Identifier: BSD-2-Clause
/*
 * Builds the static map from a fixed array of tables: those that stay from the
 * low end, those of the boot window from the high end. The first is the root.
 * core_init_mmu_map() runs with the MMU off, so nothing here may depend on
 * caches, exclusives or unaligned accesses.
 */
#include <kernel/console.h>
#include <kernel/core.h>
#include <kernel/panic.h>

#include "boot_map.h"

/* QEMU takes 5 and 2 for the window; the rest goes to the pool. */
#define BOOT_TABLE_COUNT 16

#define LEVEL_BLOCK	 2
#define BLOCK_SIZE	 (UINT64_C(1) << 21)

_Static_assert(PT_MAIR == BOOT_MAIR, "start.S sets MAIR_EL1 to BOOT_MAIR");

struct boot_table {
	pte_t entry[PT_ENTRY_COUNT];
};

struct boot_table boot_tables[BOOT_TABLE_COUNT]
	__attribute__((section(".bss..boot_tables"), aligned(4096)));

/*
 * Behind the root, `used_count` stay; from the end, `window_count` are the
 * window's. Not in .data, which caches may hold while the MMU is off.
 */
static unsigned int used_count;
static unsigned int window_count;

pte_t *boot_root_table(void)
{
	return boot_tables[0].entry;
}

pa_t boot_map_end(void)
{
	return (pa_t)&boot_tables[1 + used_count];
}

static struct boot_table *take_table(bool for_window)
{
	if (1 + used_count + window_count == BOOT_TABLE_COUNT)
		panic("static map: raise BOOT_TABLE_COUNT (%u)",
		      BOOT_TABLE_COUNT);
	if (for_window)
		return &boot_tables[BOOT_TABLE_COUNT - ++window_count];
	return &boot_tables[1 + used_count++];
}

/* The table at `level` that translates `va`, made if it is not there. */
static pte_t *table_for(va_t va, unsigned int level)
{
	pte_t *table = boot_root_table();
	unsigned int at;

	for (at = 0; at < level; at++) {
		pte_t *slot = &table[pt_index(va, at)];
		bool for_window = va >= BOOT_WINDOW && at != 0;

		if (!pte_is_valid(*slot))
			pte_store(slot,
				  pte_make_table((pa_t)take_table(for_window),
						 0));
		if (!pte_is_table(*slot, at))
			panic("static map: 0x%llx is mapped as a block",
			      (unsigned long long)va);
		table = (pte_t *)pte_address(*slot, at);
	}
	return table;
}

static void map_leaf(va_t va, unsigned int level, pte_t pte)
{
	pte_t *slot = &table_for(va, level)[pt_index(va, level)];

	if (pte_is_valid(*slot) && *slot != pte)
		panic("static map: 0x%llx is asked for twice",
		      (unsigned long long)va);
	pte_store(slot, pte);
}

void boot_map_range(va_t va, pa_t pa, uint64_t size, enum shm_memtype type)
{
	pte_t attributes = pte_attributes(type);

	if (!shm_page_aligned(va | pa | size) ||
	    size > BOOT_WINDOW + BOOT_WINDOW_SIZE ||
	    va > BOOT_WINDOW + BOOT_WINDOW_SIZE - size)
		panic("static map: 0x%llx is not below 512 GiB",
		      (unsigned long long)va);
	while (size != 0) {
		bool block = ((va | pa) & (BLOCK_SIZE - 1)) == 0 &&
			     size >= BLOCK_SIZE;
		uint64_t step = block ? BLOCK_SIZE : SHM_PAGE_SIZE;

		if (block)
			map_leaf(va, LEVEL_BLOCK,
				 pte_make_block(pa, attributes));
		else
			map_leaf(va, PT_LEAF_LEVEL,
				 pte_make_page(pa, attributes));
		va += step;
		pa += step;
		size -= step;
	}
	cpu_publish_tables();
}

void boot_unmap_page(va_t va)
{
	pte_t *slot =
		&table_for(va, PT_LEAF_LEVEL)[pt_index(va, PT_LEAF_LEVEL)];

	pte_store(slot, PTE_INVALID);
	tlb_begin();
	tlb_invalidate_va(va);
	tlb_end();
}

void boot_map_early_console(void)
{
	if (EARLY_CONSOLE != 0)
		boot_map_range(EARLY_CONSOLE, EARLY_CONSOLE, SHM_PAGE_SIZE,
			       SHM_MEM_DEVICE);
}

void boot_unmap_window(void)
{
	pte_t *table = table_for(BOOT_WINDOW, 1);

	pte_store(&table[pt_index(BOOT_WINDOW, 1)], PTE_INVALID);
	tlb_begin();
	tlb_invalidate_all();
	tlb_end();
	while (window_count != 0)
		pte_clear_run(
			boot_tables[BOOT_TABLE_COUNT - window_count--].entry,
			PT_ENTRY_COUNT);
}
