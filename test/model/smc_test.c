/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface as a well-behaved normal world uses it, on the simulated
 * machine: registering, sessions, the memory service, RPCs, and messages in
 * registered memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sim/normal_world.h"

#define POOL_SIZE (UINT64_C(2) << 20)
#define COOKIE	  UINT64_C(0xffff000012345680)
#define COUNT	  700u

static struct nw nw;
static pa_t pages[COUNT];
static uint32_t session;
static struct nw_look at_start;

static int set_up(void **state)
{
	(void)state;
	nw_start(&nw, POOL_SIZE);
	world_scatter(pages, COUNT);
	session = nw_open(&nw);
	assert_int_not_equal(session, 0);
	at_start = nw_look();
	return 0;
}

static void assert_nothing_left(void)
{
	struct nw_look now = nw_look();

	assert_memory_equal(&now, &at_start, sizeof(now));
	assert_int_equal(now.stale, 0);
}

static int tear_down(void **state)
{
	(void)state;
	assert_int_equal(nw.allocs, nw.frees);
	assert_nothing_left();
	return sim_check_violations() ? 0 : -1;
}

static uint8_t *byte_at(uint64_t at)
{
	return (uint8_t *)sim_pointer(pages[at >> SHM_PAGE_SHIFT]) +
	       (at & SHM_PAGE_MASK);
}

/* A sum of all bytes, the slow way. */
static uint64_t sum_of(uint64_t first, uint64_t size)
{
	uint64_t sum = 0;

	for (uint64_t i = first; i < first + size; i++)
		sum += *byte_at(i);
	return sum;
}

static uint32_t checksum(uint64_t offset, uint64_t size, uint64_t *sum)
{
	struct nw_param params[4] = { { NW_RMEM_IN, offset, size, COOKIE },
				      { NW_VALUE_OUT, 0, 0, 0 } };
	uint32_t ret = nw_invoke(&nw, session, NW_CHECKSUM, params);

	*sum = params[1].a | params[1].b << 32;
	return ret;
}

static void registered_memory_is_reached_byte_for_byte(void **state)
{
	uint64_t size = COUNT * SHM_PAGE_SIZE - 0x123 - 7;
	uint64_t sum;

	(void)state;
	for (uint64_t i = 0; i < COUNT * SHM_PAGE_SIZE; i++)
		*byte_at(i) = (uint8_t)(i * 7 + i / 4096);
	assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0x123, size),
			 0);
	sim_reads_reset();
	assert_int_equal(checksum(0, size, &sum), 0);
	assert_true(sum == sum_of(0x123, size));
	assert_int_equal(sim_reads().again, 0);
	assert_int_equal(checksum(4001, 10000, &sum), 0);
	assert_true(sum == sum_of(0x123 + 4001, 10000));
	assert_int_equal(checksum(0, 0, &sum), 0);
	assert_true(sum == 0);
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
	assert_int_equal(checksum(0, 1, &sum), NW_BAD_PARAMETERS);
}

static void service_writes_where_it_should_and_nowhere_else(void **state)
{
	struct nw_param fill[4] = { { NW_RMEM_OUT, 100, 9000, COOKIE },
				    { NW_VALUE_IN, 0x30, 0, 0 } };
	struct nw_param copy[4] = { { NW_RMEM_IN, 100, 9000, COOKIE },
				    { NW_RMEM_OUT, 103, 9001, COOKIE } };
	struct nw_param reverse[4] = { { NW_RMEM_INOUT, 20000, 777, COOKIE } };

	(void)state;
	for (uint64_t i = 0; i < 40960; i++)
		*byte_at(i) = (uint8_t)(i / 97);
	assert_int_equal(nw_register(&nw, COOKIE, pages, 10, 0, 40960), 0);
	assert_int_equal(nw_invoke(&nw, session, NW_FILL, fill), 0);
	assert_int_equal(*byte_at(99), 99 / 97);
	assert_int_equal(*byte_at(9100), (uint8_t)(9100 / 97));
	for (uint64_t i = 0; i < 9000; i++)
		assert_int_equal(*byte_at(100 + i), (uint8_t)(0x30 + i));
	assert_int_equal(nw_invoke(&nw, session, NW_COPY, copy), 0);
	assert_int_equal(copy[1].b, 9000);
	for (uint64_t i = 0; i < 9000; i++)
		assert_int_equal(*byte_at(103 + i), (uint8_t)(0x30 + i));
	assert_int_equal(*byte_at(9103), (uint8_t)(9103 / 97));
	copy[1].b = 8999;
	assert_int_equal(nw_invoke(&nw, session, NW_COPY, copy),
			 NW_SHORT_BUFFER);
	assert_int_equal(copy[1].b, 9000);
	assert_int_equal(nw_invoke(&nw, session, NW_REVERSE, reverse), 0);
	for (uint64_t i = 0; i < 777; i++)
		assert_int_equal(*byte_at(20000 + i),
				 (uint8_t)((20776 - i) / 97));
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
}

static void held_region_is_revoked_by_unregistering(void **state)
{
	struct nw_param hold[4] = { { NW_RMEM_INOUT, 0, 1, COOKIE } };
	struct nw_param sum[4] = { { NW_VALUE_OUT, 0, 0, 0 } };
	struct nw_param none[4] = { { 0 } };

	(void)state;
	memset(sim_pointer(pages[0]), 1, SHM_PAGE_SIZE);
	assert_int_equal(nw_register(&nw, COOKIE, pages, 1, 0, 4096), 0);
	assert_int_equal(nw_invoke(&nw, session, NW_HELD_SUM, sum),
			 NW_BAD_STATE);
	assert_int_equal(nw_invoke(&nw, session, NW_HOLD, hold), 0);
	assert_int_equal(nw_invoke(&nw, session, NW_HOLD, hold), NW_BAD_STATE);
	assert_int_equal(nw_invoke(&nw, session, NW_HELD_SUM, sum), 0);
	assert_int_equal(sum[0].a, 4096);
	/* Held: a duplicate must not take its place. */
	assert_int_equal(nw_register(&nw, COOKIE, pages, 1, 0, 4096), NW_BUSY);
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
	assert_false(sim_tlb_names_page(pages[0]));
	assert_int_equal(nw_invoke(&nw, session, NW_HELD_SUM, sum),
			 NW_TARGET_DEAD);
	/* The cookie is free again, and the old reference stays dead. */
	assert_int_equal(nw_register(&nw, COOKIE, pages, 2, 0, 8192), 0);
	assert_int_equal(nw_invoke(&nw, session, NW_HELD_SUM, sum),
			 NW_TARGET_DEAD);
	assert_int_equal(nw_invoke(&nw, session, NW_RELEASE, none), 0);
	assert_int_equal(nw_invoke(&nw, session, NW_RELEASE, none),
			 NW_BAD_STATE);
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
}

static void memory_is_borrowed_by_rpc_and_given_back(void **state)
{
	struct nw_param params[4] = { { NW_VALUE_IN, 10000, 5, 0 },
				      { NW_VALUE_OUT, 0, 0, 0 } };
	uint64_t expected = 0;

	(void)state;
	for (uint64_t i = 0; i < 10000; i++)
		expected += (uint8_t)(5 + i);
	assert_int_equal(nw_invoke(&nw, session, NW_RPC_FILL, params), 0);
	assert_int_equal(params[1].a, expected);
	assert_int_equal(nw.allocs, 2);
}

static void registering_without_a_message_works(void **state)
{
	pa_t list = world_write_list(0, pages, COUNT);
	uint32_t size = COUNT * 4096 - 8;

	(void)state;
	assert_int_equal(nw_call(&nw, NW_ADD_SHM_BUFFER, 0, (uint32_t)list | 8,
				 0, size, 7, 9),
			 NW_OK);
	assert_int_equal(nw_call(&nw, NW_REMOVE_SHM_BUFFER, 7, 8, 0, 0, 0, 0),
			 NW_EBADADDR);
	assert_int_equal(nw_call(&nw, NW_REMOVE_SHM_BUFFER, 7, 9, 0, 0, 0, 0),
			 NW_OK);
	/* One cookie space: a message may unregister it as well. */
	assert_int_equal(nw_call(&nw, NW_ADD_SHM_BUFFER, 0, (uint32_t)list | 8,
				 0, size, 7, 9),
			 NW_OK);
	assert_int_equal(nw_unregister(&nw, UINT64_C(7) << 32 | 9), 0);
}

static void argument_may_lie_in_registered_memory(void **state)
{
	struct nw_message message = { .cmd = NW_INVOKE,
				      .func = NW_RPC_FILL,
				      .session = session,
				      .count = 4,
				      .ret = 0x5a };
	pa_t argument = NW_ARGUMENT(1);

	(void)state;
	message.params[0] = (struct nw_param){ NW_VALUE_IN, 100, 0, 0 };
	message.params[1] = (struct nw_param){ NW_VALUE_OUT, 0, 0, 0 };
	assert_int_equal(nw_register(&nw, 1, &argument, 1, 0, 4096), 0);
	memcpy((uint8_t *)sim_pointer(argument) + 384, &message,
	       sizeof(message));
	nw.rpc_argument = argument + 384 + 160;
	assert_int_equal(
		nw_call(&nw, NW_CALL_WITH_REGD_ARG, 0, 1, 384, 0, 0, 0), NW_OK);
	memcpy(&message, (uint8_t *)sim_pointer(argument) + 384,
	       sizeof(message));
	assert_int_equal(message.ret, 0);
	assert_int_equal(message.params[1].a, 4950);
	nw.rpc_argument = 0;
	assert_int_equal(nw_unregister(&nw, 1), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(registered_memory_is_reached_byte_for_byte),
		CASE(service_writes_where_it_should_and_nowhere_else),
		CASE(held_region_is_revoked_by_unregistering),
		CASE(memory_is_borrowed_by_rpc_and_given_back),
		CASE(registering_without_a_message_works),
		CASE(argument_may_lie_in_registered_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
