// SPDX-License-Identifier: BSD-2-Clause
/* Shareable RAM at addresses that the kernel chooses, a slice at a time. */
#include <dynshm/shared_page.h>

#include "io_map.h"
#include "io_tree.h"
#include "ram_pages.h"
#include "space.h"

/* Pages in one hold of the lock, and in one batch for the TLBs. */
#define SLICE 32u

/* What claims them, each page by itself: any part can be unmapped again. */
struct slice {
	struct io_mapping *mappings[SLICE];
	uint32_t count;
};

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

static bool is_in(const struct va_area *area, va_t va, uint64_t count)
{
	return shm_page_aligned(va) && va >= area->range.first &&
	       va <= area->range.last &&
	       count <= ((area->range.last - va) >> SHM_PAGE_SHIFT) + 1;
}

/* How many pages from `va` on are in one slice: it never leaves a table. */
static uint32_t slice_size(va_t va, uint64_t count)
{
	uint32_t fit = PT_ENTRY_COUNT - pt_index(va, PT_LEAF_LEVEL);

	if (fit > SLICE)
		fit = SLICE;
	return count < fit ? (uint32_t)count : fit;
}

static void release(struct slice *slice)
{
	while (slice->count != 0) {
		struct io_mapping *mapping = slice->mappings[--slice->count];

		io_unclaim(mapping);
		io_mapping_free(mapping);
	}
}

static enum shm_status claim_page(struct shm *shm, va_t va, pa_t pa,
				  struct io_mapping **out)
{
	struct io_request request;
	enum shm_status st;

	if (!shm_page_aligned(pa))
		return SHM_BAD_ADDRESS;
	st = io_check_ram(shm, pa, SHM_PAGE_SIZE, SHM_MEM_SHARED, &request);
	if (st == SHM_OK)
		st = io_mapping_alloc(shm->kernel, &request, out);
	if (st != SHM_OK)
		return st;
	(*out)->area.range = (struct va_range){ va, va | SHM_PAGE_MASK };
	st = io_claim(*out);
	if (st != SHM_OK)
		io_mapping_free(*out);
	return st;
}

static enum shm_status claim(struct shm *shm, va_t va, const pa_t *pages,
			     uint32_t count, struct slice *slice)
{
	enum shm_status st = SHM_OK;

	slice->count = 0;
	while (slice->count < count) {
		uint32_t i = slice->count;

		st = claim_page(shm, va + i * SHM_PAGE_SIZE, pages[i],
				&slice->mappings[i]);
		if (st != SHM_OK)
			break;
		slice->count++;
	}
	if (st != SHM_OK)
		release(slice);
	return st;
}

/* Walks may have seen what was mapped. Index lock held. */
static void take_back(struct holdings *owner, va_t va, pte_t *entries,
		      uint32_t count)
{
	struct tlb_batch batch;

	if (count == 0)
		return;
	tlb_batch_init(&batch);
	pte_clear_run(entries, count);
	tlb_batch_add(&batch, va, count, PT_LEAF_LEVEL);
	tlb_batch_finish(owner->shm, &batch);
}

/*
 * Without a link in pa_index: what the kernel maps for itself neither takes a
 * page away from a guest nor is taken away by one.
 */
static enum shm_status enter(struct holdings *owner, va_t va, const pa_t *pages,
			     uint32_t count)
{
	struct pa_index *index = &owner->shm->index;
	pte_t attributes = pte_attributes(SHM_MEM_SHARED);
	cpu_irq_t irq = spin_lock(&index->lock);
	struct table *leaf;
	enum shm_status st = space_make_leaf(owner, va, &leaf);

	if (st == SHM_OK) {
		pte_t *entries = &leaf->entries[table_index(leaf, va)];
		uint32_t done =
			ram_pages_map(index, pages, count, entries, attributes);

		/* All of them are RAM: place number `done` is not free. */
		if (done != count) {
			take_back(owner, va, entries, done);
			st = SHM_CONFLICT;
		} else {
			leaf->live = (uint16_t)(leaf->live + count);
		}
	}
	spin_unlock(&index->lock, irq);
	return st;
}

static enum shm_status map_slice(struct shm *shm, va_t va, const pa_t *pages,
				 uint32_t count)
{
	struct slice slice;
	enum shm_status st = claim(shm, va, pages, count, &slice);

	if (st != SHM_OK)
		return st;
	st = enter(shm->kernel, va, pages, count);
	if (st != SHM_OK) {
		release(&slice);
		return st;
	}
	cpu_publish_tables();
	for (uint32_t i = 0; i < count; i++)
		io_set_state(slice.mappings[i], IO_PLACED);
	return SHM_OK;
}

enum shm_status kernel_pages_map(struct shm *shm, const struct va_area *area,
				 va_t va, const pa_t *pages, uint64_t count)
{
	enum shm_status st = SHM_OK;
	uint64_t done = 0;

	if (!is_in(area, va, count))
		return SHM_BAD_ADDRESS;
	while (st == SHM_OK && done < count) {
		va_t at = va + (done << SHM_PAGE_SHIFT);
		uint32_t some = slice_size(at, count - done);

		st = map_slice(shm, at, &pages[done], some);
		if (st == SHM_OK)
			done += some;
	}
	if (st != SHM_OK)
		kernel_pages_unmap(shm, area, va, done);
	return st;
}

/* Those that nobody else is about to unmap. */
static void take(struct holdings *owner, va_t va, uint32_t count,
		 struct slice *slice)
{
	slice->count = 0;
	for (uint32_t i = 0; i < count; i++, va += SHM_PAGE_SIZE) {
		struct io_mapping *mapping = NULL;
		struct space_page page;

		if (space_find_page(owner, va, &page))
			mapping = io_take_placed(owner, va, page.pa);
		if (mapping != NULL)
			slice->mappings[slice->count++] = mapping;
	}
}

/* All of them are in one table. */
static void leave(struct holdings *owner, const struct slice *slice)
{
	cpu_irq_t irq = spin_lock(&owner->shm->index.lock);
	struct table *leaf =
		space_find_leaf(owner, slice->mappings[0]->area.range.first);
	struct tlb_batch batch;

	tlb_batch_init(&batch);
	for (uint32_t i = 0; i < slice->count; i++) {
		va_t va = slice->mappings[i]->area.range.first;

		pte_store(&leaf->entries[table_index(leaf, va)], PTE_INVALID);
		tlb_batch_add(&batch, va, 1, PT_LEAF_LEVEL);
	}
	leaf->live = (uint16_t)(leaf->live - slice->count);
	if (leaf->live == 0 && !leaf->keep)
		space_unhook_leaf(leaf, &batch);
	tlb_batch_finish(owner->shm, &batch);
	spin_unlock(&owner->shm->index.lock, irq);
}

uint64_t kernel_pages_unmap(struct shm *shm, const struct va_area *area,
			    va_t va, uint64_t count)
{
	struct slice slice;
	uint64_t unmapped = 0;
	uint32_t some;

	if (!is_in(area, va, count))
		return 0;
	for (; count != 0; count -= some, va += some * SHM_PAGE_SIZE) {
		some = slice_size(va, count);
		take(shm->kernel, va, some, &slice);
		if (slice.count != 0)
			leave(shm->kernel, &slice);
		unmapped += slice.count;
		release(&slice);
	}
	return unmapped;
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
