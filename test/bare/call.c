// SPDX-License-Identifier: BSD-2-Clause
/* Entering, resuming and serving calls. */
#include "call.h"

#define PATIENCE_US UINT64_C(20000000)

static uint32_t callers[CORE_COUNT];

void caller_set(uint32_t id)
{
	callers[target_core()] = id;
}

uint32_t caller(void)
{
	return callers[target_core()];
}

uint64_t smc_simple(uint32_t function, uint64_t a1)
{
	uint64_t x[8] = { function, a1, 0, 0, 0, 0, 0, caller() };

	smc(x);
	return x[0];
}

static struct wire_arg *behind(struct wire_arg *arg)
{
	return (struct wire_arg *)(void *)&arg->param[arg->count];
}

void call_set(struct call *call, uint32_t function, struct wire_arg *arg)
{
	uint64_t pa = address_of(arg);

	*call = (struct call){ .arg = arg };
	call->x[0] = function;
	call->x[1] = pa >> 32;
	call->x[2] = (uint32_t)pa;
	call->x[7] = caller();
	if (function != FID_CALL_WITH_ARG)
		call->rpc = behind(arg);
}

bool is_rpc(uint64_t a0)
{
	return a0 >= A0_RPC_ALLOC && a0 < A0_UNKNOWN;
}

uint32_t call_enter(struct call *call)
{
	uint64_t begin = ticks();
	uint64_t length;
	uint32_t a0;

	smc(call->x);
	length = ticks() - begin;
	if (length > call->longest)
		call->longest = length;
	a0 = (uint32_t)call->x[0];
	call->last = a0;
	if (a0 == A0_RPC_FOREIGN)
		call->foreign++;
	if (is_rpc(call->x[0]))
		call->x[0] = FID_RETURN_FROM_RPC;
	return a0;
}

uint32_t call_step(struct call *call)
{
	uint32_t a0;

	do {
		a0 = call_enter(call);
	} while (a0 == A0_RPC_FOREIGN);
	return a0;
}

void call_reply_alloc(struct call *call, uint64_t pa, uint64_t cookie)
{
	call->x[1] = pa >> 32;
	call->x[2] = (uint32_t)pa;
	call->x[4] = cookie >> 32;
	call->x[5] = (uint32_t)cookie;
	call->rpc = (struct wire_arg *)(uintptr_t)pa;
}

void call_reply_shm(struct call *call, uint64_t attr, uint64_t pa,
		    uint64_t size, uint64_t cookie)
{
	call->rpc->ret = RET_OK;
	call->rpc->origin = ORIGIN_COMMS;
	arg_param(call->rpc, 0, attr, pa, size, cookie);
}

static void serve_alloc(struct call *call)
{
	if (call->rpc_page == 0)
		call->rpc_page = address_of(pages_take(1));
	call_reply_alloc(call, call->rpc_page, call->rpc_page);
}

/*
 * As Linux does: whoever waits stays here until it is sent for, and a
 * notification that nobody waits for yet is remembered.
 */
static void serve_notification(struct call *call)
{
	static bool sent[NOTIFY_KEYS];
	uint64_t key = call->rpc->param[0].b;
	uint64_t end = ticks() + ticks_in_us(PATIENCE_US);

	call->rpc->ret = RET_BAD_PARAMETERS;
	if (key >= NOTIFY_KEYS)
		return;
	call->rpc->ret = RET_OK;
	if (call->rpc->param[0].a == NOTIFY_SEND) {
		call->sends++;
		__atomic_store_n(&sent[key], true, __ATOMIC_RELEASE);
		return;
	}
	call->waits++;
	while (!__atomic_exchange_n(&sent[key], false, __ATOMIC_ACQUIRE)) {
		if (ticks() > end) {
			call->lost++;
			return;
		}
	}
}

static void serve_message(struct call *call)
{
	if (call->rpc->cmd == RPC_NOTIFICATION) {
		serve_notification(call);
		return;
	}
	if (call->rpc->cmd == RPC_SHM_FREE) {
		call->freed++;
		call->rpc->ret = RET_OK;
		return;
	}
	if (call->rpc->cmd != RPC_SHM_ALLOC) {
		call->rpc->ret = RET_BAD_PARAMETERS;
		return;
	}
	if (call->lent == 0)
		call->lent = address_of(
			pages_take((call->rpc->param[0].b + PAGE - 1) / PAGE));
	/* Under a hypervisor, only page lists will do. */
	if (call->x[7] != 0 && call->list == 0)
		call->list = list_run(
			call->lent, (call->rpc->param[0].b + PAGE - 1) / PAGE);
	call_reply_shm(call, call->list != 0 ? LIST : TMEM_OUT,
		       call->list != 0 ? call->list : call->lent,
		       call->rpc->param[0].b, call->lent);
}

void call_serve(struct call *call)
{
	if (call->last == A0_RPC_ALLOC)
		serve_alloc(call);
	else if (call->last == A0_RPC_CMD)
		serve_message(call);
}

uint32_t call_finish(struct call *call)
{
	do {
		call_serve(call);
	} while (is_rpc(call_step(call)));
	return call->last;
}

void arg_set(struct wire_arg *arg, uint32_t cmd, uint32_t count)
{
	bytes_set(arg, 0, sizeof(*arg) + count * sizeof(arg->param[0]));
	arg->cmd = cmd;
	arg->count = count;
	arg->ret = 0x5EED;
	arg->origin = 0x5EED;
}

void arg_param(struct wire_arg *arg, unsigned int i, uint64_t attr, uint64_t a,
	       uint64_t b, uint64_t c)
{
	arg->param[i] = (struct wire_param){ attr, a, b, c };
}

struct wire_arg *core_arg(void)
{
	static uint8_t pages[CORE_COUNT][PAGE] __attribute__((aligned(PAGE)));

	return (struct wire_arg *)(void *)pages[target_core()];
}

uint32_t message(struct wire_arg *arg)
{
	struct call call;
	uint32_t a0;

	call_set(&call, FID_CALL_WITH_RPC_ARG, arg);
	a0 = call_finish(&call);
	return a0 == A0_OK && call.lost == 0 ? arg->ret
					     : NO_MESSAGE + (a0 & 0xffff);
}

static uint32_t buffer_call(const uint64_t registers[8])
{
	struct call call = { .arg = NULL };

	for (unsigned int i = 0; i < 8; i++)
		call.x[i] = registers[i];
	return call_finish(&call);
}

uint32_t buffer_add(uint64_t cookie, uint64_t list, uint64_t size)
{
	const uint64_t x[8] = { FID_ADD_SHM_BUFFER, list >> 32,
				(uint32_t)list,	    size >> 32,
				(uint32_t)size,	    cookie >> 32,
				(uint32_t)cookie,   caller() };

	return buffer_call(x);
}

uint32_t buffer_remove(uint64_t cookie)
{
	const uint64_t x[8] = { FID_REMOVE_SHM_BUFFER,
				cookie >> 32,
				(uint32_t)cookie,
				0,
				0,
				0,
				0,
				caller() };

	return buffer_call(x);
}
