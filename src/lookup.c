// SPDX-License-Identifier: BSD-2-Clause
/* Look-ups from outside, which start from addresses alone. */
#include <dynshm/lookup.h>

#include "gib.h"
#include "io_claim.h"
#include "pt_split.h"
#include "space.h"
#include "table.h"

/* The slot around `va`, of whichever owner. shm->lock held. */
static const struct slot *find_slot(const struct shm *shm, va_t va)
{
	const struct va_area *area = va_pool_find(&shm->small_slots, va);

	if (area == NULL)
		area = va_pool_find(&shm->large_slots, va);
	return (const struct slot *)(const void *)area;
}

_Static_assert(offsetof(struct slot, area) == 0, "NULL gives NULL above");

bool shm_find_va(struct shm *shm, va_t va, struct shm_va_info *out)
{
	cpu_irq_t irq = spin_lock(&shm->lock);
	const struct slot *slot = find_slot(shm, va);
	struct holdings *owner = slot == NULL ? NULL : slot->tables->owner;
	struct space_page page;
	bool found;

	/* The tables of the dead are there still, but nothing leads to them. */
	found = owner != NULL && !owner->dead &&
		space_find_page(owner, va, &page);
	*out = (struct shm_va_info){ .owner = owner };
	if (found) {
		out->pa = page.pa;
		out->type = page.type;
		out->kind = SHM_VA_KERNEL;
		if (pa_index_is_ram(&shm->index, out->pa, 1))
			out->kind = SHM_VA_SHARED;
		else if (io_is_mapped(owner, va, out->pa))
			out->kind = SHM_VA_DEVICE;
		out->pa |= va & SHM_PAGE_MASK;
	}
	spin_unlock(&shm->lock, irq);
	return found;
}

/* A block, or a group. Index lock held. */
static enum shm_status split_locked(struct holdings *owner, va_t va, bool block)
{
	struct table *table = space_find_table(owner, va);
	pte_t pte = pte_load(&table->entries[table_index(table, va)]);

	if (!pte_is_valid(pte) || (block && table->level == PT_LEAF_LEVEL))
		return SHM_BAD_ADDRESS;
	if (pte_software(pte, table->level) != 0) /* a link of pa_index */
		return SHM_BAD_STATE;
	if (block)
		return pt_split_block(owner, va);
	if (!gib_is_block(table))
		pt_split_group(table, va);
	return SHM_OK;
}

static enum shm_status split(struct shm *shm, va_t va, bool block)
{
	cpu_irq_t irq = spin_lock(&shm->lock);
	const struct slot *slot = find_slot(shm, va);
	struct holdings *owner = slot == NULL ? NULL : slot->tables->owner;
	enum shm_status st = SHM_BAD_ADDRESS;

	if (owner != NULL && !owner->dead) {
		cpu_irq_t inner = spin_lock(&shm->index.lock);

		st = split_locked(owner, va, block);
		spin_unlock(&shm->index.lock, inner);
	}
	spin_unlock(&shm->lock, irq);
	return st;
}

enum shm_status shm_split_block(struct shm *shm, va_t va)
{
	return split(shm, va, true);
}

enum shm_status shm_split_group(struct shm *shm, va_t va)
{
	return split(shm, va, false);
}

/* All of it, page by page, as one area of the guest's has it. */
static bool is_contiguous(struct holdings *guest, va_t va, pa_t pa,
			  uint64_t size)
{
	cpu_irq_t irq = spin_lock(&guest->lock);
	const struct va_area *area = va_pool_find(&guest->spaces[0], va);
	uint64_t room = area == NULL ? 0 : area->range.last - va + 1;

	spin_unlock(&guest->lock, irq);
	if (size > room)
		return false;
	for (uint64_t at = 0; at < size; at += SHM_PAGE_SIZE) {
		struct space_page page;

		if (!space_find_page(guest, va + at, &page) ||
		    page.pa != ((pa + at) & ~SHM_PAGE_MASK))
			return false;
	}
	return true;
}

va_t shm_find_pa(struct shm *shm, struct holdings *guest, pa_t pa,
		 uint64_t size)
{
	struct pa_range range;
	va_t va = ioremap_find(shm->kernel, pa, size);
	if (va != 0 || guest == NULL)
		return va;
	va = ioremap_find(guest, pa, size);
	if (va != 0 || !pa_range_make(pa, size, &range))
		return va;
	va = pa_index_find(&shm->index, pa, guest);
	if (va == 0)
		return 0;
	range.first &= ~SHM_PAGE_MASK;
	return is_contiguous(guest, va & ~SHM_PAGE_MASK, range.first,
			     range.last - range.first + 1)
		       ? va
		       : 0;
}
