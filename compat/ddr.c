// SPDX-License-Identifier: BSD-2-Clause
/*
 * The RAM that the normal world may share, as boot discovered it: told once,
 * before there is a manager, which then begins with it.
 */
#include "internal.h"

#include "range_set.h"

#define MAX_PA ((UINT64_C(1) << 48) - 1)

static struct range_set ddr; /* constant once it was told */
static bool is_told;

struct compat_ranges compat_discovered_ddr(void)
{
	return (struct compat_ranges){ ddr.range, ddr.count };
}

/* The manager does not start without any. */
bool core_mmu_nsec_ddr_is_defined(void)
{
	return ddr.count != 0 || compat_shm() != NULL;
}

/* What does not fit is not shared. */
static void add(const struct core_mmu_phys_mem *mem)
{
	struct pa_range range;

	if (pa_range_make(mem->addr, mem->size, &range) && range.last <= MAX_PA)
		(void)range_set_add(&ddr, range);
}

/* Rather none at all than what must not be. */
static void carve_out(struct pa_range range)
{
	if (range.first <= MAX_PA && !range_set_subtract(&ddr, range))
		ddr.count = 0;
}

/* Normal-world RAM that the core maps, too, remains shareable. */
static bool may_be_shared(const struct tee_mmap_region *region)
{
	return !(region->attr & TEE_MATTR_VALID_BLOCK) ||
	       region->type == MEM_AREA_RAM_NSEC ||
	       region->type == MEM_AREA_EXT_DT;
}

static void carve_out_static_map(void)
{
	size_t count;
	const struct tee_mmap_region *region = compat_static_map(&count);

	for (; count > 0; count--, region++)
		if (!may_be_shared(region))
			carve_out((struct pa_range){
				region->pa, region->pa + (region->size - 1) });
}

void core_mmu_set_discovered_nsec_ddr(struct core_mmu_phys_mem *start,
				      size_t nelems)
{
	struct compat_ranges secure = compat_memory()->secure;

	if (is_told || compat_shm() != NULL)
		return;
	is_told = true;
	for (size_t i = 0; i < nelems; i++)
		add(&start[i]);
	for (size_t i = 0; i < secure.count; i++)
		carve_out(secure.range[i]);
	carve_out_static_map();
	range_set_trim(&ddr);
}

/* There is one set of tables, for all. */
void core_mmu_set_prtn(struct mmu_partition *prtn)
{
	(void)prtn;
}
