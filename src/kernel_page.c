// SPDX-License-Identifier: BSD-2-Clause
/* Shareable RAM at addresses that the kernel chooses, a page at a time. */
#include <dynshm/shared_page.h>

#include "page_links.h"
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

/* Index lock held. */
static enum shm_status enter(struct shm *shm, struct table *leaf, va_t va,
			     pa_t pa)
{
	pte_t attributes = pte_attributes(SHM_MEM_SHARED) | PTE_SW_PAGE_LINK;
	struct granule_entry *entry = granule_entry_find(&shm->index, pa);
	unsigned int slot = table_index(leaf, va);
	enum shm_status st;

	if (pte_is_valid(pte_load(&leaf->entries[slot])))
		return SHM_CONFLICT;
	st = pa_index_make_room(&shm->index, entry, pa, leaf, slot, false);
	if (st != SHM_OK)
		return st;
	pa_index_link_page(&shm->index, entry, pa, leaf, slot);
	pte_store(&leaf->entries[slot], pte_make_page(pa, attributes));
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
		st = enter(shm, leaf, va, pa);
		if (leaf->live == 0 && !leaf->keep)
			space_drop_leaf(owner, leaf);
	}
	spin_unlock(&shm->index.lock, irq);
	return st;
}

/* Index lock held. */
static bool leave(struct shm *shm, struct table *leaf, va_t va)
{
	unsigned int slot = table_index(leaf, va);

	if (page_links_leave(&shm->index, link_span_at(leaf, slot, 1)) == 0)
		return false;
	leaf->live--;
	tlb_begin();
	tlb_invalidate_va(va);
	tlb_end();
	if (leaf->live == 0 && !leaf->keep)
		space_drop_leaf(shm->kernel, leaf);
	return true;
}

bool kernel_page_unmap(struct shm *shm, const struct va_area *area, va_t va)
{
	bool was_mapped = false;
	struct table *leaf;
	cpu_irq_t irq;

	if (!is_in(area, va))
		return false;
	irq = spin_lock(&shm->index.lock);
	leaf = space_find_leaf(shm->kernel, va);
	if (leaf != NULL &&
	    pte_is_valid(pte_load(&leaf->entries[table_index(leaf, va)])))
		was_mapped = leave(shm, leaf, va);
	spin_unlock(&shm->index.lock, irq);
	return was_mapped;
}
