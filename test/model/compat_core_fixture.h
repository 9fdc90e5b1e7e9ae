/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A static map with the image in it, for tests that ask what a kernel has of
 * its own. For one file of each test program: it has that program's
 * compat_get_call().
 */
#ifndef MODEL_COMPAT_CORE_FIXTURE_H
#define MODEL_COMPAT_CORE_FIXTURE_H

#include "compat/callers.h"
#include "sim/compat.h"
#include "sim/world.h"

#include <compat/platform.h>
#include <sim_format.h>

#define POOL_SIZE	(UINT64_C(4) << 20)
#define PAGE		SHM_PAGE_SIZE
#define SCRATCH_PA	UINT64_C(0x0f800000) /* a page for a table */
#define RX		12		     /* MEM_AREA_TEE_RAM_RX of 4.10 */
#define RO		13
#define RW		14
#define IMAGE_PA	UINT64_C(0x0e000000)
#define IMAGE_VA	UINT64_C(0x7e000000)
#define NOT_IMPLEMENTED UINT32_C(0xFFFF0009)
#define SHM_ATTR                                                    \
	(TEE_MATTR_VALID_BLOCK | TEE_MATTR_PRW | TEE_MATTR_GLOBAL | \
	 TEE_MATTR_CACHE_CACHED << TEE_MATTR_CACHE_SHIFT)

static struct shm shm;

bool compat_get_call(struct compat_call *out)
{
	(void)out;
	return false;
}

static bool add_regions(void)
{
	return compat_static_add(RX, IMAGE_PA, IMAGE_VA, PAGE) &&
	       compat_static_add(RO, IMAGE_PA + PAGE, IMAGE_VA + PAGE, PAGE) &&
	       compat_static_add(RW, IMAGE_PA + 2 * PAGE, IMAGE_VA + 2 * PAGE,
				 2 * PAGE) &&
	       compat_static_add(MEM_AREA_IO_SEC, 0x8000000, 0x8000000, PAGE) &&
	       compat_static_add(RW, IMAGE_PA + 8 * PAGE, IMAGE_VA + 8 * PAGE,
				 PAGE) &&
	       compat_static_add(MEM_AREA_TA_RAM, WORLD_ROOT_PA,
				 (uintptr_t)sim_pointer(WORLD_ROOT_PA), PAGE);
}

static int start(void **state)
{
	static bool added;

	(void)state;
	world_start(&shm, POOL_SIZE, 2);
	sim_add_range(SIM_SECURE, SCRATCH_PA, PAGE);
	if (!added && !add_regions())
		return -1;
	added = true;
	return compat_init(&shm) == SHM_OK ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	return sim_check_violations() ? 0 : -1;
}

#endif
