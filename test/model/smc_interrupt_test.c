/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that are interrupted wherever they can be, go back of their own accord,
 * or are never resumed; and the epoch that finds what they left behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sim/normal_world.h"
#include "sim/trace.h"

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

/* The whole of a life, interrupted at every point where one can be. */
static void interrupts_may_come_anywhere(void **state)
{
	unsigned int seen;
	uint64_t point = 0;
	uint64_t sum;

	(void)state;
	memset(sim_pointer(pages[0]), 3, 3 * SHM_PAGE_SIZE);
	do {
		seen = nw.interrupts;
		point++;
		sim_interrupt_after(point);
		sim_core_set((unsigned int)point % SIM_CORE_COUNT);
		assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0,
					     COUNT * SHM_PAGE_SIZE),
				 0);
		assert_int_equal(checksum(0, 2 * SHM_PAGE_SIZE, &sum), 0);
		assert_true(sum == sum_of(0, 2 * SHM_PAGE_SIZE));
		assert_int_equal(nw_unregister(&nw, COOKIE), 0);
		assert_nothing_left();
	} while (nw.interrupts != seen);
	assert_in_range(point, 10, 1000);
	sim_interrupt_after(0);
}

/*
 * A call that is interrupted at any point and never resumed holds nothing that
 * the next epoch does not find.
 */
static void abandoned_calls_leak_nothing(void **state)
{
	struct nw_param params[4] = { { NW_VALUE_IN, 9000, 5, 0 },
				      { NW_VALUE_OUT, 0, 0, 0 } };
	unsigned int seen;
	uint64_t point = 0;

	(void)state;
	nw.abandon = true;
	do {
		nw.next_buffer = NW_BUFFER_PA;
		seen = nw.interrupts;
		sim_interrupt_after(++point);
		session = nw_open(&nw);
		if (session != 0)
			nw_invoke(&nw, session, NW_RPC_FILL, params);
		nw_register(&nw, COOKIE, pages, COUNT, 0,
			    COUNT * SHM_PAGE_SIZE);
		nw_unregister(&nw, COOKIE);
		nw_smc(&nw, NW_EXCHANGE_CAPABILITIES, 0, 0, 0, 0, 0, 0);
		for (unsigned int i = 0; i < 4; i++)
			nw_unregister(&nw, 1);
		sim_violations_clear(); /* of messages that did not end */
		assert_int_equal(nw_open(&nw), 1);
		assert_nothing_left();
	} while (nw.interrupts != seen);
	assert_in_range(point, 10, 1000);
	nw.frees = nw.allocs; /* some were lost with their calls */
}

static void call_goes_back_within_a_millisecond(void **state)
{
	(void)state;
	sim_clock_set_step(62500 / 2);
	assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0,
				     COUNT * SHM_PAGE_SIZE),
			 0);
	assert_in_range(nw.interrupts, 2, 20);
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
	sim_clock_set_step(0);
}

static void masked_stretches_do_not_grow_with_the_buffer(void **state)
{
	uint64_t work[2];
	uint64_t sum;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		unsigned int count = i == 0 ? 550 : COUNT;

		sim_masked_work_reset();
		nw_register(&nw, COOKIE, pages, count, 0,
			    count * SHM_PAGE_SIZE);
		checksum(0, count * SHM_PAGE_SIZE, &sum);
		nw_unregister(&nw, COOKIE);
		work[i] = sim_masked_work();
	}
	assert_in_range(work[1], 1, work[0] + 64);
}

static void new_epoch_drops_everything(void **state)
{
	struct nw_param hold[4] = { { NW_RMEM_INOUT, 0, 1, COOKIE } };
	struct smc_args regs;
	uint64_t sum;

	(void)state;
	assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0,
				     COUNT * SHM_PAGE_SIZE),
			 0);
	assert_int_equal(nw_invoke(&nw, session, NW_HOLD, hold), 0);
	/* A call that is suspended for good. */
	sim_interrupt_after(4);
	world_write_list(20, pages, COUNT);
	regs = nw_smc(&nw, NW_ADD_SHM_BUFFER, 0,
		      WORLD_LISTS_PA + UINT64_C(20) * 4096, 0, COUNT * 4096, 0,
		      77);
	assert_int_equal(regs.a[0], NW_RPC_FOREIGN_INTR);
	assert_int_equal(
		nw_smc(&nw, NW_EXCHANGE_CAPABILITIES, 0, 0, 0, 0, 0, 0).a[0],
		NW_OK);
	for (unsigned int i = 0; i < COUNT; i++)
		assert_false(sim_tlb_names_page(pages[i]));
	regs.a[0] = NW_RETURN_FROM_RPC;
	regs.a[7] = 0;
	assert_int_equal(nw_finish(&nw, &regs), NW_RETURN_FROM_RPC);
	assert_int_equal(nw_smc(&nw, NW_RETURN_FROM_RPC, 0, 0,
				(uint32_t)regs.a[3], 0, 0, 0)
				 .a[0],
			 NW_ERESUME);
	assert_int_equal(nw_close(&nw, session), NW_BAD_PARAMETERS);
	session = nw_open(&nw);
	assert_int_equal(checksum(0, 1, &sum), NW_BAD_PARAMETERS);
	/* A few calls later nothing is owed. */
	for (unsigned int i = 0; i < 10; i++)
		nw_unregister(&nw, 1);
}

/* What comes with a resume means something only if it was asked for. */
static void resume_after_an_interrupt_brings_nothing(void **state)
{
	pa_t list = world_write_list(0, pages, COUNT);
	struct smc_args regs;

	(void)state;
	/* A corpse to bury, so that the call stops before it has begun. */
	assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0,
				     COUNT * SHM_PAGE_SIZE),
			 0);
	assert_int_equal(
		nw_smc(&nw, NW_EXCHANGE_CAPABILITIES, 0, 0, 0, 0, 0, 0).a[0],
		NW_OK);
	sim_interrupt_after(1);
	regs = nw_smc(&nw, NW_ADD_SHM_BUFFER, 0, (uint32_t)list, 0,
		      COUNT * 4096, 7, 9);
	assert_int_equal(regs.a[0], NW_RPC_FOREIGN_INTR);
	regs = nw_smc(&nw, NW_RETURN_FROM_RPC, 0xdead, 0xbeef,
		      (uint32_t)regs.a[3], 0x1234, 0x5678, 0x9abc);
	assert_int_equal(nw_finish(&nw, &regs), NW_OK);
	assert_int_equal(nw_unregister(&nw, UINT64_C(7) << 32 | 9), 0);
	session = nw_open(&nw);
	for (unsigned int i = 0; i < 4; i++)
		nw_unregister(&nw, 1);
}

/* Begin a CHECKSUM of the whole region and leave it in the middle. */
static struct smc_args interrupted_checksum(void)
{
	struct nw_message message = { .cmd = NW_INVOKE,
				      .func = NW_CHECKSUM,
				      .session = session,
				      .count = 4 };

	message.params[0] = (struct nw_param){ NW_RMEM_IN, 0,
					       COUNT * SHM_PAGE_SIZE, COOKIE };
	message.params[1].attr = NW_VALUE_OUT;
	nw_write(2, &message);
	sim_interrupt_after(2);
	return nw_smc(&nw, NW_CALL_WITH_ARG, 0, (uint32_t)NW_ARGUMENT(2), 0, 0,
		      0, 0);
}

static void unregistering_waits_for_the_calls_that_use_it(void **state)
{
	struct nw_message message = { .cmd = NW_UNREGISTER, .count = 1 };
	struct smc_args reader;
	struct smc_args leaver;
	uint64_t sum;

	(void)state;
	memset(sim_pointer(WORLD_HIGH_PA), 1, 4096 * SHM_PAGE_SIZE);
	assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0,
				     COUNT * SHM_PAGE_SIZE),
			 0);
	reader = interrupted_checksum();
	assert_int_equal(reader.a[0], NW_RPC_FOREIGN_INTR);
	message.params[0] = (struct nw_param){ NW_RMEM_IN, 0, 0, COOKIE };
	nw_write(3, &message);
	leaver = nw_smc(&nw, NW_CALL_WITH_ARG, 0, (uint32_t)NW_ARGUMENT(3), 0,
			0, 0, 0);
	for (unsigned int i = 0; i < 5; i++) {
		assert_int_equal(leaver.a[0], NW_RPC_FOREIGN_INTR);
		leaver = nw_smc(&nw, NW_RETURN_FROM_RPC, 0, 0,
				(uint32_t)leaver.a[3], 0, 0, 0);
	}
	/* Leaving: not to be found, and its cookie is not free. */
	assert_int_equal(checksum(0, 1, &sum), NW_BAD_PARAMETERS);
	assert_int_equal(nw_unregister(&nw, COOKIE), NW_BAD_PARAMETERS);
	assert_int_equal(nw_register(&nw, COOKIE, pages, 1, 0, 4096), NW_BUSY);
	assert_int_equal(nw_finish(&nw, &reader), NW_OK);
	nw_read(2, &message);
	assert_int_equal(message.ret, 0);
	assert_int_equal(message.params[1].a, COUNT * SHM_PAGE_SIZE);
	assert_int_equal(nw_finish(&nw, &leaver), NW_OK);
	nw_read(3, &message);
	assert_int_equal(message.ret, 0);
}

/* Any command that was interrupted ends with its cancellation. */
static void cancelling_ends_what_was_interrupted(void **state)
{
	static const uint32_t commands[] = { NW_CHECKSUM, NW_FILL, NW_STATS };

	(void)state;
	assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0,
				     COUNT * SHM_PAGE_SIZE),
			 0);
	for (unsigned int i = 0; i < 3; i++) {
		struct nw_message cancel = { .cmd = NW_CANCEL,
					     .session = session,
					     .cancel_id = 5 };
		struct nw_param memref = { NW_RMEM_INOUT, 0,
					   COUNT * SHM_PAGE_SIZE, COOKIE };
		struct nw_param value = { NW_VALUE_INOUT, 0, 0, 0 };
		struct nw_message message = { .cmd = NW_INVOKE,
					      .func = commands[i],
					      .session = session,
					      .cancel_id = 5,
					      .count = 2,
					      .params = { memref, value } };
		struct smc_args regs;

		if (commands[i] == NW_STATS) {
			message.params[0] = value;
			message.params[1] = memref;
		}
		nw_write(2, &message);
		sim_interrupt_after(1);
		regs = nw_smc(&nw, NW_CALL_WITH_ARG, 0,
			      (uint32_t)NW_ARGUMENT(2), 0, 0, 0, 0);
		assert_int_equal(regs.a[0], NW_RPC_FOREIGN_INTR);
		assert_int_equal(nw_send(&nw, &cancel), NW_OK);
		assert_int_equal(cancel.ret, 0);
		assert_int_equal(nw_finish(&nw, &regs), NW_OK);
		nw_read(2, &message);
		assert_int_equal(message.ret, NW_CANCELLED);
	}
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(interrupts_may_come_anywhere),
		CASE(abandoned_calls_leak_nothing),
		CASE(call_goes_back_within_a_millisecond),
		CASE(masked_stretches_do_not_grow_with_the_buffer),
		CASE(new_epoch_drops_everything),
		CASE(resume_after_an_interrupt_brings_nothing),
		CASE(cancelling_ends_what_was_interrupted),
		CASE(unregistering_waits_for_the_calls_that_use_it),
	};

	trace_any_number("there are more points with some formats");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
