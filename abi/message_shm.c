// SPDX-License-Identifier: BSD-2-Clause
/* Registering and unregistering shared memory, with and without a message. */
#include "argument.h"
#include "message.h"
#include "status.h"

static uint64_t halves(const uint32_t *in)
{
	return (uint64_t)in[0] << 32 | in[1];
}

/* `pointer`: list page, with the offset in the first page below. */
static enum shm_status add(struct call *call, uint64_t pointer, uint64_t size,
			   uint64_t cookie)
{
	struct region_request request = {
		.cookie = cookie,
		.size = size,
		.offset = (uint32_t)(pointer & SHM_PAGE_MASK),
	};
	struct region_source source = { .pa = pointer & ~SHM_PAGE_MASK };
	struct region *region;
	enum shm_status st = SHM_UNKNOWN_COOKIE;

	if (cookie != 0)
		st = call_register(call, &request, source, false, &region);
	if (st != SHM_OK)
		guest_note_refusal(call->guest, st);
	return st;
}

static enum shm_status remove_region(struct call *call, uint64_t cookie)
{
	struct region *own = call->argument.region;
	struct region *region;
	enum shm_status st;

	if (own != NULL && own->cookie == cookie) {
		st = SHM_BAD_STATE;
	} else {
		st = region_get_to_leave(call->holdings, cookie, &region);
		if (st == SHM_OK)
			call_take_apart(call, region);
	}
	if (st != SHM_OK)
		guest_note_refusal(call->guest, st);
	return st;
}

uint32_t message_register_shm(struct call *call)
{
	struct msg_param param;

	if (call->argument.header.param_count != 1)
		return TEE_ERROR_BAD_PARAMETERS;
	if (!argument_read_param(call, 0, &param))
		return TEE_ERROR_TARGET_DEAD;
	if (param.attr != (MSG_TYPE_TMEM_OUTPUT | MSG_ATTR_NONCONTIG)) {
		guest_note_refusal(call->guest, SHM_BAD_ATTRIBUTE);
		return TEE_ERROR_BAD_PARAMETERS;
	}
	return status_to_ret(add(call, param.u.tmem.pointer, param.u.tmem.size,
				 param.u.tmem.cookie));
}

uint32_t message_unregister_shm(struct call *call)
{
	struct msg_param param;
	enum shm_status st;

	if (call->argument.header.param_count != 1)
		return TEE_ERROR_BAD_PARAMETERS;
	if (!argument_read_param(call, 0, &param))
		return TEE_ERROR_TARGET_DEAD;
	if (param.attr < MSG_TYPE_RMEM_INPUT ||
	    param.attr > MSG_TYPE_RMEM_INOUT) {
		guest_note_refusal(call->guest, SHM_BAD_ATTRIBUTE);
		return TEE_ERROR_BAD_PARAMETERS;
	}
	st = remove_region(call, param.u.rmem.cookie);
	return st == SHM_OK ? TEE_SUCCESS : TEE_ERROR_BAD_PARAMETERS;
}

uint32_t buffer_add(struct call *call)
{
	return status_to_smc(add(call, halves(&call->in[1]),
				 halves(&call->in[3]), halves(&call->in[5])));
}

uint32_t buffer_remove(struct call *call)
{
	return status_to_smc(remove_region(call, halves(&call->in[1])));
}
