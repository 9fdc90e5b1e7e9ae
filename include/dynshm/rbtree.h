/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An intrusive red-black tree, optionally augmented: each node may carry a
 * summary of the subtree below it, which an `update` function of the tree
 * recomputes. The tree knows neither keys nor addresses: the caller walks
 * down, decides the side at each node, and hands in the place it arrived at.
 *
 * Ownership: nodes live inside the caller's objects. Nothing is allocated and
 * nothing is freed. From rb_insert_at() until rb_erase() or rb_replace() the
 * node belongs to the tree and must not move; after that its links mean
 * nothing and the object is the caller's again.
 *
 * Locking: none; the caller holds the lock of whatever owns the tree.
 *
 * Cost, for n nodes: height is at most 2 log2(n + 1). Insert and erase make at
 * most two and three rotations after O(log n) recolourings, O(1) of either on
 * average. Summaries are recomputed upwards only as far as they change.
 * rb_next() and rb_prev() are O(log n), and O(1) on average over a whole walk.
 * There is no recursion, and the stack used is constant.
 */
#ifndef DYNSHM_RBTREE_H
#define DYNSHM_RBTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rb_side {
	RB_LEFT = 0,
	RB_RIGHT = 1
};

struct rb_node {
	uintptr_t parent_colour;  /* parent's address; bit 0 set when black */
	struct rb_node *child[2]; /* by enum rb_side */
};

/*
 * Recompute the summary in `node` from its own data and its children's
 * summaries (either child may be NULL). True when the stored value changed.
 */
typedef bool rb_update_fn(struct rb_node *node);

struct rb_tree {
	struct rb_node *root; /* NULL when empty */
	rb_update_fn *update; /* constant after init; NULL: not augmented */
};

/* The empty place that a walk down ended at. */
struct rb_slot {
	struct rb_node *parent; /* NULL: the tree is empty */
	enum rb_side side;
};

static inline void rb_init(struct rb_tree *tree, rb_update_fn *update)
{
	tree->root = NULL;
	tree->update = update;
}

static inline bool rb_is_empty(const struct rb_tree *tree)
{
	return tree->root == NULL;
}

static inline struct rb_node *rb_parent(const struct rb_node *node)
{
	return (struct rb_node *)(node->parent_colour & ~(uintptr_t)1);
}

/*
 * One step of a walk down that looks for a place to insert:
 *
 *	struct rb_slot slot = { NULL, RB_LEFT };
 *	struct rb_node *node = tree->root;
 *
 *	while (node != NULL)
 *		node = rb_descend(node, key_of(node) < key, &slot);
 *	rb_insert_at(tree, slot, new_node);
 */
static inline struct rb_node *rb_descend(struct rb_node *node, bool right,
					 struct rb_slot *slot)
{
	slot->parent = node;
	slot->side = right ? RB_RIGHT : RB_LEFT;
	return node->child[slot->side];
}

/*
 * The last node, in order, for which `holds` is true, or NULL. `holds` must be
 * true for some first nodes of the order and false for all that follow, as
 * "starts at or before the key" is. O(log n); inlined with its predicate.
 */
static inline struct rb_node *
rb_find_last(const struct rb_tree *tree,
	     bool (*holds)(const struct rb_node *node, const void *key),
	     const void *key)
{
	struct rb_node *node = tree->root;
	struct rb_node *found = NULL;

	while (node != NULL) {
		bool right = holds(node, key);

		if (right)
			found = node;
		node = node->child[right];
	}
	return found;
}

/* The lowest and the highest node; NULL when the tree is empty. */
struct rb_node *rb_first(const struct rb_tree *tree);
struct rb_node *rb_last(const struct rb_tree *tree);

/* The neighbour in order, or NULL at the end. */
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

/* The place directly after `node`, or before all nodes when it is NULL. */
struct rb_slot rb_slot_after(const struct rb_tree *tree, struct rb_node *node);

/*
 * Put `node` into an empty place. All summaries must be right before; all are
 * right afterwards, that of `node` included.
 */
void rb_insert_at(struct rb_tree *tree, struct rb_slot slot,
		  struct rb_node *node);

/* Take `node`, which must be in the tree, out of it. */
void rb_erase(struct rb_tree *tree, struct rb_node *node);

/* Put `node` where `old` is; the order must allow it. `old` leaves the tree. */
void rb_replace(struct rb_tree *tree, struct rb_node *old,
		struct rb_node *node);

/*
 * Call after the data that the summary of `node` depends on has changed and
 * before the next insert or erase: a rotation would hide the change.
 */
void rb_propagate(struct rb_tree *tree, struct rb_node *node);

#endif
