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

/*
 * Unmap a part of what is mapped at `va`, after failures of each allocation
 * that it takes, which change nothing that another look can see: sizes of
 * descriptors count, too. Answers which allocation would have been too many.
 */
static inline uint32_t cut_after_failures(va_t va, struct pa_range whole,
					  uint64_t first, uint64_t size)
{
	uint64_t free_bytes = meta_pool_free_bytes(&shm.pool);
	uint64_t hash = world_tables_hash();
	enum shm_status st;
	uint32_t n;

	for (n = 1;; n++) {
		shm.pool.fail_after = n;
		st = shm_iounmap_part(&shm, va + first, size);
		if (shm.pool.fail_after != 0)
			break;
		assert_true(st == SHM_NO_METADATA || st == SHM_NO_TABLE);
		assert_int_equal(meta_pool_free_bytes(&shm.pool), free_bytes);
		assert_int_equal(world_tables_hash(), hash);
		assert_int_equal(sim_tlb_stale_count(), 0);
		assert_int_equal(ioremap_find(shm.kernel, whole.first,
					      whole.last - whole.first + 1),
				 va);
	}
	shm.pool.fail_after = 0;
	assert_int_equal(st, SHM_OK);
	return n;
}

#endif
