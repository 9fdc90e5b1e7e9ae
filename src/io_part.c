// SPDX-License-Identifier: BSD-2-Clause
/*
 * Parts of device mappings. A part that is to go, or to change, first becomes a
 * mapping by itself: descriptors, virtual range, claim and object. All that can
 * fail comes before, and all of it happens under the locks of everybody who
 * could look.
 */
#include <dynshm/ioremap.h>

#include "io_claim.h"
#include "io_map.h"
#include "io_tree.h"
#include "pa_index.h"
#include "pt_split.h"
#include "ram_type.h"
#include "space.h"

/* The part of an owner's mapping that something is to happen to. */
struct part {
	struct holdings *owner;
	struct va_range range; /* whole pages */
	bool leaves;	       /* else it becomes another type: */
	enum shm_memtype type;
};

/* Objects for what lies in front of it and behind it, as far as needed. */
struct pieces {
	struct io_mapping *part;
	struct io_mapping *rest;
};

/* The mapping that has all of it. io_lock held. */
static enum shm_status find_whole(const struct part *part,
				  struct io_mapping **out)
{
	struct space_page page;
	struct io_mapping *whole = NULL;

	if (space_find_page(part->owner, part->range.first, &page))
		whole = io_find(part->owner, part->range.first, page.pa,
				IO_MAPPED);
	if (whole == NULL || part->range.last > whole->area.range.last)
		return SHM_BAD_ADDRESS;
	if (whole->references != 1)
		return SHM_IN_USE;
	*out = whole;
	return SHM_OK;
}

/* No other mapping of these pages objects to the new type. io_lock held. */
static enum shm_status check_type(const struct part *part,
				  const struct io_mapping *whole)
{
	pa_t first = whole->pages.first +
		     (part->range.first - whole->area.range.first);
	struct io_request request = {
		{ first, first + (part->range.last - part->range.first) },
		part->type,
	};
	struct io_mapping *same;

	if (part->leaves)
		return SHM_OK;
	if ((whole->type ^ part->type) & SHM_MEM_NON_SECURE)
		return SHM_BAD_ATTRIBUTE;
	if (shm_memtype_base(whole->type) != shm_memtype_base(part->type) &&
	    pa_index_touches_ram(&part->owner->shm->index, whole->pages))
		return SHM_BAD_ATTRIBUTE;
	return io_look_around(part->owner, &request, whole, &same);
}

static void drop_pieces(struct pieces *pieces)
{
	if (pieces->part != NULL)
		io_object_free(pieces->part);
	if (pieces->rest != NULL)
		io_object_free(pieces->rest);
}

static enum shm_status make_pieces(const struct part *part,
				   const struct io_mapping *whole,
				   struct pieces *pieces)
{
	enum shm_status st = SHM_OK;

	*pieces = (struct pieces){ NULL, NULL };
	if (part->range.first != whole->area.range.first)
		st = io_object_alloc(part->owner, &pieces->part);
	if (st == SHM_OK && part->range.last != whole->area.range.last)
		st = io_object_alloc(part->owner, &pieces->rest);
	if (st != SHM_OK)
		drop_pieces(pieces);
	return st;
}

/* What it has from `at` on is the other's from here on. All locks held. */
static void cut(struct io_mapping *mapping, va_t at, struct io_mapping *rest)
{
	struct holdings *owner = mapping->owner;
	pa_t first = mapping->pages.first + (at - mapping->area.range.first);

	rest->pages = (struct pa_range){ first, mapping->pages.last };
	rest->type = mapping->type;
	rest->references = 1;
	rest->state = mapping->state;
	rest->mapped = io_mapping_pages(rest);
	space_split(owner, &mapping->area, at, &rest->area);
	io_tree_remove(owner->shm, mapping);
	mapping->pages.last = first - 1;
	mapping->mapped = io_mapping_pages(mapping);
	io_tree_insert(owner->shm, mapping);
	io_enter(rest);
	ram_type_cut(rest);
}

/* Nothing can fail any more. The mapping that is the part. */
static struct io_mapping *cut_out(const struct part *part,
				  struct io_mapping *whole,
				  const struct pieces *pieces)
{
	struct io_mapping *middle = whole;

	if (pieces->part != NULL) {
		cut(whole, part->range.first, pieces->part);
		middle = pieces->part;
	}
	if (pieces->rest != NULL)
		cut(middle, part->range.last + 1, pieces->rest);
	middle->state = part->leaves ? IO_LEAVING : IO_FORMING;
	if (part->leaves)
		middle->references = 0;
	else
		middle->type = part->type;
	return middle;
}

/* owner->lock and io_lock held. */
static enum shm_status isolate(const struct part *part, struct io_mapping **out)
{
	struct holdings *owner = part->owner;
	struct io_mapping *whole;
	struct pieces pieces;
	enum shm_status st = find_whole(part, &whole);
	cpu_irq_t irq;

	if (st == SHM_OK)
		st = check_type(part, whole);
	if (st == SHM_OK)
		st = make_pieces(part, whole, &pieces);
	if (st != SHM_OK)
		return st;
	irq = spin_lock(&owner->shm->index.lock);
	st = pt_split_at_ends(owner, part->range);
	if (st == SHM_OK)
		*out = cut_out(part, whole, &pieces);
	spin_unlock(&owner->shm->index.lock, irq);
	if (st != SHM_OK)
		drop_pieces(&pieces);
	return st;
}

/* Make the part a mapping by itself, which no look-up finds any more. */
static enum shm_status take_part(const struct part *part,
				 struct io_mapping **out)
{
	struct holdings *owner = part->owner;
	enum shm_status st;

	do {
		cpu_irq_t irq = spin_lock(&owner->lock);
		cpu_irq_t inner = spin_lock(&owner->shm->io_lock);

		st = isolate(part, out);
		spin_unlock(&owner->shm->io_lock, inner);
		spin_unlock(&owner->lock, irq);
	} while (st == SHM_INTERRUPTED);
	return st;
}

static enum shm_status check_part(va_t va, uint64_t size, struct part *part)
{
	if (!shm_page_aligned(va))
		return SHM_BAD_ADDRESS;
	if (!shm_page_aligned(size) || !va_range_make(va, size, &part->range))
		return SHM_BAD_SIZE;
	return SHM_OK;
}

enum shm_status guest_iounmap_part(struct holdings *owner, va_t va,
				   uint64_t size)
{
	struct part part = { .owner = owner, .leaves = true };
	struct io_mapping *mapping;
	enum shm_status st = check_part(va, size, &part);

	if (st == SHM_OK)
		st = take_part(&part, &mapping);
	if (st == SHM_OK)
		io_take_apart(mapping);
	return st;
}

/* A few descriptors in each hold of the lock. */
static void retype(const struct part *part)
{
	struct spinlock *lock = &part->owner->shm->index.lock;
	uint64_t left = va_range_size(part->range) >> SHM_PAGE_SHIFT;
	va_t va = part->range.first;

	while (left != 0) {
		cpu_irq_t irq = spin_lock(lock);
		struct pt_run run = pt_run_find(part->owner, va, left);
		uint64_t done;

		run.count = pt_run_retype(&run, part->type);
		done = pt_run_pages(&run);
		spin_unlock(lock, irq);
		va += done << SHM_PAGE_SHIFT;
		left -= done;
	}
}

enum shm_status guest_iochange_part(struct holdings *owner, va_t va,
				    uint64_t size, enum shm_memtype type)
{
	struct part part = {
		.owner = owner,
		.type = type | SHM_MEM_NO_EXEC,
	};
	struct io_mapping *mapping;
	enum shm_status st = check_part(va, size, &part);

	if (st == SHM_OK && !io_type_is_known(type))
		st = SHM_BAD_ATTRIBUTE;
	if (st == SHM_OK)
		st = take_part(&part, &mapping);
	if (st != SHM_OK)
		return st;
	retype(&part);
	io_set_state(mapping, IO_MAPPED);
	return SHM_OK;
}

enum shm_status shm_iounmap_part(struct shm *shm, va_t va, uint64_t size)
{
	return guest_iounmap_part(shm->kernel, va, size);
}

enum shm_status shm_iochange_part(struct shm *shm, va_t va, uint64_t size,
				  enum shm_memtype type)
{
	return guest_iochange_part(shm->kernel, va, size, type);
}
