/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that wait for others asleep in the normal world: who is asked to sleep,
 * who is woken by whom, and that nothing depends on what is answered to that.
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
#define OTHER	  UINT64_C(0xffff000012345700)
#define COUNT	  64u

enum {
	READER = 2, /* argument pages */
	LEAVER = 3,
	CLOSER = 4,
	REGISTERED = 5, /* registered as OTHER */
};

static struct nw nw;
static pa_t pages[COUNT];
static uint32_t session;
static struct nw_look at_start;

static int set_up(void **state)
{
	(void)state;
	nw_start(&nw, POOL_SIZE);
	for (unsigned int i = 0; i < COUNT; i++)
		pages[i] = WORLD_HIGH_PA + (pa_t)i * 3 * SHM_PAGE_SIZE;
	(void)nw_close(&nw, nw_open(&nw));
	at_start = nw_look();
	session = nw_open(&nw);
	assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0,
				     COUNT * SHM_PAGE_SIZE),
			 0);
	return 0;
}

/* Whichever of them the test has not taken away itself. */
static int tear_down(void **state)
{
	struct nw_look now;

	(void)state;
	(void)nw_unregister(&nw, COOKIE);
	(void)nw_close(&nw, session);
	now = nw_look();
	assert_memory_equal(&now, &at_start, sizeof(now));
	for (unsigned int i = 0; i < COUNT; i++)
		assert_false(sim_tlb_names_page(pages[i]));
	return sim_check_violations() ? 0 : -1;
}

static struct smc_args enter(unsigned int page, uint32_t function,
			     const struct nw_message *message)
{
	nw_write(page, message);
	return nw_smc(&nw, function, 0, (uint32_t)NW_ARGUMENT(page), 0, 0, 0,
		      0);
}

static struct smc_args resume(struct smc_args regs)
{
	return nw_smc(&nw, NW_RETURN_FROM_RPC, 0, 0, (uint32_t)regs.a[3], 0, 0,
		      0);
}

static struct nw_message checksum_message(void)
{
	return (struct nw_message){
		.cmd = NW_INVOKE,
		.func = NW_CHECKSUM,
		.session = session,
		.count = 2,
		.params = { { NW_RMEM_IN, 0, COUNT * SHM_PAGE_SIZE, COOKIE },
			    { NW_VALUE_OUT, 0, 0, 0 } },
	};
}

/* Begin a CHECKSUM of the region and leave it in the middle. */
static struct smc_args begin_reader(uint32_t function)
{
	struct nw_message message = checksum_message();
	struct smc_args regs;

	sim_interrupt_after(2);
	regs = enter(READER, function, &message);
	sim_interrupt_after(0);
	assert_int_equal(regs.a[0], NW_RPC_FOREIGN_INTR);
	return regs;
}

/* The same with the argument in registered memory. */
static struct smc_args begin_registered_reader(void)
{
	struct nw_message message = checksum_message();
	pa_t page = NW_ARGUMENT(REGISTERED);
	struct smc_args regs;

	assert_int_equal(nw_register(&nw, OTHER, &page, 1, 0, SHM_PAGE_SIZE),
			 0);
	nw_write(REGISTERED, &message);
	sim_interrupt_after(2);
	regs = nw_smc(&nw, NW_CALL_WITH_REGD_ARG, OTHER >> 32, (uint32_t)OTHER,
		      0, 0, 0, 0);
	sim_interrupt_after(0);
	assert_int_equal(regs.a[0], NW_RPC_FOREIGN_INTR);
	return regs;
}

static struct smc_args begin_leaver(uint32_t function, uint64_t cookie)
{
	struct nw_message message = { .cmd = NW_UNREGISTER, .count = 1 };

	message.params[0] = (struct nw_param){ NW_RMEM_IN, 0, 0, cookie };
	return enter(LEAVER, function, &message);
}

static struct smc_args begin_closer(void)
{
	struct nw_message message = { .cmd = NW_CLOSE, .session = session };

	return enter(CLOSER, NW_CALL_WITH_RPC_ARG, &message);
}

/* The RPC message of a call whose message has `count` parameters. */
static struct nw_message *rpc_of(unsigned int page, unsigned int count)
{
	return sim_pointer(NW_ARGUMENT(page) + NW_ARGUMENT_SIZE(count));
}

/* The call asks to wait, or for a wake-up; its key. The answer is `ret`. */
static uint64_t notified(const struct smc_args *regs, unsigned int page,
			 unsigned int count, uint64_t operation, uint32_t ret)
{
	struct nw_message *rpc = rpc_of(page, count);

	assert_int_equal(regs->a[0], NW_RPC_CMD);
	assert_int_equal(rpc->cmd, NW_NOTIFICATION);
	assert_int_equal(rpc->count, 1);
	assert_int_equal(rpc->ret, NW_GENERIC);
	assert_int_equal(rpc->params[0].attr, NW_VALUE_IN);
	assert_int_equal(rpc->params[0].a, operation);
	assert_int_equal(rpc->params[0].c, 0);
	assert_in_range(rpc->params[0].b, 0, NW_KEYS - 1);
	rpc->ret = ret;
	return rpc->params[0].b;
}

/* A resume until it is not a matter of interrupts. */
static struct smc_args run_on(struct smc_args regs)
{
	do {
		regs = resume(regs);
	} while (regs.a[0] == NW_RPC_FOREIGN_INTR);
	return regs;
}

/* The call comes to its end from where it has stopped. */
static void assert_ends(struct smc_args regs, unsigned int page)
{
	struct nw_message message;

	assert_int_equal(run_on(regs).a[0], NW_OK);
	nw_read(page, &message);
	assert_int_equal(message.ret, 0);
}

static void unregistering_sleeps_until_the_last_user_wakes_it(void **state)
{
	struct smc_args reader = begin_reader(NW_CALL_WITH_RPC_ARG);
	struct smc_args leaver = begin_leaver(NW_CALL_WITH_RPC_ARG, COOKIE);
	uint64_t key = notified(&leaver, LEAVER, 1, NW_NOTIFY_WAIT, 0);

	(void)state;
	reader = run_on(reader);
	assert_int_equal(notified(&reader, READER, 2, NW_NOTIFY_SEND, 0), key);
	/* Woken before the other one has even come back. */
	assert_ends(leaver, LEAVER);
	assert_ends(reader, READER);
}

static void closing_sleeps_too_and_has_a_key_of_its_own(void **state)
{
	struct smc_args reader = begin_reader(NW_CALL_WITH_RPC_ARG);
	struct smc_args leaver = begin_leaver(NW_CALL_WITH_RPC_ARG, COOKIE);
	struct smc_args closer = begin_closer();
	uint64_t leaver_key = notified(&leaver, LEAVER, 1, NW_NOTIFY_WAIT, 0);
	uint64_t closer_key = notified(&closer, CLOSER, 0, NW_NOTIFY_WAIT, 0);

	(void)state;
	assert_int_not_equal(leaver_key, closer_key);
	reader = run_on(reader);
	assert_int_equal(notified(&reader, READER, 2, NW_NOTIFY_SEND, 0),
			 leaver_key);
	reader = run_on(reader);
	assert_int_equal(notified(&reader, READER, 2, NW_NOTIFY_SEND, 0),
			 closer_key);
	/* Both may go on before the one that woke them. */
	assert_ends(closer, CLOSER);
	assert_ends(leaver, LEAVER);
	assert_ends(reader, READER);
}

/* Wake-ups out of nowhere, and refusals, change nothing. */
static void early_and_refused_wake_ups_are_borne(void **state)
{
	struct smc_args reader = begin_reader(NW_CALL_WITH_RPC_ARG);
	struct smc_args leaver = begin_leaver(NW_CALL_WITH_RPC_ARG, COOKIE);

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		(void)notified(&leaver, LEAVER, 1, NW_NOTIFY_WAIT, 0);
		leaver = resume(leaver);
	}
	for (unsigned int i = 0; i < 5; i++) {
		(void)notified(&leaver, LEAVER, 1, NW_NOTIFY_WAIT,
			       NW_BAD_PARAMETERS);
		leaver = resume(leaver);
		assert_int_equal(leaver.a[0], NW_RPC_FOREIGN_INTR);
		leaver = resume(leaver);
	}
	(void)notified(&leaver, LEAVER, 1, NW_NOTIFY_WAIT, 0);
	reader = run_on(reader);
	(void)notified(&reader, READER, 2, NW_NOTIFY_SEND, NW_BAD_PARAMETERS);
	assert_ends(reader, READER);
	assert_ends(leaver, LEAVER);
}

/* Whoever could not send is not waited for asleep, on either side. */
static void nobody_sleeps_whom_nobody_could_wake(void **state)
{
	static const uint32_t kinds[][2] = {
		{ NW_CALL_WITH_ARG, NW_CALL_WITH_RPC_ARG },
		{ NW_CALL_WITH_RPC_ARG, NW_CALL_WITH_ARG },
		{ NW_CALL_WITH_ARG, NW_CALL_WITH_ARG },
	};

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct smc_args reader = begin_reader(kinds[i][0]);
		struct smc_args leaver = begin_leaver(kinds[i][1], COOKIE);

		for (unsigned int j = 0; j < 3; j++) {
			assert_int_equal(leaver.a[0], NW_RPC_FOREIGN_INTR);
			leaver = resume(leaver);
		}
		assert_ends(reader, READER);
		assert_ends(leaver, LEAVER);
		assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0,
					     COUNT * SHM_PAGE_SIZE),
				 0);
	}
}

/* The call without a message waits without one, too. */
static void removing_a_buffer_does_not_sleep(void **state)
{
	struct smc_args reader = begin_reader(NW_CALL_WITH_RPC_ARG);
	struct smc_args leaver = nw_smc(&nw, NW_REMOVE_SHM_BUFFER, COOKIE >> 32,
					(uint32_t)COOKIE, 0, 0, 0, 0);

	(void)state;
	assert_int_equal(leaver.a[0], NW_RPC_FOREIGN_INTR);
	assert_ends(reader, READER);
	leaver = run_on(leaver);
	assert_int_equal(leaver.a[0], NW_OK);
}

/* Its RPC buffer goes with the region, so it cannot send when it lets go. */
static void call_whose_own_argument_lies_in_it_wakes_nobody(void **state)
{
	struct smc_args reader = begin_registered_reader();
	struct smc_args leaver = begin_leaver(NW_CALL_WITH_RPC_ARG, OTHER);

	(void)state;
	assert_int_equal(leaver.a[0], NW_RPC_FOREIGN_INTR);
	assert_int_equal(resume(leaver).a[0], NW_RPC_FOREIGN_INTR);
	reader = run_on(reader);
	assert_int_equal(reader.a[0], NW_OK);
	assert_ends(leaver, LEAVER);
}

/* The argument lies in one region; another one is waited for. */
static void call_with_registered_argument_wakes_whoever_waits(void **state)
{
	struct smc_args reader = begin_registered_reader();
	struct smc_args leaver = begin_leaver(NW_CALL_WITH_RPC_ARG, COOKIE);
	uint64_t key = notified(&leaver, LEAVER, 1, NW_NOTIFY_WAIT, 0);

	(void)state;
	reader = run_on(reader);
	assert_int_equal(notified(&reader, REGISTERED, 2, NW_NOTIFY_SEND, 0),
			 key);
	reader = run_on(reader);
	assert_int_equal(reader.a[0], NW_OK);
	assert_ends(leaver, LEAVER);
	assert_int_equal(nw_unregister(&nw, OTHER), 0);
}

/* An epoch ends while one sleeps and the other is about to wake it. */
static void new_epoch_drops_waiter_and_waker(void **state)
{
	struct smc_args reader = begin_reader(NW_CALL_WITH_RPC_ARG);
	struct smc_args leaver = begin_leaver(NW_CALL_WITH_RPC_ARG, COOKIE);

	(void)state;
	(void)notified(&leaver, LEAVER, 1, NW_NOTIFY_WAIT, 0);
	reader = run_on(reader);
	(void)notified(&reader, READER, 2, NW_NOTIFY_SEND, 0);
	assert_int_equal(
		nw_smc(&nw, NW_EXCHANGE_CAPABILITIES, 0, 0, 0, 0, 0, 0).a[0],
		NW_OK);
	assert_int_equal(resume(leaver).a[0], NW_ERESUME);
	assert_int_equal(resume(reader).a[0], NW_ERESUME);
	for (unsigned int i = 0; i < 4; i++)
		nw_unregister(&nw, 1);
	session = nw_open(&nw);
	assert_int_equal(session, 1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(unregistering_sleeps_until_the_last_user_wakes_it),
		CASE(closing_sleeps_too_and_has_a_key_of_its_own),
		CASE(early_and_refused_wake_ups_are_borne),
		CASE(nobody_sleeps_whom_nobody_could_wake),
		CASE(removing_a_buffer_does_not_sleep),
		CASE(call_whose_own_argument_lies_in_it_wakes_nobody),
		CASE(call_with_registered_argument_wakes_whoever_waits),
		CASE(new_epoch_drops_waiter_and_waker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
