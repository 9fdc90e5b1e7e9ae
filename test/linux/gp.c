// SPDX-License-Identifier: BSD-2-Clause
/* libteec's calls, shortened. */
#include "gp.h"

#include <string.h>

static const TEEC_UUID gp_uuid = {
	0x9f2a1c4e,
	0x6b0d,
	0x4e5a,
	{ 0x8c, 0x37, 0x1d, 0x5b, 0x7e, 0x90, 0xa2, 0xf6 },
};

void gp_init(struct gp *gp)
{
	uint32_t origin;

	if (TEEC_InitializeContext(NULL, &gp->context) != TEEC_SUCCESS)
		tap_bail("libteec finds the device");
	if (TEEC_OpenSession(&gp->context, &gp->session, &gp_uuid,
			     TEEC_LOGIN_PUBLIC, NULL, NULL,
			     &origin) != TEEC_SUCCESS)
		tap_bail("libteec opens the memory service");
}

void gp_fini(struct gp *gp)
{
	TEEC_CloseSession(&gp->session);
	TEEC_FinalizeContext(&gp->context);
}

struct tee_result gp_invoke(struct gp *gp, uint32_t command,
			    TEEC_Operation *operation)
{
	struct tee_result result = { 0 };

	result.ret = TEEC_InvokeCommand(&gp->session, command, operation,
					&result.origin);
	return result;
}

void gp_register(struct gp *gp, TEEC_SharedMemory *memory, void *buffer,
		 size_t size)
{
	memset(memory, 0, sizeof(*memory));
	memory->buffer = buffer;
	memory->size = size;
	memory->flags = TEEC_MEM_INPUT | TEEC_MEM_OUTPUT;
	if (TEEC_RegisterSharedMemory(&gp->context, memory) != TEEC_SUCCESS)
		tap_bail("libteec registers memory");
}

uint64_t gp_sum(struct gp *gp, TEEC_SharedMemory *memory)
{
	TEEC_Operation operation = {
		.paramTypes = GP_TYPES(TEEC_MEMREF_WHOLE, TEEC_VALUE_OUTPUT),
	};

	operation.params[0].memref.parent = memory;
	if (!tee_ok(gp_invoke(gp, SERVICE_CHECKSUM, &operation)))
		return UINT64_MAX;
	return (uint64_t)operation.params[1].value.b << 32 |
	       operation.params[1].value.a;
}
