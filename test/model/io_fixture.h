/* SPDX-License-Identifier: BSD-2-Clause */
/* Device mappings of the kernel that come and leave nothing behind. */
#ifndef TEST_MODEL_IO_FIXTURE_H
#define TEST_MODEL_IO_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dynshm/ioremap.h>

#include "sim/world.h"

static struct shm shm;
static uint64_t level; /* of the pool, before the test */

static inline int tear_down(void **state)
{
	(void)state;
	assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_int_equal(sim_table_count(), 1);
	return sim_check_violations() ? 0 : -1;
}

static inline va_t map_as(pa_t pa, uint64_t size, enum shm_memtype type)
{
	va_t va = 0;

	assert_int_equal(shm_ioremap(&shm, pa, size, type, &va), SHM_OK);
	return va;
}

static inline va_t map(pa_t pa, uint64_t size)
{
	return map_as(pa, size, SHM_MEM_DEVICE);
}

static inline void unmap(va_t va)
{
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
	assert_int_equal(sim_tlb_stale_count(), 0);
}

#endif
