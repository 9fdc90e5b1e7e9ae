// SPDX-License-Identifier: BSD-2-Clause
/*
 * A normal world that starts over, by kexec or after a crash: what the one
 * before it left in flight is dropped at EXCHANGE_CAPABILITIES.
 */
#include "call.h"
#include "tap.h"

#define COOKIE UINT64_C(0xffff000090001000)
#define LARGE  UINT64_C(0x4000000)

static uint64_t data;
static uint32_t session;

static void start_over(void)
{
	equal(smc_simple(FID_EXCHANGE_CAPABILITIES, 0), A0_OK);
}

/* Regions and sessions that hold some of them. */
static void leave_regions(void)
{
	struct wire_arg *arg;

	data = address_of(pages_take(LARGE / PAGE));
	session = session_open();
	equal(shm_register(COOKIE, list_run(data, LARGE / PAGE), LARGE),
	      RET_OK);
	equal(shm_register(COOKIE + 1, list_scatter(data, 3000), 3000 * PAGE),
	      RET_OK);
	for (unsigned int i = 0; i < 5; i++) {
		arg = invoke_set(session_open(), MEM_HOLD);
		arg_param(arg, 0, RMEM_INOUT, 0, 1, COOKIE + i % 2);
		equal(message(arg), RET_OK);
	}
	equal(shm_unregister(COOKIE + 1), RET_OK); /* held, and gone */
}

/* Nothing of it is known any more, and the same names work anew. */
static void all_gone(void)
{
	uint32_t ret;

	equal(message(invoke_set(session, MEM_RELEASE)), RET_BAD_PARAMETERS);
	equal(session_close(session), RET_BAD_PARAMETERS);
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
	bytes_set((void *)(uintptr_t)data, 1, 3 * PAGE);
	session = session_open();
	check(session != 0);
	equal(shm_register(COOKIE, list_run(data, 3), 3 * PAGE), RET_OK);
	equal(checksum(session, COOKIE, 0, 3 * PAGE, &ret), 3 * PAGE);
	equal(ret, RET_OK);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(session_close(session), RET_OK);
}

static void not_resumed(const struct call *call)
{
	uint64_t x[8] = { FID_RETURN_FROM_RPC, 0, 0, call->x[3] };

	smc(x);
	equal(x[0], A0_ERESUME);
}

static void regions(void)
{
	leave_regions();
	start_over();
	all_gone();
}

static void fill_set(struct call *call, uint32_t function)
{
	struct wire_arg *arg = pages_take(1);

	arg_rpc_fill(arg, session, PAGE, 1);
	call_set(call, function, arg);
}

/* One call in each kind of RPC. */
static void rpcs(void)
{
	struct call calls[4];

	leave_regions();
	for (unsigned int i = 0; i < 3; i++) {
		fill_set(&calls[i], FID_CALL_WITH_ARG);
		equal(call_step(&calls[i]), A0_RPC_ALLOC);
	}
	for (unsigned int i = 1; i < 3; i++) {
		uint64_t page = address_of(pages_take(1));

		call_reply_alloc(&calls[i], page, page);
		equal(call_step(&calls[i]), A0_RPC_CMD);
	}
	equal(call_step(&calls[2]), A0_RPC_FREE);
	/* With a loan mapped, waiting for the answer to SHM_FREE. */
	fill_set(&calls[3], FID_CALL_WITH_RPC_ARG);
	equal(call_step(&calls[3]), A0_RPC_CMD);
	call_reply_shm(&calls[3], TMEM_OUT, address_of(pages_take(1)), PAGE,
		       COOKIE);
	equal(call_step(&calls[3]), A0_RPC_CMD);
	start_over();
	for (unsigned int i = 0; i < 4; i++)
		not_resumed(&calls[i]);
	all_gone();
}

static void register_set(struct call *call, uint64_t cookie, uint64_t list,
			 uint64_t size)
{
	struct wire_arg *arg = pages_take(1);

	arg_register(arg, cookie, list, size);
	call_set(call, FID_CALL_WITH_RPC_ARG, arg);
}

/* Interrupted in the middle of long work. */
static void long_calls(void)
{
	struct call adding, sum, leaving;
	uint64_t list;

	leave_regions();
	list = list_scatter(data, LARGE / PAGE);
	register_set(&adding, COOKIE + 7, list, LARGE);
	equal(call_enter(&adding), A0_RPC_FOREIGN);
	fill_set(&sum, FID_CALL_WITH_RPC_ARG);
	sum.arg->func = MEM_CHECKSUM;
	arg_param(sum.arg, 0, RMEM_IN, 0, LARGE, COOKIE);
	equal(call_enter(&sum), A0_RPC_FOREIGN);
	/* It waits for the sum, which will never end. */
	register_set(&leaving, COOKIE, 0, 0);
	leaving.arg->cmd = CMD_UNREGISTER;
	leaving.arg->param[0].attr = RMEM_IN;
	leaving.x[0] = FID_CALL_WITH_ARG; /* or it would sleep */
	equal(call_enter(&leaving), A0_RPC_FOREIGN);
	start_over();
	not_resumed(&adding);
	not_resumed(&sum);
	not_resumed(&leaving);
	equal(shm_unregister(COOKIE + 7), RET_BAD_PARAMETERS);
	all_gone();
}

/* At each of the places where a registration can be stopped. */
static void at_any_point(void)
{
	uint64_t level = pool_level();

	data = address_of(pages_take(LARGE / PAGE));
	for (unsigned int stop = 1; stop < 60; stop++) {
		uint64_t mark = pages_mark();
		struct call call;

		register_set(&call, COOKIE, list_scatter(data, 8000),
			     8000 * PAGE);
		irq_mask();
		gic_send(0, 1);
		for (unsigned int i = 0; i < stop; i++)
			if (call_enter(&call) != A0_RPC_FOREIGN)
				break;
		irq_unmask();
		start_over();
		equal(pool_level(), level);
		pages_reset(mark);
	}
}

/*
 * A call that first buries the dead is interrupted before it has looked at its
 * registers: those that it began with count, not what a resume brings.
 */
static void while_burying(void)
{
	struct call call = { .arg = NULL };
	uint64_t list;

	leave_regions();
	equal(shm_register(COOKIE + 2, list_scatter(data, LARGE / PAGE), LARGE),
	      RET_OK);
	list = list_run(data, 1);
	start_over();
	call.x[0] = FID_ADD_SHM_BUFFER;
	call.x[2] = (uint32_t)list;
	call.x[4] = PAGE;
	call.x[5] = COOKIE >> 32;
	call.x[6] = (uint32_t)COOKIE;
	irq_mask();
	gic_send(0, 1);
	while (call_enter(&call) == A0_RPC_FOREIGN && call.foreign < 100000)
		for (unsigned int i = 1; i < 7; i++)
			if (i != 3)
				call.x[i] = SECURE_IMAGE;
	irq_unmask();
	equal(call.last, A0_OK);
	print("# interrupted %u times while it buried\n", call.foreign);
	check(call.foreign > 10);
	equal(buffer_remove(COOKIE), A0_OK);
}

/* The accounts begin anew, and nothing is owed once STATS has looked. */
static void accounts(void)
{
	struct stats_record totals;
	uint64_t level = pool_level();

	leave_regions();
	start_over();
	stats_totals(&totals);
	equal(totals.owed, 0);
	equal(totals.pool_free, level);
	equal(totals.regions, 1); /* the memory that STATS writes to */
	equal(totals.sessions, 1);
}

/* Not under a call that runs on another core. */
struct runner {
	struct call call;
	volatile bool entered;
	volatile bool ended;
};

static void run_call(void *arg)
{
	struct runner *runner = arg;

	runner->entered = true;
	while (call_enter(&runner->call) == A0_RPC_FOREIGN)
		;
	runner->ended = true;
}

static void while_running(void)
{
	static struct runner runner;
	unsigned int busy = 0;
	uint64_t a0 = A0_OK;

	if (cores_present() < 2) {
		tap_skip("one core");
		return;
	}
	runner.entered = false;
	runner.ended = false;
	leave_regions();
	fill_set(&runner.call, FID_CALL_WITH_RPC_ARG);
	runner.call.arg->func = MEM_CHECKSUM;
	arg_param(runner.call.arg, 0, RMEM_IN, 0, LARGE, COOKIE);
	core_run(1, run_call, &runner);
	while (!runner.entered)
		;
	wait_us(1000);
	while (!runner.ended) {
		a0 = smc_simple(FID_EXCHANGE_CAPABILITIES, 0);
		busy += a0 == A0_EBUSY;
		if (a0 == A0_OK)
			break;
	}
	core_wait(1);
	/* It ran, or it was between two entries and is dropped. */
	check(busy > 0 || a0 == A0_OK);
	check(runner.call.x[0] == A0_OK || runner.call.x[0] == A0_ERESUME);
	print("# refused %u times while it ran\n", busy);
	start_over();
	all_gone();
}

static const struct test tests[] = {
	{ "new_epoch_drops_regions_and_sessions_that_hold_them", regions },
	{ "new_epoch_drops_calls_in_every_rpc", rpcs },
	{ "new_epoch_drops_calls_in_long_work", long_calls },
	{ "new_epoch_leaves_nothing_wherever_a_call_stopped", at_any_point },
	{ "call_that_buries_the_dead_keeps_its_registers", while_burying },
	{ "new_epoch_begins_with_fresh_accounts", accounts },
	{ "new_epoch_waits_for_a_running_call", while_running },
};

GROUP(epochs, tests);
