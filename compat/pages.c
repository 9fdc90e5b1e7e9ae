// SPDX-License-Identifier: BSD-2-Clause
/*
 * Pages at addresses that the caller chooses, in ranges that are set aside for
 * it: one each for the two types that OP-TEE's code asks for. They are pages of
 * shareable RAM, mapped as the normal world maps them; devices and secure RAM
 * are core_mmu_add_mapping()'s.
 */
#include "internal.h"

#include <dynshm/shared_page.h>

/* Bytes of virtual addresses in each. */
#define SPACE_SIZE (UINT64_C(1) << 20)

#define SPACES	   2

static struct va_area spaces[SPACES];
static const enum teecore_memtypes space_types[SPACES] = {
	MEM_AREA_RES_VASPACE,
	MEM_AREA_SHM_VASPACE,
};

enum shm_status compat_pages_init(struct shm *shm)
{
	enum shm_status st = SHM_OK;

	for (unsigned int i = 0; st == SHM_OK && i < SPACES; i++)
		st = kernel_pages_reserve(shm, SPACE_SIZE, &spaces[i]);
	return st;
}

bool compat_pages_space(enum teecore_memtypes type, struct va_range *out)
{
	for (unsigned int i = 0; i < SPACES; i++)
		if (space_types[i] == type && compat_shm() != NULL) {
			*out = spaces[i].range;
			return true;
		}
	return false;
}

/* The one in which that many pages are, one at least. */
static const struct va_area *space_of(va_t va, size_t count)
{
	uint64_t size = (uint64_t)count << SHM_PAGE_SHIFT;

	if (compat_shm() == NULL || count == 0 ||
	    count > SIZE_MAX >> SHM_PAGE_SHIFT)
		return NULL;
	for (unsigned int i = 0; i < SPACES; i++) {
		struct va_range range = spaces[i].range;

		if (va >= range.first && va <= range.last &&
		    size - 1 <= range.last - va)
			return &spaces[i];
	}
	return NULL;
}

/* The types that such a page can be. */
static bool is_type_of_ram(enum teecore_memtypes m)
{
	return m == MEM_AREA_NSEC_SHM || m == MEM_AREA_SHM_VASPACE ||
	       m == MEM_AREA_RAM_NSEC;
}

static TEE_Result result_of(enum shm_status st)
{
	switch (st) {
	case SHM_OK:
		return TEE_SUCCESS;
	case SHM_NO_VA:
	case SHM_NO_TABLE:
	case SHM_NO_METADATA:
	case SHM_OVER_BUDGET:
		return TEE_ERROR_OUT_OF_MEMORY;
	default:
		return TEE_ERROR_BAD_PARAMETERS;
	}
}

TEE_Result core_mmu_map_pages(vaddr_t vstart, paddr_t *pages, size_t num_pages,
			      enum teecore_memtypes memtype)
{
	const struct va_area *space = space_of(vstart, num_pages);

	if (num_pages == 0 && shm_page_aligned(vstart))
		return TEE_SUCCESS;
	if (space == NULL || !is_type_of_ram(memtype))
		return TEE_ERROR_BAD_PARAMETERS;
	return result_of(kernel_pages_map(compat_shm(), space, vstart, pages,
					  num_pages));
}

/* Pages that are written down as a list, so many at a time. */
#define LISTED 32u

static enum shm_status map_listed(const struct va_area *space, va_t va, pa_t pa,
				  size_t count)
{
	pa_t pages[LISTED];

	for (size_t i = 0; i < count; i++)
		pages[i] = pa + ((pa_t)i << SHM_PAGE_SHIFT);
	return kernel_pages_map(compat_shm(), space, va, pages, count);
}

TEE_Result core_mmu_map_contiguous_pages(vaddr_t vstart, paddr_t pstart,
					 size_t num_pages,
					 enum teecore_memtypes memtype)
{
	const struct va_area *space = space_of(vstart, num_pages);
	enum shm_status st = SHM_OK;
	size_t done = 0;

	if (num_pages == 0 && shm_page_aligned(vstart))
		return TEE_SUCCESS;
	if (space == NULL || !is_type_of_ram(memtype) ||
	    num_pages - 1 > (UINT64_MAX - pstart) >> SHM_PAGE_SHIFT)
		return TEE_ERROR_BAD_PARAMETERS;
	while (st == SHM_OK && done < num_pages) {
		uint64_t offset = (uint64_t)done << SHM_PAGE_SHIFT;
		size_t count = num_pages - done;

		if (count > LISTED)
			count = LISTED;
		st = map_listed(space, vstart + offset, pstart + offset, count);
		if (st == SHM_OK)
			done += count;
	}
	if (st != SHM_OK)
		kernel_pages_unmap(compat_shm(), space, vstart, done);
	return result_of(st);
}

void core_mmu_unmap_pages(vaddr_t vstart, size_t num_pages)
{
	const struct va_area *space = space_of(vstart, num_pages);

	if (space != NULL)
		kernel_pages_unmap(compat_shm(), space, vstart, num_pages);
}

va_t compat_pages_find(struct pa_range range, enum teecore_memtypes m)
{
	return is_type_of_ram(m) ? kernel_page_find(compat_shm(), range) : 0;
}
