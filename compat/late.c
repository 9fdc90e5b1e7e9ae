// SPDX-License-Identifier: BSD-2-Clause
/*
 * Late mappings of the kernel: core_mmu_add_mapping() and its inverse. What is
 * shareable RAM becomes a region of the kernel's, mapped as the normal world
 * maps it, whatever the type: other attributes would break coherence. All else
 * goes through ioremap. Each range that was asked for is on record with the
 * number of times it was, so that only what was added can be removed.
 */
#include "internal.h"

#include <dynshm/lookup.h>

struct late {
	struct late *next;
	enum teecore_memtypes type;
	struct pa_range range; /* as it was asked for */
	va_t va;	       /* of its first byte */
	struct region *region; /* NULL: by ioremap, which counts as we do */
	uint64_t count;
};

static struct meta_cache cache;
static struct spinlock lock; /* first, and all records */
static struct late *first;

void compat_late_init(struct shm *shm)
{
	(void)shm;
	meta_cache_init(&cache, sizeof(struct late));
	first = NULL;
}

/* lock held. */
static struct late *find_exact(enum teecore_memtypes type,
			       struct pa_range range)
{
	struct late *late = first;

	while (late != NULL &&
	       (late->type != type || late->range.first != range.first ||
		late->range.last != range.last))
		late = late->next;
	return late;
}

static void take_apart(struct region *region)
{
	region_leave(region);
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
}

static enum shm_status map_ram(struct shm *shm, struct late *late)
{
	struct region_request request = {
		.size = late->range.last - late->range.first + 1,
		.offset = (uint32_t)(late->range.first & SHM_PAGE_MASK),
	};
	struct region *replaced;
	struct page_list list;
	enum shm_status st =
		region_create(shm->kernel, &request, &late->region);

	if (st != SHM_OK)
		return st;
	page_list_init_contiguous(&list, late->range.first & ~SHM_PAGE_MASK,
				  region_pages(late->region));
	do
		st = region_map_slice(late->region, &list);
	while (st == SHM_INTERRUPTED);
	if (st == SHM_OK) /* it has no cookie: that cannot fail */
		st = region_commit(late->region, true, &replaced);
	if (st != SHM_OK)
		take_apart(late->region);
	else
		late->va = region_address(late->region, 0);
	return st;
}

static enum shm_status map(struct shm *shm, struct late *late)
{
	uint64_t size = late->range.last - late->range.first + 1;
	uint32_t attr = core_mmu_type_to_attr(late->type);

	if (!core_pbuf_is(CORE_MEM_NON_SEC, late->range.first, (size_t)size))
		return shm_ioremap(shm, late->range.first, size,
				   compat_memtype(attr), &late->va);
	if (attr & TEE_MATTR_SECURE)
		return SHM_BAD_ATTRIBUTE;
	return map_ram(shm, late);
}

/* Gone when this returns. No lock held. */
static void unmap(struct shm *shm, struct late late)
{
	if (late.region == NULL) {
		(void)shm_iounmap(shm, late.va);
		return;
	}
	region_put(late.region);
	take_apart(late.region);
}

/* Put a mapping on record that was just made, or count it where it is. */
static va_t record(struct shm *shm, struct late *late)
{
	cpu_irq_t irq = spin_lock(&lock);
	struct late *same = find_exact(late->type, late->range);
	va_t va = late->va;

	if (same != NULL) {
		same->count++;
		va = same->va;
	} else {
		late->count = 1;
		late->next = first;
		first = late;
	}
	spin_unlock(&lock, irq);
	if (same == NULL)
		return va;
	/* A device's reference is counted there; RAM was mapped once more. */
	if (late->region != NULL)
		unmap(shm, *late);
	meta_object_free(&shm->pool, &cache, late, NULL);
	return va;
}

static va_t add(struct shm *shm, enum teecore_memtypes type,
		struct pa_range range)
{
	struct late *late = meta_object_alloc(&shm->pool, &cache, NULL);

	if (late == NULL)
		return 0;
	late->type = type;
	late->range = range;
	if (map(shm, late) != SHM_OK) {
		meta_object_free(&shm->pool, &cache, late, NULL);
		return 0;
	}
	return record(shm, late);
}

static bool can_be_added(enum teecore_memtypes type)
{
	uint32_t attr = core_mmu_type_to_attr(type);

	return attr != 0 && !(attr & TEE_MATTR_PX);
}

void *core_mmu_add_mapping(enum teecore_memtypes type, paddr_t addr, size_t len)
{
	struct shm *shm = compat_shm();
	struct pa_range range;
	va_t va;

	if (!pa_range_make(addr, len, &range))
		return NULL;
	va = compat_static_find(range, type);
	if (va == 0 && shm != NULL && can_be_added(type))
		va = add(shm, type, range);
	return (void *)(uintptr_t)va;
}

/* Count one down; *out is a copy of the record, *gone the last of it. */
static bool give_back(enum teecore_memtypes type, va_t va, uint64_t len,
		      struct late *out, struct late **gone)
{
	cpu_irq_t irq = spin_lock(&lock);
	struct late **link = &first;
	struct late *late;

	while ((late = *link) != NULL &&
	       (late->type != type || late->va != va ||
		late->range.last - late->range.first != len - 1))
		link = &late->next;
	*gone = NULL;
	if (late != NULL) {
		*out = *late;
		if (--late->count == 0) {
			*link = late->next;
			*gone = late;
		}
	}
	spin_unlock(&lock, irq);
	return late != NULL;
}

/* What the static map has was not added, and does not go. */
static bool is_static(enum teecore_memtypes type, void *addr, size_t len)
{
	struct pa_range range;
	paddr_t pa;

	return core_va2pa_helper(addr, &pa) == 0 &&
	       pa_range_make(pa, len, &range) &&
	       compat_static_find(range, type) == (uintptr_t)addr;
}

TEE_Result core_mmu_remove_mapping(enum teecore_memtypes type, void *addr,
				   size_t len)
{
	struct shm *shm = compat_shm();
	struct late late, *gone;

	if (is_static(type, addr, len))
		return TEE_SUCCESS;
	if (shm == NULL || !give_back(type, (uintptr_t)addr, len, &late, &gone))
		return TEE_ERROR_GENERIC;
	if (gone != NULL || late.region == NULL)
		unmap(shm, late);
	if (gone != NULL)
		meta_object_free(&shm->pool, &cache, gone, NULL);
	return TEE_SUCCESS;
}

/* The type of a device that is mapped by ioremap, for whatever purpose. */
static enum teecore_memtypes device_type(enum shm_memtype type)
{
	bool cached = shm_memtype_base(type) == SHM_MEM_CACHED;

	if (type & SHM_MEM_NON_SECURE)
		return cached ? MEM_AREA_RAM_NSEC : MEM_AREA_IO_NSEC;
	return cached ? MEM_AREA_RAM_SEC : MEM_AREA_IO_SEC;
}

/* Some kernel mapping by ioremap, as one page never has two types. */
static va_t find_device(struct pa_range range, enum teecore_memtypes *type)
{
	struct shm *shm = compat_shm();
	struct shm_va_info info;
	va_t va = ioremap_find(shm->kernel, range.first,
			       range.last - range.first + 1);

	if (va == 0 || !shm_find_va(shm, va, &info))
		return 0;
	*type = device_type(info.type);
	return va;
}

/* On record, of type `m` or with NOTYPE of any. */
static va_t find_record(struct pa_range range, enum teecore_memtypes m,
			enum teecore_memtypes *type)
{
	cpu_irq_t irq = spin_lock(&lock);
	va_t va = 0;

	for (struct late *l = first; va == 0 && l != NULL; l = l->next) {
		if ((m != MEM_AREA_NOTYPE && l->type != m) ||
		    range.first < l->range.first || range.last > l->range.last)
			continue;
		va = l->va + (range.first - l->range.first);
		*type = l->type;
	}
	spin_unlock(&lock, irq);
	return va;
}

va_t compat_late_find(struct pa_range range, enum teecore_memtypes m)
{
	enum teecore_memtypes type;
	va_t va;

	if (m == MEM_AREA_NOTYPE)
		return 0;
	va = find_record(range, m, &type);
	if (va != 0)
		return va;
	va = find_device(range, &type);
	return va != 0 && type == m ? va : 0;
}

enum teecore_memtypes compat_late_type(pa_t page)
{
	struct pa_range range = { page, page };
	enum teecore_memtypes type;

	if (find_record(range, MEM_AREA_NOTYPE, &type) != 0 ||
	    find_device(range, &type) != 0)
		return type;
	return MEM_AREA_NOTYPE;
}
