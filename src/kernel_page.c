// SPDX-License-Identifier: BSD-2-Clause
/* Shareable RAM at addresses that the kernel chooses, a page at a time. */
#include <dynshm/shared_page.h>

#include "io_map.h"
#include "io_tree.h"
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
 * page away from a guest nor is taken away by one.
 */
static enum shm_status enter(struct holdings *owner, va_t va, pa_t pa)
{
	pte_t pte = pte_make_page(pa, pte_attributes(SHM_MEM_SHARED));
	cpu_irq_t irq = spin_lock(&owner->shm->index.lock);
	struct table *leaf;
	enum shm_status st = space_make_leaf(owner, va, &leaf);

	if (st == SHM_OK) {
		pte_t *entry = &leaf->entries[table_index(leaf, va)];

		if (pte_is_valid(pte_load(entry))) {
			st = SHM_CONFLICT;
		} else {
			pte_store(entry, pte);
			leaf->live++;
		}
	}
	spin_unlock(&owner->shm->index.lock, irq);
	return st;
}

enum shm_status kernel_page_map(struct shm *shm, const struct va_area *area,
				va_t va, pa_t pa)
{
	struct io_mapping *mapping;
	struct io_request request;
	enum shm_status st;

	if (!is_in(area, va) || !shm_page_aligned(pa))
		return SHM_BAD_ADDRESS;
	st = io_check_ram(shm, pa, SHM_PAGE_SIZE, SHM_MEM_SHARED, &request);
	if (st == SHM_OK)
		st = io_mapping_alloc(shm->kernel, &request, &mapping);
	if (st != SHM_OK)
		return st;
	mapping->area.range = (struct va_range){ va, va | SHM_PAGE_MASK };
	st = io_claim(mapping);
	if (st != SHM_OK)
		goto free_mapping;
	st = enter(shm->kernel, va, pa);
	if (st != SHM_OK)
		goto unclaim;
	io_set_state(mapping, IO_PLACED);
	return SHM_OK;
unclaim:
	io_unclaim(mapping);
free_mapping:
	io_mapping_free(mapping);
	return st;
}

static void leave(struct holdings *owner, va_t va)
{
	cpu_irq_t irq = spin_lock(&owner->shm->index.lock);
	struct table *leaf = space_find_leaf(owner, va);
	struct tlb_batch batch;

	tlb_batch_init(&batch);
	pte_store(&leaf->entries[table_index(leaf, va)], PTE_INVALID);
	tlb_batch_add(&batch, va, 1, PT_LEAF_LEVEL);
	leaf->live--;
	if (leaf->live == 0 && !leaf->keep)
		space_unhook_leaf(leaf, &batch);
	tlb_batch_finish(owner->shm, &batch);
	spin_unlock(&owner->shm->index.lock, irq);
}

bool kernel_page_unmap(struct shm *shm, const struct va_area *area, va_t va)
{
	struct io_mapping *mapping;
	struct space_page page;

	if (!is_in(area, va) || !space_find_page(shm->kernel, va, &page))
		return false;
	mapping = io_take_placed(shm->kernel, va, page.pa);
	if (mapping == NULL)
		return false;
	leave(shm->kernel, va);
	io_unclaim(mapping);
	io_mapping_free(mapping);
	return true;
}

/* From `va` on lie all pages of the range, one after another. */
static bool has_all(struct shm *shm, va_t va, struct pa_range range)
{
	struct space_page page;

	while (space_find_page(shm->kernel, va, &page) &&
	       page.pa == (range.first & ~SHM_PAGE_MASK)) {
		if (range.last - page.pa <= SHM_PAGE_MASK)
			return true;
		range.first = page.pa + SHM_PAGE_SIZE;
		va += SHM_PAGE_SIZE;
	}
	return false;
}

va_t kernel_page_find(struct shm *shm, struct pa_range range)
{
	struct pa_range page = { range.first, range.first };
	cpu_irq_t irq = spin_lock(&shm->io_lock);
	const struct io_mapping *at = io_tree_first(shm, page);
	va_t found = 0;

	for (; at != NULL; at = io_tree_next(at, page)) {
		va_t va = at->area.range.first;

		if (at->state == IO_PLACED && (found == 0 || va < found) &&
		    has_all(shm, va, range))
			found = va;
	}
	spin_unlock(&shm->io_lock, irq);
	return found == 0 ? 0 : found + (range.first & SHM_PAGE_MASK);
}
