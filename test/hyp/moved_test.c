// SPDX-License-Identifier: BSD-2-Clause
/*
 * Pages that pass from one guest to another, while the one that loses them
 * works on them.
 */
#include "vm.h"

#define COOKIE UINT64_C(0xffff0000c0001000)
#define LARGE  UINT64_C(0x4000000)
#define LOSER  0x51u
#define WINNER 0x52u

static uint64_t data;
static uint32_t session;

static void begin(void)
{
	data = address_of(pages_take(LARGE / PAGE));
	bytes_set((void *)(uintptr_t)data, 1, LARGE);
	vm_begin(WINNER);
	vm_begin(LOSER);
	session = session_open();
	check(session != 0);
}

static void end(void)
{
	vm_end(LOSER);
	vm_end(WINNER);
}

/* Page number `page` of the data is the winner's from now on. */
static void move(uint64_t page)
{
	caller_set(WINNER);
	equal(shm_register(1, list_run(data + page * PAGE, 1), PAGE), RET_OK);
	caller_set(LOSER);
}

/* The loser finds its region gone, and the name is free again. */
static void find_it_gone(unsigned int times)
{
	struct stats_record record;
	uint32_t ret;

	(void)checksum(session, COOKIE, 0, PAGE, &ret);
	equal(ret, RET_TARGET_DEAD);
	check(vm_record(LOSER, &record));
	equal(record.revoked, times);
	equal(record.pages, 0); /* the look has drained it */
	equal(record.regions, 1);
	caller_set(LOSER);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
	caller_set(WINNER);
	equal(shm_unregister(1), RET_OK);
	caller_set(LOSER);
}

static void between_calls(void)
{
	uint64_t lists[2];
	uint32_t ret;

	begin();
	lists[0] = list_run(data, LARGE / PAGE);
	lists[1] = list_scatter(data, LARGE / PAGE);
	for (unsigned int i = 0; i < 4; i++) {
		equal(shm_register(COOKIE, lists[i % 2], LARGE), RET_OK);
		equal(checksum(session, COOKIE, 0, LARGE, &ret), LARGE);
		equal(ret, RET_OK);
		move(i * 1003);
		find_it_gone(i + 1);
	}
	end();
}

struct loser {
	struct call call;
	volatile bool entered;
};

static void run_loser(void *arg)
{
	struct loser *loser = arg;

	loser->entered = true;
	while (call_enter(&loser->call) == A0_RPC_FOREIGN)
		;
}

static void set_sum(struct call *call)
{
	struct wire_arg *arg = pages_take(1);

	arg_set(arg, CMD_INVOKE, 2);
	arg->session = session;
	arg->func = MEM_CHECKSUM;
	arg_param(arg, 0, RMEM_IN, 0, LARGE, COOKIE);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	call_set(call, FID_CALL_WITH_RPC_ARG, arg);
}

/* Once before what has been summed, once behind it. */
static void under_a_running_call(void)
{
	static struct loser loser;
	uint64_t list;

	if (cores_present() < 2) {
		tap_skip("one core");
		return;
	}
	begin();
	list = list_run(data, LARGE / PAGE);
	for (unsigned int i = 0; i < 2; i++) {
		equal(shm_register(COOKIE, list, LARGE), RET_OK);
		set_sum(&loser.call);
		loser.entered = false;
		core_run(1, run_loser, &loser);
		while (!loser.entered)
			;
		wait_us(2000);
		move(i == 0 ? 0 : LARGE / PAGE - 1);
		core_wait(1);
		equal(loser.call.last, A0_OK);
		equal(loser.call.arg->ret, RET_TARGET_DEAD);
		find_it_gone(i + 1);
	}
	end();
}

/* While the list is being read, and the winner's next list is as long. */
static void while_registering(void)
{
	uint64_t list;
	struct call call;
	struct wire_arg *arg = pages_take(1);

	begin();
	list = list_scatter(data, LARGE / PAGE);
	arg_register(arg, COOKIE, list, LARGE);
	call_set(&call, FID_CALL_WITH_RPC_ARG, arg);
	/* It begins, finds a place, and maps a slice. */
	for (unsigned int i = 0; i < 3; i++)
		equal(vm_enter_slice(&call), A0_RPC_FOREIGN);
	caller_set(WINNER);
	equal(shm_register(1, list, LARGE), RET_OK);
	caller_set(LOSER);
	equal(call_finish(&call), A0_OK);
	equal(arg->ret, RET_TARGET_DEAD);
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
	/* And the whole comes back, a slice at a time. */
	equal(shm_register(COOKIE, list_run(data, LARGE / PAGE), LARGE),
	      RET_OK);
	caller_set(WINNER);
	equal(shm_unregister(1), RET_OK);
	caller_set(LOSER);
	equal(shm_unregister(COOKIE), RET_OK);
	end();
}

static const struct test tests[] = {
	{ "page moved between calls takes its region away", between_calls },
	{ "page moved under a running call ends it", under_a_running_call },
	{ "pages moved while they are registered", while_registering },
};

GROUP(moved_pages, tests);
