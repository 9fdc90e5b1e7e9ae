/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One guest, a static map, and a call that is running or not, for tests that
 * ask OP-TEE's questions about memory. For one file of each test program: it
 * has that program's compat_get_call().
 */
#ifndef TEST_MODEL_COMPAT_FIXTURE_H
#define TEST_MODEL_COMPAT_FIXTURE_H

#define OPTEE_API 410

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compat/callers.h"
#include "model/region_fixture.h"
#include "sim/world.h"

#include <compat/platform.h>

#define PAGE	  SHM_PAGE_SIZE
#define FOUR_GIB  (UINT64_C(1) << 32)
#define TEXT_PA	  UINT64_C(0x0e000000)
#define TEXT_SIZE UINT64_C(0x2000)
#define DATA_PA	  (TEXT_PA + TEXT_SIZE)
#define DATA_SIZE UINT64_C(0x3000)
#define STATIC_VA UINT64_C(0x7e000000)
#define UART_PA	  UINT64_C(0x08000000)
#define LAST_ATTR CORE_MEM_REG_SHM

static struct compat_call running;
static bool in_call;

bool compat_get_call(struct compat_call *out)
{
	if (in_call)
		*out = running;
	return in_call;
}

static inline void enter(struct guest *who)
{
	running = (struct compat_call){ .holdings = who->holdings };
	in_call = true;
}

static inline int start(void **state)
{
	static bool added;

	in_call = false;
	if (!added) {
		added = true;
		assert_true(compat_static_add(MEM_AREA_TEE_RAM_RX, TEXT_PA,
					      STATIC_VA, TEXT_SIZE));
		assert_true(compat_static_add(MEM_AREA_TEE_RAM_RW, DATA_PA,
					      STATIC_VA + TEXT_SIZE,
					      DATA_SIZE));
		assert_true(compat_static_add(MEM_AREA_IO_SEC, UART_PA, UART_PA,
					      PAGE));
	}
	if (set_up(state) != 0)
		return -1;
	return compat_init(&shm) == SHM_OK ? 0 : -1;
}

/* What the kernel set aside stays; all else must go. */
static inline int end(void **state)
{
	(void)state;
	in_call = false;
	guest_cut_off(&shm, guest);
	guest_destroy(&shm, guest);
	while (corpse_drain(&shm) != SHM_OK)
		;
	assert_int_equal(world_leaf_count(), 0);
	return sim_check_violations() ? 0 : -1;
}

static inline struct region *share(uint64_t cookie, const pa_t *list,
				   uint64_t count)
{
	struct region *region;

	assert_int_equal(register_list(cookie, world_write_list(0, list, count),
				       count * PAGE),
			 SHM_OK);
	assert_int_equal(region_get(guest->holdings, cookie, &region), SHM_OK);
	region_put(region);
	return region;
}

static inline va_t place(const struct region *region, uint64_t page)
{
	return region->area.range.first + page * PAGE;
}

static inline va_t find(pa_t pa, size_t len)
{
	return (uintptr_t)phys_to_virt(pa, MEM_AREA_NSEC_SHM, len);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)

#endif
