/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine with a device of some GiBs, as windows of 64-bit PCIe are. */
#ifndef TEST_MODEL_GIB_FIXTURE_H
#define TEST_MODEL_GIB_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dynshm/ioremap.h>

#include "model/io_model.h"
#include "model/io_pieces.h"

#define POOL_SIZE (UINT64_C(8) << 20)
/* Something of the device lies in front of it, too. */
#define DEVICE (WORLD_IS_SMALL ? UINT64_C(0xc0000000) : UINT64_C(0x8000000000))
#define FRONT  (GIB / 4)
#define GIBS   (WORLD_IS_SMALL ? UINT64_C(1) : UINT64_C(33))

static struct shm shm;
static uint64_t level;

static inline void add_device(void)
{
	sim_add_range(SIM_DEVICE, DEVICE - FRONT, FRONT + GIBS * GIB);
}

static inline int set_up(void **state)
{
	(void)state;
	world_start(&shm, POOL_SIZE, 2);
	add_device();
	level = meta_pool_free_bytes(&shm.pool);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_int_equal(sim_table_count(), 1);
	return sim_check_violations() ? 0 : -1;
}

static inline va_t map(pa_t pa, uint64_t size)
{
	va_t va = 0;

	assert_int_equal(shm_ioremap(&shm, pa, size, SHM_MEM_DEVICE, &va),
			 SHM_OK);
	return va;
}

static inline void unmap(va_t va)
{
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
	assert_int_equal(sim_tlb_stale_count(), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
