// SPDX-License-Identifier: BSD-2-Clause
/*
 * Decoding parameters. Temporary references become registered ones of types
 * 5 to 7 whose regions live as long as the call.
 */
#include "params.h"

#include "argument.h"
#include "notify.h"
#include "status.h"

#define TMEM_TO_RMEM (MSG_TYPE_TMEM_INPUT - MSG_TYPE_RMEM_INPUT)

static uint32_t read_registered(struct call *call, const struct msg_param *wire,
				struct param *param)
{
	uint64_t offset = wire->u.rmem.offset;
	enum shm_status st =
		region_get(call->holdings, wire->u.rmem.cookie, &param->region);

	if (st != SHM_OK) {
		guest_note_refusal(call->guest, st);
		return status_to_ret(st);
	}
	if (offset > param->region->size ||
	    param->size > param->region->size - offset) {
		guest_note_refusal(call->guest, SHM_BAD_SIZE);
		return TEE_ERROR_SECURITY;
	}
	param->va = region_address(param->region, offset);
	return TEE_SUCCESS;
}

static uint32_t read_temporary(struct call *call, const struct msg_param *wire,
			       struct param *param)
{
	uint64_t pointer = wire->u.tmem.pointer;
	struct region_request request = {
		.size = param->size,
		.offset = (uint32_t)(pointer & SHM_PAGE_MASK),
	};
	struct region_source source = { .pa = pointer & ~SHM_PAGE_MASK };
	enum shm_status st;

	param->type = (uint8_t)(param->type - TMEM_TO_RMEM);
	param->temporary = true;
	if (pointer == 0 || param->size == 0) {
		param->size = 0;
		param->capacity = 0;
		return TEE_SUCCESS;
	}
	if (!(wire->attr & MSG_ATTR_NONCONTIG))
		return TEE_ERROR_BAD_PARAMETERS;
	st = call_register(call, &request, source, true, &param->region);
	if (st != SHM_OK) {
		guest_note_refusal(call->guest, st);
		return status_to_ret(st);
	}
	param->va = region_address(param->region, 0);
	return TEE_SUCCESS;
}

static uint32_t read_memref(struct call *call, const struct msg_param *wire,
			    struct param *param)
{
	bool noncontig = wire->attr & MSG_ATTR_NONCONTIG;

	param->size = wire->u.tmem.size;
	param->capacity = param->size;
	if (param->type >= MSG_TYPE_TMEM_INPUT)
		return read_temporary(call, wire, param);
	if (noncontig)
		return TEE_ERROR_BAD_PARAMETERS;
	return read_registered(call, wire, param);
}

static uint32_t read_param(struct call *call, const struct msg_param *wire,
			   struct param *param)
{
	uint64_t type = wire->attr & ~(uint64_t)MSG_ATTR_NONCONTIG;

	if (type > MSG_TYPE_TMEM_INOUT || type == 4 || type == 8)
		return TEE_ERROR_BAD_PARAMETERS;
	param->type = (uint8_t)type;
	if (type >= MSG_TYPE_RMEM_INPUT)
		return read_memref(call, wire, param);
	if (wire->attr & MSG_ATTR_NONCONTIG)
		return TEE_ERROR_BAD_PARAMETERS;
	if (type & MSG_DIRECTION_IN) {
		param->a = wire->u.value.a;
		param->b = wire->u.value.b;
	}
	return TEE_SUCCESS;
}

uint32_t params_read(struct call *call, unsigned int first)
{
	uint32_t count = call->argument.header.param_count;
	uint32_t ret = TEE_SUCCESS;

	for (unsigned int i = 0; i < CALL_PARAMS; i++)
		call->params[i] = (struct param){ 0 };
	call->extra = NULL;
	if (count < first || count - first > CALL_PARAMS)
		return TEE_ERROR_BAD_PARAMETERS;
	for (unsigned int i = first; ret == TEE_SUCCESS && i < count; i++) {
		struct msg_param wire;

		if (!argument_read_param(call, i, &wire))
			return TEE_ERROR_TARGET_DEAD;
		ret = read_param(call, &wire, &call->params[i - first]);
	}
	return ret;
}

bool params_write(struct call *call, unsigned int first)
{
	uint32_t count = call->argument.header.param_count;
	bool ok = true;

	for (unsigned int i = first; ok && i < count; i++) {
		const struct param *param = &call->params[i - first];

		if (!param_has_output(param))
			continue;
		if (param_is_memref(param))
			ok = argument_write_size(call, i, param->size);
		else
			ok = argument_write_value(call, i, param->a, param->b);
	}
	return ok;
}

static bool is_revoked(const struct region *region)
{
	return region != NULL && region_is_revoked(region);
}

bool params_are_revoked(const struct call *call)
{
	bool revoked = is_revoked(call->extra);

	for (unsigned int i = 0; i < CALL_PARAMS; i++)
		revoked = revoked || is_revoked(call->params[i].region);
	return revoked;
}

void params_release(struct call *call)
{
	for (unsigned int i = 0; i < CALL_PARAMS; i++) {
		struct param *param = &call->params[i];
		struct region *region = param->region;

		param->region = NULL;
		if (region == NULL)
			continue;
		notify_wake(call, region_put(region));
		if (param->temporary) {
			region_leave(region);
			call_take_apart(call, region);
		}
	}
}
