// SPDX-License-Identifier: BSD-2-Clause
/* What a buffer is: each answer is a promise for all of it, or false. */
#include "internal.h"

/* All of `range` is in the union of the ranges, which may touch. */
static bool is_inside(struct compat_ranges ranges, struct pa_range range)
{
	for (size_t i = 0; i < ranges.count; i++) {
		const struct pa_range *r = &ranges.range[i];

		if (range.first < r->first || range.first > r->last)
			continue;
		if (range.last <= r->last)
			return true;
		range.first = r->last + 1;
	}
	return false;
}

static bool touches(struct compat_ranges ranges, struct pa_range range)
{
	for (size_t i = 0; i < ranges.count; i++)
		if (pa_ranges_overlap(ranges.range[i], range))
			return true;
	return false;
}

/* RAM that is neither secure nor to be shared. */
static bool is_left_alone(struct pa_range range)
{
	const struct compat_memory *memory = compat_memory();

	return is_inside(memory->external, range) &&
	       !touches(memory->secure, range) &&
	       !touches(memory->shareable, range);
}

/* In static regions of a type that follow each other. */
static bool is_static(struct pa_range range, enum teecore_memtypes type)
{
	for (;;) {
		const struct tee_mmap_region *region =
			compat_static_at(range.first);
		pa_t last;

		if (region == NULL || !compat_type_covers(type, region->type))
			return false;
		last = region->pa + (region->size - 1);
		if (range.last <= last)
			return true;
		range.first = last + 1;
	}
}

static bool type_is_cached(enum teecore_memtypes type)
{
	uint32_t attr = core_mmu_type_to_attr(type);

	return attr != 0 &&
	       shm_memtype_base(compat_memtype(attr)) == SHM_MEM_CACHED;
}

/* By whatever maps it. */
static pa_t cached_reach(struct pa_range range)
{
	const struct tee_mmap_region *region = compat_static_at(range.first);
	enum teecore_memtypes type;

	if (region != NULL)
		return type_is_cached(region->type)
			       ? region->pa + (region->size - 1)
			       : 0;
	type = compat_shm() == NULL ? MEM_AREA_NOTYPE
				    : compat_late_type(range.first);
	if (type == MEM_AREA_NOTYPE)
		return compat_shared_reach(range);
	return type_is_cached(type) ? range.first | SHM_PAGE_MASK : 0;
}

/* Step by step, each as far as one mapping has it. */
static bool is_mapped(struct pa_range range, bool cached)
{
	for (;;) {
		pa_t reached = cached ? cached_reach(range)
				      : compat_shared_reach(range);

		if (reached == 0)
			return false;
		if (reached >= range.last)
			return true;
		range.first = reached + 1;
	}
}

static bool range_is(uint32_t attribute, struct pa_range range)
{
	switch (attribute) {
	case CORE_MEM_SEC:
		return is_inside(compat_memory()->secure, range);
	case CORE_MEM_NON_SEC:
		return is_inside(compat_memory()->shareable, range);
	case CORE_MEM_TEE_RAM:
		return is_static(range, MEM_AREA_TEE_RAM);
	case CORE_MEM_TA_RAM:
		return is_static(range, MEM_AREA_TA_RAM);
	case CORE_MEM_NSEC_SHM:
	case CORE_MEM_REG_SHM:
		return is_mapped(range, false);
	case CORE_MEM_MULTPURPOSE:
		return is_left_alone(range);
	case CORE_MEM_EXTRAM:
		return is_inside(compat_memory()->external, range);
	case CORE_MEM_CACHED:
		return is_mapped(range, true);
	default:
		return false;
	}
}

bool core_pbuf_is(uint32_t flags, paddr_t pbuf, size_t len)
{
	struct pa_range range;

	if (len == 0)
		return true;
	return pa_range_make(pbuf, len, &range) && range_is(flags, range);
}

bool core_vbuf_is(uint32_t flags, const void *vbuf, size_t len)
{
	va_t at = (uintptr_t)vbuf;

	if (len == 0)
		return true;
	if (len - 1 > UINTPTR_MAX - at)
		return false;
	while (len != 0) {
		size_t piece = SHM_PAGE_SIZE - (at & SHM_PAGE_MASK);
		pa_t pa;

		if (piece > len)
			piece = len;
		if (!compat_translate(at, &pa) ||
		    !core_pbuf_is(flags, pa, piece))
			return false;
		at += piece;
		len -= piece;
	}
	return true;
}
