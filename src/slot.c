// SPDX-License-Identifier: BSD-2-Clause
/*
 * Slots: the stretches of the windows that belong to one owner, each hung into
 * the upper tables by entries of its own.
 */
#include "slot.h"

#include "space.h"
#include "table.h"

/* Bytes behind a page of descriptors above the leaves. */
#define DIR_LEVEL (PT_LEAF_LEVEL - 1)
#define DIR_SIZE  (LEAF_SIZE << PT_PAGE_BITS)

/*
 * Where there is no room: leaf tables that a slot has at least, if there are so
 * many in a row, and that are cut off in a slice.
 */
#define SLOT_LEAVES 16u
#define CUT_SLICE   256u

static struct slot *slot_of(const struct rb_node *node)
{
	if (node == NULL)
		return NULL;
	return (struct slot *)((uintptr_t)node - offsetof(struct slot, node));
}

static bool slot_starts_by(const struct rb_node *node, const void *va)
{
	return slot_of(node)->area.range.first <= *(const va_t *)va;
}

struct slot *slot_before(const struct holdings *owner, va_t va)
{
	return slot_of(rb_find_last(&owner->slots, slot_starts_by, &va));
}

struct slot *slot_next(const struct slot *slot)
{
	return slot_of(rb_next(&slot->node));
}

_Static_assert(sizeof(struct slot) <= META_LARGE_SIZE, "a large object");

static enum shm_status slot_alloc(struct holdings *owner, struct slot **out)
{
	struct meta_pool *pool = &owner->shm->pool;
	enum shm_status st;

	*out = account_alloc(&owner->account, pool, &pool->large, &st);
	return st;
}

static void slot_free(struct holdings *owner, struct slot *slot)
{
	struct meta_pool *pool = &owner->shm->pool;

	account_free(&owner->account, pool, &pool->large, slot);
}

/* Tables of an attached slot out of the tree; the slot keeps them. */
static void slot_detach(struct slot *slot, struct table **dead)
{
	for (struct table *t = slot->tables; t != NULL; t = t->next)
		if (t->parent != NULL)
			table_detach(t, dead);
}

/* Descriptors of the directory that a slot without room has from `at` on. */
static uint32_t directory_count(const struct slot *slot, va_t at)
{
	va_t last = at | (DIR_SIZE - 1);

	if (last > slot->area.range.last)
		last = slot->area.range.last;
	return (uint32_t)((last - at + 1) / LEAF_SIZE);
}

/* Make and hang in the slot's own top tables. shm->lock held. */
static enum shm_status slot_fill(struct holdings *owner, struct slot *slot)
{
	unsigned int level = slot->small ? PT_LEAF_LEVEL : DIR_LEVEL;
	uint64_t span = slot->small ? LEAF_SIZE : DIR_SIZE;
	bool directories = !slot->small && !owner->shm->roomy;
	struct table **end = &slot->tables;
	enum shm_status st = SHM_OK;
	va_t at = slot->area.range.first;

	for (; st == SHM_OK && at <= slot->area.range.last;
	     at = (at | (span - 1)) + 1) {
		uint32_t count = directories ? directory_count(slot, at) : 0;

		st = table_create(owner->shm, &owner->account, level, at, count,
				  end);
		if (st != SHM_OK)
			break;
		(*end)->owner = owner;
		(*end)->attributes = slot->small ? slot->table_attributes : 0;
		(*end)->keep = true;
		st = table_attach(owner->shm, *end);
		end = &(*end)->next;
	}
	return st;
}

static void slot_empty(struct holdings *owner, struct slot *slot)
{
	struct table *dead = NULL;

	slot_detach(slot, &dead);
	tlb_begin();
	tlb_invalidate_all();
	tlb_end();
	table_destroy_list(owner->shm, dead);
	table_destroy_list(owner->shm, slot->tables);
	slot->tables = NULL;
}

static struct va_pool *slot_home(struct shm *shm, bool small)
{
	return small && shm->roomy ? &shm->small_slots : &shm->large_slots;
}

enum shm_status space_open_window(struct shm *shm, struct va_window *window,
				  bool small, struct va_range range)
{
	if (va_pool_has_window(slot_home(shm, !small), range))
		return SHM_CONFLICT;
	return va_pool_add_window(slot_home(shm, small), window, range);
}

/* Everything but the window in the owner's space. shm->lock held. */
static enum shm_status slot_create(struct holdings *owner, bool small,
				   pte_t table_attributes,
				   const struct va_request *request,
				   struct slot **out)
{
	struct va_pool *home = slot_home(owner->shm, small);
	struct slot *slot;
	enum shm_status st = slot_alloc(owner, &slot);

	if (st != SHM_OK)
		return st;
	slot->small = small;
	slot->table_attributes = table_attributes;
	st = va_pool_reserve(home, request, &slot->area);
	if (st != SHM_OK)
		goto free_slot;
	st = slot_fill(owner, slot);
	if (st != SHM_OK)
		goto release_area;
	*out = slot;
	return SHM_OK;
release_area:
	slot_empty(owner, slot);
	va_pool_release(home, &slot->area);
free_slot:
	slot_free(owner, slot);
	return st;
}

void slot_destroy(struct holdings *owner, struct slot *slot)
{
	slot_empty(owner, slot);
	va_pool_release(slot_home(owner->shm, slot->small), &slot->area);
	slot_free(owner, slot);
}

/* Index lock held. */
static void slot_insert(struct holdings *owner, struct slot *slot)
{
	struct rb_slot place = { NULL, RB_LEFT };
	struct rb_node *node = owner->slots.root;
	va_t first = slot->area.range.first;

	while (node != NULL)
		node = rb_descend(node, slot_starts_by(node, &first), &place);
	rb_insert_at(&owner->slots, place, &slot->node);
}

/*
 * Windows of fresh slots are disjoint and page aligned: this cannot fail. The
 * tree is also searched by those that map, under the index lock only.
 */
static void slot_open(struct holdings *owner, struct slot *slot,
		      struct va_range window)
{
	struct spinlock *lock = &owner->shm->index.lock;
	cpu_irq_t irq = spin_lock(lock);

	(void)va_pool_add_window(slot_space(owner, slot->table_attributes),
				 &slot->window, window);
	slot_insert(owner, slot);
	spin_unlock(lock, irq);
}

void slot_unlink(struct holdings *owner, struct slot *slot)
{
	struct spinlock *lock = &owner->shm->index.lock;
	cpu_irq_t irq = spin_lock(lock);

	rb_erase(&owner->slots, &slot->node);
	spin_unlock(lock, irq);
}

bool slot_close(struct holdings *owner, struct slot *slot)
{
	struct spinlock *lock = &owner->shm->index.lock;
	cpu_irq_t irq = spin_lock(lock);
	struct va_pool *space = slot_space(owner, slot->table_attributes);
	enum shm_status st = va_pool_remove_window(space, &slot->window);

	if (st == SHM_OK)
		rb_erase(&owner->slots, &slot->node);
	spin_unlock(lock, irq);
	return st == SHM_OK;
}

enum shm_status space_add_small_slot(struct holdings *owner)
{
	uint64_t calls = (uint64_t)owner->shm->calls_per_guest *
			 CALL_PAGE_COUNT * SHM_PAGE_SIZE;
	struct va_request request = { LEAF_SIZE, LEAF_SIZE, 0, 0 };
	struct va_range window;
	struct slot *slot;
	enum shm_status st = slot_create(owner, true, owner->table_attributes,
					 &request, &slot);

	if (st != SHM_OK)
		return st;
	window = slot->area.range;
	owner->call_pages = window.first;
	owner->first_leaf = slot->tables;
	window.first += calls;
	slot_open(owner, slot, window);
	return SHM_OK;
}

/* Whole units around where what is asked for would lie. */
static struct va_request slot_request(const struct va_request *inside,
				      uint64_t unit)
{
	uint64_t lead = inside->offset & (unit - 1);
	uint64_t align = inside->align > unit ? inside->align : unit;

	return (struct va_request){
		(lead + inside->size + unit - 1) & ~(unit - 1),
		align,
		inside->offset - lead,
		0,
	};
}

/* Leaf tables: a few more than needed, to grow into, if there are. */
static enum shm_status create_of_leaves(struct holdings *owner,
					pte_t table_attributes,
					const struct va_request *inside,
					struct slot **out)
{
	struct va_request request =
		slot_request(inside, SLOT_LEAVES * LEAF_SIZE);
	enum shm_status st = SHM_NO_VA;

	if (request.size == SLOT_LEAVES * LEAF_SIZE)
		st = slot_create(owner, false, table_attributes, &request, out);
	if (st != SHM_NO_VA)
		return st;
	request = slot_request(inside, LEAF_SIZE);
	return slot_create(owner, false, table_attributes, &request, out);
}

enum shm_status space_add_large_slot(struct holdings *owner,
				     pte_t table_attributes,
				     const struct va_request *inside)
{
	struct va_request request = slot_request(inside, DIR_SIZE);
	struct shm *shm = owner->shm;
	struct slot *slot;
	enum shm_status st;
	cpu_irq_t irq = spin_lock(&shm->lock);

	if (shm->roomy)
		st = slot_create(owner, false, table_attributes, &request,
				 &slot);
	else
		st = create_of_leaves(owner, table_attributes, inside, &slot);
	spin_unlock(&shm->lock, irq);
	if (st == SHM_OK)
		slot_open(owner, slot, slot->area.range);
	return st;
}

/* Up to `room` descriptors from `at` on, with no group cut in two. */
static uint32_t whole_groups(const struct table *directory, uint32_t at,
			     uint32_t room)
{
	va_t end = directory->first + (va_t)(at + room) * LEAF_SIZE;
	uint32_t over = (uint32_t)(end / LEAF_SIZE) % PT_GROUP_COUNT;

	return room > over ? room - over : 0;
}

/*
 * Clear the mirror of a directory, from `from` on and as far as `room` allows.
 * True when it is done.
 */
static bool clear_mirror(const struct table *directory, va_t from,
			 uint32_t *room)
{
	uint32_t at = 0;
	uint32_t count = directory->count;

	if (from > directory->first)
		at = table_index(directory, from);
	count -= at;
	if (count > *room)
		count = whole_groups(directory, at, *room);
	pte_clear_run(&directory->mirror[at], count);
	*room -= count;
	return at + count == directory->count;
}

/* A slot from owner->cut on. True when it is done. */
static bool slot_cut_off(struct holdings *owner, struct slot *slot,
			 uint32_t *room, struct table **dead)
{
	for (struct table *t = slot->tables; t != NULL; t = t->next) {
		uint32_t before = *room;

		if (t->parent == NULL)
			continue;
		if (owner->cut < t->first)
			owner->cut = t->first;
		if (t->mirror != NULL && !clear_mirror(t, owner->cut, room)) {
			owner->cut += (before - *room) * LEAF_SIZE;
			return false;
		}
		table_detach(t, dead);
	}
	return true;
}

enum shm_status space_cut_off(struct holdings *owner, struct table **dead)
{
	struct slot *slot = slot_before(owner, owner->cut);
	uint32_t room = CUT_SLICE;

	if (slot == NULL)
		slot = slot_of(rb_first(&owner->slots));
	for (; slot != NULL; slot = slot_next(slot))
		if (!slot_cut_off(owner, slot, &room, dead))
			return SHM_INTERRUPTED;
	return SHM_OK;
}

enum shm_status space_free_slot(struct holdings *owner)
{
	struct slot *slot = slot_of(rb_first(&owner->slots));

	if (slot == NULL)
		return SHM_OK;
	slot_unlink(owner, slot);
	slot_destroy(owner, slot);
	return owner->slots.root == NULL ? SHM_OK : SHM_INTERRUPTED;
}
