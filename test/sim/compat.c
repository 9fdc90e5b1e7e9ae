// SPDX-License-Identifier: BSD-2-Clause
/* The simulated machine's answers to what compat/platform.h asks. */
#include "compat.h"

#include "world.h"

#include <compat/platform.h>
#include <sim.h>

static const struct pa_range secure[] = {
	{ WORLD_ROOT_PA, WORLD_ROOT_PA + SHM_PAGE_SIZE - 1 },
	{ WORLD_POOL_PA, WORLD_POOL_PA + SIM_SECURE_SIZE - 1 },
};

/* The world's RAM with its reservation, and a piece that nobody shares. */
static const struct pa_range external[] = {
	{ WORLD_RAM_PA, WORLD_RAM2_END - 1 },
	{ WORLD_RAM3_PA & ~UINT64_C(0xffff), WORLD_RAM3_END - 1 },
	{ WORLD_HIGH_PA, WORLD_HIGH_END - 1 },
};

static struct sim_cache_work last_cache_work;
static _Thread_local unsigned int translations; /* by this core */

const struct compat_memory *compat_memory(void)
{
	static _Thread_local struct compat_memory memory = {
		.secure = { secure, sizeof(secure) / sizeof(secure[0]) },
		.external = { external,
			      sizeof(external) / sizeof(external[0]) },
	};
	struct shm_config config = world_config(0, 0);

	memory.shareable = compat_discovered_ddr();
	if (memory.shareable.count == 0)
		memory.shareable =
			(struct compat_ranges){ config.ram, config.ram_count };
	return &memory;
}

unsigned int sim_take_translations(void)
{
	unsigned int taken = translations;

	translations = 0;
	return taken;
}

bool compat_translate(va_t va, pa_t *pa)
{
	struct sim_mapping at = sim_walk(va);

	translations++;
	if (at.size == 0)
		return false;
	*pa = at.pa + (va - at.va);
	return true;
}

bool cpu_mmu_enabled(void)
{
	return true;
}

static void note(enum sim_cache_kind kind, int op, va_t va, uint64_t size)
{
	last_cache_work = (struct sim_cache_work){ kind, op, va, size };
}

struct sim_cache_work sim_take_cache_work(void)
{
	struct sim_cache_work work = last_cache_work;

	last_cache_work = (struct sim_cache_work){ 0 };
	return work;
}

void compat_dcache_all(enum compat_cache_op op)
{
	note(SIM_DCACHE_ALL, (int)op, 0, 0);
}

void compat_dcache_area(enum compat_cache_op op, va_t va, uint64_t size)
{
	note(SIM_DCACHE_AREA, (int)op, va, size);
}

void compat_icache_all(void)
{
	note(SIM_ICACHE_ALL, 0, 0, 0);
}

void compat_icache_area(va_t va, uint64_t size)
{
	note(SIM_ICACHE_AREA, 0, va, size);
}
