/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Red-black tree: the walks in order, and the changes of rbtree_inline.h for
 * trees that call their `update` function, if any, through its pointer.
 */
#include "rbtree_inline.h"

static struct rb_node *neighbour(const struct rb_node *node, unsigned int side)
{
	struct rb_node *parent;

	if (node->child[side] != NULL)
		return rb_outermost(node->child[side], !side);
	parent = rb_parent(node);
	while (parent != NULL && parent->child[side] == node) {
		node = parent;
		parent = rb_parent(node);
	}
	return parent;
}

struct rb_node *rb_first(const struct rb_tree *tree)
{
	return rb_outermost(tree->root, RB_LEFT);
}

struct rb_node *rb_last(const struct rb_tree *tree)
{
	return rb_outermost(tree->root, RB_RIGHT);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	return neighbour(node, RB_RIGHT);
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	return neighbour(node, RB_LEFT);
}

struct rb_slot rb_slot_after(const struct rb_tree *tree, struct rb_node *node)
{
	struct rb_node *below = node ? node->child[RB_RIGHT] : tree->root;

	if (below == NULL)
		return (struct rb_slot){ node, RB_RIGHT };
	return (struct rb_slot){ rb_outermost(below, RB_LEFT), RB_LEFT };
}

void rb_insert_at(struct rb_tree *tree, struct rb_slot slot,
		  struct rb_node *node)
{
	rb_inline_insert(tree, tree->update, slot, node, node);
}

void rb_erase(struct rb_tree *tree, struct rb_node *node)
{
	rb_inline_erase(tree, tree->update, node, NULL);
}

void rb_replace(struct rb_tree *tree, struct rb_node *old, struct rb_node *node)
{
	rb_take_place(tree, old, node);
	rb_update_through(tree->update, node, node);
}

void rb_propagate(struct rb_tree *tree, struct rb_node *node)
{
	rb_update_up(tree->update, node);
}
