// SPDX-License-Identifier: BSD-2-Clause
/*
 * The enumeration that Linux asks for devices on its TEE bus. There are none:
 * the memory service is for programs, which open it by its UUID.
 */
#include "memory.h"

#define GET_DEVICES	 0u
#define GET_DEVICES_SUPP 1u

uint32_t device_invoke(struct call *call)
{
	uint32_t func = call->argument.header.func;

	if (func != GET_DEVICES && func != GET_DEVICES_SUPP)
		return TEE_ERROR_NOT_IMPLEMENTED;
	if (call->params[0].type != MSG_TYPE_RMEM_INPUT + 1)
		return TEE_ERROR_BAD_PARAMETERS;
	for (unsigned int i = 1; i < CALL_PARAMS; i++)
		if (call->params[i].type != MSG_TYPE_NONE)
			return TEE_ERROR_BAD_PARAMETERS;
	call->params[0].size = 0;
	return TEE_SUCCESS;
}
