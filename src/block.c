// SPDX-License-Identifier: BSD-2-Clause
/* See block.h. */
#include "block.h"

#include "table.h"

enum shm_status block_map(struct pa_index *index, struct granule_entry *entry,
			  struct table *top, unsigned int slot, pa_t pa)
{
	pte_t attributes = pte_attributes(SHM_MEM_SHARED);
	enum shm_status st = pa_index_link_whole(index, entry, top, slot);

	if (st != SHM_OK)
		return st;
	for (unsigned int i = 0; i < GRANULE_BLOCKS; i++)
		table_store(top, slot + i,
			    pte_make_block(pa + ((pa_t)i << BLOCK_SHIFT),
					   attributes));
	top->live = (uint16_t)(top->live + GRANULE_BLOCKS);
	return SHM_OK;
}

uint32_t block_unmap(struct pa_index *index, struct table *top,
		     unsigned int slot)
{
	pa_t pa = table_page_address(pte_load(&top->entries[slot]), top->level,
				     table_va(top, slot));

	for (unsigned int i = 0; i < GRANULE_BLOCKS; i++)
		table_store(top, slot + i, PTE_INVALID);
	top->live = (uint16_t)(top->live - GRANULE_BLOCKS);
	pa_index_unlink_whole(index, pa, top, slot);
	return GRANULE_PAGES;
}
