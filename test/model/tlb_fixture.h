/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two guests on cores with or without invalidations of ranges, and what some
 * work asks of the TLBs.
 */
#ifndef TEST_MODEL_TLB_FIXTURE_H
#define TEST_MODEL_TLB_FIXTURE_H

#include "model/revoke_fixture.h"

#include <dynshm/ioremap.h>

static inline int set_up_ranges(void **state)
{
	world_set_tlb_ranges(true);
	return set_up_two(state);
}

static inline int set_up_plain(void **state)
{
	world_set_tlb_ranges(false);
	return set_up_two(state);
}

static inline struct sim_tlb_counts counted(void (*work)(void))
{
	sim_tlb_counts_reset();
	work();
	return sim_tlb_counts();
}

static inline void unregister_them(void)
{
	unregister(COOKIE);
}

static va_t device;

static inline void map_device(void)
{
	assert_int_equal(shm_ioremap(&shm, WORLD_DEVICE_PA, 4 * SHM_PAGE_SIZE,
				     SHM_MEM_DEVICE, &device),
			 SHM_OK);
}

static inline void unmap_device(void)
{
	assert_int_equal(shm_iounmap(&shm, device), SHM_OK);
}

static inline void die(void)
{
	while (guest_cut_off(&shm, loser) == SHM_INTERRUPTED)
		;
}

#define test(how, name) \
	cmocka_unit_test_setup_teardown(name, set_up_##how, tear_down_two)

#endif
