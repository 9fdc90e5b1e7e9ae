/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Telling the TLBs what has gone: noted while descriptors are cleared, told
 * once, between one pair of barriers, by as few operations as will do. What was
 * never valid is not noted, and a batch of nothing costs nothing.
 */
#ifndef SRC_TLB_BATCH_H
#define SRC_TLB_BATCH_H

#include <dynshm/guest.h>

/*
 * More operations than these cost more than what everything has to be looked
 * up again for: bench/tlb_threshold_bench.c counts that, and docs/design.md
 * says what follows.
 */
#define TLB_OPS_MAX 32u

/* Ranges told apart; with more of them, everything goes. */
#define TLB_SPANS 4u

/* Pages and blocks in any order, counted in pages. */
#define TLB_ANY_LEVEL 0u

/* A row of descriptors. */
struct tlb_span {
	va_t first;
	uint64_t count;
	uint8_t level; /* of the descriptors */
	bool tables;   /* a table above some of them has gone as well */
	bool blocks;   /* as tlb_batch_add_blocks() says */
};

struct tlb_batch {
	struct table *dead; /* to be freed when nothing walks through them */
	unsigned int count;
	bool all;
	bool silent; /* there is nobody to tell */
	struct tlb_span spans[TLB_SPANS];
};

/* Nothing has gone. */
static inline void tlb_batch_init(struct tlb_batch *batch)
{
	batch->dead = NULL;
	batch->count = 0;
	batch->all = false;
	batch->silent = false;
}

/*
 * The same for mappings of one owner. Of the dead, nothing can be reached, and
 * no TLB has had anything since they were cut off.
 */
static inline void tlb_batch_init_for(struct tlb_batch *batch,
				      const struct holdings *owner)
{
	tlb_batch_init(batch);
	batch->silent = __atomic_load_n(&owner->dead, __ATOMIC_ACQUIRE);
}

/*
 * `count`, not 0, neighbouring descriptors of `level`, the first for `va`, were
 * valid and have been cleared: pages, blocks of the level above, or
 * TLB_ANY_LEVEL. Each of a group counts: it may be cached by itself.
 */
void tlb_batch_add(struct tlb_batch *batch, va_t va, uint64_t count,
		   unsigned int level);

/* The same for the descriptors of so many pages. */
static inline void tlb_batch_add_pages(struct tlb_batch *batch, va_t va,
				       uint64_t pages, unsigned int level)
{
	tlb_batch_add(batch, va,
		      pages >> (pt_level_shift(level) - SHM_PAGE_SHIFT), level);
}

/*
 * The same for the descriptors of so many pages, one of which at least was
 * valid: a block for each aligned piece of its size, pages at the ends.
 */
void tlb_batch_add_blocks(struct tlb_batch *batch, va_t va, uint64_t pages);

/* The pieces that there are of these. */
uint64_t tlb_blocks_inside(va_t va, uint64_t pages);

/*
 * A table has been taken out of the tree, in which nothing has been valid but
 * what was noted just before: one address in it makes walk caches forget it.
 */
void tlb_batch_add_table(struct tlb_batch *batch, const struct table *table);

/* It is to be freed as well. */
static inline void tlb_batch_free_table(struct tlb_batch *batch,
					struct table *table)
{
	table->next = batch->dead;
	batch->dead = table;
}

static inline void tlb_batch_add_all(struct tlb_batch *batch)
{
	batch->all = true;
}

/*
 * Invalidate what was noted, and free the tables; the batch is used up. The
 * locks that keep others from using the addresses again are still held.
 */
void tlb_batch_finish(struct shm *shm, struct tlb_batch *batch);

/* All of that for one page, whose table stays. */
static inline void tlb_forget_page(va_t va)
{
	tlb_begin();
	tlb_invalidate_leaf(va);
	tlb_end();
}

#endif
