/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Red-black tree: the walks in order, and the rebalancing after an insertion
 * or a removal. Left and right are the same code, by `side` and `!side`.
 *
 * Colour invariants, for every node:
 *   1. a red node has no red child, and the root is black;
 *   2. every way from it down to an empty place passes as many black nodes.
 *
 * Summaries: between any two functions here all summaries are right, except
 * where a comment says otherwise. A rotation keeps the set of nodes below its
 * top, so it only has to recompute the two nodes that it turns.
 */
#include <dynshm/rbtree.h>

#define BLACK ((uintptr_t)1)

/* An empty place counts as black. */
static inline bool is_red(const struct rb_node *node)
{
	return node != NULL && (node->parent_colour & BLACK) == 0;
}

static inline void set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->parent_colour = (uintptr_t)parent | (node->parent_colour & BLACK);
}

static inline void set_black(struct rb_node *node)
{
	node->parent_colour |= BLACK;
}

static inline void set_red(struct rb_node *node)
{
	node->parent_colour &= ~BLACK;
}

/* On which side of its parent a node hangs. */
static inline unsigned int side_of(const struct rb_node *parent,
				   const struct rb_node *node)
{
	return parent->child[RB_RIGHT] == node;
}

/* Let what points down to `old` point to `node` instead, which may be NULL. */
static inline void relink(struct rb_tree *tree, struct rb_node *parent,
			  const struct rb_node *old, struct rb_node *node)
{
	if (parent == NULL)
		tree->root = node;
	else
		parent->child[side_of(parent, old)] = node;
}

/* As rb_propagate(), but may start at NULL. */
static inline void propagate(const struct rb_tree *tree, struct rb_node *node)
{
	if (tree->update == NULL)
		return;
	while (node != NULL && tree->update(node))
		node = rb_parent(node);
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
static struct rb_node *rotate(struct rb_tree *tree, struct rb_node *top,
			      unsigned int side)
{
	struct rb_node *up = top->child[!side];
	struct rb_node *inner = up->child[side];
	struct rb_node *parent = rb_parent(top);

	relink(tree, parent, top, up);
	set_parent(up, parent);
	top->child[!side] = inner;
	if (inner != NULL)
		set_parent(inner, top);
	up->child[side] = top;
	set_parent(top, up);
	if (tree->update != NULL) {
		tree->update(top);
		tree->update(up);
	}
	return up;
}

static struct rb_node *outermost(struct rb_node *node, unsigned int side)
{
	while (node != NULL && node->child[side] != NULL)
		node = node->child[side];
	return node;
}

static struct rb_node *neighbour(const struct rb_node *node, unsigned int side)
{
	struct rb_node *parent;

	if (node->child[side] != NULL)
		return outermost(node->child[side], !side);
	parent = rb_parent(node);
	while (parent != NULL && parent->child[side] == node) {
		node = parent;
		parent = rb_parent(node);
	}
	return parent;
}

struct rb_node *rb_first(const struct rb_tree *tree)
{
	return outermost(tree->root, RB_LEFT);
}

struct rb_node *rb_last(const struct rb_tree *tree)
{
	return outermost(tree->root, RB_RIGHT);
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
	return (struct rb_slot){ outermost(below, RB_LEFT), RB_LEFT };
}

/*
 * Invariant 1 may be broken between the red `node` and its parent only.
 * With a red aunt the break moves two levels up; else rotations end it.
 */
static void mend_red(struct rb_tree *tree, struct rb_node *node)
{
	struct rb_node *parent = rb_parent(node);

	while (is_red(parent)) {
		struct rb_node *grand = rb_parent(parent);
		unsigned int side = side_of(grand, parent);
		struct rb_node *aunt = grand->child[!side];

		if (!is_red(aunt)) {
			if (parent->child[!side] == node)
				parent = rotate(tree, parent, side);
			set_black(parent);
			set_red(grand);
			rotate(tree, grand, !side);
			return;
		}
		set_black(parent);
		set_black(aunt);
		set_red(grand);
		node = grand;
		parent = rb_parent(node);
	}
	if (parent == NULL)
		set_black(node);
}

void rb_insert_at(struct rb_tree *tree, struct rb_slot slot,
		  struct rb_node *node)
{
	node->parent_colour = (uintptr_t)slot.parent;
	node->child[RB_LEFT] = NULL;
	node->child[RB_RIGHT] = NULL;
	if (slot.parent == NULL)
		tree->root = node;
	else
		slot.parent->child[slot.side] = node;
	/* What the new node's summary held before says nothing: go on. */
	if (tree->update != NULL)
		tree->update(node);
	propagate(tree, slot.parent);
	mend_red(tree, node);
}

/*
 * Make up for the black node that the subtree on `side` of `parent` lacks with
 * a red child of its sibling. False, with nothing changed, if there is none.
 */
static bool borrow_red(struct rb_tree *tree, struct rb_node *parent,
		       unsigned int side)
{
	struct rb_node *sibling = parent->child[!side];
	bool red = is_red(parent);

	if (!is_red(sibling->child[!side])) {
		if (!is_red(sibling->child[side]))
			return false;
		sibling = rotate(tree, sibling, !side);
	}
	rotate(tree, parent, side);
	set_black(sibling->child[RB_LEFT]);
	set_black(sibling->child[RB_RIGHT]);
	if (red)
		set_red(sibling);
	else
		set_black(sibling);
	return true;
}

/*
 * The subtree on `side` of `parent` lacks one black node. Either its sibling's
 * side has a red one to turn, or both sides get one less and the lack moves up.
 */
static void mend_black(struct rb_tree *tree, struct rb_node *parent,
		       unsigned int side)
{
	while (parent != NULL) {
		struct rb_node *sibling = parent->child[!side];
		struct rb_node *node = parent;

		if (is_red(sibling)) { /* turn it up: the next one is black */
			set_black(sibling);
			set_red(parent);
			rotate(tree, parent, side);
			sibling = parent->child[!side];
		}
		if (borrow_red(tree, parent, side))
			return;
		set_red(sibling);
		if (is_red(parent)) {
			set_black(parent);
			return;
		}
		parent = rb_parent(node);
		side = parent ? side_of(parent, node) : 0;
	}
}

/* A node that has one child at most, which then takes its place. */
static void erase_simple(struct rb_tree *tree, struct rb_node *node)
{
	struct rb_node *parent = rb_parent(node);
	unsigned int side = parent ? side_of(parent, node) : 0;
	struct rb_node *child = node->child[node->child[RB_LEFT] == NULL];

	relink(tree, parent, node, child);
	if (child != NULL)
		set_parent(child, parent);
	propagate(tree, parent);
	if (is_red(node))
		return;
	if (child != NULL) /* by invariant 2 an only child is red */
		set_black(child);
	else
		mend_black(tree, parent, side);
}

void rb_replace(struct rb_tree *tree, struct rb_node *old, struct rb_node *node)
{
	struct rb_node *parent = rb_parent(old);

	node->parent_colour = old->parent_colour;
	relink(tree, parent, old, node);
	for (unsigned int side = RB_LEFT; side <= RB_RIGHT; side++) {
		node->child[side] = old->child[side];
		if (node->child[side] != NULL)
			set_parent(node->child[side], node);
	}
	if (tree->update != NULL)
		tree->update(node);
	propagate(tree, parent);
}

/*
 * A node with two children changes places with the one before it, which has
 * one at most: that one is erased in its own place and put back for `node`.
 */
void rb_erase(struct rb_tree *tree, struct rb_node *node)
{
	struct rb_node *before;

	if (node->child[RB_LEFT] == NULL || node->child[RB_RIGHT] == NULL) {
		erase_simple(tree, node);
		return;
	}
	before = outermost(node->child[RB_LEFT], RB_RIGHT);
	erase_simple(tree, before);
	rb_replace(tree, node, before);
}

void rb_propagate(struct rb_tree *tree, struct rb_node *node)
{
	propagate(tree, node);
}
