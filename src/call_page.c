// SPDX-License-Identifier: BSD-2-Clause
/*
 * The call pages at the start of a guest's first slot: mapped and unmapped for
 * each call, so without any look-up or allocation.
 */
#include <dynshm/guest.h>

#include "ram_type.h"
#include "tlb_batch.h"

static pte_t *call_page_entry(const struct holdings *holdings,
			      unsigned int call, enum call_page page)
{
	return &holdings->first_leaf.entries[call * CALL_PAGE_COUNT + page];
}

enum shm_status call_page_map(struct holdings *holdings, unsigned int call,
			      enum call_page page, pa_t pa)
{
	pte_t *entry = call_page_entry(holdings, call, page);
	enum shm_status st;

	if (!shm_page_aligned(pa) ||
	    !pa_index_is_ram(&holdings->shm->index, pa, 1))
		return SHM_BAD_ADDRESS;
	st = ram_type_check_page(holdings->shm, pa);
	if (st != SHM_OK)
		return st;
	if (pte_is_valid(pte_load(entry)))
		call_page_unmap(holdings, call, page);
	pte_store(entry, pte_make_page(pa, pte_attributes(SHM_MEM_SHARED)));
	cpu_publish_tables();
	return SHM_OK;
}

void call_page_unmap(struct holdings *holdings, unsigned int call,
		     enum call_page page)
{
	pte_t *entry = call_page_entry(holdings, call, page);

	if (!pte_is_valid(pte_load(entry)))
		return;
	pte_store(entry, PTE_INVALID);
	tlb_forget_page(call_page_address(holdings, call, page));
}
