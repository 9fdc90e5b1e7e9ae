// SPDX-License-Identifier: BSD-2-Clause
/*
 * What Xen's mediator is known to do wrong, and what else one could: none of
 * it may harm more than the guest that it speaks for.
 */
#include "vm.h"

#define COOKIE UINT64_C(0xffff000066660000)
#define LENT   UINT64_C(0xffff0000deadbe00)

static uint32_t session;

static void set_rpc_fill(struct call *call)
{
	struct wire_arg *arg = pages_take(1);

	arg_rpc_fill(arg, session, PAGE, 1);
	call_set(call, FID_CALL_WITH_ARG, arg);
}

/* As far as its first CMD. */
static void ask_for_memory(struct call *call)
{
	set_rpc_fill(call);
	equal(call_step(call), A0_RPC_ALLOC);
	call_serve(call);
	equal(call_step(call), A0_RPC_CMD);
	equal(call->rpc->cmd, RPC_SHM_ALLOC);
}

/* Re-entered with what the call has answered in the place of a function. */
static void answer_for_function(void)
{
	static const uint32_t functions[] = { 0xFFFE0005, 0xFFFF0005,
					      0xFFFE0000, 0xFFFF0004,
					      0x7FFF0005 };
	struct call call, second;

	vm_begin(GUEST);
	session = session_open();
	ask_for_memory(&call);
	for (unsigned int i = 0; i < sizeof(functions) / 4; i++) {
		uint64_t x[8];

		for (unsigned int j = 0; j < 8; j++)
			x[j] = call.x[j];
		x[0] = functions[i];
		smc(x);
		equal((uint32_t)x[0], A0_UNKNOWN);
	}
	/* It waits on, and can still be served. */
	equal(call_finish(&call), A0_OK);
	equal(call.arg->ret, RET_OK);
	/* Or never: then it goes with its guest. */
	ask_for_memory(&second);
	vm_end(GUEST);
	equal(vm_resume(&second), A0_ENOTAVAIL);
}

static void refuse_loan(uint64_t attr, uint64_t pa, uint64_t size)
{
	struct call call;

	ask_for_memory(&call);
	call_reply_shm(&call, attr, pa, size, LENT);
	equal(call_step(&call), A0_RPC_CMD);
	equal(call.rpc->cmd, RPC_SHM_FREE);
	equal(call.rpc->param[0].attr, VALUE_IN);
	equal(call.rpc->param[0].b, LENT);
	equal(call_step(&call), A0_RPC_FREE);
	equal(call_step(&call), A0_OK);
	equal(call.arg->ret, RET_OUT_OF_MEMORY);
}

/* An address that the guest wrote, and that nobody has translated. */
static void contiguous_loans(void)
{
	uint8_t *victim = pages_take(1);
	uint64_t list = list_run(address_of(victim), 1);
	struct stats_record record;

	bytes_set(victim, 0x5a, PAGE);
	vm_begin(GUEST);
	session = session_open();
	refuse_loan(TMEM_OUT, address_of(victim), PAGE);
	refuse_loan(TMEM_OUT, SECURE_IMAGE, PAGE);
	refuse_loan(LIST, SECURE_IMAGE, PAGE);
	*list_entry(list, 0) = SECURE_IMAGE;
	refuse_loan(LIST, list, PAGE);
	*list_entry(list, 0) = UART_BASE;
	refuse_loan(LIST, list, PAGE);
	*list_entry(list, 0) = address_of(victim);
	refuse_loan(LIST, list, PAGE - 1);
	for (unsigned int i = 0; i < PAGE; i++)
		check(victim[i] == 0x5a);
	check(vm_record(GUEST, &record));
	equal(record.pages, 0);
	equal(record.refusals, 6);
	vm_end(GUEST);
}

/* Its construction failed, and nobody said so. */
static void destruction_that_never_came(void)
{
	uint64_t list = list_run(address_of(pages_take(1)), 1);

	vm_begin(GUEST);
	vm_begin(GUEST);
	vm_works(COOKIE);
	vm_begin(GUEST); /* it has been, and has nothing now */
	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	equal(vm_create(GUEST), A0_ENOTAVAIL);
	equal(shm_unregister(COOKIE), RET_OK);
	vm_begin(GUEST);
	vm_works(COOKIE);
	vm_end(GUEST);
}

static void sizes_that_wrap(void)
{
	static const uint64_t sizes[] = {
		0,
		UINT64_MAX,
		UINT64_MAX - 1,
		UINT64_MAX - PAGE + 1,
		UINT64_MAX - PAGE,
		UINT64_C(1) << 63,
		UINT64_C(1) << 52,
		UINT64_C(0xffffffff00000000),
	};
	uint64_t list = list_run(address_of(pages_take(1)), 1);
	uint32_t ret;

	vm_begin(GUEST);
	session = session_open();
	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		for (uint64_t offset = 0; offset < PAGE; offset += 1365) {
			ret = shm_register(COOKIE + 1, list + offset, sizes[i]);
			check(ret == RET_BAD_PARAMETERS ||
			      ret == RET_OUT_OF_MEMORY);
			ret = buffer_add(COOKIE + 1, list + offset, sizes[i]);
			check(ret == A0_EBADADDR || ret == A0_ENOMEM);
		}
		if (sizes[i] == 0)
			continue;
		(void)checksum(session, COOKIE, 1, sizes[i], &ret);
		check(ret == RET_BAD_PARAMETERS || ret == RET_SECURITY);
		(void)checksum(session, COOKIE, sizes[i], PAGE, &ret);
		check(ret == RET_BAD_PARAMETERS || ret == RET_SECURITY);
	}
	vm_end(GUEST);
}

#define XEN_PAGES 129u /* its limit for a buffer */

/*
 * A translated list lies in pages that were somebody's before, is as long as
 * it says and not a word longer, and is gone when the call is over.
 */
static void lists_in_used_pages(void)
{
	uint8_t *data = pages_take(XEN_PAGES);
	uint64_t list = address_of(pages_take(1));
	uint64_t *words = (uint64_t *)(uintptr_t)list;
	uint32_t ret;

	bytes_set(data, 1, XEN_PAGES * PAGE);
	vm_begin(GUEST);
	session = session_open();
	for (unsigned int count = 1; count <= XEN_PAGES; count += 64) {
		for (unsigned int i = 0; i < PAGE / 8; i++)
			words[i] = i < count ? address_of(data) + i * PAGE
				   : i % 2   ? SECURE_IMAGE + i
					     : UINT64_MAX - i;
		equal(shm_register(COOKIE, list, count * PAGE), RET_OK);
		bytes_set(words, 0xee, PAGE);
		equal(checksum(session, COOKIE, 0, count * PAGE, &ret),
		      count * PAGE);
		equal(ret, RET_OK);
		equal(shm_unregister(COOKIE), RET_OK);
	}
	vm_end(GUEST);
}

/* An argument page of one guest is used for the next while the first waits. */
static void pages_of_the_mediator(void)
{
	struct call first, second;

	vm_begin(GUEST);
	session = session_open();
	ask_for_memory(&first);
	vm_begin(GUEST + 1);
	session = session_open();
	set_rpc_fill(&second);
	bytes_set(first.arg, 0xff, PAGE);
	bytes_set(first.rpc, 0xff, PAGE);
	equal(call_finish(&second), A0_OK);
	equal(second.arg->ret, RET_OK);
	caller_set(GUEST);
	first.last = A0_RPC_FOREIGN; /* what it asked for is lost */
	equal(call_step(&first), A0_RPC_FREE);
	equal(call_step(&first), A0_OK);
	vm_end(GUEST + 1);
	vm_end(GUEST);
}

static const struct test tests[] = {
	{ "an answer sent back as a function is unknown, its call waits on",
	  answer_for_function },
	{ "a guest lends memory by translated lists only", contiguous_loans },
	{ "a guest whose end was not announced is made again while idle",
	  destruction_that_never_came },
	{ "sizes that wrap are refused and leave nothing", sizes_that_wrap },
	{ "a list is read as far as its count, and never again",
	  lists_in_used_pages },
	{ "a page lost under a call harms that call only",
	  pages_of_the_mediator },
};

GROUP(mediator, tests);
