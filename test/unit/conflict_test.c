/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLB conflict aborts, as far as they can be had without one: no emulator
 * raises them. Which values of a fault status say so, and when the handler
 * tries again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpu.h>
#include <dynshm/fault.h>

#include "sim.h"

#define PC UINT64_C(0x0e101000)
#define VA UINT64_C(0x8000001000)

/*
 * What the architecture manual says of the other fields: they may have any
 * value. Long: STATUS is 110000 in bits 5:0. Short: FS is 10000 in bits 10 and
 * 3:0, with bit 9 (LPAE) 0.
 */
#if PT_TABLE_HAS_WORLD
static const uint32_t conflicts[] = { 0x400, 0xc00, 0x2400, 0x4f0, 0x1400 };
static const uint32_t others[] = { 0,	  0x401, 0x406, 0x407, 0x408, 0x40f,
				   0x005, 0x007, 0x00d, 0x00f, 0x800 };
#else
static const uint32_t conflicts[] = { 0x30,	  0x230,      0x96000030,
				      0x96000070, 0x86000030, 0xa30 };
static const uint32_t others[] = {
	0,    0x04, 0x07, 0x0f,	      0x10,	  0x20,	      0x21,	 0x31,
	0x34, 0x35, 0x3f, 0x96000007, 0x96000021, 0x8600000f, 0x96000010
};
#endif

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static int set_up(void **state)
{
	(void)state;
	sim_reset();
	return 0;
}

static void the_status_tells(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(conflicts); i++)
		assert_true(pt_fault_is_conflict(conflicts[i]));
	for (size_t i = 0; i < LENGTH(others); i++)
		assert_false(pt_fault_is_conflict(others[i]));
}

static void each_retry_forgets_everything(void **state)
{
	struct shm_conflicts seen = { 0 };

	(void)state;
	assert_true(shm_fault_retry_conflict(&seen, PC, VA));
	assert_int_equal(sim_tlb_counts().local, 1);
	assert_true(shm_fault_retry_conflict(&seen, PC, VA + 4));
	assert_int_equal(sim_tlb_counts().local, 2);
	assert_int_equal(sim_tlb_counts().all + sim_tlb_counts().brackets, 0);
}

/* 1 GiB, 32 MiB, 2 MiB, 64 KiB, a page: four steps. */
static void it_ends_when_there_is_no_reason_left(void **state)
{
	struct shm_conflicts seen = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 4; i++)
		assert_true(shm_fault_retry_conflict(&seen, PC, VA));
	for (unsigned int i = 0; i < 3; i++)
		assert_false(shm_fault_retry_conflict(&seen, PC, VA));
	assert_int_equal(sim_tlb_counts().local, 4);
}

static void getting_on_begins_anew(void **state)
{
	struct shm_conflicts seen = { 0 };

	(void)state;
	/* A copy that goes on. */
	for (unsigned int i = 0; i < 100; i++)
		assert_true(shm_fault_retry_conflict(&seen, PC, VA + i));
	/* Instructions one after the other, and what they all use. */
	for (unsigned int i = 0; i < 100; i++)
		assert_true(shm_fault_retry_conflict(&seen, PC + 4 * i, VA));
	/* The same again and again, each in another call. */
	for (unsigned int i = 0; i < 100; i++) {
		seen.count = 0;
		assert_true(shm_fault_retry_conflict(&seen, PC, VA));
	}
}

/* No instruction and no address stand for "none". */
static void address_zero_is_bounded_too(void **state)
{
	struct shm_conflicts seen = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 4; i++)
		assert_true(shm_fault_retry_conflict(&seen, 0, 0));
	assert_false(shm_fault_retry_conflict(&seen, 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_status_tells, set_up),
		cmocka_unit_test_setup(each_retry_forgets_everything, set_up),
		cmocka_unit_test_setup(it_ends_when_there_is_no_reason_left,
				       set_up),
		cmocka_unit_test_setup(getting_on_begins_anew, set_up),
		cmocka_unit_test_setup(address_zero_is_bounded_too, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
