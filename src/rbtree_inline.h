/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The algorithms of the red-black tree, to be compiled into the file of a tree
 * whose `update` function is known there: called through a pointer, it takes
 * up to a third of the time of an insertion. rbtree.c makes the functions of
 * <dynshm/rbtree.h> of these, for all other trees.
 *
 * Left and right are the same code, by `side` and `!side`.
 *
 * Colour invariants, for every node:
 *   1. a red node has no red child, and the root is black;
 *   2. every way from it down to an empty place passes as many black nodes.
 *
 * Summaries: `update` may be NULL. Changes of shape first bring all summaries
 * up to date and rebalance then. A rotation keeps the set of nodes below its
 * top, so it only has to recompute the two nodes that it turns.
 */
#ifndef DYNSHM_SRC_RBTREE_INLINE_H
#define DYNSHM_SRC_RBTREE_INLINE_H

#include <dynshm/rbtree.h>

#define RB_BLACK ((uintptr_t)1)

/* An empty place counts as black. */
static inline bool rb_is_red(const struct rb_node *node)
{
	return node != NULL && (node->parent_colour & RB_BLACK) == 0;
}

static inline void rb_set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->parent_colour =
		(uintptr_t)parent | (node->parent_colour & RB_BLACK);
}

static inline void rb_set_black(struct rb_node *node)
{
	node->parent_colour |= RB_BLACK;
}

static inline void rb_set_red(struct rb_node *node)
{
	node->parent_colour &= ~RB_BLACK;
}

/* On which side of its parent a node hangs. */
static inline unsigned int rb_side_of(const struct rb_node *parent,
				      const struct rb_node *node)
{
	return parent->child[RB_RIGHT] == node;
}

/* Let what points down to `old` point to `node` instead, which may be NULL. */
static inline void rb_relink(struct rb_tree *tree, struct rb_node *parent,
			     const struct rb_node *old, struct rb_node *node)
{
	if (parent == NULL)
		tree->root = node;
	else
		parent->child[rb_side_of(parent, old)] = node;
}

/* Recompute upwards from `node`, which may be NULL, as long as that changes. */
static inline void rb_update_up(rb_update_fn *update, struct rb_node *node)
{
	if (update == NULL)
		return;
	while (node != NULL && update(node))
		node = rb_parent(node);
}

/*
 * Recompute upwards from `node` through `last`, whatever changes, as their own
 * data or their children did; further only as long as that changes.
 */
static inline void rb_update_through(rb_update_fn *update, struct rb_node *node,
				     const struct rb_node *last)
{
	if (update == NULL)
		return;
	for (; node != last; node = rb_parent(node))
		update(node);
	update(node);
	rb_update_up(update, rb_parent(node));
}

/*
 * Turn `top` down to `side`; its child on the other side takes its place.
 *
 *	   top             up
 *	  /   \    left   /  \
 *	 a     up   =>  top   c
 *	      /  \      / \
 *	     b    c    a   b
 */
static inline struct rb_node *rb_rotate(struct rb_tree *tree,
					rb_update_fn *update,
					struct rb_node *top, unsigned int side)
{
	struct rb_node *up = top->child[!side];
	struct rb_node *inner = up->child[side];
	struct rb_node *parent = rb_parent(top);

	rb_relink(tree, parent, top, up);
	rb_set_parent(up, parent);
	top->child[!side] = inner;
	if (inner != NULL)
		rb_set_parent(inner, top);
	up->child[side] = top;
	rb_set_parent(top, up);
	if (update != NULL) {
		update(top);
		update(up);
	}
	return up;
}

static inline struct rb_node *rb_outermost(struct rb_node *node,
					   unsigned int side)
{
	while (node != NULL && node->child[side] != NULL)
		node = node->child[side];
	return node;
}

/*
 * Invariant 1 may be broken between the red `node` and its parent only.
 * With a red aunt the break moves two levels up; else rotations end it.
 */
static inline void rb_mend_red(struct rb_tree *tree, rb_update_fn *update,
			       struct rb_node *node)
{
	struct rb_node *parent = rb_parent(node);

	while (rb_is_red(parent)) {
		struct rb_node *grand = rb_parent(parent);
		unsigned int side = rb_side_of(grand, parent);
		struct rb_node *aunt = grand->child[!side];

		if (!rb_is_red(aunt)) {
			if (parent->child[!side] == node)
				parent = rb_rotate(tree, update, parent, side);
			rb_set_black(parent);
			rb_set_red(grand);
			rb_rotate(tree, update, grand, !side);
			return;
		}
		rb_set_black(parent);
		rb_set_black(aunt);
		rb_set_red(grand);
		node = grand;
		parent = rb_parent(node);
	}
	if (parent == NULL)
		rb_set_black(node);
}

/*
 * rb_insert_at(). Above the place there may be one node whose own data have
 * just changed and whose summary has not: `changed`. Else it is `node`.
 */
static inline void rb_inline_insert(struct rb_tree *tree, rb_update_fn *update,
				    struct rb_slot slot, struct rb_node *node,
				    struct rb_node *changed)
{
	node->parent_colour = (uintptr_t)slot.parent;
	node->child[RB_LEFT] = NULL;
	node->child[RB_RIGHT] = NULL;
	if (slot.parent == NULL)
		tree->root = node;
	else
		slot.parent->child[slot.side] = node;
	rb_update_through(update, node, changed);
	rb_mend_red(tree, update, node);
}

/*
 * Make up for the black node that the subtree on `side` of `parent` lacks with
 * a red child of its sibling. False, with nothing changed, if there is none.
 */
static inline bool rb_borrow_red(struct rb_tree *tree, rb_update_fn *update,
				 struct rb_node *parent, unsigned int side)
{
	struct rb_node *sibling = parent->child[!side];
	bool red = rb_is_red(parent);

	if (!rb_is_red(sibling->child[!side])) {
		if (!rb_is_red(sibling->child[side]))
			return false;
		sibling = rb_rotate(tree, update, sibling, !side);
	}
	rb_rotate(tree, update, parent, side);
	rb_set_black(sibling->child[RB_LEFT]);
	rb_set_black(sibling->child[RB_RIGHT]);
	if (red)
		rb_set_red(sibling);
	else
		rb_set_black(sibling);
	return true;
}

/*
 * The subtree on `side` of `parent` lacks one black node. Either its sibling's
 * side has a red one to turn, or both sides get one less and the lack moves up.
 */
static inline void rb_mend_black(struct rb_tree *tree, rb_update_fn *update,
				 struct rb_node *parent, unsigned int side)
{
	while (parent != NULL) {
		struct rb_node *sibling = parent->child[!side];
		struct rb_node *node = parent;

		if (rb_is_red(
			    sibling)) { /* turn it up: the next one is black */
			rb_set_black(sibling);
			rb_set_red(parent);
			rb_rotate(tree, update, parent, side);
			sibling = parent->child[!side];
		}
		if (rb_borrow_red(tree, update, parent, side))
			return;
		rb_set_red(sibling);
		if (rb_is_red(parent)) {
			rb_set_black(parent);
			return;
		}
		parent = rb_parent(node);
		side = parent ? rb_side_of(parent, node) : 0;
	}
}

/* Put `node` where `old` is; summaries are left to the caller. */
static inline void rb_take_place(struct rb_tree *tree, struct rb_node *old,
				 struct rb_node *node)
{
	node->parent_colour = old->parent_colour;
	rb_relink(tree, rb_parent(old), old, node);
	for (unsigned int side = RB_LEFT; side <= RB_RIGHT; side++) {
		node->child[side] = old->child[side];
		if (node->child[side] != NULL)
			rb_set_parent(node->child[side], node);
	}
}

/*
 * rb_erase(). `changed` is NULL, or the node before `node` if its data have
 * just changed and its summary has not.
 *
 * What vanishes from its place is `leaf`, which has one child at most. That is
 * `node` itself or, if it has two, the one before it, which then replaces it.
 */
static inline void rb_inline_erase(struct rb_tree *tree, rb_update_fn *update,
				   struct rb_node *node,
				   struct rb_node *changed)
{
	bool two =
		node->child[RB_LEFT] != NULL && node->child[RB_RIGHT] != NULL;
	struct rb_node *leaf =
		two ? rb_outermost(node->child[RB_LEFT], RB_RIGHT) : node;
	struct rb_node *child = leaf->child[leaf->child[RB_LEFT] == NULL];
	struct rb_node *parent = rb_parent(leaf);
	unsigned int side = parent ? rb_side_of(parent, leaf) : 0;
	bool red = rb_is_red(leaf);

	rb_relink(tree, parent, leaf, child);
	if (child != NULL)
		rb_set_parent(child, parent);
	if (two) {
		rb_take_place(tree, node, leaf);
		parent = parent == node ? leaf : parent;
		changed = leaf;
	}
	if (changed != NULL)
		rb_update_through(update, child ? child : parent, changed);
	else
		rb_update_up(update, parent);
	if (red)
		return;
	if (child != NULL) /* by invariant 2 an only child is red */
		rb_set_black(child);
	else
		rb_mend_black(tree, update, parent, side);
}

#endif
