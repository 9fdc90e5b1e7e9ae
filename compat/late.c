// SPDX-License-Identifier: BSD-2-Clause
/*
 * Late mappings of the kernel: core_mmu_add_mapping() and its inverse. What is
 * shareable RAM is mapped as the normal world maps it, whatever the type: other
 * attributes would break coherence. All else goes through ioremap. Each range
 * that was asked for is on record with the number of times it was, so that only
 * what was added can be removed.
 */
#include "internal.h"

#include <dynshm/lookup.h>

struct late {
	struct late *next;
	enum teecore_memtypes type;
	struct pa_range range; /* as it was asked for */
	va_t va;	       /* of its first byte */
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

static enum shm_status map(struct shm *shm, struct late *late)
{
	uint64_t size = late->range.last - late->range.first + 1;
	uint32_t attr = core_mmu_type_to_attr(late->type);

	if (!core_pbuf_is(CORE_MEM_NON_SEC, late->range.first, (size_t)size))
		return shm_ioremap(shm, late->range.first, size,
				   compat_memtype(attr), &late->va);
	if (attr & TEE_MATTR_SECURE)
		return SHM_BAD_ATTRIBUTE;
	return shm_map_ram(shm, late->range.first, size, SHM_MEM_SHARED,
			   &late->va);
}

/* Its address when it is on record, which counts it once more; or 0. */
static va_t count_again(enum teecore_memtypes type, struct pa_range range)
{
	cpu_irq_t irq = spin_lock(&lock);
	struct late *late = find_exact(type, range);
	va_t va = 0;

	if (late != NULL) {
		late->count++;
		va = late->va;
	}
	spin_unlock(&lock, irq);
	return va;
}

/* Put what was just mapped on record, or count what somebody else has put. */
static struct late *record(struct late *late)
{
	cpu_irq_t irq = spin_lock(&lock);
	struct late *same = find_exact(late->type, late->range);

	if (same == NULL) {
		same = late;
		late->next = first;
		first = late;
	}
	same->count++;
	spin_unlock(&lock, irq);
	return same;
}

static va_t add(struct shm *shm, enum teecore_memtypes type,
		struct pa_range range)
{
	struct late *late = meta_object_alloc(&shm->pool, &cache, NULL);
	struct late *recorded = NULL;
	va_t va;

	if (late == NULL)
		return 0;
	late->type = type;
	late->range = range;
	if (map(shm, late) == SHM_OK)
		recorded = record(late);
	va = recorded == NULL ? 0 : recorded->va;
	if (recorded == late)
		return va;
	if (recorded != NULL)
		(void)shm_iounmap(shm, late->va);
	meta_object_free(&shm->pool, &cache, late, NULL);
	return va;
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
	if (va == 0 && shm != NULL && can_be_added(type)) {
		va = count_again(type, range);
		if (va == 0)
			va = add(shm, type, range);
	}
	return (void *)(uintptr_t)va;
}

/* Count one down; *gone is the record if it was the last. */
static bool give_back(enum teecore_memtypes type, va_t va, uint64_t len,
		      struct late **gone)
{
	cpu_irq_t irq = spin_lock(&lock);
	struct late **link = &first;
	struct late *late;

	while ((late = *link) != NULL &&
	       (late->type != type || late->va != va ||
		late->range.last - late->range.first != len - 1))
		link = &late->next;
	*gone = NULL;
	if (late != NULL && --late->count == 0) {
		*link = late->next;
		*gone = late;
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
	struct late *gone;

	if (is_static(type, addr, len))
		return TEE_SUCCESS;
	if (shm == NULL || !give_back(type, (uintptr_t)addr, len, &gone))
		return TEE_ERROR_GENERIC;
	if (gone != NULL) {
		(void)shm_iounmap(shm, gone->va);
		meta_object_free(&shm->pool, &cache, gone, NULL);
	}
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
