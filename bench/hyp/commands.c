// SPDX-License-Identifier: BSD-2-Clause
/* The longest stretch of each command of the memory service. */
#include "guests.h"

#define SIZE  (8 * MIB)
#define OTHER (COOKIE + 1)

/* A command on the buffer, as its first parameter. */
static struct wire_arg *on_buffer(uint32_t session, uint32_t command,
				  uint64_t attr)
{
	struct wire_arg *arg = invoke_set(session, command);

	arg_param(arg, 0, attr, 0, SIZE, COOKIE);
	return arg;
}

static void stretch_copies(uint32_t session)
{
	struct wire_arg *arg = on_buffer(session, MEM_CHECKSUM, RMEM_IN);

	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	stretch("CHECKSUM", arg);
	arg = on_buffer(session, MEM_FILL, RMEM_OUT);
	arg_param(arg, 1, VALUE_IN, 3, 0, 0);
	stretch("FILL", arg);
	arg = on_buffer(session, MEM_COPY, RMEM_IN);
	arg_param(arg, 1, RMEM_OUT, 0, SIZE, OTHER);
	stretch("COPY", arg);
	stretch("REVERSE", on_buffer(session, MEM_REVERSE, RMEM_INOUT));
}

static void stretch_holding(uint32_t session)
{
	struct wire_arg *arg;

	stretch("HOLD", on_buffer(session, MEM_HOLD, RMEM_INOUT));
	arg = invoke_set(session, MEM_HELD_SUM);
	arg_param(arg, 0, VALUE_OUT, 0, 0, 0);
	stretch("HELD_SUM", arg);
	stretch("RELEASE", invoke_set(session, MEM_RELEASE));
}

static void stretch_accounts(uint32_t session)
{
	struct wire_arg *arg = invoke_set(session, MEM_STATS);

	arg_param(arg, 0, VALUE_IN, 0, 0, 0);
	arg_param(arg, 1, RMEM_OUT, 0, SIZE, COOKIE);
	stretch("STATS", arg);
	for (uint64_t what = 0; what < 6; what++) {
		arg = invoke_set(session, MEM_GET_BUDGET);
		arg_param(arg, 0, VALUE_IN, GUEST, what, 0);
		arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
		arg_param(arg, 2, VALUE_OUT, 0, 0, 0);
		stretch("GET_BUDGET", arg);
		arg = invoke_set(session, MEM_SET_BUDGET);
		arg_param(arg, 0, VALUE_IN, GUEST, what, 0);
		arg_param(arg, 1, VALUE_IN, 1, UINT64_MAX, 0);
		stretch("SET_BUDGET", arg);
	}
}

static void stretch_lent(uint32_t session)
{
	struct wire_arg *arg = invoke_set(session, MEM_RPC_FILL);

	arg_param(arg, 0, VALUE_IN, PAGE, 1, 0);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	stretch("RPC_FILL", arg);
}

/* As the hypervisor, who may do everything. */
void measure_commands(void)
{
	uint64_t mark = pages_mark();
	uint64_t list = list_scatter(DATA, SIZE / PAGE);
	uint64_t other = list_scatter(DATA + SIZE, SIZE / PAGE);
	uint32_t session;

	settle();
	(void)create(GUEST);
	(void)shm_register(COOKIE, list, SIZE);
	(void)shm_register(OTHER, other, SIZE);
	session = session_open();
	if (session == 0)
		print("bench: the session is refused\n");
	stretch_copies(session);
	stretch_holding(session);
	stretch_accounts(session);
	stretch_lent(session);
	arg_set(core_arg(), CMD_CLOSE, 0);
	core_arg()->session = session;
	stretch("CLOSE_SESSION", core_arg());
	(void)shm_unregister(COOKIE);
	(void)shm_unregister(OTHER);
	(void)destroy(GUEST);
	pages_reset(mark);
}
