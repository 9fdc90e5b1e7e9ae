// SPDX-License-Identifier: BSD-2-Clause
/*
 * Slots: the stretches of the windows that belong to one owner, each hung into
 * the upper tables by entries of its own.
 */
#include "slot_size.h"

#include "space.h"
#include "table.h"
#include "window.h"

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

struct slot *slot_first(const struct holdings *owner)
{
	return slot_of(rb_first(&owner->slots));
}

struct slot *slot_next(const struct slot *slot)
{
	return slot_of(rb_next(&slot->node));
}

_Static_assert(sizeof(struct slot) <= META_LARGE_SIZE, "a large object");

/* The small one has its place in the holdings, and so has its table. */
static enum shm_status slot_alloc(struct holdings *owner, bool small,
				  struct slot **out)
{
	struct meta_pool *pool = &owner->shm->pool;
	enum shm_status st = SHM_OK;

	if (small) {
		owner->first_slot = (struct slot){ 0 };
		*out = &owner->first_slot;
		return SHM_OK;
	}
	*out = account_alloc(&owner->account, pool, &pool->large, &st);
	return st;
}

static void slot_free(struct holdings *owner, struct slot *slot)
{
	struct meta_pool *pool = &owner->shm->pool;

	if (!slot->small)
		account_free(&owner->account, pool, &pool->large, slot);
}

/* Tables of an attached slot out of the tree; the slot keeps them. */
static void slot_detach(struct slot *slot, struct tlb_batch *batch)
{
	for (struct table *t = slot->tables; t != NULL; t = t->next)
		if (t->parent != NULL)
			table_detach(t, batch);
}

/* Descriptors of the directory that a slot without room has from `at` on. */
static uint32_t directory_count(const struct slot *slot, va_t at)
{
	va_t last = at | (DIR_SIZE - 1);

	if (last > slot->area.range.last)
		last = slot->area.range.last;
	return (uint32_t)((last - at + 1) / LEAF_SIZE);
}

static enum shm_status first_leaf_init(struct holdings *owner, va_t first,
				       struct table **out)
{
	struct table *leaf = &owner->first_leaf;
	enum shm_status st = table_init(owner->shm, &owner->account,
					PT_LEAF_LEVEL, first, 0, leaf);

	if (st != SHM_OK)
		return st;
	leaf->embedded = true;
	*out = leaf;
	return SHM_OK;
}

/* Make and hang in the slot's own top tables. shm->lock held. */
static enum shm_status slot_fill(struct holdings *owner, struct slot *slot)
{
	uint64_t span = slot->small ? LEAF_SIZE : DIR_SIZE;
	bool directories = !slot->small && !owner->shm->roomy;
	struct table **end = &slot->tables;
	enum shm_status st = SHM_OK;
	va_t at = slot->area.range.first;

	for (; st == SHM_OK && at <= slot->area.range.last;
	     at = (at | (span - 1)) + 1) {
		uint32_t count = directories ? directory_count(slot, at) : 0;

		if (slot->small)
			st = first_leaf_init(owner, at, end);
		else
			st = table_create(owner->shm, &owner->account,
					  DIR_LEVEL, at, count, end);
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
	struct tlb_batch batch;

	tlb_batch_init(&batch);
	slot_detach(slot, &batch);
	tlb_batch_finish(owner->shm, &batch);
	table_destroy_list(owner->shm, slot->tables);
	slot->tables = NULL;
}

/* Everything but the window in the owner's space. shm->lock held. */
static enum shm_status slot_create(struct holdings *owner, bool small,
				   pte_t table_attributes,
				   const struct va_request *request,
				   struct slot **out)
{
	struct va_pool *home = windows_of(owner->shm, small);
	struct slot *slot;
	enum shm_status st = slot_alloc(owner, small, &slot);

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
	va_pool_release(windows_of(owner->shm, slot->small), &slot->area);
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

/*
 * Where windows have room for it already. shm->lock held. A slot of leaf tables
 * gets more than needed, to grow into, if there are: as many as the owner has
 * already, since its directory takes a page however few they are.
 */
static enum shm_status slot_place(struct holdings *owner, bool small,
				  pte_t table_attributes,
				  const struct va_request *inside,
				  struct slot **out)
{
	uint64_t unit = slot_unit(owner->shm, small);
	uint64_t size = slot_growth(owner, table_attributes, inside->size);
	struct va_request request;
	enum shm_status st;

	for (; !small && unit == LEAF_SIZE && size >= SLOT_LEAVES * LEAF_SIZE;
	     size /= 2) {
		request = slot_request(inside, size);
		if (request.size != size)
			break;
		st = slot_create(owner, small, table_attributes, &request, out);
		if (st != SHM_NO_VA)
			return st;
	}
	request = slot_request(inside, unit);
	return slot_create(owner, small, table_attributes, &request, out);
}

/* Or else where windows can grow; that is undone if it was in vain. */
static enum shm_status slot_make(struct holdings *owner, bool small,
				 pte_t table_attributes,
				 const struct va_request *inside,
				 struct slot **out)
{
	struct shm *shm = owner->shm;
	uint64_t unit = slot_unit(shm, small);
	struct va_request least = slot_request(inside, unit);
	struct window *window;
	enum shm_status st;

	if (!slot_is_allowed(owner, table_attributes, least.size))
		return SHM_NO_VA;
	st = slot_place(owner, small, table_attributes, inside, out);
	if (st != SHM_NO_VA)
		return st;
	/* It fits wherever that begins, as far as alignment goes. */
	window = windows_grow(shm, small, least.size + least.align - unit);
	if (window == NULL)
		return SHM_NO_VA;
	st = slot_place(owner, small, table_attributes, inside, out);
	if (st != SHM_OK)
		windows_shrink(shm, small, window);
	return st;
}

enum shm_status space_add_small_slot(struct holdings *owner)
{
	uint64_t calls = (uint64_t)owner->shm->calls_per_guest *
			 CALL_PAGE_COUNT * SHM_PAGE_SIZE;
	struct va_request inside = va_request_pages(LEAF_SIZE);
	struct va_range window;
	struct slot *slot;
	enum shm_status st =
		slot_make(owner, true, owner->table_attributes, &inside, &slot);

	if (st != SHM_OK)
		return st;
	window = slot->area.range;
	owner->call_pages = window.first;
	window.first += calls;
	slot_open(owner, slot, window);
	return SHM_OK;
}

enum shm_status space_add_large_slot(struct holdings *owner,
				     pte_t table_attributes,
				     const struct va_request *inside,
				     struct slot **out)
{
	struct shm *shm = owner->shm;
	cpu_irq_t irq = spin_lock(&shm->lock);
	enum shm_status st =
		slot_make(owner, false, table_attributes, inside, out);

	spin_unlock(&shm->lock, irq);
	if (st == SHM_OK)
		slot_open(owner, *out, (*out)->area.range);
	return st;
}

enum shm_status space_free_slot(struct holdings *owner)
{
	struct slot *slot = slot_first(owner);

	if (slot == NULL)
		return SHM_OK;
	slot_unlink(owner, slot);
	slot_destroy(owner, slot);
	return owner->slots.root == NULL ? SHM_OK : SHM_INTERRUPTED;
}
