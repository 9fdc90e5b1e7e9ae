// SPDX-License-Identifier: BSD-2-Clause
/* Replies to the secure world's own requests, most of them lies. */
#include "call.h"
#include "tap.h"

#define LOAN UINT64_C(0xffff0000abcd0000) /* cookie of lent memory */

static uint32_t session;

/* RPC_FILL, with its RPC argument behind its own or to be asked for. */
static void fill_set(struct call *call, uint32_t function, uint64_t size)
{
	struct wire_arg *arg = pages_take(1);

	arg_rpc_fill(arg, session, size, 3);
	call_set(call, function, arg);
}

static uint64_t fill_sum(uint64_t size, uint64_t first)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < size; i++)
		sum += (first + i) & 0xff;
	return sum;
}

static void works(void)
{
	static const uint64_t sizes[] = { 1, 100, PAGE, 5000, 100000 };
	struct call call;

	session = session_open();
	for (unsigned int i = 0; i < 2 * 5; i++) {
		uint64_t size = sizes[i / 2];

		fill_set(&call,
			 i % 2 ? FID_CALL_WITH_ARG : FID_CALL_WITH_RPC_ARG,
			 size);
		equal(call_finish(&call), A0_OK);
		equal(call.arg->ret, RET_OK);
		equal(call.arg->param[1].a, fill_sum(size, 3));
		equal(call.freed, 1);
	}
	equal(session_close(session), RET_OK);
}

static void alloc_replies(void)
{
	static const uint64_t bad[] = {
		0,
		SECURE_IMAGE,
		UART_BASE,
		RAM_END,
		NOMAP_FIRST,
		TEST_FIRST + 8,
		TEST_FIRST + 0x800,
		UINT64_C(1) << 48 | TEST_FIRST,
	};
	struct call call;

	session = session_open();
	for (unsigned int i = 0; i < sizeof(bad) / 8; i++) {
		fill_set(&call, FID_CALL_WITH_ARG, PAGE);
		equal(call_step(&call), A0_RPC_ALLOC);
		check(call.x[1] >= RPC_ARG_SIZE && call.x[1] <= PAGE);
		call_reply_alloc(&call, bad[i], LOAN);
		equal(call_step(&call), A0_RPC_FREE);
		equal(call.x[1], LOAN >> 32);
		equal(call.x[2], (uint32_t)LOAN);
		equal(call_step(&call), A0_OK);
		equal(call.arg->ret, RET_OUT_OF_MEMORY);
		/* Without a cookie there is nothing to free. */
		fill_set(&call, FID_CALL_WITH_ARG, PAGE);
		equal(call_step(&call), A0_RPC_ALLOC);
		call_reply_alloc(&call, bad[i], 0);
		equal(call_step(&call), A0_OK);
		equal(call.arg->ret, RET_OUT_OF_MEMORY);
	}
	equal(session_close(session), RET_OK);
}

static void alloc_and_free(void)
{
	struct call call;
	uint64_t page = address_of(pages_take(1));

	session = session_open();
	fill_set(&call, FID_CALL_WITH_ARG, PAGE);
	equal(call_step(&call), A0_RPC_ALLOC);
	call_reply_alloc(&call, page, LOAN);
	equal(call_step(&call), A0_RPC_CMD);
	equal(call.x[1], LOAN >> 32);
	equal(call.x[2], (uint32_t)LOAN);
	equal(call.rpc->cmd, RPC_SHM_ALLOC);
	equal(call.rpc->ret, RET_GENERIC);
	equal(call.rpc->count, 1);
	equal(call.rpc->param[0].attr, VALUE_IN);
	equal(call.rpc->param[0].a, 1);
	equal(call.rpc->param[0].b, PAGE);
	equal(call_step(&call), A0_RPC_FREE); /* nobody served it */
	equal(call.x[2], (uint32_t)LOAN);
	equal(call_step(&call), A0_OK);
	equal(call.arg->ret, RET_OUT_OF_MEMORY);
	equal(session_close(session), RET_OK);
}

struct reply {
	uint64_t attr;
	uint64_t pa;
	uint64_t size;
	bool freed; /* well-formed, so it wants it back */
};

static void expect_refusal(const struct reply *reply)
{
	struct call call;

	fill_set(&call, FID_CALL_WITH_RPC_ARG, 2 * PAGE);
	equal(call_step(&call), A0_RPC_CMD);
	call_reply_shm(&call, reply->attr, reply->pa, reply->size, LOAN);
	if (reply->freed) {
		equal(call_step(&call), A0_RPC_CMD);
		equal(call.rpc->cmd, RPC_SHM_FREE);
		equal(call.rpc->param[0].attr, VALUE_IN);
		equal(call.rpc->param[0].a, 1);
		equal(call.rpc->param[0].b, LOAN);
	}
	if (!equal(call_step(&call), A0_OK))
		print("# attr %lx pa %lx\n", reply->attr, reply->pa);
	equal(call.arg->ret, RET_OUT_OF_MEMORY);
}

static void refused_loans(void)
{
	uint64_t page = address_of(pages_take(2));
	uint64_t list = list_run(page, 2);
	uint64_t bad = list_run(page, 2);
	const struct reply replies[] = {
		{ TMEM_OUT, page, 2 * PAGE - 1, true },
		{ TMEM_OUT, page, 0, true },
		{ TMEM_OUT, SECURE_IMAGE, 2 * PAGE, true },
		{ TMEM_OUT, SECURE_RAM - PAGE, 2 * PAGE, true },
		{ TMEM_OUT, RAM_END - PAGE, 2 * PAGE, true },
		{ TMEM_OUT, NOMAP_FIRST - PAGE, 2 * PAGE, true },
		{ TMEM_OUT, UART_BASE, 2 * PAGE, true },
		{ TMEM_OUT, ~UINT64_C(0xfff), 2 * PAGE, true },
		{ TMEM_OUT, 0, 2 * PAGE, true },
		{ LIST, bad, 2 * PAGE, true },
		{ LIST, SECURE_IMAGE, 2 * PAGE, true },
		{ LIST, list, PAGE, true },
		{ LIST, list | 0x10, 2 * PAGE - 1, true },
		{ TMEM_IN, page, 2 * PAGE, false },
		{ TMEM_INOUT | NONCONTIG, list, 2 * PAGE, false },
		{ RMEM_OUT, 0, 2 * PAGE, false },
		{ VALUE_IN, page, 2 * PAGE, false },
		{ TMEM_OUT | META, page, 2 * PAGE, false },
		{ NONE, page, 2 * PAGE, false },
		{ UINT64_C(1) << 32 | TMEM_OUT, page, 2 * PAGE, false },
	};

	*list_entry(bad, 1) = SECURE_IMAGE;
	session = session_open();
	for (unsigned int i = 0; i < sizeof(replies) / sizeof(*replies); i++)
		expect_refusal(&replies[i]);
	equal(session_close(session), RET_OK);
}

/* ret and num_params say that it is no reply at all. */
static void broken_replies(void)
{
	uint64_t page = address_of(pages_take(1));
	struct call call;

	session = session_open();
	for (unsigned int i = 0; i < 4; i++) {
		static const uint32_t counts[] = { 1, 0, 2, 0xffffffff };

		fill_set(&call, FID_CALL_WITH_RPC_ARG, PAGE);
		equal(call_step(&call), A0_RPC_CMD);
		call_reply_shm(&call, TMEM_OUT, page, PAGE, LOAN);
		call.rpc->count = counts[i];
		if (i == 0)
			call.rpc->ret = RET_OUT_OF_MEMORY;
		equal(call_step(&call), A0_OK);
		equal(call.arg->ret, RET_OUT_OF_MEMORY);
	}
	equal(session_close(session), RET_OK);
}

static void listed_loan(void)
{
	uint64_t page = address_of(pages_take(3));
	uint64_t list = list_scatter(page, 3);
	struct call call;

	session = session_open();
	fill_set(&call, FID_CALL_WITH_RPC_ARG, 9000);
	equal(call_step(&call), A0_RPC_CMD);
	call_reply_shm(&call, LIST, list | 0x20, 3 * PAGE - 0x20, LOAN);
	equal(call_step(&call), A0_RPC_CMD);
	equal(call.rpc->cmd, RPC_SHM_FREE);
	equal(call.rpc->param[0].b, LOAN);
	call.rpc->ret = RET_GENERIC; /* whatever it says to that */
	equal(call_step(&call), A0_OK);
	equal(call.arg->ret, RET_OK);
	equal(call.arg->param[1].a, fill_sum(9000, 3));
	equal(session_close(session), RET_OK);
}

static const struct test tests[] = {
	{ "rpc_fill_borrows_and_gives_back", works },
	{ "rpc_alloc_of_a_bad_page_is_freed_by_its_cookie", alloc_replies },
	{ "rpc_messages_stand_in_the_buffer_asked_for", alloc_and_free },
	{ "rpc_loan_that_cannot_be_used_is_given_back", refused_loans },
	{ "rpc_reply_that_is_none_is_not_followed", broken_replies },
	{ "rpc_loan_may_be_a_page_list", listed_loan },
};

GROUP(rpc_replies, tests);
