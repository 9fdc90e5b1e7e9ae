// SPDX-License-Identifier: BSD-2-Clause
/* Resuming: by whom, where, how often, and with what in the registers. */
#include "call.h"
#include "tap.h"

#define COOKIE UINT64_C(0xffff000080001000)
#define CALLS  4u /* GET_THREAD_COUNT */
#define ROUNDS 300u
#define LARGE  UINT64_C(0x2000000)

static uint32_t session;

/* RPC_FILL of a page, to where it asks for memory: it holds a call. */
static void suspend(struct call *call)
{
	struct wire_arg *arg = pages_take(1);

	arg_rpc_fill(arg, session, PAGE, 1);
	call_set(call, FID_CALL_WITH_RPC_ARG, arg);
	equal(call_step(call), A0_RPC_CMD);
}

static uint32_t resume(uint64_t id)
{
	uint64_t x[8] = { FID_RETURN_FROM_RPC, 0, 0, id };

	smc(x);
	return (uint32_t)x[0];
}

static void finish(struct call *call)
{
	equal(call_finish(call), A0_OK);
	equal(call->arg->ret, RET_OK);
}

static void wrong_ids(void)
{
	struct call call;

	session = session_open();
	for (uint32_t id = 0; id < 300; id++)
		equal(resume(id), A0_ERESUME);
	suspend(&call);
	for (uint32_t id = 0; id < 300; id++)
		if (id != (uint32_t)call.x[3])
			equal(resume(id), A0_ERESUME);
	for (uint32_t bit = 8; bit < 32; bit++)
		equal(resume(call.x[3] | 1u << bit), A0_ERESUME);
	finish(&call);
	equal(resume(call.x[3]), A0_ERESUME);
	equal(session_close(session), RET_OK);
}

static void all_busy(void)
{
	struct call calls[CALLS];
	struct wire_arg *arg = core_arg();
	struct call late;

	session = session_open();
	for (unsigned int i = 0; i < CALLS; i++)
		suspend(&calls[i]);
	for (unsigned int i = 0; i < 2; i++) {
		arg_set(arg, CMD_CLOSE, 0);
		call_set(&late,
			 i == 0 ? FID_CALL_WITH_ARG : FID_CALL_WITH_RPC_ARG,
			 arg);
		late.x[3] = 0x1234;
		equal(call_enter(&late), A0_ETHREAD_LIMIT);
		equal(late.x[1], address_of(arg) >> 32);
		equal(late.x[2], (uint32_t)address_of(arg));
		equal(late.x[3], 0x1234);
		equal(arg->ret, RET_BUSY);
		equal(arg->origin, ORIGIN_TEE);
		late.x[0] = FID_CALL_WITH_ARG;
		late.x[2] = SECURE_IMAGE; /* nowhere to note it */
		equal(call_enter(&late), A0_ETHREAD_LIMIT);
	}
	equal(buffer_remove(COOKIE), A0_ETHREAD_LIMIT);
	equal(smc_simple(FID_DISABLE_SHM_CACHE, 0) & ~UINT64_C(7), 0);
	for (unsigned int i = 0; i < CALLS; i++)
		finish(&calls[i]);
	equal(session_close(session), RET_OK);
}

/* Each call ends before the next: there is always a free one. */
static void never_without_cause(void)
{
	for (unsigned int i = 0; i < 1000; i++)
		check(buffer_remove(COOKIE) != A0_ETHREAD_LIMIT);
}

/* The calls of one core are resumed by another that was off meanwhile. */
static void finish_elsewhere(void *arg)
{
	finish(arg);
}

static void other_core(void)
{
	struct call calls[CALLS];

	if (cores_present() < 2) {
		tap_skip("one core");
		return;
	}
	session = session_open();
	for (unsigned int i = 0; i < CALLS; i++) {
		suspend(&calls[i]);
		if (i % 2 == 1) {
			core_off(1);
			check(core_on(1));
		}
	}
	for (unsigned int i = 0; i < CALLS; i++) {
		core_run(1, finish_elsewhere, &calls[CALLS - 1 - i]);
		core_wait(1);
	}
	equal(session_close(session), RET_OK);
}

/* A call that a core began, and which is there after it went off. */
static void suspend_elsewhere(void *arg)
{
	suspend(arg);
}

static void core_that_left(void)
{
	struct call call;

	if (cores_present() < 2) {
		tap_skip("one core");
		return;
	}
	session = session_open();
	core_run(1, suspend_elsewhere, &call);
	core_wait(1);
	core_off(1);
	finish(&call);
	check(core_on(1));
	equal(session_close(session), RET_OK);
}

struct racer {
	uint64_t id;
	volatile bool ready;
	volatile bool go;
	uint32_t a0;
};

static void race(void *arg)
{
	struct racer *racer = arg;

	racer->ready = true;
	while (!racer->go)
		;
	racer->a0 = resume(racer->id);
}

/* The reply refuses, so whoever wins ends the call. */
static void double_resume(void)
{
	unsigned int won[2] = { 0, 0 };

	if (cores_present() < 2) {
		tap_skip("one core");
		return;
	}
	session = session_open();
	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint64_t mark = pages_mark();
		struct racer other = { .ready = false };
		struct call call;
		uint32_t a0;

		suspend(&call);
		call.rpc->ret = RET_OUT_OF_MEMORY;
		other.id = call.x[3];
		core_run(1, race, &other);
		while (!other.ready)
			;
		other.go = true;
		a0 = resume(call.x[3]);
		core_wait(1);
		won[0] += a0 == A0_OK;
		won[1] += other.a0 == A0_OK;
		equal(a0 + other.a0, A0_OK + A0_ERESUME);
		equal(call.arg->ret, RET_OUT_OF_MEMORY);
		pages_reset(mark);
	}
	equal(won[0] + won[1], ROUNDS);
	print("# %u and %u of %u races won\n", won[0], won[1], ROUNDS);
	equal(session_close(session), RET_OK);
}

/* Only an ALLOC listens to registers. */
static void crafted(void)
{
	uint8_t *data = pages_take(LARGE / PAGE);
	struct wire_arg *arg = pages_take(1);
	struct call call;
	uint32_t a0;

	session = session_open();
	bytes_set(data, 1, LARGE);
	equal(shm_register(COOKIE, list_run(address_of(data), LARGE / PAGE),
			   LARGE),
	      RET_OK);
	arg_set(arg, CMD_INVOKE, 2);
	arg->session = session;
	arg_param(arg, 0, RMEM_IN, 0, LARGE, COOKIE);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	call_set(&call, FID_CALL_WITH_RPC_ARG, arg);
	while ((a0 = call_enter(&call)) == A0_RPC_FOREIGN)
		for (unsigned int i = 1; i < 7; i++)
			if (i != 3)
				call.x[i] = SECURE_IMAGE * i;
	equal(a0, A0_OK);
	check(call.foreign > 0);
	equal(arg->ret, RET_OK);
	equal(arg->param[1].a, LARGE);
	equal(shm_unregister(COOKIE), RET_OK);
	/* The answer to a CMD brings nothing either. */
	suspend(&call);
	call.x[1] = 0;
	call.x[2] = SECURE_IMAGE;
	call.x[4] = ~UINT64_C(0);
	call.x[5] = SECURE_IMAGE;
	finish(&call);
	equal(session_close(session), RET_OK);
}

/* A call waits at FREE for as long as the normal world likes. */
static void waits_in_free(void)
{
	uint64_t page = address_of(pages_take(1));
	struct wire_arg *arg = pages_take(1);
	struct call call;

	session = session_open();
	arg_rpc_fill(arg, session, PAGE, 1);
	call_set(&call, FID_CALL_WITH_ARG, arg);
	equal(call_step(&call), A0_RPC_ALLOC);
	never_without_cause();
	call_reply_alloc(&call, page, page);
	equal(call_step(&call), A0_RPC_CMD);
	equal(call_step(&call), A0_RPC_FREE);
	never_without_cause();
	equal(call_step(&call), A0_OK);
	equal(arg->ret, RET_OUT_OF_MEMORY);
	equal(session_close(session), RET_OK);
}

static const struct test tests[] = {
	{ "resume_of_no_suspended_call_is_refused", wrong_ids },
	{ "calls_beyond_the_limit_are_told_busy_twice", all_busy },
	{ "call_is_free_when_none_is_in_flight", never_without_cause },
	{ "call_goes_on_on_another_core_that_was_off", other_core },
	{ "call_outlives_the_core_that_began_it", core_that_left },
	{ "of_two_that_resume_at_once_one_wins", double_resume },
	{ "registers_of_a_resume_are_ignored_but_for_alloc", crafted },
	{ "suspended_call_keeps_no_other_from_running", waits_in_free },
};

GROUP(resuming, tests);
