// SPDX-License-Identifier: BSD-2-Clause
/* An owner's virtual space: what its slots are used for. */
#include "space.h"

#include "slot.h"
#include "table.h"

static enum shm_status reserve(struct holdings *owner, struct va_pool *space,
			       const struct va_request *request,
			       struct va_area *area)
{
	struct spinlock *lock = &owner->shm->index.lock;
	cpu_irq_t irq = spin_lock(lock);
	enum shm_status st = va_pool_reserve(space, request, area);

	spin_unlock(lock, irq);
	return st;
}

static void release(struct holdings *owner, struct va_pool *space,
		    struct va_area *area)
{
	struct spinlock *lock = &owner->shm->index.lock;
	cpu_irq_t irq = spin_lock(lock);

	va_pool_release(space, area);
	spin_unlock(lock, irq);
}

static void drop_if_empty(struct holdings *owner, struct slot *slot)
{
	struct shm *shm = owner->shm;
	cpu_irq_t irq;

	if (slot->small || !slot_close(owner, slot))
		return;
	irq = spin_lock(&shm->lock);
	slot_destroy(owner, slot);
	spin_unlock(&shm->lock, irq);
}

enum shm_status space_reserve(struct holdings *owner, enum shm_memtype type,
			      const struct va_request *request,
			      struct va_area *area)
{
	pte_t attributes = pte_table_attributes(type);
	struct va_pool *space = slot_space(owner, attributes);
	enum shm_status st = reserve(owner, space, request, area);
	struct slot *slot;

	if (st != SHM_NO_VA)
		return st;
	st = space_add_large_slot(owner, attributes, request, &slot);
	if (st != SHM_OK)
		return st;
	st = reserve(owner, space, request, area);
	if (st != SHM_OK) /* it gave up in the gaps before that */
		drop_if_empty(owner, slot);
	return st;
}

void space_split(struct holdings *owner, struct va_area *area, va_t at,
		 struct va_area *rest)
{
	const struct slot *slot = slot_before(owner, at);

	va_pool_split(slot_space(owner, slot->table_attributes), area, at,
		      rest);
}

void space_release(struct holdings *owner, struct va_area *area)
{
	struct slot *slot = slot_before(owner, area->range.first);
	struct va_pool *space = slot_space(owner, slot->table_attributes);
	va_t last = area->range.last;

	release(owner, space, area);
	while (slot != NULL && slot->area.range.first <= last) {
		struct slot *next = slot_next(slot);

		drop_if_empty(owner, slot);
		slot = next;
	}
}

static struct slot *find_slot(const struct holdings *owner, va_t va)
{
	struct slot *slot = slot_before(owner, va);

	return slot != NULL && va <= slot->area.range.last ? slot : NULL;
}

/* The table at the top of the slot around `va`: a leaf, or one above leaves. */
static struct table *find_top(const struct slot *slot, va_t va)
{
	struct table *table = slot->tables;

	while (table->next != NULL && va >= table->next->first)
		table = table->next;
	return table;
}

struct table *space_find_table(struct holdings *owner, va_t va)
{
	const struct slot *slot = find_slot(owner, va);
	struct table *top;
	struct table *leaf;

	if (slot == NULL)
		return NULL;
	top = find_top(slot, va);
	if (top->level == PT_LEAF_LEVEL)
		return top;
	leaf = table_child(owner->shm, top, table_index(top, va));
	return leaf != NULL ? leaf : top;
}

struct table *space_find_leaf(struct holdings *owner, va_t va)
{
	struct table *table = space_find_table(owner, va);

	return table != NULL && table->level == PT_LEAF_LEVEL ? table : NULL;
}

bool space_find_page(struct holdings *owner, va_t va, struct space_page *out)
{
	struct spinlock *lock = &owner->shm->index.lock;
	cpu_irq_t irq = spin_lock(lock);
	const struct table *table = space_find_table(owner, va);
	pte_t pte = PTE_INVALID;

	if (table != NULL)
		pte = pte_load(&table->entries[table_index(table, va)]);
	if (pte_is_valid(pte))
		*out = (struct space_page){
			table_page_address(pte, table->level, va),
			pte_memtype(pte, table->level, table->attributes),
		};
	spin_unlock(lock, irq);
	return pte_is_valid(pte);
}

enum shm_status space_create_leaf(struct holdings *owner, va_t va,
				  struct table **out)
{
	const struct slot *slot = find_slot(owner, va);
	enum shm_status st =
		table_create(owner->shm, &owner->account, PT_LEAF_LEVEL,
			     va & ~(LEAF_SIZE - 1), 0, out);

	if (st != SHM_OK)
		return st;
	(*out)->owner = owner;
	(*out)->attributes = slot->table_attributes;
	return SHM_OK;
}

enum shm_status space_make_leaf(struct holdings *owner, va_t va,
				struct table **out)
{
	struct table *table = space_find_table(owner, va);
	enum shm_status st;

	*out = table;
	if (table->level == PT_LEAF_LEVEL)
		return SHM_OK;
	st = space_create_leaf(owner, va, out);
	if (st == SHM_OK)
		table_set_child(owner->shm, table, table_index(table, va),
				*out);
	return st;
}

void space_unhook_leaf(struct table *leaf, struct tlb_batch *batch)
{
	struct table *top = leaf->parent;

	table_clear_child(top, table_index(top, leaf->first), leaf);
	tlb_batch_add_table(batch, leaf);
	tlb_batch_free_table(batch, leaf);
}

void space_drop_leaf(struct holdings *owner, struct table *leaf)
{
	struct tlb_batch batch;

	tlb_batch_init_for(&batch, owner);
	space_unhook_leaf(leaf, &batch);
	tlb_batch_finish(owner->shm, &batch);
}
