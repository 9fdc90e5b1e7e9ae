// SPDX-License-Identifier: BSD-2-Clause
/*
 * The memory service: what it takes to see that shared memory works. Which
 * parameters a command wants stands in one table, so that no command looks at
 * a parameter of another kind.
 */
#include "memory.h"

#include <abi/notify.h>
#include <abi/params.h>
#include <abi/rpc.h>
#include <abi/status.h>

enum want {
	NOTHING = 0,
	VALUE_IN,
	VALUE_OUT,
	MEMREF_IN,
	MEMREF_OUT,
	MEMREF_INOUT,
};

struct command {
	uint32_t (*run)(struct call *call);
	uint8_t wants[CALL_PARAMS]; /* enum want */
};

static const struct command commands[] = {
	[0] = { memory_checksum, { MEMREF_IN, VALUE_OUT } },
	[1] = { memory_fill, { MEMREF_OUT, VALUE_IN } },
	[2] = { memory_copy, { MEMREF_IN, MEMREF_OUT } },
	[3] = { memory_reverse, { MEMREF_INOUT } },
	[4] = { memory_hold, { MEMREF_INOUT } },
	[5] = { memory_release, { NOTHING } },
	[6] = { memory_rpc_fill, { VALUE_IN, VALUE_OUT } },
	[7] = { memory_stats, { VALUE_IN, MEMREF_OUT } },
	[8] = { memory_set_budget, { VALUE_IN, VALUE_IN } },
	[9] = { memory_held_sum, { VALUE_OUT } },
	/* Beyond the wire contract, which has room to grow below. */
	[16] = { memory_get_budget, { VALUE_IN, VALUE_OUT, VALUE_OUT } },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static bool is_wanted(const struct param *param, uint8_t want)
{
	switch (want) {
	case VALUE_IN:
		return !param_is_memref(param) && param_has_input(param);
	case VALUE_OUT:
		return !param_is_memref(param) && param_has_output(param);
	case MEMREF_IN:
		return param_is_memref(param) && param_has_input(param);
	case MEMREF_OUT:
		return param_is_memref(param) && param_has_output(param);
	case MEMREF_INOUT:
		return param->type == MSG_TYPE_RMEM_INOUT;
	default:
		return param->type == MSG_TYPE_NONE;
	}
}

uint32_t memory_invoke(struct call *call)
{
	uint32_t func = call->argument.header.func;
	const struct command *command;

	if (func >= COMMAND_COUNT || commands[func].run == NULL)
		return TEE_ERROR_NOT_IMPLEMENTED;
	command = &commands[func];
	for (unsigned int i = 0; i < CALL_PARAMS; i++)
		if (!is_wanted(&call->params[i], command->wants[i]))
			return TEE_ERROR_BAD_PARAMETERS;
	return command->run(call);
}

static void put_sum(struct param *param, uint64_t sum)
{
	param->a = (uint32_t)sum;
	param->b = sum >> 32;
}

uint32_t memory_checksum(struct call *call)
{
	const struct param *buffer = &call->params[0];
	uint64_t sum;
	uint32_t ret = bytes_sum(call, buffer->va, buffer->size, &sum);

	if (ret == TEE_SUCCESS)
		put_sum(&call->params[1], sum);
	return ret;
}

uint32_t memory_fill(struct call *call)
{
	const struct param *buffer = &call->params[0];

	return bytes_fill(call, buffer->va, buffer->size,
			  (uint8_t)call->params[1].a);
}

uint32_t memory_copy(struct call *call)
{
	const struct param *from = &call->params[0];
	struct param *to = &call->params[1];
	uint64_t room = to->size;

	to->size = from->size;
	if (room < from->size)
		return TEE_ERROR_SHORT_BUFFER;
	return bytes_copy(call, to->va, from->va, from->size);
}

uint32_t memory_reverse(struct call *call)
{
	const struct param *buffer = &call->params[0];

	return bytes_reverse(call, buffer->va, buffer->size);
}

uint32_t memory_hold(struct call *call)
{
	const struct param *buffer = &call->params[0];

	if (buffer->temporary || buffer->region == NULL)
		return TEE_ERROR_BAD_PARAMETERS;
	return status_to_ret(session_hold(call->session, buffer->region));
}

uint32_t memory_release(struct call *call)
{
	return status_to_ret(session_release(call->session));
}

uint32_t memory_held_sum(struct call *call)
{
	struct region *region;
	uint64_t sum;
	uint32_t ret;
	enum shm_status st = session_get_held(call->session, &region);

	if (st != SHM_OK)
		return status_to_ret(st);
	call->extra = region;
	ret = bytes_sum(call, region_address(region, 0), region->size, &sum);
	call->extra = NULL;
	notify_wake(call, region_put(region));
	if (ret == TEE_SUCCESS)
		put_sum(&call->params[0], sum);
	return ret;
}

uint32_t memory_rpc_fill(struct call *call)
{
	uint64_t size = call->params[0].a;
	struct region *region;
	uint64_t cookie;
	uint64_t sum = 0;
	uint32_t ret;
	enum shm_status st;

	if (size == 0) { /* nothing to ask for */
		put_sum(&call->params[1], 0);
		return TEE_SUCCESS;
	}
	st = rpc_borrow(call, size, &region, &cookie);
	if (st != SHM_OK) {
		guest_note_refusal(call->guest, st);
		return TEE_ERROR_OUT_OF_MEMORY;
	}
	call->extra = region;
	ret = bytes_fill(call, region_address(region, 0), size,
			 (uint8_t)call->params[0].b);
	if (ret == TEE_SUCCESS)
		ret = bytes_sum(call, region_address(region, 0), size, &sum);
	call->extra = NULL;
	rpc_give_back(call, region, cookie);
	put_sum(&call->params[1], sum);
	return ret;
}
