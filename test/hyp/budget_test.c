// SPDX-License-Identifier: BSD-2-Clause
/* One guest that takes all it can get, and others who hardly notice. */
#include "vm.h"

#define COOKIE	UINT64_C(0xffff0000aaaa0000)
#define HOG	0x41u
#define QUIET	0x42u
#define LATE	0x43u
#define CONTROL 1u
#define PAGES	20000u
#define MANY	100000u

static uint64_t cookie; /* the hog's next */

/* Regions of so many pages until no more is to be had. */
static void take_regions(uint64_t list, uint64_t pages)
{
	uint32_t count = 0;
	uint32_t ret;

	do {
		ret = shm_register(cookie++, list, pages * PAGE);
	} while (ret == RET_OK && ++count < MANY);
	equal(ret, RET_OUT_OF_MEMORY);
}

static void take_sessions(void)
{
	uint32_t count = 0;

	while (session_open() != 0 && ++count < MANY)
		;
	equal(core_arg()->ret, RET_OUT_OF_MEMORY);
}

static void take_calls(uint32_t session)
{
	uint32_t threads = vm_thread_count();
	struct call call;

	for (uint32_t i = 0; i <= threads; i++) {
		struct wire_arg *arg = pages_take(1);

		arg_rpc_fill(arg, session, PAGE, 1);
		call_set(&call, FID_CALL_WITH_ARG, arg);
		equal(call_step(&call),
		      i < threads ? A0_RPC_ALLOC : A0_ETHREAD_LIMIT);
	}
}

/* Each has as many calls as it was told, while others have all of theirs. */
static void all_have_their_calls(void)
{
	vm_begin(HOG);
	take_calls(session_open());
	vm_begin(QUIET);
	take_calls(session_open());
	vm_begin(LATE);
	vm_works(COOKIE);
	vm_end(LATE);
	vm_end(HOG);
	vm_end(QUIET);
}

static void one_takes_all(void)
{
	uint64_t list = list_scatter(address_of(pages_take(PAGES)), PAGES);
	uint32_t session;

	cookie = COOKIE;
	equal(vm_create(QUIET), A0_OK);
	vm_begin(HOG);
	session = session_open();
	check(session != 0);
	take_regions(list, PAGES);
	take_regions(list, 600);
	take_regions(list, 1);
	take_sessions();
	take_regions(list, 1);
	take_calls(session);
	for (unsigned int i = 0; i < 3; i++) {
		caller_set(QUIET); /* nothing of it was there before */
		vm_works(COOKIE);
		caller_set(0);
		vm_works(COOKIE);
	}
	vm_begin(LATE);
	vm_works(COOKIE);
	vm_end(LATE);
	vm_end(HOG);
	caller_set(QUIET);
	equal(shm_register(COOKIE, list, PAGES * PAGE), RET_OK);
	vm_end(QUIET);
}

enum {
	BUDGET_PAGES,
	BUDGET_REGIONS,
	BUDGET_TABLES,
	BUDGET_METADATA,
	BUDGET_SESSIONS,
	BUDGET_CALLS,
};

static uint32_t set_budget(uint32_t guest, uint32_t resource, uint64_t share,
			   uint64_t ceiling)
{
	uint32_t session = session_open();
	struct wire_arg *arg = invoke_set(session, MEM_SET_BUDGET);
	uint32_t ret;

	arg_param(arg, 0, VALUE_IN, guest, resource, 0);
	arg_param(arg, 1, VALUE_IN, share, ceiling, 0);
	ret = message(arg);
	equal(session_close(session), RET_OK);
	return ret;
}

static void who_may_say(void)
{
	vm_begin(QUIET);
	equal(set_budget(QUIET, BUDGET_REGIONS, 0, 5), RET_ACCESS_DENIED);
	vm_begin(CONTROL);
	equal(set_budget(QUIET, BUDGET_REGIONS, 0, 5), RET_OK);
	caller_set(0);
	equal(set_budget(QUIET, BUDGET_REGIONS, 0, 5), RET_OK);
	vm_end(CONTROL);
	vm_end(QUIET);
}

static void ceilings(void)
{
	uint64_t list = list_scatter(address_of(pages_take(64)), 64);

	equal(vm_create(HOG), A0_OK);
	equal(set_budget(HOG, BUDGET_REGIONS, 0, 3), RET_OK);
	equal(set_budget(HOG, BUDGET_SESSIONS, 0, 2), RET_OK);
	caller_set(HOG);
	for (unsigned int i = 0; i < 5; i++)
		equal(shm_register(COOKIE + i, list, PAGE),
		      i < 3 ? RET_OK : RET_OUT_OF_MEMORY);
	for (unsigned int i = 0; i < 4; i++)
		equal(session_open() != 0, i < 2);
	caller_set(0);
	/* Below what it uses: it keeps that. */
	equal(set_budget(HOG, BUDGET_REGIONS, 0, 1), RET_OK);
	equal(set_budget(HOG, BUDGET_PAGES, 0, 10), RET_OK);
	caller_set(HOG);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(shm_register(COOKIE, list, PAGE), RET_OUT_OF_MEMORY);
	caller_set(0);
	equal(set_budget(HOG, BUDGET_REGIONS, 0, 10), RET_OK);
	caller_set(HOG);
	equal(shm_register(COOKIE, list, 9 * PAGE), RET_OUT_OF_MEMORY);
	equal(shm_register(COOKIE, list, 8 * PAGE), RET_OK);
	vm_end(HOG);
}

/* GET_BUDGET, with its numbers in param[1] and param[2] of the answer. */
static struct wire_arg *get_budget(uint32_t guest, uint32_t resource)
{
	uint32_t session = session_open();
	struct wire_arg *arg = pages_take(1);

	arg_set(arg, CMD_INVOKE, 4);
	arg->session = session;
	arg->func = MEM_GET_BUDGET;
	arg_param(arg, 0, VALUE_IN, guest, resource, 0);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	arg_param(arg, 2, VALUE_OUT, 0, 0, 0);
	(void)message(arg);
	equal(session_close(session), RET_OK);
	return arg;
}

static void budget_is(uint32_t resource, uint64_t share, uint64_t ceiling,
		      uint64_t used, uint64_t highest)
{
	struct wire_arg *arg = get_budget(HOG, resource);

	equal(arg->ret, RET_OK);
	equal(arg->param[1].a, share);
	equal(arg->param[1].b, ceiling);
	equal(arg->param[2].a, used);
	equal(arg->param[2].b, highest);
}

static void who_may_ask(void)
{
	uint64_t list = list_scatter(address_of(pages_take(8)), 8);

	equal(vm_create(HOG), A0_OK);
	equal(set_budget(HOG, BUDGET_PAGES, 3, 12), RET_OK);
	equal(set_budget(HOG, BUDGET_REGIONS, 0, 2), RET_OK);
	budget_is(BUDGET_PAGES, 3, 12, 0, 0);
	caller_set(HOG);
	equal(shm_register(COOKIE, list, 8 * PAGE), RET_OK);
	equal(shm_register(COOKIE + 1, list, 5 * PAGE), RET_OUT_OF_MEMORY);
	equal(shm_register(COOKIE + 1, list, 4 * PAGE), RET_OK);
	equal(shm_unregister(COOKIE), RET_OK);
	budget_is(BUDGET_PAGES, 3, 12, 4, 12);
	equal(get_budget(CONTROL, BUDGET_PAGES)->ret, RET_ACCESS_DENIED);
	equal(get_budget(0, BUDGET_PAGES)->ret, RET_ACCESS_DENIED);
	vm_begin(CONTROL);
	budget_is(BUDGET_REGIONS, 0, 2, 1, 2);
	budget_is(BUDGET_SESSIONS, 0, UINT64_MAX, 0, 1);
	equal(get_budget(HOG, BUDGET_CALLS)->param[2].a, 0);
	equal(get_budget(CONTROL, BUDGET_CALLS)->param[2].a, 1);
	equal(get_budget(HOG, BUDGET_CALLS + 1)->ret, RET_BAD_PARAMETERS);
	vm_end(CONTROL);
	vm_end(HOG);
	equal(get_budget(HOG, BUDGET_PAGES)->ret, RET_BAD_PARAMETERS);
}

static const struct test tests[] = {
	{ "a guest that takes all there is leaves others their share",
	  one_takes_all },
	{ "guests have all their calls in flight at the same time",
	  all_have_their_calls },
	{ "budgets are set by the hypervisor and the control guest only",
	  who_may_say },
	{ "budgets, and what is used of them, are told to whom they concern",
	  who_may_ask },
	{ "a ceiling stops growth and takes nothing away", ceilings },
};

GROUP(budgets, tests);
