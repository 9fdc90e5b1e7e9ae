// SPDX-License-Identifier: BSD-2-Clause
/* Memory that the secure world asks Linux for in the middle of a call. */
#include <string.h>

#include <client/pattern.h>

#include "tap.h"

#include <client/service.h>

#define ROUNDS 100

static uint64_t expected_sum(uint32_t size, uint8_t first)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < size; i++)
		sum += (uint8_t)(first + i);
	return sum;
}

static void sizes(const struct service *service)
{
	static const uint32_t size[] = { 1,    100,   4095,    4096,
					 5000, 65536, 1000001, 4u << 20 };

	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		uint64_t sum;
		struct tee_result result =
			service_rpc_fill(service, size[i], 11, &sum);

		tap_success(result, "RPC_FILL borrows %u bytes", size[i]);
		if (tee_ok(result))
			tap_claim(sum == expected_sum(size[i], 11),
				  "and sums all of them");
	}
}

static void again_and_again(const struct service *service)
{
	unsigned int wrong = 0;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		uint32_t size = (i * 7919) % 300000 + 1;
		uint64_t sum;

		wrong += !tee_ok(service_rpc_fill(service, size, (uint8_t)i,
						  &sum)) ||
			 sum != expected_sum(size, (uint8_t)i);
	}
	tap_claim(wrong == 0, "%u borrowings in a row are right", ROUNDS);
}

/* Linux warns about this one in its log, so it has a run of its own. */
static void too_much(const struct service *service)
{
	uint64_t sum;

	tap_answer(service_rpc_fill(service, 64u << 20, 1, &sum),
		   TEE_OUT_OF_MEMORY, TEE_ORIGIN_APP,
		   "more than Linux can give is OUT_OF_MEMORY");
	tap_success(service_rpc_fill(service, 4096, 1, &sum),
		    "and the next borrowing works");
}

int main(int argc, char **argv)
{
	struct service service;

	if (!tee_ok(service_init(&service)))
		tap_bail("the memory service opens");
	if (argc > 1 && strcmp(argv[1], "--too-much") == 0) {
		too_much(&service);
	} else {
		sizes(&service);
		again_and_again(&service);
	}
	service_fini(&service);
	return tap_done();
}
