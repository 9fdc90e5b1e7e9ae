// SPDX-License-Identifier: BSD-2-Clause
/*
 * The static map: what is there from boot to reset. A few regions, constant
 * once boot is over, so looking at all of them needs neither lock nor tree.
 */
#include "internal.h"

static struct tee_mmap_region regions[COMPAT_STATIC_REGIONS];
static size_t region_count;

/* The carve-out that there is none of. */
unsigned long default_nsec_shm_paddr;
unsigned long default_nsec_shm_size;

static struct pa_range physical(const struct tee_mmap_region *region)
{
	return (struct pa_range){ region->pa, region->pa + (region->size - 1) };
}

static struct va_range virtual(const struct tee_mmap_region *region)
{
	return (struct va_range){ region->va, region->va + (region->size - 1) };
}

static bool overlaps_another(struct va_range range)
{
	for (size_t i = 0; i < region_count; i++)
		if (va_ranges_overlap(range, virtual(&regions[i])))
			return true;
	return false;
}

bool compat_static_add(enum teecore_memtypes type, pa_t pa, va_t va,
		       uint64_t size)
{
	struct pa_range pages;
	struct va_range range;

	if (!shm_page_aligned(pa | va | size) || size > SIZE_MAX ||
	    !pa_range_make(pa, size, &pages) ||
	    !va_range_make(va, size, &range) || range.last > UINTPTR_MAX ||
	    region_count == COMPAT_STATIC_REGIONS || overlaps_another(range))
		return false;
	regions[region_count++] = (struct tee_mmap_region){
		.type = type,
		.region_size = SMALL_PAGE_SIZE,
		.pa = pa,
		.va = (vaddr_t)va,
		.size = (size_t)size,
		.attr = core_mmu_type_to_attr(type),
	};
	return true;
}

const struct tee_mmap_region *compat_static_map(size_t *count)
{
	*count = region_count;
	return regions;
}

/* Addresses that nothing is behind are no mapping. */
static bool is_mapped(const struct tee_mmap_region *region)
{
	return region->attr & TEE_MATTR_VALID_BLOCK;
}

va_t compat_static_find(struct pa_range range, enum teecore_memtypes m)
{
	for (size_t i = 0; i < region_count; i++) {
		const struct tee_mmap_region *region = &regions[i];

		if (is_mapped(region) && compat_type_covers(m, region->type) &&
		    range.first >= physical(region).first &&
		    range.last <= physical(region).last)
			return region->va + (range.first - region->pa);
	}
	return 0;
}

const struct tee_mmap_region *compat_static_at(pa_t pa)
{
	for (size_t i = 0; i < region_count; i++)
		if (is_mapped(&regions[i]) &&
		    pa >= physical(&regions[i]).first &&
		    pa <= physical(&regions[i]).last)
			return &regions[i];
	return NULL;
}

static struct tee_mmap_region *next_of_type(size_t *at,
					    enum teecore_memtypes type)
{
	while (*at < region_count)
		if (compat_type_covers(type, regions[(*at)++].type))
			return &regions[*at - 1];
	return NULL;
}

void core_mmu_get_mem_by_type(enum teecore_memtypes type, vaddr_t *s,
			      vaddr_t *e)
{
	size_t at = 0;
	const struct tee_mmap_region *region = next_of_type(&at, type);

	struct va_range space;

	*s = region == NULL ? 0 : region->va;
	if (compat_pages_space(type, &space)) {
		*s = (vaddr_t)space.first;
		*e = (vaddr_t)space.last + 1;
		return;
	}
	*e = *s;
	for (; region != NULL; region = next_of_type(&at, type))
		if (region->va == *e)
			*e += region->size;
}

struct tee_mmap_region *
core_mmu_find_mapping_exclusive(enum teecore_memtypes type, size_t len)
{
	size_t at = 0;
	struct tee_mmap_region *region = next_of_type(&at, type);

	if (region == NULL || region->size < len ||
	    next_of_type(&at, type) != NULL)
		return NULL;
	return region;
}

int core_va2pa_helper(void *va, paddr_t *pa)
{
	va_t at = (uintptr_t)va;

	for (size_t i = 0; i < region_count; i++) {
		struct va_range range = virtual(&regions[i]);

		if (is_mapped(&regions[i]) && at >= range.first &&
		    at <= range.last) {
			*pa = regions[i].pa + (at - range.first);
			return 0;
		}
	}
	return -1;
}
