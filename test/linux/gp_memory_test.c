// SPDX-License-Identifier: BSD-2-Clause
/*
 * Memory in every form that a GlobalPlatform client can pass: registered,
 * allocated, temporary, whole, in part, none at all.
 */
#include <stdlib.h>
#include <string.h>

#include <client/pattern.h>

#include "gp.h"

#define KIB 1024u
#define MIB (1024u * KIB)

static void registered_memory(struct gp *gp)
{
	uint8_t *buffer = malloc(3 * MIB);
	TEEC_SharedMemory memory;
	TEEC_Operation fill = {
		.paramTypes = GP_TYPES(TEEC_MEMREF_WHOLE, TEEC_VALUE_INPUT),
	};

	gp_register(gp, &memory, buffer, 3 * MIB);
	pattern_scramble(buffer, 3 * MIB, 5);
	tap_claim(gp_sum(gp, &memory) == pattern_sum(buffer, 3 * MIB),
		  "registered memory is summed as Linux does");
	fill.params[0].memref.parent = &memory;
	fill.params[1].value.a = 9;
	tap_success(gp_invoke(gp, SERVICE_FILL, &fill),
		    "registered memory of 3 MiB is filled in one call");
	tap_claim(pattern_check(buffer, 3 * MIB, 9, 1) == 3 * MIB,
		  "every byte of it has the right value");
	TEEC_ReleaseSharedMemory(&memory);
	free(buffer);
}

static void part_of_memory(struct gp *gp)
{
	uint8_t buffer[10000] = { 0 };
	TEEC_SharedMemory memory;
	TEEC_Operation fill = {
		.paramTypes =
			GP_TYPES(TEEC_MEMREF_PARTIAL_OUTPUT, TEEC_VALUE_INPUT),
	};

	gp_register(gp, &memory, buffer, sizeof(buffer));
	fill.params[0].memref.parent = &memory;
	fill.params[0].memref.offset = 1001;
	fill.params[0].memref.size = 6007;
	fill.params[1].value.a = 1;
	tap_success(gp_invoke(gp, SERVICE_FILL, &fill),
		    "a part of a registration is filled");
	tap_claim(pattern_check(buffer + 1001, 6007, 1, 1) == 6007,
		  "the part has the right bytes");
	tap_claim(pattern_sum(buffer, 1001) == 0 &&
			  pattern_sum(buffer + 7008, 10000 - 7008) == 0,
		  "nothing around the part was touched");
	TEEC_ReleaseSharedMemory(&memory);
}

static void allocated_memory(struct gp *gp)
{
	TEEC_SharedMemory memory = {
		.size = 2 * MIB + 3,
		.flags = TEEC_MEM_INPUT | TEEC_MEM_OUTPUT,
	};
	TEEC_Operation reverse = {
		.paramTypes = GP_TYPES(TEEC_MEMREF_WHOLE, TEEC_NONE),
	};
	uint64_t size = memory.size;

	if (!tap_claim(TEEC_AllocateSharedMemory(&gp->context, &memory) ==
			       TEEC_SUCCESS,
		       "libteec allocates 2 MiB and 3 bytes"))
		return;
	pattern_write(memory.buffer, size, 0, 1);
	reverse.params[0].memref.parent = &memory;
	tap_success(gp_invoke(gp, SERVICE_REVERSE, &reverse),
		    "allocated memory of odd size is reversed");
	tap_claim(pattern_check(memory.buffer, size, (uint8_t)(size - 1), -1) ==
			  size,
		  "every byte of it is in its place");
	TEEC_ReleaseSharedMemory(&memory);
}

static void temporary_memory(struct gp *gp)
{
	uint8_t *from = malloc(2 * MIB);
	uint8_t *to = malloc(2 * MIB + 100);
	TEEC_Operation copy = {
		.paramTypes = GP_TYPES(TEEC_MEMREF_TEMP_INPUT,
				       TEEC_MEMREF_TEMP_OUTPUT),
	};

	pattern_scramble(from, 2 * MIB, 77);
	memset(to, 0, 2 * MIB + 100);
	copy.params[0].tmpref.buffer = from;
	copy.params[0].tmpref.size = 2 * MIB;
	copy.params[1].tmpref.buffer = to;
	copy.params[1].tmpref.size = 2 * MIB + 100;
	tap_success(gp_invoke(gp, SERVICE_COPY, &copy),
		    "temporary references carry 4 MiB in one call");
	tap_claim(memcmp(from, to, 2 * MIB) == 0 &&
			  pattern_sum(to + 2 * MIB, 100) == 0,
		  "the copy is exact and no longer than the source");
	tap_claim(copy.params[1].tmpref.size == 2 * MIB,
		  "COPY reports how much it wrote");
	copy.params[1].tmpref.size = 12345;
	tap_answer(gp_invoke(gp, SERVICE_COPY, &copy), TEE_SHORT_BUFFER,
		   TEE_ORIGIN_APP, "COPY into too little is SHORT_BUFFER");
	tap_claim(copy.params[1].tmpref.size == 2 * MIB,
		  "and says how much is needed");
	free(from);
	free(to);
}

static void overlapping_copy(struct gp *gp)
{
	uint8_t *buffer = malloc(MIB);
	uint8_t *expected = malloc(MIB);
	TEEC_SharedMemory memory;
	TEEC_Operation copy = {
		.paramTypes = GP_TYPES(TEEC_MEMREF_PARTIAL_INPUT,
				       TEEC_MEMREF_PARTIAL_OUTPUT),
	};
	bool ok = true;

	gp_register(gp, &memory, buffer, MIB);
	for (unsigned int i = 0; i < 2; i++) {
		size_t from = i == 0 ? 0 : 777;
		size_t to = i == 0 ? 777 : 0;

		pattern_scramble(buffer, MIB, i);
		memcpy(expected, buffer, MIB);
		memmove(expected + to, expected + from, MIB - 1000);
		copy.params[0].memref.parent = &memory;
		copy.params[0].memref.offset = from;
		copy.params[0].memref.size = MIB - 1000;
		copy.params[1].memref = copy.params[0].memref;
		copy.params[1].memref.offset = to;
		ok = ok && tee_ok(gp_invoke(gp, SERVICE_COPY, &copy)) &&
		     memcmp(buffer, expected, MIB) == 0;
	}
	tap_claim(ok, "COPY within one region works as memmove, both ways");
	TEEC_ReleaseSharedMemory(&memory);
	free(buffer);
	free(expected);
}

static void no_memory(struct gp *gp)
{
	TEEC_Operation sum = {
		.paramTypes =
			GP_TYPES(TEEC_MEMREF_TEMP_INPUT, TEEC_VALUE_OUTPUT),
	};
	uint8_t byte = 200;

	tap_success(gp_invoke(gp, SERVICE_CHECKSUM, &sum),
		    "a NULL reference is summed");
	tap_claim(sum.params[1].value.a == 0 && sum.params[1].value.b == 0,
		  "its sum is 0");
	sum.params[0].tmpref.buffer = &byte;
	sum.params[1].value.a = 1;
	tap_success(gp_invoke(gp, SERVICE_CHECKSUM, &sum),
		    "a temporary reference of size 0 is summed");
	tap_claim(sum.params[1].value.a == 0, "its sum is 0 too");
	sum.params[0].tmpref.size = 1;
	tap_success(gp_invoke(gp, SERVICE_CHECKSUM, &sum),
		    "a single byte is summed");
	tap_claim(sum.params[1].value.a == 200, "its sum is its value");
}

static void no_memory_elsewhere(struct gp *gp)
{
	TEEC_Operation none = {
		.paramTypes = GP_TYPES(TEEC_MEMREF_TEMP_INOUT, TEEC_NONE),
	};
	uint8_t buffer[100];
	TEEC_SharedMemory memory;
	TEEC_Operation part = {
		.paramTypes = GP_TYPES(TEEC_MEMREF_PARTIAL_INOUT, TEEC_NONE),
	};

	tap_success(gp_invoke(gp, SERVICE_REVERSE, &none),
		    "a NULL reference is reversed");
	none.paramTypes =
		GP_TYPES(TEEC_MEMREF_TEMP_INPUT, TEEC_MEMREF_TEMP_OUTPUT);
	tap_success(gp_invoke(gp, SERVICE_COPY, &none),
		    "nothing is copied to nowhere");
	gp_register(gp, &memory, buffer, sizeof(buffer));
	part.params[0].memref.parent = &memory;
	part.params[0].memref.offset = sizeof(buffer);
	tap_success(gp_invoke(gp, SERVICE_REVERSE, &part),
		    "no bytes at the end of a region are reversed");
	TEEC_ReleaseSharedMemory(&memory);
}

int main(void)
{
	struct gp gp;

	gp_init(&gp);
	registered_memory(&gp);
	part_of_memory(&gp);
	allocated_memory(&gp);
	temporary_memory(&gp);
	overlapping_copy(&gp);
	no_memory(&gp);
	no_memory_elsewhere(&gp);
	gp_fini(&gp);
	return tap_done();
}
