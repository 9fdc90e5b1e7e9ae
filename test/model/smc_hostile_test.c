/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile normal world at the doors: function ids, argument pages and resumes
 * that are not what they should be. Each is refused with the answer of the wire
 * contract and leaves nothing behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sim/normal_world.h"

#define POOL_SIZE (UINT64_C(1) << 20)
#define COOKIE	  UINT64_C(0xffff000012345680)
#define COUNT	  520u

static struct nw nw;
static pa_t pages[COUNT];
static struct nw_look before;

/* Addresses that are no page of shareable RAM. */
static const pa_t bad_pages[] = {
	0,
	WORLD_RAM_PA - SHM_PAGE_SIZE,
	WORLD_POOL_PA,
	WORLD_ROOT_PA,
	WORLD_DEVICE_PA,
	WORLD_RESERVED_PA,
	WORLD_RAM2_PA - SHM_PAGE_SIZE,
	WORLD_RAM2_END,
	WORLD_RAM3_END,
	WORLD_HIGH_END,
	WORLD_RAM_PA | UINT64_C(1) << 48,
	UINT64_C(0xfffffffffffff000),
};

#define BAD_COUNT (sizeof(bad_pages) / sizeof(bad_pages[0]))

static int set_up(void **state)
{
	(void)state;
	nw_start(&nw, POOL_SIZE);
	for (unsigned int i = 0; i < COUNT; i++)
		pages[i] = WORLD_RAM_PA + (pa_t)i * 5 * SHM_PAGE_SIZE;
	nw_unregister(&nw, 1);
	before = nw_look();
	return 0;
}

static void assert_unchanged(void)
{
	struct nw_look now = nw_look();

	assert_memory_equal(&now, &before, sizeof(now));
	assert_true(sim_check_violations());
}

static int tear_down(void **state)
{
	(void)state;
	assert_unchanged();
	return 0;
}

static uint32_t fast(uint64_t id, uint64_t a1, uint64_t a7)
{
	struct smc_args regs = { { id, a1, 0, 0, 0, 0, 0, a7 } };

	smc_fast(&regs);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(regs.a[i] >> 32, 0);
	return (uint32_t)regs.a[0];
}

static void unknown_functions_are_unknown(void **state)
{
	static const uint64_t ids[] = {
		0xFFFE0005, 0xBE000000, 0xBE000005, 0xF2000009,
		0xB2000008, 0xB2000011, 0xB2000014, 0xBF000002,
		0xB200FFFF, 0xBF00FF02, 0x80000000, 0xB3000009,
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		assert_int_equal(fast(ids[i], ~UINT64_C(0), 0),
				 NW_UNKNOWN_FUNCTION);
		assert_unchanged();
	}
	for (uint32_t id = 0x32000000; id < 0x32000020; id++) {
		if (id == NW_CALL_WITH_ARG || id == NW_CALL_WITH_RPC_ARG ||
		    id == NW_CALL_WITH_REGD_ARG || id == NW_RETURN_FROM_RPC)
			continue;
		assert_int_equal(nw_smc(&nw, id, 1, 2, 3, 4, 5, 6).a[0],
				 NW_UNKNOWN_FUNCTION);
		assert_unchanged();
	}
}

static void fast_calls_look_at_32_bits_only(void **state)
{
	uint64_t dirt = UINT64_C(0xdeadbeef) << 32;

	(void)state;
	assert_int_equal(fast(dirt | 0xBF00FF01, dirt, dirt), 0x384FB3E0);
	assert_int_equal(fast(dirt | 0xB2000009, dirt, dirt), NW_OK);
	nw_unregister(&nw, 1);
	assert_int_equal(fast(0xB2000009, 2, 0), NW_ENOTAVAIL);
	assert_int_equal(fast(0xB2000009, UINT32_MAX, 0), NW_ENOTAVAIL);
	/* No such client, for calls that belong to one. */
	assert_int_equal(fast(0xB2000009, 0, 5), NW_ENOTAVAIL);
	assert_int_equal(fast(0xB2000009, 0, 0x10000), NW_ENOTAVAIL);
	assert_int_equal(fast(0xBF00FF03, 0, 0x12345), 2);
	assert_int_equal(fast(0xB2000007, 0, 0), NW_ENOTAVAIL);
	assert_int_equal(fast(0xB200000A, 0, 0), NW_ENOTAVAIL);
}

static uint32_t call_argument(uint32_t id, pa_t pa)
{
	return nw_call(&nw, id, (uint32_t)(pa >> 32), (uint32_t)pa, 0, 0, 0, 0);
}

static void argument_pages_must_be_shareable_ram(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < BAD_COUNT; i++) {
		assert_int_equal(call_argument(NW_CALL_WITH_ARG, bad_pages[i]),
				 NW_EBADADDR);
		assert_int_equal(
			call_argument(NW_CALL_WITH_RPC_ARG, bad_pages[i]),
			NW_EBADADDR);
		assert_unchanged();
	}
	assert_int_equal(call_argument(NW_CALL_WITH_ARG, NW_ARGUMENT(0) + 8),
			 NW_EBADADDR);
	sim_page_set_dead(NW_ARGUMENT(0), true);
	assert_int_equal(call_argument(NW_CALL_WITH_ARG, NW_ARGUMENT(0)),
			 NW_EBADADDR);
	sim_page_set_dead(NW_ARGUMENT(0), false);
}

static void argument_must_fit_its_page(void **state)
{
	static const uint32_t counts[] = { 128, 129, 4096, 0x08000000,
					   UINT32_MAX };
	struct nw_message message = { .cmd = NW_REGISTER };

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		message.count = counts[i];
		assert_int_equal(nw_send(&nw, &message), NW_EBADADDR);
		/* The page is valid: a hypervisor looks only there. */
		assert_int_equal(message.ret, NW_BAD_PARAMETERS);
		assert_int_equal(message.origin, 3);
		assert_unchanged();
	}
	/* With the RPC argument behind it, four parameters less fit. */
	message.count = 123;
	nw_write(0, &message);
	assert_int_equal(call_argument(NW_CALL_WITH_RPC_ARG, NW_ARGUMENT(0)),
			 NW_EBADADDR);
	message.count = 127;
	assert_int_equal(nw_send(&nw, &message), NW_OK);
	assert_int_equal(message.ret, NW_BAD_PARAMETERS);
}

static void registered_arguments_are_bounded(void **state)
{
	static const uint32_t offsets[] = { 4096, 4090,	      4064, 4,
					    1,	  0xfffffff8, 8192 };
	pa_t page = NW_ARGUMENT(1);

	(void)state;
	assert_int_equal(nw_register(&nw, COOKIE, &page, 1, 0, 4096), 0);
	for (unsigned int i = 0; i < 7; i++)
		assert_int_equal(nw_call(&nw, NW_CALL_WITH_REGD_ARG,
					 (uint32_t)(COOKIE >> 32),
					 (uint32_t)COOKIE, offsets[i], 0, 0, 0),
				 NW_EBADADDR);
	assert_int_equal(nw_call(&nw, NW_CALL_WITH_REGD_ARG, 0, 0, 0, 0, 0, 0),
			 NW_EBADADDR);
	assert_int_equal(nw_call(&nw, NW_CALL_WITH_REGD_ARG, 0, 9, 0, 0, 0, 0),
			 NW_EBADADDR);
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
}

static void argument_cannot_unregister_itself(void **state)
{
	struct nw_message message = { .cmd = NW_UNREGISTER, .count = 1 };
	pa_t page = NW_ARGUMENT(0);

	(void)state;
	message.params[0] = (struct nw_param){ NW_RMEM_IN, 0, 0, 1 };
	nw_write(0, &message);
	assert_int_equal(nw_register(&nw, 1, &page, 1, 0, 4096), 0);
	nw_write(0, &message);
	assert_int_equal(nw_call(&nw, NW_CALL_WITH_REGD_ARG, 0, 1, 0, 0, 0, 0),
			 NW_OK);
	nw_read(0, &message);
	assert_int_equal(message.ret, NW_BAD_PARAMETERS);
	assert_int_equal(nw_unregister(&nw, 1), 0);
}

static void unknown_commands_are_refused(void **state)
{
	struct nw_message message = { 0 };

	(void)state;
	for (uint32_t cmd = 6; cmd < 40; cmd++) {
		message.cmd = cmd == 39 ? UINT32_MAX : cmd;
		message.ret = 0;
		assert_int_equal(nw_send(&nw, &message), NW_EBADCMD);
		assert_int_not_equal(message.ret, 0);
		assert_unchanged();
	}
}

static struct smc_args begin_and_leave(uint32_t cookie)
{
	pa_t list = world_write_list(30, pages, COUNT);

	sim_interrupt_after(3);
	return nw_smc(&nw, NW_ADD_SHM_BUFFER, 0, (uint32_t)list, 0,
		      COUNT * 4096, 0, cookie);
}

static void resumes_of_nothing_are_refused(void **state)
{
	struct smc_args regs;

	(void)state;
	for (uint32_t a3 = 0; a3 < 6; a3++)
		assert_int_equal(
			nw_smc(&nw, NW_RETURN_FROM_RPC, 0, 0, a3, 0, 0, 0).a[0],
			NW_ERESUME);
	assert_int_equal(
		nw_smc(&nw, NW_RETURN_FROM_RPC, 0, 0, UINT32_MAX, 0, 0, 0).a[0],
		NW_ERESUME);
	regs = begin_and_leave(5);
	assert_int_equal(regs.a[0], NW_RPC_FOREIGN_INTR);
	assert_int_equal(nw_smc(&nw, NW_RETURN_FROM_RPC, 0, 0,
				(uint32_t)regs.a[3] + 1, 0, 0, 0)
				 .a[0],
			 NW_ERESUME);
	/* What comes with this resume means nothing to it. */
	regs = nw_smc(&nw, NW_RETURN_FROM_RPC, 0xdead, 0xbeef,
		      (uint32_t)regs.a[3], 0x1234, 0x5678, 0x9abc);
	assert_int_equal(nw_finish(&nw, &regs), NW_OK);
	assert_int_equal(nw_unregister(&nw, 5), 0);
}

static void more_calls_than_there_are_wait_outside(void **state)
{
	struct nw_message message = { .cmd = NW_UNREGISTER, .count = 1 };
	const uint32_t *registered = sim_pointer(pages[0]);
	struct smc_args regs[4];

	(void)state;
	assert_int_equal(nw_register(&nw, 9, pages, 1, 0, SHM_PAGE_SIZE), 0);
	for (uint32_t i = 0; i < 4; i++) {
		regs[i] = begin_and_leave(10 + i);
		assert_int_equal(regs[i].a[0], NW_RPC_FOREIGN_INTR);
		assert_int_equal(regs[i].a[3], i);
	}
	assert_int_equal(nw_send(&nw, &message), NW_ETHREAD_LIMIT);
	assert_int_equal(message.ret, NW_BUSY);
	assert_int_equal(message.origin, 3);
	assert_int_equal(nw_call(&nw, NW_CALL_WITH_REGD_ARG, 0, 9, 64, 0, 0, 0),
			 NW_ETHREAD_LIMIT);
	assert_int_equal(registered[16 + 5], NW_BUSY);
	assert_int_equal(registered[16 + 6], 3);
	for (uint32_t i = 4; i-- > 0;) {
		assert_int_equal(nw_finish(&nw, &regs[i]), NW_OK);
		assert_int_equal(nw_unregister(&nw, 10 + i), 0);
	}
	assert_int_equal(nw_unregister(&nw, 9), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(unknown_functions_are_unknown),
		CASE(fast_calls_look_at_32_bits_only),
		CASE(argument_pages_must_be_shareable_ram),
		CASE(argument_must_fit_its_page),
		CASE(registered_arguments_are_bounded),
		CASE(argument_cannot_unregister_itself),
		CASE(unknown_commands_are_refused),
		CASE(resumes_of_nothing_are_refused),
		CASE(more_calls_than_there_are_wait_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
