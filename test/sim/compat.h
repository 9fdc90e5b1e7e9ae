/* SPDX-License-Identifier: BSD-2-Clause */
/* What the simulated machine was asked to do with its caches. */
#ifndef TEST_SIM_COMPAT_H
#define TEST_SIM_COMPAT_H

#include <dynshm/addr.h>

/* Bytes of secure memory at WORLD_POOL_PA, of any test. */
#define SIM_SECURE_SIZE (UINT64_C(16) << 20)

enum sim_cache_kind {
	SIM_CACHE_NOTHING,
	SIM_DCACHE_ALL,
	SIM_DCACHE_AREA,
	SIM_ICACHE_ALL,
	SIM_ICACHE_AREA,
};

struct sim_cache_work {
	enum sim_cache_kind kind;
	int op; /* enum compat_cache_op */
	va_t va;
	uint64_t size;
};

/* The last piece of work since the last look. */
struct sim_cache_work sim_take_cache_work(void);

/* Translations that this thread asked for since the last time. */
unsigned int sim_take_translations(void);

#endif
