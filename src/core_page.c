// SPDX-License-Identifier: BSD-2-Clause
/* A page for each core, in one leaf table of the kernel. */
#include <dynshm/core_page.h>

#include "holdings.h"
#include "ram_type.h"
#include "space.h"

#define LEAF_SPAN (SHM_PAGE_SIZE << PT_INDEX_BITS)

/* Aligned to its power of two, the area does not straddle two tables. */
static enum shm_status reserve(struct shm *shm, uint32_t cores,
			       struct va_area *area)
{
	struct va_request request = { SHM_PAGE_SIZE, SHM_PAGE_SIZE, 0, 0 };
	enum shm_status st;
	cpu_irq_t irq;

	while (request.size < cores * SHM_PAGE_SIZE)
		request.size *= 2;
	request.align = request.size;
	if (request.size > LEAF_SPAN)
		return SHM_BAD_SIZE;
	irq = spin_lock(&shm->kernel->lock);
	st = space_reserve(shm->kernel, SHM_MEM_SHARED, &request, area);
	spin_unlock(&shm->kernel->lock, irq);
	return st;
}

enum shm_status shm_core_pages_init(struct shm *shm, uint32_t cores,
				    struct shm_core_pages *pages)
{
	enum shm_status st = reserve(shm, cores, &pages->area);
	cpu_irq_t irq;

	if (st != SHM_OK)
		return st;
	irq = spin_lock(&shm->index.lock);
	st = space_make_leaf(shm->kernel, pages->area.range.first,
			     &pages->leaf);
	if (st == SHM_OK)
		pages->leaf->keep = true;
	spin_unlock(&shm->index.lock, irq);
	return st;
}

static va_t page_address(const struct shm_core_pages *pages, uint32_t core)
{
	return pages->area.range.first + ((va_t)core << SHM_PAGE_SHIFT);
}

static pte_t *page_entry(const struct shm_core_pages *pages, uint32_t core)
{
	return &pages->leaf->entries[table_index(pages->leaf,
						 page_address(pages, core))];
}

va_t shm_core_page_map(struct shm *shm, struct shm_core_pages *pages,
		       uint32_t core, pa_t pa)
{
	if (!shm_page_aligned(pa) || !pa_index_is_ram(&shm->index, pa, 1) ||
	    ram_type_check_page(shm, pa) != SHM_OK)
		return 0;
	pte_store(page_entry(pages, core),
		  pte_make_page(pa, pte_attributes(SHM_MEM_SHARED)));
	cpu_publish_tables();
	return page_address(pages, core);
}

void shm_core_page_unmap(struct shm_core_pages *pages, uint32_t core)
{
	pte_store(page_entry(pages, core), PTE_INVALID);
	tlb_forget_page(page_address(pages, core));
}
