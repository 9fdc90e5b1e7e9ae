// SPDX-License-Identifier: BSD-2-Clause
/* Stretches of memory by the largest descriptors; see pt_range.h. */
#include "pt_range.h"

#include "gib.h"
#include "map_size.h"
#include "slot.h"
#include "space.h"

/* Descriptors that may be blocks are in the tables above the leaves. */
#define BLOCK_LEVEL (PT_LEAF_LEVEL - 1)

static uint32_t table_size(const struct table *table)
{
	return table->count != 0 ? table->count : PT_ENTRY_COUNT;
}

static void store_single(struct table *table, unsigned int index, pa_t pa,
			 pte_t attributes, uint32_t count)
{
	pte_t first = table->level == PT_LEAF_LEVEL
			      ? pte_make_page(pa, attributes)
			      : pte_make_block(pa, attributes);

	table_store_run(table, index, first,
			(pte_t)table_entry_span(table->level), count);
}

static void store_group(struct table *table, unsigned int index, pa_t pa,
			pte_t attributes)
{
	table_store_run(table, index,
			pte_make_group(pa, attributes, table->level),
			pte_group_step(table->level), PT_GROUP_COUNT);
}

void pt_fill(struct table *table, unsigned int index, uint32_t count, pa_t pa,
	     pte_t attributes)
{
	uint64_t span = table_entry_span(table->level);
	uint64_t group = pt_group_span(table->level);

	while (count != 0) {
		va_t va = table->first + index * span;
		bool fits = ((va ^ pa) & (group - 1)) == 0;
		uint32_t lead = (uint32_t)(((0 - va) & (group - 1)) / span);
		uint32_t part = count;

		if (fits && lead == 0 && count >= PT_GROUP_COUNT) {
			part = PT_GROUP_COUNT;
			store_group(table, index, pa, attributes);
		} else {
			if (fits && lead != 0 && lead < count)
				part = lead;
			store_single(table, index, pa, attributes, part);
		}
		index += part;
		pa += part * span;
		count -= part;
	}
}

/* Descriptors from `index` on that serve at most `pages`. */
static uint32_t run_length(const struct table *table, unsigned int index,
			   uint64_t pages)
{
	uint64_t count =
		pages >> (pt_level_shift(table->level) - SHM_PAGE_SHIFT);
	uint32_t fit = table_size(table) - index;

	return count < fit ? (uint32_t)count : fit;
}

/* A block fits where the range begins, and no table is in its place. */
static bool takes_block(const struct table *table, const struct pt_range *range)
{
	uint64_t span = table_entry_span(BLOCK_LEVEL);

	return table->level == BLOCK_LEVEL &&
	       ((range->va | range->pa) & (span - 1)) == 0 &&
	       range->pages >= span >> SHM_PAGE_SHIFT;
}

/* How many descriptors in a row are invalid, at most `count`. */
static uint32_t count_free(const struct table *table, unsigned int index,
			   uint32_t count)
{
	uint32_t free = 0;

	while (free < count &&
	       !pte_is_valid(pte_load(&table->entries[index + free])))
		free++;
	return free;
}

enum shm_status pt_range_put(struct holdings *owner,
			     const struct pt_range *range, uint64_t *done)
{
	struct table *table = space_find_table(owner, range->va);
	pte_t attributes = pte_attributes(range->type);
	enum shm_status st = SHM_OK;
	unsigned int index;
	uint32_t count;

	if (!takes_block(table, range))
		st = space_make_leaf(owner, range->va, &table);
	if (st != SHM_OK)
		return st;
	index = table_index(table, range->va);
	count = run_length(table, index, range->pages);
	if (table->level == BLOCK_LEVEL)
		count = count_free(table, index, count);
	*done = pt_run_pages(&(struct pt_run){ table, range->va, count });
	if (map_shift_of(range->va, range->pa, *done << SHM_PAGE_SHIFT) ==
	    GIB_SHIFT)
		gib_join(table, pte_make_block(range->pa, attributes));
	pt_fill(table, index, count, range->pa, attributes);
	table->live = (uint16_t)(table->live + count);
	return SHM_OK;
}

/* How many descriptors in a row are no tables; the first is none. */
static uint32_t count_blocks(const struct table *table, unsigned int index,
			     uint32_t count)
{
	uint32_t blocks = 1;

	while (blocks < count &&
	       !pte_is_table(pte_load(&table->entries[index + blocks]),
			     table->level))
		blocks++;
	return blocks;
}

struct pt_run pt_run_find(struct holdings *owner, va_t va, uint64_t pages)
{
	struct table *table = space_find_table(owner, va);
	unsigned int index = table_index(table, va);
	uint32_t count = run_length(table, index, pages);

	if (table->level != PT_LEAF_LEVEL)
		count = count_blocks(table, index, count);
	return (struct pt_run){ table, va, count };
}

void pt_run_clear(const struct pt_run *run, struct tlb_batch *batch)
{
	struct table *table = run->table;

	gib_split(table);
	pt_run_store_invalid(run);
	table->live = (uint16_t)(table->live - run->count);
	if (table->level == PT_LEAF_LEVEL && table->live == 0 && !table->keep)
		space_unhook_leaf(table, batch);
}
