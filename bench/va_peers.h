/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two other ways to hand out virtual ranges, for va_pool_bench.c to compare
 * with, at page alignment only. Both are written for this bench.
 *
 * first_fit: one list of all areas by address; the search walks it.
 *
 * vmalloc: the algorithm of Linux mm/vmalloc.c. Gaps are objects in a tree by
 * address, augmented with the largest, and in a list; areas are in another
 * tree. A reservation walks down both trees, a release walks down the gaps to
 * find the neighbours to merge with. It stands on the same red-black tree, with
 * its update function compiled in, as the pool does.
 */
#ifndef BENCH_VA_PEERS_H
#define BENCH_VA_PEERS_H

#include "src/rbtree_inline.h"

struct ff_area {
	struct ff_area *prev;
	struct ff_area *next;
	uint64_t first;
	uint64_t end; /* exclusive */
};

struct ff_pool {
	struct ff_area low; /* empty areas at both ends of the window */
	struct ff_area high;
};

static void ff_init(struct ff_pool *pool, uint64_t first, uint64_t end)
{
	pool->low = (struct ff_area){ NULL, &pool->high, first, first };
	pool->high = (struct ff_area){ &pool->low, NULL, end, end };
}

static void ff_reserve(struct ff_pool *pool, uint64_t size,
		       struct ff_area *area)
{
	struct ff_area *at = &pool->low;

	while (at->next->first - at->end < size)
		at = at->next;
	*area = (struct ff_area){ at, at->next, at->end, at->end + size };
	at->next->prev = area;
	at->next = area;
}

static void ff_release(struct ff_area *area)
{
	area->prev->next = area->next;
	area->next->prev = area->prev;
}

struct vm_area {
	struct rb_node node;
	struct vm_area *prev; /* gaps only; a stack of spare objects by next */
	struct vm_area *next;
	uint64_t first;
	uint64_t end;	   /* exclusive */
	uint64_t max_size; /* gaps only: the largest in the subtree */
};

struct vm_pool {
	struct rb_tree gaps;
	struct rb_tree areas;
	struct vm_area list; /* ring of gaps */
	struct vm_area *spare;
};

static inline struct vm_area *vm_of(struct rb_node *node)
{
	return (struct vm_area *)node;
}

static inline uint64_t vm_max(struct rb_node *node)
{
	return node ? vm_of(node)->max_size : 0;
}

static bool vm_update(struct rb_node *node)
{
	struct vm_area *gap = vm_of(node);
	uint64_t left = vm_max(node->child[RB_LEFT]);
	uint64_t right = vm_max(node->child[RB_RIGHT]);
	uint64_t max = gap->end - gap->first;

	max = max < left ? left : max;
	max = max < right ? right : max;
	if (gap->max_size == max)
		return false;
	gap->max_size = max;
	return true;
}

static void vm_put(struct vm_pool *pool, struct vm_area *area)
{
	area->next = pool->spare;
	pool->spare = area;
}

static struct rb_slot vm_slot(struct rb_tree *tree, uint64_t first)
{
	struct rb_slot slot = { NULL, RB_LEFT };
	struct rb_node *node = tree->root;

	while (node != NULL)
		node = rb_descend(node, vm_of(node)->first < first, &slot);
	return slot;
}

static void vm_erase_gap(struct vm_pool *pool, struct vm_area *gap)
{
	gap->prev->next = gap->next;
	gap->next->prev = gap->prev;
	rb_inline_erase(&pool->gaps, vm_update, &gap->node, NULL);
	vm_put(pool, gap);
}

/* The object of the area becomes that of a gap, unless it can be merged. */
static void vm_add_gap(struct vm_pool *pool, struct vm_area *gap)
{
	struct rb_slot slot = vm_slot(&pool->gaps, gap->first);
	struct vm_area *next = &pool->list;
	struct vm_area *prev;

	if (slot.parent != NULL)
		next = slot.side == RB_LEFT ? vm_of(slot.parent)
					    : vm_of(slot.parent)->next;
	prev = next->prev;
	if (next != &pool->list && next->first == gap->end) {
		next->first = gap->first;
		vm_put(pool, gap);
		gap = next;
	}
	if (prev != &pool->list && prev->end == gap->first) {
		uint64_t end = gap->end;

		if (gap == next)
			vm_erase_gap(pool, gap);
		else
			vm_put(pool, gap);
		gap = prev;
		gap->end = end;
	}
	if (gap == next || gap == prev) {
		rb_update_up(vm_update, &gap->node);
		return;
	}
	gap->prev = prev;
	gap->next = next;
	prev->next = gap;
	next->prev = gap;
	rb_inline_insert(&pool->gaps, vm_update, slot, &gap->node, &gap->node);
}

/* `spare` are `count` objects, enough for all areas and gaps. */
static void vm_init(struct vm_pool *pool, uint64_t first, uint64_t end,
		    struct vm_area *spare, unsigned int count)
{
	rb_init(&pool->gaps, vm_update);
	rb_init(&pool->areas, NULL);
	pool->list.prev = &pool->list;
	pool->list.next = &pool->list;
	pool->spare = NULL;
	while (count-- > 1)
		vm_put(pool, &spare[count]);
	spare[0].first = first;
	spare[0].end = end;
	vm_add_gap(pool, &spare[0]);
}

static struct vm_area *vm_lowest_gap(struct vm_pool *pool, uint64_t size)
{
	struct rb_node *node = pool->gaps.root;

	for (;;) {
		if (vm_max(node->child[RB_LEFT]) >= size)
			node = node->child[RB_LEFT];
		else if (vm_of(node)->end - vm_of(node)->first >= size)
			return vm_of(node);
		else
			node = node->child[RB_RIGHT];
	}
}

static struct vm_area *vm_reserve(struct vm_pool *pool, uint64_t size)
{
	struct vm_area *gap = vm_lowest_gap(pool, size);
	struct vm_area *area = pool->spare;

	pool->spare = area->next;
	area->first = gap->first;
	area->end = gap->first + size;
	if (gap->end == area->end) {
		vm_erase_gap(pool, gap);
	} else {
		gap->first = area->end;
		rb_update_up(vm_update, &gap->node);
	}
	rb_inline_insert(&pool->areas, NULL, vm_slot(&pool->areas, area->first),
			 &area->node, &area->node);
	return area;
}

static bool vm_starts_by(const struct rb_node *node, const void *va)
{
	return ((const struct vm_area *)node)->first <= *(const uint64_t *)va;
}

static struct vm_area *vm_find(const struct vm_pool *pool, uint64_t va)
{
	return vm_of(rb_find_last(&pool->areas, vm_starts_by, &va));
}

static void vm_release(struct vm_pool *pool, struct vm_area *area)
{
	rb_inline_erase(&pool->areas, NULL, &area->node, NULL);
	vm_add_gap(pool, area);
}

#endif
