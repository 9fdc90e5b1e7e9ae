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

static const struct va_area *space_of(va_t va, uint64_t size)
{
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

static void unmap(const struct va_area *space, va_t va, size_t count)
{
	while (count-- > 0)
		(void)kernel_page_unmap(compat_shm(), space,
					va + (count << SHM_PAGE_SHIFT));
}

/* `pages`, or with NULL those from `next` on. */
static TEE_Result map(va_t va, const paddr_t *pages, paddr_t next, size_t count,
		      enum teecore_memtypes type)
{
	const struct va_area *space = NULL;
	enum shm_status st = SHM_OK;
	size_t done = 0;

	if (count == 0 && shm_page_aligned(va))
		return TEE_SUCCESS;
	if (count <= SIZE_MAX >> SHM_PAGE_SHIFT && is_type_of_ram(type))
		space = space_of(va, (uint64_t)count << SHM_PAGE_SHIFT);
	if (space == NULL || compat_shm() == NULL)
		return TEE_ERROR_BAD_PARAMETERS;
	while (done < count) {
		uint64_t offset = (uint64_t)done << SHM_PAGE_SHIFT;
		pa_t pa = pages == NULL ? next + offset : pages[done];

		st = kernel_page_map(compat_shm(), space, va + offset, pa);
		if (st != SHM_OK)
			break;
		done++;
	}
	if (st == SHM_OK)
		cpu_publish_tables();
	else
		unmap(space, va, done);
	return result_of(st);
}

TEE_Result core_mmu_map_pages(vaddr_t vstart, paddr_t *pages, size_t num_pages,
			      enum teecore_memtypes memtype)
{
	return map(vstart, pages, 0, num_pages, memtype);
}

TEE_Result core_mmu_map_contiguous_pages(vaddr_t vstart, paddr_t pstart,
					 size_t num_pages,
					 enum teecore_memtypes memtype)
{
	if (num_pages != 0 &&
	    num_pages - 1 > (UINT64_MAX - pstart) >> SHM_PAGE_SHIFT)
		return TEE_ERROR_BAD_PARAMETERS;
	return map(vstart, NULL, pstart, num_pages, memtype);
}

void core_mmu_unmap_pages(vaddr_t vstart, size_t num_pages)
{
	const struct va_area *space = NULL;

	if (num_pages != 0 && num_pages <= SIZE_MAX >> SHM_PAGE_SHIFT)
		space = space_of(vstart, (uint64_t)num_pages << SHM_PAGE_SHIFT);
	if (space != NULL && compat_shm() != NULL)
		unmap(space, vstart, num_pages);
}

va_t compat_pages_find(struct pa_range range, enum teecore_memtypes m)
{
	return is_type_of_ram(m) ? kernel_page_find(compat_shm(), range) : 0;
}
