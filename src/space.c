// SPDX-License-Identifier: BSD-2-Clause
/*
 * Slots: the stretches of the windows that belong to one owner, each hung into
 * the upper tables by entries of its own.
 */
#include "space.h"

#include "pa_index.h"
#include "table.h"

#define SMALL_SIZE (UINT64_C(1) << 21)
#define LARGE_SIZE (UINT64_C(1) << 30)
#define LEAF_SIZE  (SHM_PAGE_SIZE << PT_INDEX_BITS)

static enum shm_status slot_alloc(struct holdings *owner, struct slot **out)
{
	struct shm *shm = owner->shm;
	enum shm_status st = account_charge(&owner->account, RESOURCE_METADATA,
					    shm->slot_cache.object_size);

	if (st != SHM_OK)
		return st;
	*out = meta_object_alloc(&shm->pool, &shm->slot_cache);
	if (*out != NULL)
		return SHM_OK;
	account_refund(&owner->account, RESOURCE_METADATA,
		       shm->slot_cache.object_size);
	return SHM_NO_METADATA;
}

static void slot_free(struct holdings *owner, struct slot *slot)
{
	struct shm *shm = owner->shm;

	meta_object_free(&shm->pool, &shm->slot_cache, slot);
	account_refund(&owner->account, RESOURCE_METADATA,
		       shm->slot_cache.object_size);
}

/* Tables of an attached slot out of the tree; the slot keeps them. */
static void slot_detach(struct shm *shm, struct slot *slot, struct table **dead)
{
	for (struct table *t = slot->tables; t != NULL; t = t->next)
		if (t->parent != NULL)
			table_detach(shm, t, dead);
}

/* Make and hang in the slot's own top tables. shm->lock held. */
static enum shm_status slot_fill(struct holdings *owner, struct slot *slot,
				 unsigned int level, uint64_t span)
{
	struct table **end = &slot->tables;
	enum shm_status st = SHM_OK;
	va_t at = slot->area.range.first;

	for (; st == SHM_OK && at <= slot->area.range.last; at += span) {
		st = table_create(owner->shm, &owner->account, level, at, end);
		if (st != SHM_OK)
			break;
		(*end)->owner = owner;
		(*end)->keep = true;
		st = table_attach(owner->shm, *end);
		end = &(*end)->next;
	}
	return st;
}

static void slot_empty(struct holdings *owner, struct slot *slot)
{
	struct table *dead = NULL;

	slot_detach(owner->shm, slot, &dead);
	tlb_begin();
	tlb_invalidate_all();
	tlb_end();
	table_destroy_list(owner->shm, dead);
	table_destroy_list(owner->shm, slot->tables);
	slot->tables = NULL;
}

static struct va_pool *slot_home(struct shm *shm, const struct slot *slot)
{
	return slot->small ? &shm->small_slots : &shm->large_slots;
}

/* Everything but the window in the owner's space. shm->lock held. */
static enum shm_status slot_create(struct holdings *owner, bool small,
				   uint64_t count, struct slot **out)
{
	struct shm *shm = owner->shm;
	uint64_t span = small ? SMALL_SIZE : LARGE_SIZE;
	struct va_request request = { span * count, span, 0, 0 };
	struct slot *slot;
	enum shm_status st = slot_alloc(owner, &slot);

	if (st != SHM_OK)
		return st;
	slot->small = small;
	st = va_pool_reserve(slot_home(shm, slot), &request, &slot->area);
	if (st != SHM_OK)
		goto free_slot;
	st = slot_fill(owner, slot, small ? PT_LEAF_LEVEL : PT_LEAF_LEVEL - 1,
		       span);
	if (st != SHM_OK)
		goto release_area;
	*out = slot;
	return SHM_OK;
release_area:
	slot_empty(owner, slot);
	va_pool_release(slot_home(shm, slot), &slot->area);
free_slot:
	slot_free(owner, slot);
	return st;
}

static void slot_destroy(struct holdings *owner, struct slot *slot)
{
	slot_empty(owner, slot);
	va_pool_release(slot_home(owner->shm, slot), &slot->area);
	slot_free(owner, slot);
}

/*
 * Windows of fresh slots are disjoint and page aligned: this cannot fail. The
 * list is also walked by those that map, under the index lock only.
 */
static void slot_open(struct holdings *owner, struct slot *slot,
		      struct va_range window)
{
	struct spinlock *lock = &owner->shm->index.lock;
	cpu_irq_t irq;

	(void)va_pool_add_window(&owner->space, &slot->window, window);
	irq = spin_lock(lock);
	slot->next = owner->slots;
	owner->slots = slot;
	spin_unlock(lock, irq);
}

static void slot_unlink(struct holdings *owner, struct slot **link)
{
	struct spinlock *lock = &owner->shm->index.lock;
	cpu_irq_t irq = spin_lock(lock);

	*link = (*link)->next;
	spin_unlock(lock, irq);
}

enum shm_status space_add_small_slot(struct holdings *owner)
{
	uint64_t calls = (uint64_t)owner->shm->calls_per_guest *
			 CALL_PAGE_COUNT * SHM_PAGE_SIZE;
	struct va_range window;
	struct slot *slot;
	enum shm_status st = slot_create(owner, true, 1, &slot);

	if (st != SHM_OK)
		return st;
	window = slot->area.range;
	owner->call_pages = window.first;
	owner->first_leaf = slot->tables;
	window.first += calls;
	slot_open(owner, slot, window);
	return SHM_OK;
}

enum shm_status space_add_large_slot(struct holdings *owner, uint64_t count)
{
	struct shm *shm = owner->shm;
	struct slot *slot;
	enum shm_status st;
	cpu_irq_t irq = spin_lock(&shm->lock);

	st = slot_create(owner, false, count, &slot);
	spin_unlock(&shm->lock, irq);
	if (st == SHM_OK)
		slot_open(owner, slot, slot->area.range);
	return st;
}

enum shm_status space_reserve(struct holdings *owner,
			      const struct va_request *request,
			      struct va_area *area)
{
	enum shm_status st = va_pool_reserve(&owner->space, request, area);

	if (st != SHM_NO_VA)
		return st;
	st = space_add_large_slot(owner, (request->size + LARGE_SIZE - 1) /
						 LARGE_SIZE);
	if (st != SHM_OK)
		return st;
	return va_pool_reserve(&owner->space, request, area);
}

void space_release(struct holdings *owner, struct va_area *area)
{
	struct shm *shm = owner->shm;
	struct slot **link = &owner->slots;

	va_pool_release(&owner->space, area);
	while (*link != NULL) {
		struct slot *slot = *link;
		cpu_irq_t irq;

		if (slot->small ||
		    va_pool_remove_window(&owner->space, &slot->window) !=
			    SHM_OK) {
			link = &slot->next;
			continue;
		}
		slot_unlink(owner, link);
		irq = spin_lock(&shm->lock);
		slot_destroy(owner, slot);
		spin_unlock(&shm->lock, irq);
	}
}

/* The table at the top of the slot around `va`: a leaf, or of level 2. */
static struct table *find_top(struct holdings *owner, va_t va)
{
	for (struct slot *s = owner->slots; s != NULL; s = s->next) {
		struct table *table = s->tables;

		if (va < s->area.range.first || va > s->area.range.last)
			continue;
		while (table->next != NULL && va >= table->next->first)
			table = table->next;
		return table;
	}
	return NULL;
}

struct table *space_find_leaf(struct holdings *owner, va_t va)
{
	struct table *table = find_top(owner, va);

	if (table == NULL || table->level == PT_LEAF_LEVEL)
		return table;
	return table_child(owner->shm, table, table_index(table, va));
}

pte_t space_find_page(struct holdings *owner, va_t va)
{
	struct spinlock *lock = &owner->shm->index.lock;
	cpu_irq_t irq = spin_lock(lock);
	const struct table *leaf = space_find_leaf(owner, va);
	pte_t pte = PTE_INVALID;

	if (leaf != NULL)
		pte = pte_load(&leaf->entries[table_index(leaf, va)]);
	spin_unlock(lock, irq);
	return pte;
}

enum shm_status space_make_leaf(struct holdings *owner, va_t va,
				struct table **out)
{
	struct table *top = find_top(owner, va);
	enum shm_status st;

	*out = top;
	if (top->level == PT_LEAF_LEVEL)
		return SHM_OK;
	*out = table_child(owner->shm, top, table_index(top, va));
	if (*out != NULL)
		return SHM_OK;
	st = table_create(owner->shm, &owner->account, PT_LEAF_LEVEL,
			  va & ~(LEAF_SIZE - 1), out);
	if (st != SHM_OK)
		return st;
	(*out)->owner = owner;
	table_set_child(owner->shm, top, table_index(top, va), *out);
	return SHM_OK;
}

void space_unhook_leaf(struct holdings *owner, struct table *leaf,
		       struct table **dead)
{
	struct table *top = leaf->parent;

	table_clear_child(top, table_index(top, leaf->first), leaf);
	pa_index_drop_links(&owner->shm->index, leaf);
	leaf->next = *dead;
	*dead = leaf;
}

void space_drop_leaf(struct holdings *owner, struct table *leaf)
{
	struct table *dead = NULL;

	space_unhook_leaf(owner, leaf, &dead);
	tlb_begin();
	tlb_invalidate_va(leaf->first);
	tlb_end();
	table_destroy_list(owner->shm, dead);
}

void space_cut_off(struct holdings *owner, struct table **dead)
{
	for (struct slot *s = owner->slots; s != NULL; s = s->next)
		slot_detach(owner->shm, s, dead);
}

enum shm_status space_free_slot(struct holdings *owner)
{
	struct slot *slot = owner->slots;

	if (slot == NULL)
		return SHM_OK;
	slot_unlink(owner, &owner->slots);
	slot_destroy(owner, slot);
	return owner->slots == NULL ? SHM_OK : SHM_INTERRUPTED;
}
