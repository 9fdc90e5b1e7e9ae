// SPDX-License-Identifier: BSD-2-Clause
/* Which operations invalidate what has gone. */
#include "tlb_batch.h"

#include <tlb_range.h>

#include "slot.h"
#include "table.h"

/* The bytes that a span counts in. */
static unsigned int span_shift(const struct tlb_span *span)
{
	return span->level == TLB_ANY_LEVEL ? SHM_PAGE_SHIFT
					    : pt_level_shift(span->level);
}

static va_t span_end(const struct tlb_span *span)
{
	return span->first + (span->count << span_shift(span));
}

static struct tlb_span *last_span(struct tlb_batch *batch)
{
	return batch->count == 0 ? NULL : &batch->spans[batch->count - 1];
}

static void new_span(struct tlb_batch *batch, struct tlb_span span)
{
	if (batch->count == TLB_SPANS)
		batch->all = true;
	else
		batch->spans[batch->count++] = span;
}

void tlb_batch_add(struct tlb_batch *batch, va_t va, uint64_t count,
		   unsigned int level)
{
	struct tlb_span *last = last_span(batch);

	if (last != NULL && last->level == level && !last->blocks &&
	    span_end(last) == va)
		last->count += count;
	else
		new_span(batch, (struct tlb_span){ .first = va,
						   .count = count,
						   .level = (uint8_t)level });
}

void tlb_batch_add_blocks(struct tlb_batch *batch, va_t va, uint64_t pages)
{
	new_span(batch, (struct tlb_span){ .first = va,
					   .count = pages,
					   .level = TLB_ANY_LEVEL,
					   .blocks = true });
}

void tlb_batch_add_table(struct tlb_batch *batch, const struct table *table)
{
	struct tlb_span *last = last_span(batch);
	va_t first = table->first;
	va_t end = first + table_entry_span(table->level - 1u);

	if (last != NULL && last->first < end && first < span_end(last))
		last->tables = true;
	else
		new_span(batch, (struct tlb_span){ .first = first,
						   .count = 1,
						   .level = PT_LEAF_LEVEL,
						   .tables = true });
}

uint64_t tlb_blocks_inside(va_t va, uint64_t pages)
{
	uint64_t first = (va + LEAF_SIZE - 1) / LEAF_SIZE;
	uint64_t end = (va + (pages << SHM_PAGE_SHIFT)) / LEAF_SIZE;

	return first < end ? end - first : 0;
}

/* Descriptors, as each takes an operation by address. */
static uint64_t span_entries(const struct tlb_span *span)
{
	uint64_t blocks;

	if (!span->blocks)
		return span->count;
	blocks = tlb_blocks_inside(span->first, span->count);
	return span->count - (blocks << PT_INDEX_BITS) + blocks;
}

static bool by_range(const struct tlb_span *span, bool has_ranges)
{
	return has_ranges && span->count != 1;
}

static uint64_t span_pages(const struct tlb_span *span)
{
	return span->count << (span_shift(span) - SHM_PAGE_SHIFT);
}

static uint64_t count_operations(const struct tlb_span *span, bool has_ranges)
{
	uint64_t pages = span_pages(span);
	uint64_t count = 0;

	if (!by_range(span, has_ranges))
		return span_entries(span);
	for (; pages >= TLB_RANGE_MIN; count++)
		pages -= tlb_range_first(0, pages, 0).pages;
	return count + pages;
}

static void invalidate_one(const struct tlb_span *span, va_t va)
{
	if (span->tables)
		tlb_invalidate_va(va);
	else
		tlb_invalidate_leaf(va);
}

/*
 * A level is a promise that walk caches above it are all that has to go beside
 * it; the descriptor of a table may be at the very level of blocks.
 */
static void invalidate_range(const struct tlb_span *span)
{
	unsigned int level = span->tables ? TLB_ANY_LEVEL : span->level;
	uint64_t pages = span_pages(span);
	va_t va = span->first;

	while (pages >= TLB_RANGE_MIN) {
		struct tlb_range range = tlb_range_first(va, pages, level);

		if (span->tables)
			tlb_invalidate_range(range.operand);
		else
			tlb_invalidate_leaf_range(range.operand);
		va += range.pages << SHM_PAGE_SHIFT;
		pages -= range.pages;
	}
	if (pages != 0)
		invalidate_one(span, va);
}

static void invalidate_blocks(const struct tlb_span *span)
{
	va_t end = span_end(span);
	va_t va = span->first;

	while (va < end) {
		bool block = va % LEAF_SIZE == 0 && end - va >= LEAF_SIZE;

		invalidate_one(span, va);
		va += block ? LEAF_SIZE : SHM_PAGE_SIZE;
	}
}

static void invalidate_span(const struct tlb_span *span, bool has_ranges)
{
	if (by_range(span, has_ranges)) {
		invalidate_range(span);
		return;
	}
	if (span->blocks) {
		invalidate_blocks(span);
		return;
	}
	for (uint64_t i = 0; i < span->count; i++)
		invalidate_one(span, span->first + (i << span_shift(span)));
}

static bool is_too_much(const struct tlb_batch *batch, bool has_ranges)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i < batch->count; i++)
		count += count_operations(&batch->spans[i], has_ranges);
	return count > TLB_OPS_MAX;
}

static void invalidate(const struct tlb_batch *batch, bool has_ranges)
{
	tlb_begin();
	if (batch->all || is_too_much(batch, has_ranges))
		tlb_invalidate_all();
	else
		for (unsigned int i = 0; i < batch->count; i++)
			invalidate_span(&batch->spans[i], has_ranges);
	tlb_end();
}

void tlb_batch_finish(struct shm *shm, struct tlb_batch *batch)
{
	if (!batch->silent && (batch->all || batch->count != 0))
		invalidate(batch, shm->has_tlb_ranges);
	table_destroy_list(shm, batch->dead);
}
