// SPDX-License-Identifier: BSD-2-Clause
/* Messages and registers, ready to be sent; see deadly.h. */
#include "deadly.h"

uint64_t deadly_list;
uint32_t deadly_session;

static struct wire_arg *new_arg(uint32_t cmd, uint32_t count)
{
	struct wire_arg *arg = pages_take(1);

	arg_set(arg, cmd, count);
	arg->session = deadly_session;
	return arg;
}

void set_register(struct call *call)
{
	struct wire_arg *arg = new_arg(CMD_REGISTER, 1);

	arg_param(arg, 0, LIST, deadly_list, LARGE * PAGE, COOKIE + 1);
	call_set(call, FID_CALL_WITH_ARG, arg);
}

/* In the place of a region that nobody uses, which goes. */
void set_replace(struct call *call)
{
	set_register(call);
	call->arg->param[0].c = COOKIE;
}

void set_add(struct call *call)
{
	const uint64_t cookie = COOKIE + 1;

	*call = (struct call){ .x = { FID_ADD_SHM_BUFFER, deadly_list >> 32,
				      (uint32_t)deadly_list, 0, LARGE * PAGE,
				      cookie >> 32, (uint32_t)cookie,
				      caller() } };
}

void set_unregister(struct call *call)
{
	struct wire_arg *arg = new_arg(CMD_UNREGISTER, 1);

	arg_param(arg, 0, RMEM_IN, 0, 0, COOKIE);
	call_set(call, FID_CALL_WITH_ARG, arg);
}

void set_remove(struct call *call)
{
	*call = (struct call){ .x = { FID_REMOVE_SHM_BUFFER, COOKIE >> 32,
				      (uint32_t)COOKIE, 0, 0, 0, 0,
				      caller() } };
}

/* With a list of a client's own, which is mapped for as long as it opens. */
void set_open(struct call *call)
{
	struct wire_arg *arg = new_arg(CMD_OPEN, 3);

	arg_param(arg, 0, VALUE_IN | META, UUID_LOW, UUID_HIGH, 0);
	arg_param(arg, 1, VALUE_IN | META, 0, 0, 0);
	arg_param(arg, 2, TMEM_IN | NONCONTIG, deadly_list, LARGE * PAGE, 0);
	call_set(call, FID_CALL_WITH_ARG, arg);
}

void set_close(struct call *call)
{
	call_set(call, FID_CALL_WITH_ARG, new_arg(CMD_CLOSE, 0));
}

static void set_invoke(struct call *call, uint32_t func, uint32_t function)
{
	struct wire_arg *arg = new_arg(CMD_INVOKE, 4);

	arg->func = func;
	call_set(call, function, arg);
}

void set_checksum(struct call *call)
{
	set_invoke(call, MEM_CHECKSUM, FID_CALL_WITH_ARG);
	arg_param(call->arg, 0, RMEM_IN, 0, SMALL * PAGE, COOKIE);
	arg_param(call->arg, 1, VALUE_OUT, 0, 0, 0);
}

void set_copy(struct call *call)
{
	set_invoke(call, MEM_COPY, FID_CALL_WITH_ARG);
	arg_param(call->arg, 0, RMEM_IN, 0, SMALL * PAGE, COOKIE);
	arg_param(call->arg, 1, TMEM_OUT | NONCONTIG, deadly_list, SMALL * PAGE,
		  0);
}

void set_reverse(struct call *call)
{
	set_invoke(call, MEM_REVERSE, FID_CALL_WITH_ARG);
	arg_param(call->arg, 0, RMEM_INOUT, 0, SMALL * PAGE, COOKIE);
}

void set_held_sum(struct call *call)
{
	set_invoke(call, MEM_HELD_SUM, FID_CALL_WITH_ARG);
	arg_param(call->arg, 0, VALUE_OUT, 0, 0, 0);
}

void set_stats(struct call *call)
{
	set_invoke(call, MEM_STATS, FID_CALL_WITH_ARG);
	arg_param(call->arg, 0, VALUE_IN, 0, 0, 0);
	arg_param(call->arg, 1, TMEM_OUT | NONCONTIG, deadly_list, LARGE * PAGE,
		  0);
}

static void put_rpc_fill(struct call *call)
{
	arg_param(call->arg, 0, VALUE_IN, 20 * PAGE, 1, 0);
	arg_param(call->arg, 1, VALUE_OUT, 0, 0, 0);
}

/* ALLOC, SHM_ALLOC, SHM_FREE and FREE. */
void set_rpc_fill(struct call *call)
{
	set_invoke(call, MEM_RPC_FILL, FID_CALL_WITH_ARG);
	put_rpc_fill(call);
}

void set_rpc_fill_beside(struct call *call)
{
	set_invoke(call, MEM_RPC_FILL, FID_CALL_WITH_RPC_ARG);
	put_rpc_fill(call);
}

/* The argument lies in the region, which the call so refers to. */
void set_rpc_fill_inside(struct call *call)
{
	set_invoke(call, MEM_RPC_FILL, FID_CALL_WITH_RPC_ARG);
	call->arg = (struct wire_arg *)(uintptr_t)*list_entry(deadly_list, 0);
	arg_set(call->arg, CMD_INVOKE, 4);
	call->arg->session = deadly_session;
	call->arg->func = MEM_RPC_FILL;
	put_rpc_fill(call);
	call->x[0] = FID_CALL_WITH_REGD_ARG;
	call->x[1] = COOKIE >> 32;
	call->x[2] = (uint32_t)COOKIE;
	call->x[3] = 0;
	call->rpc = (struct wire_arg *)(void *)&call->arg->param[4];
}

void set_unregister_asleep(struct call *call)
{
	set_unregister(call);
	call_set(call, FID_CALL_WITH_RPC_ARG, call->arg);
}

void set_fill(struct call *call)
{
	set_invoke(call, MEM_FILL, FID_CALL_WITH_ARG);
	arg_param(call->arg, 0, RMEM_OUT, 0, SMALL * PAGE, COOKIE);
	arg_param(call->arg, 1, VALUE_IN, 1, 0, 0);
}

void set_hold(struct call *call)
{
	set_invoke(call, MEM_HOLD, FID_CALL_WITH_ARG);
	arg_param(call->arg, 0, RMEM_INOUT, 0, 0, COOKIE);
}

void set_release(struct call *call)
{
	set_invoke(call, MEM_RELEASE, FID_CALL_WITH_ARG);
}

void set_get_budget(struct call *call)
{
	set_invoke(call, MEM_GET_BUDGET, FID_CALL_WITH_ARG);
	arg_param(call->arg, 0, VALUE_IN, caller(), 0, 0);
	arg_param(call->arg, 1, VALUE_OUT, 0, 0, 0);
	arg_param(call->arg, 2, VALUE_OUT, 0, 0, 0);
}
