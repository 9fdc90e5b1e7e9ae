/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of late mappings share: a machine with a static device, and
 * nothing left of a test at its end. For one file of each test program: it has
 * that program's compat_get_call().
 */
#ifndef MODEL_COMPAT_MAP_FIXTURE_H
#define MODEL_COMPAT_MAP_FIXTURE_H

#define OPTEE_API 410

#include "compat/callers.h"
#include "sim/world.h"

#include <compat/platform.h>
#include <dynshm/ioremap.h>

#define POOL_SIZE      (UINT64_C(4) << 20)
#define PAGE	       SHM_PAGE_SIZE
#define UART_PA	       UINT64_C(0x08000000)
#define GENERIC	       UINT32_C(0xFFFF0000)
#define BAD_PARAMETERS UINT32_C(0xFFFF0006)
#define OUT_OF_MEMORY  UINT32_C(0xFFFF000C)
#define SHARED_ATTR    0 /* MAIR's first: write-back */

static struct shm shm;
static uint64_t level;
static uint64_t tables;

/* No call runs: what is found is the kernel's. */
bool compat_get_call(struct compat_call *out)
{
	(void)out;
	return false;
}

static int start(void **state)
{
	static bool added;

	(void)state;
	world_start(&shm, POOL_SIZE, 2);
	if (!added)
		added = compat_static_add(MEM_AREA_IO_SEC, UART_PA, UART_PA,
					  PAGE);
	if (!added || compat_init(&shm) != SHM_OK)
		return -1;
	level = meta_pool_free_bytes(&shm.pool);
	tables = sim_table_count();
	return 0;
}

static int end(void **state)
{
	(void)state;
	assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_int_equal(sim_table_count(), tables);
	return sim_check_violations() ? 0 : -1;
}

static struct sim_mapping walk(const void *va)
{
	return sim_walk((uintptr_t)va);
}

#endif
