// SPDX-License-Identifier: BSD-2-Clause
/* See block.h. */
#include "block.h"

#include "gib.h"
#include "map_size.h"

/* As in leaf tables: what the granule's link stands for. */
static pte_t attributes(void)
{
	return pte_attributes(SHM_MEM_SHARED) | PTE_SW_BLOCK_LINK;
}

static pte_t make_block(pa_t pa)
{
	return pte_make_block(pa, attributes());
}

/* The first descriptor of a group. */
static pte_t make_group(const struct table *top, pa_t pa)
{
	return pte_make_group(pa, attributes(), top->level);
}

enum shm_status block_map(struct pa_index *index, struct granule_entry *entry,
			  struct table *top, unsigned int slot, pa_t pa)
{
	enum shm_status st = pa_index_link_whole(index, entry, top, slot);

	if (st != SHM_OK)
		return st;
	table_store_run(top, slot, make_block(pa), (pte_t)1 << BLOCK_SHIFT,
			GRANULE_BLOCKS);
	top->live = (uint16_t)(top->live + GRANULE_BLOCKS);
	return SHM_OK;
}

/* The descriptors from `slot` on are blocks that can be a group at `pa`. */
static bool can_be_group(const struct table *top, unsigned int slot, pa_t pa)
{
	if ((pa & (BLOCK_GROUP_SIZE - 1)) != 0)
		return false;
	for (unsigned int i = 0; i < PT_GROUP_COUNT; i++)
		if (pte_load(&top->entries[slot + i]) !=
		    make_block(pa + ((pa_t)i << BLOCK_SHIFT)))
			return false;
	return true;
}

static void join_group(struct table *top, unsigned int slot, pa_t pa)
{
	pte_t next[PT_GROUP_COUNT];
	struct pt_replacement r = {
		.run = { top, table_va(top, slot), PT_GROUP_COUNT },
		.next = next,
	};

	for (unsigned int i = 0; i < PT_GROUP_COUNT; i++)
		next[i] = make_group(top, pa) +
			  (pte_t)i * pte_group_step(top->level);
	pt_replace(top->owner->shm, &r);
}

/* All of the table are groups that can be a block at `pa`. */
static bool can_be_gib(const struct table *top, pa_t pa)
{
	if ((pa & (GIB_SIZE - 1)) != 0)
		return false;
	for (unsigned int i = 0; i < PT_ENTRY_COUNT; i += PT_GROUP_COUNT)
		if (pte_load(&top->entries[i]) !=
		    make_group(top, pa + ((pa_t)i << BLOCK_SHIFT)))
			return false;
	return true;
}

static void join_gib(struct table *top)
{
	pa_t pa = pte_address(pte_load(&top->entries[0]), top->level);

	if (can_be_gib(top, pa))
		gib_join(top, make_block(pa));
}

void block_join(struct table *top, va_t first, va_t end)
{
	va_t group = end - BLOCK_GROUP_SIZE;
	unsigned int slot;
	pa_t pa;

	/* Without room it may begin in the slot before that of `top`. */
	if ((end & (BLOCK_GROUP_SIZE - 1)) != 0 ||
	    end - first < BLOCK_GROUP_SIZE || group < top->first)
		return;
	slot = table_index(top, group);
	pa = pte_address(pte_load(&top->entries[slot]), top->level);
	if (!can_be_group(top, slot, pa))
		return;
	join_group(top, slot, pa);
	if ((end & (GIB_SIZE - 1)) == 0 && end - first >= GIB_SIZE)
		join_gib(top);
}

uint32_t block_unmap(struct pa_index *index, struct table *top,
		     unsigned int slot)
{
	pte_t pte = pte_load(&top->entries[slot]);
	va_t va = table_va(top, slot);
	unsigned int count = GRANULE_BLOCKS;
	pa_t pa;

	gib_split(top);
	if (pte_is_group(pte, top->level)) {
		va &= ~(BLOCK_GROUP_SIZE - 1);
		slot = table_index(top, va);
		pte = pte_load(&top->entries[slot]);
		count = PT_GROUP_COUNT;
	}
	pa = table_page_address(pte, top->level, va);
	table_clear_run(top, slot, count);
	top->live = (uint16_t)(top->live - count);
	for (unsigned int i = 0; i < count; i += GRANULE_BLOCKS)
		pa_index_unlink_whole(index, pa + ((pa_t)i << BLOCK_SHIFT), top,
				      slot + i);
	return count << (BLOCK_SHIFT - SHM_PAGE_SHIFT);
}
