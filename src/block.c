// SPDX-License-Identifier: BSD-2-Clause
/*
 * See block.h. Joining and splitting replace descriptors that are valid: first
 * they go, then what TLBs know of them, then the new ones come.
 */
#include "block.h"

#include "map_size.h"
#include "table.h"

static pte_t make_block(pa_t pa)
{
	return pte_make_block(pa, pte_attributes(SHM_MEM_SHARED));
}

/* The first descriptor of a group. */
static pte_t make_group(const struct table *top, pa_t pa)
{
	return pte_make_group(pa, pte_attributes(SHM_MEM_SHARED), top->level);
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
	table_clear_run(top, slot, PT_GROUP_COUNT);
	tlb_begin();
	for (unsigned int i = 0; i < PT_GROUP_COUNT; i++)
		tlb_invalidate_va(table_va(top, slot + i));
	tlb_end();
	table_store_run(top, slot, make_group(top, pa),
			pte_group_step(top->level), PT_GROUP_COUNT);
}

/*
 * The descriptor that leads to the table, if it can be a block instead, or is
 * one. NULL where several owners share it, in formats without blocks of that
 * size, and for the dead.
 */
static pte_t *gib_descriptor(const struct table *top)
{
	const struct table *upper = top->parent;

	if (upper == NULL || top->mirror != NULL ||
	    !pt_has_blocks(upper->level))
		return NULL;
	return &upper->entries[table_index(upper, top->first)];
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

/* From now on it says something else of the whole GiB at `va`. */
static void gib_store(pte_t *descriptor, va_t va, pte_t pte)
{
	pte_store(descriptor, PTE_INVALID);
	tlb_begin();
	/* A block is one entry; behind a table there may be hundreds. */
	if (pte_is_table(pte, PT_LEAF_LEVEL - 2))
		tlb_invalidate_va(va);
	else
		tlb_invalidate_all();
	tlb_end();
	pte_store(descriptor, pte);
}

static void join_gib(struct table *top)
{
	pte_t *descriptor = gib_descriptor(top);
	pa_t pa = pte_address(pte_load(&top->entries[0]), top->level);

	if (descriptor != NULL && can_be_gib(top, pa))
		gib_store(descriptor, top->first, make_block(pa));
}

void block_join(struct table *top, va_t first, va_t end)
{
	va_t group = end - BLOCK_GROUP_SIZE;
	unsigned int slot = table_index(top, group);
	pa_t pa;

	if ((end & (BLOCK_GROUP_SIZE - 1)) != 0 ||
	    end - first < BLOCK_GROUP_SIZE)
		return;
	pa = pte_address(pte_load(&top->entries[slot]), top->level);
	if (!can_be_group(top, slot, pa))
		return;
	join_group(top, slot, pa);
	if ((end & (GIB_SIZE - 1)) == 0 && end - first >= GIB_SIZE)
		join_gib(top);
}

static void split_gib(struct pa_index *index, struct table *top)
{
	pte_t *descriptor = gib_descriptor(top);

	if (descriptor == NULL ||
	    pte_is_table(pte_load(descriptor), top->level - 1u))
		return;
	gib_store(descriptor, top->first,
		  pte_make_table(meta_page_pa(index->pool, top->entries),
				 top->attributes));
}

uint32_t block_unmap(struct pa_index *index, struct table *top,
		     unsigned int slot)
{
	pte_t pte = pte_load(&top->entries[slot]);
	va_t va = table_va(top, slot);
	unsigned int count = GRANULE_BLOCKS;
	pa_t pa;

	split_gib(index, top);
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
