/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine with a device of some GiBs, as windows of 64-bit PCIe are. */
#ifndef TEST_MODEL_GIB_FIXTURE_H
#define TEST_MODEL_GIB_FIXTURE_H

#include "model/io_fixture.h"
#include "model/io_model.h"
#include "model/io_pieces.h"

#define POOL_SIZE (UINT64_C(8) << 20)
/* Something of the device lies in front of it, too. */
#define DEVICE (WORLD_IS_SMALL ? UINT64_C(0xc0000000) : UINT64_C(0x8000000000))
#define FRONT  (GIB / 4)
#define GIBS   (WORLD_IS_SMALL ? UINT64_C(1) : UINT64_C(33))

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

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
