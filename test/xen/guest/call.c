// SPDX-License-Identifier: BSD-2-Clause
/*
 * Calls, and the RPCs that they make. The guest runs without an MMU, so all of
 * its addresses are what Xen knows them as, and every access is a single one.
 */
#include "call.h"

#include <abi/optee_smc.h>

#define LIST_ENTRIES	511u
#define PSCI_SYSTEM_OFF 0x84000008u

void (*on_alloc)(void);

static uint64_t pair(uint64_t high, uint64_t low)
{
	return high << 32 | (uint32_t)low;
}

void end(enum state state)
{
	report()->state = state;
	stop();
}

static struct message *begin_at(uint64_t address, uint32_t cmd,
				uint32_t param_count)
{
	volatile uint64_t *word = (volatile uint64_t *)address;
	struct message *message = (struct message *)address;

	for (uint32_t i = 0; i < sizeof(*message) / sizeof(*word); i++)
		word[i] = 0;
	message->header.cmd = cmd;
	message->header.param_count = param_count;
	return message;
}

struct message *message_begin(uint32_t cmd, uint32_t param_count)
{
	return begin_at(GUEST_ARGUMENT, cmd, param_count);
}

struct message *message_begin_nested(uint32_t cmd, uint32_t param_count)
{
	return begin_at(GUEST_NESTED, cmd, param_count);
}

void list_pages(uint64_t address, uint32_t count)
{
	volatile uint64_t *list = (volatile uint64_t *)GUEST_LIST;

	for (uint32_t i = 0; i < count && i < LIST_ENTRIES; i++)
		list[i] = address + (uint64_t)i * GUEST_PAGE;
}

static void give_memory(struct message *rpc)
{
	uint64_t size = rpc->param[0].u.value.b;

	if (size == 0 || size > GUEST_RPC_LIMIT) {
		rpc->header.ret = TEE_ERROR_OUT_OF_MEMORY;
		return;
	}
	list_pages(GUEST_RPC_MEMORY,
		   (uint32_t)((size + GUEST_PAGE - 1) / GUEST_PAGE));
	rpc->param[0].attr = MSG_TYPE_TMEM_OUTPUT | MSG_ATTR_NONCONTIG;
	rpc->param[0].u.tmem.pointer = GUEST_LIST;
	rpc->param[0].u.tmem.size = size;
	rpc->param[0].u.tmem.cookie = GUEST_RPC_MEMORY;
	rpc->header.ret = TEE_SUCCESS;
}

static void serve_command(struct message *rpc)
{
	switch (rpc->header.cmd) {
	case MSG_RPC_SHM_ALLOC:
		give_memory(rpc);
		break;
	case MSG_RPC_SHM_FREE:
		rpc->header.ret = TEE_SUCCESS;
		break;
	default:
		rpc->header.ret = TEE_ERROR_NOT_IMPLEMENTED;
		break;
	}
}

/* SYSTEM_OFF, of which no guest comes back. */
static _Noreturn void power_off(void)
{
	struct registers r = { { PSCI_SYSTEM_OFF } };

	report()->state = STATE_STOPPED;
	hypervisor_call(&r);
	end(STATE_FAILED);
}

/* Whether this RPC is the one that the guest was told to leave open. */
static bool is_to_stop(uint32_t rpc)
{
	uint32_t order = report()->order;

	if (rpc == SMC_RPC_FOREIGN_INTR)
		return order == ORDER_PREEMPT;
	return (order == ORDER_SUSPEND || order == ORDER_POWER_OFF) &&
	       report()->rpc_count++ == report()->argument;
}

static void serve_rpc(struct registers *r)
{
	struct message *rpc = (struct message *)GUEST_RPC_PAGE;
	uint32_t what = (uint32_t)r->x[0];

	report()->rpc = what;
	report()->rpc_cmd = what == SMC_RPC_CMD ? rpc->header.cmd : 0;
	if (is_to_stop(what)) {
		if (report()->order == ORDER_POWER_OFF)
			power_off();
		end(STATE_STOPPED);
	}
	if (what == SMC_RPC_ALLOC) {
		if (on_alloc)
			on_alloc();
		r->x[1] = 0;
		r->x[2] = r->x[5] = GUEST_RPC_PAGE;
		r->x[4] = 0;
	} else if (what == SMC_RPC_CMD) {
		if (pair(r->x[1], r->x[2]) != GUEST_RPC_PAGE)
			end(STATE_FAILED);
		serve_command(rpc);
	}
	r->x[0] = SMC_RETURN_FROM_RPC;
}

static void message_run(struct message *message, enum step step)
{
	struct registers r = { { SMC_CALL_WITH_ARG, 0, (uintptr_t)message } };

	report()->step = step;
	message->header.ret = TEE_ERROR_GENERIC;
	for (hypervisor_call(&r); (uint32_t)r.x[0] >> 16 == 0xFFFF &&
				  (uint32_t)r.x[0] != SMC_UNKNOWN_FUNCTION;
	     hypervisor_call(&r))
		serve_rpc(&r);
	report()->result = (uint32_t)r.x[0];
	report()->answer = message->header.ret;
}

void message_send(struct message *message, enum step step)
{
	message_run(message, step);
	if (report()->result != SMC_OK || report()->answer != TEE_SUCCESS)
		end(STATE_FAILED);
}

bool message_is_refused(struct message *message, enum step step, uint32_t a0,
			uint32_t ret)
{
	message_run(message, step);
	if (report()->result == SMC_OK && report()->answer == TEE_SUCCESS)
		return false;
	if (report()->result != a0 || report()->answer != ret)
		end(STATE_FAILED);
	return true;
}
