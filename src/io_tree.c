// SPDX-License-Identifier: BSD-2-Clause
/* The tree of device mappings; io_tree.h says what it is for. */
#include "io_tree.h"

#include "io_map.h"
#include "ram_type.h"

static struct io_mapping *mapping_of(const struct rb_node *node)
{
	return (struct io_mapping *)(uintptr_t)node;
}

_Static_assert(offsetof(struct io_mapping, node) == 0, "NULL gives NULL above");

static bool update_highest(struct rb_node *node)
{
	struct io_mapping *mapping = mapping_of(node);
	pa_t highest = mapping->pages.last;
	bool changed;

	for (unsigned int side = RB_LEFT; side <= RB_RIGHT; side++) {
		const struct io_mapping *child = mapping_of(node->child[side]);

		if (child != NULL && child->highest > highest)
			highest = child->highest;
	}
	changed = mapping->highest != highest;
	mapping->highest = highest;
	return changed;
}

void io_tree_init(struct shm *shm)
{
	rb_init(&shm->io_mappings, update_highest);
}

void io_tree_insert(struct shm *shm, struct io_mapping *mapping)
{
	struct rb_slot slot = { NULL, RB_LEFT };
	struct rb_node *node = shm->io_mappings.root;
	pa_t first = mapping->pages.first;

	while (node != NULL)
		node = rb_descend(node, mapping_of(node)->pages.first <= first,
				  &slot);
	rb_insert_at(&shm->io_mappings, slot, &mapping->node);
	mapping->in_tree = true;
}

void io_tree_remove(struct shm *shm, struct io_mapping *mapping)
{
	if (mapping->in_tree)
		rb_erase(&shm->io_mappings, &mapping->node);
	mapping->in_tree = false;
}

/*
 * If anything on the left reaches the range, the first hit is there, or there
 * is none at all: what reaches it on the left but begins behind it is followed
 * by what begins behind it, too.
 */
static struct io_mapping *first_below(const struct rb_node *node,
				      struct pa_range range)
{
	while (node != NULL) {
		struct io_mapping *mapping = mapping_of(node);
		struct rb_node *left = node->child[RB_LEFT];

		if (left != NULL && mapping_of(left)->highest >= range.first) {
			node = left;
			continue;
		}
		if (mapping->pages.first > range.last)
			return NULL;
		if (mapping->pages.last >= range.first)
			return mapping;
		node = node->child[RB_RIGHT];
	}
	return NULL;
}

struct io_mapping *io_tree_first(const struct shm *shm, struct pa_range range)
{
	return first_below(shm->io_mappings.root, range);
}

struct io_mapping *io_tree_next(const struct io_mapping *mapping,
				struct pa_range range)
{
	const struct rb_node *node = &mapping->node;

	for (;;) {
		const struct rb_node *below = node->child[RB_RIGHT];

		/* All that is there begins after `mapping`. */
		if (below != NULL && mapping_of(below)->highest >= range.first)
			return first_below(below, range);
		do {
			below = node;
			node = rb_parent(node);
		} while (node != NULL && node->child[RB_RIGHT] == below);
		if (node == NULL || mapping_of(node)->pages.first > range.last)
			return NULL;
		if (mapping_of(node)->pages.last >= range.first)
			return mapping_of(node);
	}
}

enum shm_status io_tree_add_fixed(struct shm *shm, pa_t first, uint64_t size,
				  enum shm_memtype type)
{
	struct io_mapping *mapping;
	struct pa_range range;
	enum shm_status st;

	if (!pa_range_make(first, size, &range))
		return SHM_BAD_ADDRESS;
	st = io_object_alloc(shm->kernel, &mapping);
	if (st != SHM_OK)
		return st;
	mapping->pages.first = range.first & ~SHM_PAGE_MASK;
	mapping->pages.last = range.last | SHM_PAGE_MASK;
	mapping->type = type;
	mapping->state = IO_FIXED;
	io_tree_insert(shm, mapping);
	/* No guest is there yet. */
	return ram_type_is_other(mapping) ? ram_type_enter(mapping) : SHM_OK;
}
