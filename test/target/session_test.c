// SPDX-License-Identifier: BSD-2-Clause
/* Sessions: who may open one, and that none is closed under a call. */
#include "call.h"
#include "tap.h"

#define COOKIE UINT64_C(0xffff000070001000)
#define LARGE  UINT64_C(0x4000000) /* bytes that take many milliseconds */

static uint32_t open_with(uint32_t count, uint64_t first, uint64_t second,
			  uint64_t login)
{
	struct wire_arg *arg = core_arg();

	arg_set(arg, CMD_OPEN, 8);
	arg->count = count;
	arg_param(arg, 0, first, UUID_LOW, UUID_HIGH, 0);
	arg_param(arg, 1, second, 0, 0, login);
	arg->session = 0x5EED;
	return message(arg);
}

#define META_VALUE (VALUE_IN | META)

static void bad_meta(void)
{
	static const uint64_t attrs[] = { VALUE_IN,
					  VALUE_OUT | META,
					  VALUE_INOUT | META,
					  META,
					  0x301,
					  0x10101,
					  RMEM_IN | META,
					  UINT64_C(1) << 32 | META_VALUE };

	for (unsigned int i = 0; i < sizeof(attrs) / 8; i++) {
		equal(open_with(2, attrs[i], META_VALUE, 0),
		      RET_BAD_PARAMETERS);
		equal(core_arg()->session, 0);
		equal(open_with(2, META_VALUE, attrs[i], 0),
		      RET_BAD_PARAMETERS);
		equal(core_arg()->session, 0);
	}
	equal(open_with(0, META_VALUE, META_VALUE, 0), RET_BAD_PARAMETERS);
	equal(open_with(1, META_VALUE, META_VALUE, 0), RET_BAD_PARAMETERS);
	equal(open_with(7, META_VALUE, META_VALUE, 0), RET_BAD_PARAMETERS);
	equal(open_with(6, META_VALUE, META_VALUE, 0), RET_OK);
	equal(session_close(core_arg()->session), RET_OK);
}

static void logins(void)
{
	static const uint64_t bad[] = { 3,
					7,
					0xF0000000,
					0xFFFFFFFF,
					0x7FFFFFFF,
					UINT64_C(1) << 32,
					UINT64_C(0x180000000) };
	static const uint64_t good[] = { 0, 1, 2, 4, 5, 6, 0x80000000 };

	for (unsigned int i = 0; i < sizeof(bad) / 8; i++)
		equal(open_with(2, META_VALUE, META_VALUE, bad[i]),
		      RET_BAD_PARAMETERS);
	for (unsigned int i = 0; i < sizeof(good) / 8; i++) {
		equal(open_with(2, META_VALUE, META_VALUE, good[i]), RET_OK);
		equal(core_arg()->origin, ORIGIN_TA);
		equal(session_close(core_arg()->session), RET_OK);
	}
}

static void unknown_service(void)
{
	struct wire_arg *arg = core_arg();

	arg_set(arg, CMD_OPEN, 2);
	arg_param(arg, 0, META_VALUE, UUID_LOW + 1, UUID_HIGH, 0);
	arg_param(arg, 1, META_VALUE, 0, 0, 0);
	arg->session = 0x5EED;
	equal(message(arg), RET_ITEM_NOT_FOUND);
	equal(arg->origin, ORIGIN_TEE);
	equal(arg->session, 0);
}

static void open_params(void)
{
	struct wire_arg *arg = core_arg();

	arg_set(arg, CMD_OPEN, 3);
	arg_param(arg, 0, META_VALUE, UUID_LOW, UUID_HIGH, 0);
	arg_param(arg, 1, META_VALUE, 0, 0, 0);
	arg_param(arg, 2, META_VALUE, 0, 0, 0);
	equal(message(arg), RET_BAD_PARAMETERS);
	arg->param[2].attr = RMEM_IN;
	equal(message(arg), RET_BAD_PARAMETERS); /* no such cookie */
	equal(arg->session, 0);
}

static uint32_t cancel(uint32_t session, uint32_t id)
{
	struct wire_arg *arg = core_arg();

	arg_set(arg, CMD_CANCEL, 0);
	arg->session = session;
	arg->cancel_id = id;
	return message(arg);
}

static void stale(void)
{
	uint32_t session = session_open();
	const uint32_t bad[] = { 0, session + 1, session | 0x80000000,
				 0xffffffff };

	for (unsigned int i = 0; i < 4; i++) {
		equal(session_close(bad[i]), RET_BAD_PARAMETERS);
		equal(cancel(bad[i], 0), RET_BAD_PARAMETERS);
		equal(message(invoke_set(bad[i], MEM_RELEASE)),
		      RET_BAD_PARAMETERS);
		equal(core_arg()->origin, ORIGIN_TEE);
	}
	arg_set(core_arg(), CMD_CLOSE, 1);
	core_arg()->session = session;
	equal(message(core_arg()), RET_BAD_PARAMETERS);
	equal(cancel(session, 0), RET_OK);
	equal(session_close(session), RET_OK);
	equal(session_close(session), RET_BAD_PARAMETERS);
	equal(message(invoke_set(session, MEM_RELEASE)), RET_BAD_PARAMETERS);
}

/* An RPC_FILL, up to where it waits for memory. */
static void suspend_fill(struct call *call, uint32_t session)
{
	struct wire_arg *arg = pages_take(1);

	arg_rpc_fill(arg, session, PAGE, 1);
	call_set(call, FID_CALL_WITH_RPC_ARG, arg);
	equal(call_step(call), A0_RPC_CMD);
}

static void close_waits(void)
{
	uint32_t session = session_open();
	struct wire_arg *arg = pages_take(1);
	struct call user, closer;

	suspend_fill(&user, session);
	arg_set(arg, CMD_CLOSE, 0);
	arg->session = session;
	call_set(&closer, FID_CALL_WITH_ARG, arg);
	for (unsigned int i = 0; i < 5; i++)
		equal(call_enter(&closer), A0_RPC_FOREIGN);
	equal(message(invoke_set(session, MEM_RELEASE)), RET_BAD_PARAMETERS);
	equal(session_close(session), RET_BAD_PARAMETERS);
	equal(call_finish(&user), A0_OK);
	equal(user.arg->ret, RET_OK);
	equal(call_step(&closer), A0_OK);
	equal(arg->ret, RET_OK);
}

static void cancelled(void)
{
	uint64_t data = address_of(pages_take(LARGE / PAGE));
	uint32_t session = session_open();
	struct wire_arg *arg = pages_take(1);
	struct call call;

	equal(shm_register(COOKIE, list_run(data, LARGE / PAGE), LARGE),
	      RET_OK);
	arg_set(arg, CMD_INVOKE, 2);
	arg->session = session;
	arg->cancel_id = 77;
	arg_param(arg, 0, RMEM_IN, 0, LARGE, COOKIE);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	call_set(&call, FID_CALL_WITH_RPC_ARG, arg);
	equal(call_enter(&call), A0_RPC_FOREIGN);
	equal(cancel(session, 78), RET_OK); /* somebody else's */
	equal(call_enter(&call), A0_RPC_FOREIGN);
	equal(cancel(session, 77), RET_OK);
	equal(call_enter(&call), A0_OK);
	equal(arg->ret, RET_CANCEL);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(session_close(session), RET_OK);
}

static const struct test tests[] = {
	{ "open_needs_two_meta_values_and_at_most_four_more", bad_meta },
	{ "open_knows_the_logins_of_the_normal_world", logins },
	{ "open_of_an_unknown_service_finds_nothing", unknown_service },
	{ "open_checks_its_parameters", open_params },
	{ "session_ids_that_are_not_live_are_refused", stale },
	{ "close_waits_for_a_suspended_invoke", close_waits },
	{ "cancel_ends_a_long_command_at_once", cancelled },
};

GROUP(sessions, tests);
