// SPDX-License-Identifier: BSD-2-Clause
/*
 * Mapping device registers: from the request to the address and back. Which
 * pages may be had is io_claim.c's affair, descriptors are io_map.c's.
 */
#include <dynshm/ioremap.h>

#include "io_claim.h"
#include "io_map.h"
#include "io_tree.h"
#include "map_size.h"
#include "space.h"

static enum shm_status reserve(struct io_mapping *mapping, unsigned int shift)
{
	struct holdings *owner = mapping->owner;
	uint64_t align = UINT64_C(1) << shift;
	struct va_request request = {
		.size = io_mapping_pages(mapping) << SHM_PAGE_SHIFT,
		.align = align,
		.offset = mapping->pages.first & (align - 1),
	};
	cpu_irq_t irq = spin_lock(&owner->lock);
	enum shm_status st =
		space_reserve(owner, mapping->type, &request, &mapping->area);

	spin_unlock(&owner->lock, irq);
	return st;
}

/* Where the largest descriptors fit, or where smaller ones do. */
static enum shm_status place(struct io_mapping *mapping)
{
	bool roomy = mapping->owner->shm->roomy;
	pa_t pa = mapping->pages.first;
	uint64_t size = io_mapping_pages(mapping) << SHM_PAGE_SHIFT;
	unsigned int shift = MAP_SHIFT_ANY;
	enum shm_status st;

	do {
		shift = map_best_shift(roomy, pa, size, shift);
		st = reserve(mapping, shift);
	} while (st == SHM_NO_VA && shift != SHM_PAGE_SHIFT);
	return st;
}

/* Share what is there, or claim the pages anew. */
static enum shm_status begin(struct holdings *owner,
			     const struct io_request *request,
			     struct io_mapping **out)
{
	struct io_mapping *mapping;
	enum shm_status st = io_share(owner, request, &mapping);

	if (st != SHM_OK)
		return st;
	if (mapping != NULL) {
		*out = mapping;
		return SHM_OK;
	}
	st = io_mapping_alloc(owner, request, &mapping);
	if (st != SHM_OK)
		return st;
	st = place(mapping);
	if (st != SHM_OK)
		goto free_mapping;
	st = io_claim(mapping);
	if (st != SHM_OK)
		goto release_area;
	*out = mapping;
	return SHM_OK;
release_area:
	io_unplace(mapping);
free_mapping:
	io_mapping_free(mapping);
	return st;
}

enum shm_status ioremap_begin(struct holdings *owner, pa_t pa, uint64_t size,
			      enum shm_memtype type, struct io_mapping **out)
{
	struct io_request request;
	enum shm_status st = io_check(owner->shm, pa, size, type, &request);

	return st == SHM_OK ? begin(owner, &request, out) : st;
}

enum shm_status iounmap_begin(struct holdings *owner, va_t va,
			      struct io_mapping **out)
{
	struct space_page page;

	if (!space_find_page(owner, va, &page))
		return SHM_BAD_ADDRESS;
	return io_put(owner, va, page.pa, out);
}

static enum shm_status map(struct io_mapping *mapping)
{
	enum shm_status st;

	do
		st = ioremap_slice(mapping);
	while (st == SHM_INTERRUPTED);
	if (st != SHM_OK)
		io_take_apart(mapping);
	return st;
}

enum shm_status guest_ioremap(struct holdings *owner, pa_t pa, uint64_t size,
			      enum shm_memtype type, va_t *out)
{
	struct io_mapping *mapping;
	enum shm_status st = ioremap_begin(owner, pa, size, type, &mapping);

	if (st == SHM_OK)
		st = map(mapping);
	if (st == SHM_OK)
		*out = io_mapping_address(mapping, pa);
	return st;
}

enum shm_status shm_map_ram(struct shm *shm, pa_t pa, uint64_t size,
			    enum shm_memtype type, va_t *out)
{
	struct io_mapping *mapping;
	struct io_request request;
	enum shm_status st = io_check_ram(shm, pa, size, type, &request);

	if (st == SHM_OK)
		st = begin(shm->kernel, &request, &mapping);
	if (st == SHM_OK)
		st = map(mapping);
	if (st == SHM_OK)
		*out = io_mapping_address(mapping, pa);
	return st;
}

enum shm_status guest_iounmap(struct holdings *owner, va_t va)
{
	struct io_mapping *mapping;
	enum shm_status st = iounmap_begin(owner, va, &mapping);

	if (st == SHM_OK && mapping != NULL)
		io_take_apart(mapping);
	return st;
}

enum shm_status shm_ioremap(struct shm *shm, pa_t pa, uint64_t size,
			    enum shm_memtype type, va_t *out)
{
	return guest_ioremap(shm->kernel, pa, size, type, out);
}

enum shm_status shm_iounmap(struct shm *shm, va_t va)
{
	return guest_iounmap(shm->kernel, va);
}

void io_drain(struct holdings *corpse)
{
	struct io_mapping *mapping = corpse->io_mappings;

	io_set_state(mapping, IO_LEAVING);
	(void)iounmap_slice(mapping);
}
