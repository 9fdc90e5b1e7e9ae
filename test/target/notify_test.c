// SPDX-License-Identifier: BSD-2-Clause
/*
 * Calls that wait for others: asleep in the normal world, which may wake them
 * too early, late or not at all.
 */
#include "call.h"
#include "tap.h"

#define COOKIE UINT64_C(0xffff0000a0001000)
#define LARGE  UINT64_C(0x2000000)
#define ROUNDS 100u

static uint32_t session;
static uint64_t list;

/* A CHECKSUM of a region, to where a millisecond has gone by. */
static void begin_user(struct call *user, uint32_t function)
{
	struct wire_arg *arg = pages_take(1);

	session = session_open();
	list = list_run(address_of(pages_take(LARGE / PAGE)), LARGE / PAGE);
	equal(shm_register(COOKIE, list, LARGE), RET_OK);
	arg_set(arg, CMD_INVOKE, 2);
	arg->session = session;
	arg->func = MEM_CHECKSUM;
	arg_param(arg, 0, RMEM_IN, 0, LARGE, COOKIE);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	call_set(user, function, arg);
	equal(call_enter(user), A0_RPC_FOREIGN);
}

static void leaver_set(struct call *leaver, uint32_t function)
{
	struct wire_arg *arg = pages_take(1);

	arg_unregister(arg, COOKIE);
	call_set(leaver, function, arg);
}

static void closer_set(struct call *closer)
{
	struct wire_arg *arg = pages_take(1);

	arg_set(arg, CMD_CLOSE, 0);
	arg->session = session;
	call_set(closer, FID_CALL_WITH_RPC_ARG, arg);
}

/* The call has stopped for a notification of this kind; answers its key. */
static uint64_t notified(const struct call *call, uint64_t operation)
{
	const struct wire_arg *rpc = call->rpc;

	equal(call->last, A0_RPC_CMD);
	equal(rpc->cmd, RPC_NOTIFICATION);
	equal(rpc->ret, RET_GENERIC);
	equal(rpc->count, 1);
	equal(rpc->param[0].attr, VALUE_IN);
	equal(rpc->param[0].a, operation);
	check(rpc->param[0].b < NOTIFY_KEYS);
	equal(rpc->param[0].c, 0);
	return rpc->param[0].b;
}

static void ended(const struct call *call)
{
	equal(call->last, A0_OK);
	equal(call->arg->ret, RET_OK);
}

static void unregister_sleeps(void)
{
	struct call user, leaver;
	uint64_t key;

	begin_user(&user, FID_CALL_WITH_RPC_ARG);
	leaver_set(&leaver, FID_CALL_WITH_RPC_ARG);
	call_enter(&leaver);
	key = notified(&leaver, NOTIFY_WAIT);
	call_step(&user);
	equal(notified(&user, NOTIFY_SEND), key);
	leaver.rpc->ret = RET_OK;
	call_step(&leaver);
	ended(&leaver);
	call_step(&user);
	ended(&user);
	equal(session_close(session), RET_OK);
}

/* Both at once wait for the same call, which names both. */
static void close_sleeps(void)
{
	struct call user, leaver, closer;
	uint64_t leaver_key, closer_key;

	begin_user(&user, FID_CALL_WITH_RPC_ARG);
	leaver_set(&leaver, FID_CALL_WITH_RPC_ARG);
	closer_set(&closer);
	call_enter(&leaver);
	leaver_key = notified(&leaver, NOTIFY_WAIT);
	call_enter(&closer);
	closer_key = notified(&closer, NOTIFY_WAIT);
	check(leaver_key != closer_key);
	call_step(&user);
	equal(notified(&user, NOTIFY_SEND), leaver_key);
	call_step(&user);
	equal(notified(&user, NOTIFY_SEND), closer_key);
	call_step(&user);
	ended(&user);
	leaver.rpc->ret = RET_OK;
	call_step(&leaver);
	ended(&leaver);
	closer.rpc->ret = RET_OK;
	call_enter(&closer);
	ended(&closer);
}

static void wrong_answers(void)
{
	static const uint32_t answers[] = { RET_OK, RET_GENERIC,
					    RET_BAD_PARAMETERS, RET_BUSY };
	struct call user, leaver;

	begin_user(&user, FID_CALL_WITH_RPC_ARG);
	leaver_set(&leaver, FID_CALL_WITH_RPC_ARG);
	call_enter(&leaver);
	for (unsigned int i = 0; i < 4 * 10; i++) {
		(void)notified(&leaver, NOTIFY_WAIT);
		leaver.rpc->ret = answers[i % 4];
		leaver.rpc->count = i;
		leaver.rpc->param[0].b = i;
		call_step(&leaver); /* too early */
	}
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
	call_step(&user);
	(void)notified(&user, NOTIFY_SEND);
	user.rpc->ret = RET_GENERIC;
	call_step(&user);
	ended(&user);
	call_step(&leaver);
	ended(&leaver);
	equal(session_close(session), RET_OK);
}

static void nobody_to_wake_it(void)
{
	static const uint32_t functions[][2] = {
		{ FID_CALL_WITH_ARG, FID_CALL_WITH_RPC_ARG },
		{ FID_CALL_WITH_RPC_ARG, FID_CALL_WITH_ARG },
	};
	struct call user, leaver;

	for (unsigned int i = 0; i < 2; i++) {
		begin_user(&user, functions[i][0]);
		leaver_set(&leaver, functions[i][1]);
		for (unsigned int j = 0; j < 5; j++)
			equal(call_enter(&leaver), A0_RPC_FOREIGN);
		equal(call_step(&user), A0_OK);
		ended(&user);
		equal(call_step(&leaver), A0_OK);
		ended(&leaver);
		equal(session_close(session), RET_OK);
	}
}

static void dropped(void)
{
	struct call user, leaver;

	begin_user(&user, FID_CALL_WITH_RPC_ARG);
	leaver_set(&leaver, FID_CALL_WITH_RPC_ARG);
	call_enter(&leaver);
	(void)notified(&leaver, NOTIFY_WAIT);
	call_step(&user);
	(void)notified(&user, NOTIFY_SEND);
	equal(smc_simple(FID_EXCHANGE_CAPABILITIES, 0), A0_OK);
	equal(call_enter(&leaver), A0_ERESUME);
	equal(call_enter(&user), A0_ERESUME);
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
}

static void finish_leaver(void *arg)
{
	call_finish(arg);
}

/* For real, on two cores: a wake-up that is lost would be seen. */
static void real_sleep(void)
{
	struct call user, leaver;
	uint32_t waits = 0;

	if (cores_present() < 2) {
		tap_skip("one core");
		return;
	}
	begin_user(&user, FID_CALL_WITH_RPC_ARG);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		user.arg->param[0].b = i * PAGE;
		if (i != 0)
			call_set(&user, FID_CALL_WITH_RPC_ARG, user.arg);
		leaver_set(&leaver, FID_CALL_WITH_RPC_ARG);
		core_run(1, finish_leaver, &leaver);
		call_finish(&user);
		core_wait(1);
		ended(&leaver);
		equal(user.sends, leaver.waits);
		equal(leaver.lost, 0);
		waits += leaver.waits;
		equal(shm_register(COOKIE, list, LARGE), RET_OK);
	}
	print("# %u of %u had to wait\n", waits, ROUNDS);
	check(waits != 0);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(session_close(session), RET_OK);
}

static const struct test tests[] = {
	{ "unregister_sleeps_until_the_last_user_wakes_it", unregister_sleeps },
	{ "close_sleeps_too_and_has_a_key_of_its_own", close_sleeps },
	{ "early_and_wrong_answers_to_a_wait_change_nothing", wrong_answers },
	{ "nobody_sleeps_whom_nobody_could_wake", nobody_to_wake_it },
	{ "new_epoch_drops_waiter_and_waker", dropped },
	{ "no_wake_up_is_lost_between_two_cores", real_sleep },
};

GROUP(notifications, tests);
