// SPDX-License-Identifier: BSD-2-Clause
/* Fast calls: fixed answers for anyone, and nothing for those who made it up.
 */
#include "call.h"
#include "tap.h"

/* DYNAMIC_SHM, VIRTUALIZATION, MEMREF_NULL, RPC_ARG */
#define CAPS 0x5C
#define DIRT UINT64_C(0xDEADBEEF00000000)

static const uint32_t clients[] = { 0,	    1,	     2,		 0x7fff,
				    0xffff, 0x10000, 0x80000000, 0xffffffff };

#define CLIENTS (sizeof(clients) / sizeof(clients[0]))

struct answer {
	uint32_t function;
	uint32_t a[4];
};

static const struct answer fixed[] = {
	{ FID_CALLS_UID, { 0x384FB3E0, 0xE7F811E3, 0xAF630002, 0xA5D5C51B } },
	{ FID_CALLS_REVISION, { 2, 0, 0, 0 } },
	{ FID_GET_THREAD_COUNT, { 0, 4, 0, 0 } },
};

static void expect_fixed(const struct answer *answer, uint64_t dirt,
			 uint32_t client)
{
	uint64_t x[8];

	for (unsigned int i = 0; i < 8; i++)
		x[i] = dirt * (i + 1);
	x[0] |= answer->function;
	x[7] |= client;
	smc(x);
	for (unsigned int i = 0; i < 4; i++)
		equal(x[i], answer->a[i]);
	for (unsigned int i = 4; i < 7; i++)
		equal(x[i], dirt * (i + 1));
}

static void questions(void)
{
	uint64_t uuid[8] = { FID_GET_OS_UUID };

	for (unsigned int i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		for (unsigned int j = 0; j < CLIENTS; j++)
			expect_fixed(&fixed[i], 0, clients[j]);
	smc(uuid);
	check(uuid[0] != 0x486178E0); /* we are another OS */
	check(uuid[0] != A0_UNKNOWN && uuid[0] >> 32 == 0);
	check(smc_simple(FID_CALLS_COUNT, 0) - 1 < 64);
	check(smc_simple(FID_GET_OS_REVISION, 0) < 1000);
}

static void dirty_registers(void)
{
	uint64_t x[8] = { DIRT | FID_EXCHANGE_CAPABILITIES,
			  DIRT,
			  DIRT,
			  DIRT,
			  DIRT,
			  DIRT,
			  DIRT,
			  DIRT };

	for (unsigned int i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		expect_fixed(&fixed[i], DIRT, 0);
	smc(x);
	equal(x[0], A0_OK);
	equal(x[1], CAPS);
}

/*
 * From SMCCC 1.3 on, bits 17 to 23 of a fast call's id are reserved, and newer
 * firmware answers itself where one is set: with 64 bits, and leaving all other
 * registers alone. Older firmware passes such a call on to us.
 */
#define SMCCC_VERSION 0x80000000u
#define SMCCC_1_3     0x10003u
#define FAST	      0x80000000u
#define RESERVED      0x00fe0000u

static bool is_answer_of_firmware(uint32_t function, const uint64_t x[8],
				  uint32_t client)
{
	static uint64_t version;

	if (version == 0)
		version = smc_simple(SMCCC_VERSION, 0);
	if ((int32_t)version < (int32_t)SMCCC_1_3 || !(function & FAST) ||
	    !(function & RESERVED) || x[0] != UINT64_MAX)
		return false;
	for (unsigned int i = 1; i < 7; i++)
		if (x[i] != DIRT * i)
			return false;
	return x[7] == client;
}

static void unknown_functions(void)
{
	static const uint32_t functions[] = {
		0xB2000002,
		FID_L2CC_MUTEX,
		0xB2000004,
		0xB2000012,
		0xB2000013,
		FID_GET_ASYNC_NOTIF,
		FID_GET_PROTMEM_CONFIG,
		0xB200E000,
		0xB200FFFF,
		0xBF00FF02,
		0xBF000002,
		0xBF00FFFF,
		/* SMC64 variants */
		0xF2000001,
		0xF2000009,
		0xFF00FF01,
		0x72000004,
		0x72000003,
		/* what only we may send to TF-A */
		0xBE000000,
		0xBE000001,
		0xBE000005,
		0xBE000006,
		0xBE000008,
		/* as Xen sends by mistake, with and without the SVE hint */
		0xFFFE0005,
		0xFFFF0005,
		/* yielding */
		0x32000000,
		0x32000001,
		0x32000002,
		0x32000005,
		0x3200E002,
		0x3F000000,
		0x3E000005,
	};

	for (unsigned int i = 0; i < sizeof(functions) / 4; i++)
		for (unsigned int j = 0; j < CLIENTS; j++) {
			uint64_t x[8] = { functions[i] };

			for (unsigned int k = 1; k < 7; k++)
				x[k] = DIRT * k;
			x[7] = clients[j];
			smc(x);
			if (!is_answer_of_firmware(functions[i], x,
						   clients[j]) &&
			    !equal(x[0], A0_UNKNOWN))
				print("# function %x\n", functions[i]);
		}
}

static void exchange(void)
{
	uint64_t x[8] = { FID_EXCHANGE_CAPABILITIES, 1 };
	uint32_t session;

	smc(x);
	equal(x[0], A0_OK);
	equal(x[1], CAPS);
	equal(x[3] & 0xff, RPC_PARAMS);
	session = session_open();
	check(session != 0);
	for (unsigned int bit = 1; bit < 32; bit++)
		equal(smc_simple(FID_EXCHANGE_CAPABILITIES, 1u << bit),
		      A0_ENOTAVAIL);
	equal(session_close(session), RET_OK); /* nothing happened to it */
}

static void cache(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		equal(smc_simple(FID_DISABLE_SHM_CACHE, 0), A0_ENOTAVAIL);
		equal(smc_simple(FID_ENABLE_SHM_CACHE, 0), A0_OK);
	}
	equal(smc_simple(FID_DISABLE_SHM_CACHE, 0), A0_ENOTAVAIL);
}

static void not_here(void)
{
	uint64_t notif = smc_simple(FID_ENABLE_ASYNC_NOTIF, 0);

	equal(smc_simple(FID_GET_SHM_CONFIG, 0), A0_ENOTAVAIL);
	equal(smc_simple(FID_BOOT_SECONDARY, 0), A0_ENOTAVAIL);
	check(notif == A0_ENOTAVAIL || notif == A0_UNKNOWN);
}

/* A client is the low half of a7; the high one is dirt. */
static void unknown_clients(void)
{
	static const uint32_t functions[] = {
		FID_EXCHANGE_CAPABILITIES, FID_ENABLE_SHM_CACHE,
		FID_DISABLE_SHM_CACHE,	   FID_GET_SHM_CONFIG,
		FID_RETURN_FROM_RPC,	   FID_ADD_SHM_BUFFER,
		FID_REMOVE_SHM_BUFFER,	   FID_CALL_WITH_REGD_ARG,
	};

	for (unsigned int i = 0; i < sizeof(functions) / 4; i++)
		for (unsigned int j = 1; j < CLIENTS; j++) {
			uint64_t x[8] = { functions[i], 0, 0, 0, 0, 0, 0,
					  clients[j] };

			smc(x);
			equal(x[0], A0_ENOTAVAIL);
		}
}

static void unknown_client_message(void)
{
	static const uint32_t functions[] = { FID_CALL_WITH_ARG,
					      FID_CALL_WITH_RPC_ARG };

	for (unsigned int i = 0; i < 2; i++)
		for (unsigned int j = 1; j < CLIENTS; j++) {
			struct wire_arg *arg = core_arg();
			struct call call;

			arg_set(arg, CMD_CLOSE, 0);
			call_set(&call, functions[i], arg);
			call.x[7] = clients[j];
			equal(call_enter(&call), A0_ENOTAVAIL);
			check(arg->ret != 0x5EED && arg->ret != RET_OK);
			equal(arg->origin, ORIGIN_TEE);
		}
}

static const struct test tests[] = {
	{ "fast_questions_have_one_answer_for_everyone", questions },
	{ "fast_dirty_upper_halves_are_ignored_and_not_returned",
	  dirty_registers },
	{ "fast_unknown_functions_are_refused_zero_extended",
	  unknown_functions },
	{ "fast_exchange_with_unknown_bits_changes_nothing", exchange },
	{ "fast_cache_is_always_empty", cache },
	{ "fast_what_is_not_offered_is_not_available", not_here },
	{ "fast_unknown_clients_get_nothing", unknown_clients },
	{ "unknown_client_sees_the_refusal_in_its_message",
	  unknown_client_message },
};

GROUP(fast_calls, tests);
