/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects for a tree with a maximum as its summary, and the check of a whole
 * tree from scratch: links, order, colours, black heights, summaries, walks.
 */
#ifndef TEST_UNIT_RB_ITEMS_H
#define TEST_UNIT_RB_ITEMS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dynshm/rbtree.h>

#define MAX_ITEMS 600

struct item {
	struct rb_node node;
	unsigned int key;
	unsigned int weight;
	unsigned int max_weight; /* of the subtree */
};

static struct item items[MAX_ITEMS];
static unsigned int update_count;

static inline struct item *item_of(struct rb_node *node)
{
	return (struct item *)node;
}

static inline unsigned int max_of(struct rb_node *node)
{
	return node ? item_of(node)->max_weight : 0;
}

static inline unsigned int expected_max(struct rb_node *node)
{
	unsigned int max = item_of(node)->weight;

	for (int side = 0; side < 2; side++)
		if (max_of(node->child[side]) > max)
			max = max_of(node->child[side]);
	return max;
}

static inline bool update_max(struct rb_node *node)
{
	struct item *item = item_of(node);
	unsigned int before = item->max_weight;

	update_count++;
	item->max_weight = expected_max(node);
	return item->max_weight != before;
}

static inline bool black(const struct rb_node *node)
{
	return node == NULL || (node->parent_colour & 1) != 0;
}

/* The black height of a subtree, all of it checked on the way. */
static inline unsigned int check_below(const struct rb_tree *tree,
				       struct rb_node *node,
				       struct rb_node *parent)
{
	unsigned int height[2];

	if (node == NULL)
		return 0;
	assert_ptr_equal(rb_parent(node), parent);
	for (int side = 0; side < 2; side++) {
		struct rb_node *child = node->child[side];

		height[side] = check_below(tree, child, node);
		if (child != NULL && side == RB_LEFT)
			assert_true(item_of(child)->key < item_of(node)->key);
		if (child != NULL && side == RB_RIGHT)
			assert_true(item_of(child)->key > item_of(node)->key);
		assert_true(black(node) || black(child));
	}
	assert_int_equal(height[RB_LEFT], height[RB_RIGHT]);
	if (tree->update != NULL)
		assert_int_equal(item_of(node)->max_weight, expected_max(node));
	return height[0] + black(node);
}

/* Shape, and that a walk either way meets `count` nodes in order. */
static inline void check_tree(const struct rb_tree *tree, unsigned int count)
{
	struct rb_node *node;
	struct rb_node *last = NULL;
	unsigned int seen = 0;

	assert_true(black(tree->root));
	check_below(tree, tree->root, NULL);
	for (node = rb_first(tree); node != NULL; node = rb_next(node)) {
		assert_ptr_equal(rb_prev(node), last);
		if (last != NULL)
			assert_true(item_of(last)->key < item_of(node)->key);
		last = node;
		seen++;
	}
	assert_ptr_equal(rb_last(tree), last);
	assert_int_equal(seen, count);
}

#endif
