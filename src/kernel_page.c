// SPDX-License-Identifier: BSD-2-Clause
/* Shareable RAM at addresses that the kernel chooses, a page at a time. */
#include <dynshm/shared_page.h>

#include "pa_index.h"
#include "space.h"

enum shm_status kernel_pages_reserve(struct shm *shm, uint64_t size,
				     struct va_area *area)
{
	struct va_request request = va_request_pages(size);
	struct holdings *owner = shm->kernel;
	cpu_irq_t irq = spin_lock(&owner->lock);
	enum shm_status st =
		space_reserve(owner, SHM_MEM_SHARED, &request, area);

	spin_unlock(&owner->lock, irq);
	return st;
}

static bool is_in(const struct va_area *area, va_t va)
{
	return shm_page_aligned(va) && va >= area->range.first &&
	       va <= area->range.last;
}

/*
 * Without a link in pa_index: what the kernel maps for itself neither takes a
 * page away from a guest nor is taken away by one. Index lock held.
 */
static enum shm_status enter(struct table *leaf, va_t va, pa_t pa)
{
	pte_t *entry = &leaf->entries[table_index(leaf, va)];

	if (pte_is_valid(pte_load(entry)))
		return SHM_CONFLICT;
	pte_store(entry, pte_make_page(pa, pte_attributes(SHM_MEM_SHARED)));
	leaf->live++;
	return SHM_OK;
}

enum shm_status kernel_page_map(struct shm *shm, const struct va_area *area,
				va_t va, pa_t pa)
{
	struct holdings *owner = shm->kernel;
	struct table *leaf;
	enum shm_status st;
	cpu_irq_t irq;

	if (!is_in(area, va) || !shm_page_aligned(pa) ||
	    !pa_index_is_ram(&shm->index, pa, 1))
		return SHM_BAD_ADDRESS;
	irq = spin_lock(&shm->index.lock);
	st = space_make_leaf(owner, va, &leaf);
	if (st == SHM_OK) {
		st = enter(leaf, va, pa);
		if (leaf->live == 0 && !leaf->keep)
			space_drop_leaf(owner, leaf);
	}
	spin_unlock(&shm->index.lock, irq);
	return st;
}

/* Index lock held. */
static void leave(struct shm *shm, struct table *leaf, va_t va)
{
	pte_store(&leaf->entries[table_index(leaf, va)], PTE_INVALID);
	leaf->live--;
	tlb_begin();
	tlb_invalidate_va(va);
	tlb_end();
	if (leaf->live == 0 && !leaf->keep)
		space_drop_leaf(shm->kernel, leaf);
}

bool kernel_page_unmap(struct shm *shm, const struct va_area *area, va_t va)
{
	struct table *leaf;
	bool was_mapped;
	cpu_irq_t irq;

	if (!is_in(area, va))
		return false;
	irq = spin_lock(&shm->index.lock);
	leaf = space_find_leaf(shm->kernel, va);
	was_mapped =
		leaf != NULL &&
		pte_is_valid(pte_load(&leaf->entries[table_index(leaf, va)]));
	if (was_mapped)
		leave(shm, leaf, va);
	spin_unlock(&shm->index.lock, irq);
	return was_mapped;
}
