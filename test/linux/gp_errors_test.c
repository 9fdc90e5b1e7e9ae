// SPDX-License-Identifier: BSD-2-Clause
/* The error answers that a client gets to see through libteec. */
#include <string.h>

#include "gp.h"

static void sessions(struct gp *gp)
{
	TEEC_UUID nobody = { 0x12345678, 0x9abc, 0xdef0, { 1 } };
	uint8_t close_to[TEE_IOCTL_UUID_LEN];
	struct tee_result result = { 0 };
	TEEC_Session session;
	struct tee tee;
	uint32_t id;

	result.ret =
		TEEC_OpenSession(&gp->context, &session, &nobody,
				 TEEC_LOGIN_PUBLIC, NULL, NULL, &result.origin);
	tap_answer(result, TEE_ITEM_NOT_FOUND, TEE_ORIGIN_TEE,
		   "an unknown UUID is ITEM_NOT_FOUND from the TEE");
	memcpy(close_to, service_uuid, sizeof(close_to));
	close_to[15] ^= 1;
	tee_init(&tee, NULL);
	tap_answer(tee_open_session(&tee, close_to, &id), TEE_ITEM_NOT_FOUND,
		   TEE_ORIGIN_TEE, "so is one that differs in its last bit");
	tee_fini(&tee);
}

static void unknown_commands(struct gp *gp)
{
	static const uint32_t command[] = { 10, 0x7fffffff, 0xffffffff };
	TEEC_Operation none = { 0 };

	for (size_t i = 0; i < 3; i++)
		tap_answer(gp_invoke(gp, command[i], &none),
			   TEE_NOT_IMPLEMENTED, TEE_ORIGIN_APP,
			   "command 0x%x is NOT_IMPLEMENTED", command[i]);
}

/* For each command, types that are close to right. */
static const struct {
	uint32_t command;
	uint32_t types;
} wrong[] = {
	{ SERVICE_CHECKSUM, GP_TYPES(TEEC_NONE, TEEC_NONE) },
	{ SERVICE_CHECKSUM,
	  GP_TYPES(TEEC_MEMREF_TEMP_OUTPUT, TEEC_VALUE_OUTPUT) },
	{ SERVICE_CHECKSUM,
	  GP_TYPES(TEEC_MEMREF_TEMP_INPUT, TEEC_VALUE_INPUT) },
	{ SERVICE_CHECKSUM,
	  TEEC_PARAM_TYPES(TEEC_MEMREF_TEMP_INPUT, TEEC_VALUE_OUTPUT, TEEC_NONE,
			   TEEC_VALUE_INPUT) },
	{ SERVICE_FILL, GP_TYPES(TEEC_MEMREF_TEMP_INPUT, TEEC_VALUE_INPUT) },
	{ SERVICE_FILL, GP_TYPES(TEEC_VALUE_INPUT, TEEC_MEMREF_TEMP_OUTPUT) },
	{ SERVICE_COPY,
	  GP_TYPES(TEEC_MEMREF_TEMP_INPUT, TEEC_MEMREF_TEMP_INPUT) },
	{ SERVICE_REVERSE, GP_TYPES(TEEC_MEMREF_TEMP_OUTPUT, TEEC_NONE) },
	{ SERVICE_REVERSE, GP_TYPES(TEEC_VALUE_INOUT, TEEC_NONE) },
	{ SERVICE_HOLD, GP_TYPES(TEEC_NONE, TEEC_NONE) },
	{ SERVICE_RELEASE, GP_TYPES(TEEC_VALUE_INPUT, TEEC_NONE) },
	{ SERVICE_RPC_FILL, GP_TYPES(TEEC_VALUE_INPUT, TEEC_NONE) },
	{ SERVICE_STATS, GP_TYPES(TEEC_MEMREF_TEMP_OUTPUT, TEEC_VALUE_INPUT) },
	{ SERVICE_HELD_SUM, GP_TYPES(TEEC_VALUE_INPUT, TEEC_NONE) },
};

static void wrong_types(struct gp *gp)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		TEEC_Operation operation = { .paramTypes = wrong[i].types };

		tap_answer(gp_invoke(gp, wrong[i].command, &operation),
			   TEE_BAD_PARAMETERS, TEE_ORIGIN_APP,
			   "command %u with types 0x%04x is BAD_PARAMETERS",
			   wrong[i].command, wrong[i].types);
	}
}

/* 'in' also takes INOUT, and so does 'out'. */
static void wider_types(struct gp *gp)
{
	uint8_t byte = 5;
	TEEC_Operation operation = {
		.paramTypes =
			GP_TYPES(TEEC_MEMREF_TEMP_INOUT, TEEC_VALUE_INOUT),
	};

	operation.params[0].tmpref.buffer = &byte;
	operation.params[0].tmpref.size = 1;
	operation.params[1].value.a = 42;
	tap_success(gp_invoke(gp, SERVICE_FILL, &operation),
		    "FILL takes INOUT for 'in' and for 'out'");
	tap_claim(byte == 42, "and writes what it was told");
	tap_success(gp_invoke(gp, SERVICE_CHECKSUM, &operation),
		    "CHECKSUM takes INOUT for both as well");
	tap_claim(operation.params[1].value.a == 42, "and gives the sum");
}

static void beyond_the_region(void)
{
	static uint8_t buffer[8192] __attribute__((aligned(4096)));
	struct service service;
	struct tee_shm shm;
	uint64_t sum;
	struct tee_result result;

	if (!tee_ok(service_init(&service)) ||
	    !tee_ok(service_register(&service, buffer, sizeof(buffer), &shm)))
		tap_bail("the raw interface registers two pages");
	result = service_checksum(&service, (struct memref){ &shm, 4096, 4097 },
				  &sum);
	tap_claim(!tee_ok(result), "a part that ends a byte too late fails");
	result = service_checksum(&service,
				  (struct memref){ &shm, UINT64_MAX, 2 }, &sum);
	tap_claim(!tee_ok(result), "so does one whose end wraps around");
	result = service_checksum(&service, memref_whole(&shm), &sum);
	tap_success(result, "the whole region still works");
	tee_unregister(&shm);
	service_fini(&service);
}

int main(void)
{
	struct gp gp;

	gp_init(&gp);
	sessions(&gp);
	unknown_commands(&gp);
	wrong_types(&gp);
	wider_types(&gp);
	gp_fini(&gp);
	beyond_the_region();
	return tap_done();
}
