// SPDX-License-Identifier: BSD-2-Clause
/*
 * References that a session keeps between calls: what revokes them, and that
 * they never reach memory registered later under the same name.
 */
#include <string.h>

#include <client/memory.h>
#include <client/pattern.h>

#include "gp.h"
#include "long_call.h"

#define SIZE   (64u * 1024)
#define ROUNDS 200

static uint8_t *first;
static uint8_t *second;

static void share(const struct service *service, const void *memory,
		  struct tee_shm *shm)
{
	if (!tee_ok(service_register(service, memory, SIZE, shm)))
		tap_bail("64 KiB are registered");
}

static void hold_and_release(const struct service *service)
{
	struct tee_shm shm;
	uint64_t sum;

	tap_answer(service_release(service), TEE_BAD_STATE, TEE_ORIGIN_APP,
		   "RELEASE of nothing is BAD_STATE");
	tap_answer(service_held_sum(service, &sum), TEE_BAD_STATE,
		   TEE_ORIGIN_APP, "HELD_SUM of nothing is BAD_STATE");
	share(service, first, &shm);
	tap_success(service_hold(service, memref_whole(&shm)),
		    "HOLD takes a registered region");
	tap_answer(service_hold(service, memref_whole(&shm)), TEE_BAD_STATE,
		   TEE_ORIGIN_APP, "a second HOLD is BAD_STATE");
	pattern_scramble(first, SIZE, 3);
	tap_success(service_held_sum(service, &sum), "HELD_SUM answers");
	tap_claim(sum == pattern_sum(first, SIZE),
		  "it sums what Linux wrote after the HOLD");
	tap_success(service_release(service), "RELEASE drops it");
	tap_answer(service_held_sum(service, &sum), TEE_BAD_STATE,
		   TEE_ORIGIN_APP, "then nothing is held");
	tee_unregister(&shm);
}

static void revoke(const struct service *service)
{
	struct tee_shm shm;
	uint64_t sum;

	share(service, first, &shm);
	service_hold(service, memref_whole(&shm));
	tee_unregister(&shm);
	tap_answer(service_held_sum(service, &sum), TEE_TARGET_DEAD,
		   TEE_ORIGIN_APP, "after unregistering it is TARGET_DEAD");
	share(service, second, &shm);
	tap_answer(service_hold(service, memref_whole(&shm)), TEE_BAD_STATE,
		   TEE_ORIGIN_APP, "a revoked one is still held");
	tap_success(service_release(service), "RELEASE of a revoked one works");
	tap_success(service_hold(service, memref_whole(&shm)),
		    "and makes room for another");
	service_release(service);
	tee_unregister(&shm);
}

/* Linux gives the next registration the address, so the name, of the last. */
static void reuse(const struct service *service)
{
	unsigned int wrong = 0;
	uint64_t sum;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct tee_result result;
		struct tee_shm shm;

		share(service, first, &shm);
		service_hold(service, memref_whole(&shm));
		tee_unregister(&shm);
		share(service, second, &shm);
		result = service_held_sum(service, &sum);
		wrong += result.ret != (uint32_t)TEE_TARGET_DEAD;
		wrong += !tee_ok(service_release(service));
		wrong += !tee_ok(
			service_checksum(service, memref_whole(&shm), &sum));
		wrong += sum != pattern_sum(second, SIZE);
		tee_unregister(&shm);
	}
	tap_claim(wrong == 0,
		  "in %u rounds no old reference reaches a new region", ROUNDS);
}

static void null_and_temporary(void)
{
	struct gp gp;
	TEEC_Operation hold = {
		.paramTypes = GP_TYPES(TEEC_MEMREF_TEMP_INOUT, TEEC_NONE),
	};
	TEEC_Operation none = { 0 };
	TEEC_Operation sum = {
		.paramTypes = GP_TYPES(TEEC_VALUE_OUTPUT, TEEC_NONE),
	};

	gp_init(&gp);
	tap_answer(gp_invoke(&gp, SERVICE_HOLD, &hold), TEE_BAD_PARAMETERS,
		   TEE_ORIGIN_APP,
		   "HOLD of a NULL reference is "
		   "BAD_PARAMETERS");
	/* libteec registers its temporary references and takes them back. */
	hold.params[0].tmpref.buffer = first;
	hold.params[0].tmpref.size = SIZE;
	tap_success(gp_invoke(&gp, SERVICE_HOLD, &hold),
		    "HOLD takes what libteec registered for one call");
	tap_answer(gp_invoke(&gp, SERVICE_HELD_SUM, &sum), TEE_TARGET_DEAD,
		   TEE_ORIGIN_APP, "which is TARGET_DEAD after that call");
	tap_success(gp_invoke(&gp, SERVICE_RELEASE, &none),
		    "and can be released");
	gp_fini(&gp);
}

/* Two sessions hold the same region; closing one drops its reference only. */
static void two_sessions(const struct service *service)
{
	struct service other = *service;
	struct tee_shm shm;
	uint64_t sum;

	if (!tee_ok(tee_open_session(&other.tee, service_uuid, &other.session)))
		tap_bail("a second session opens");
	share(service, first, &shm);
	service_hold(service, memref_whole(&shm));
	service_hold(&other, memref_whole(&shm));
	tee_close_session(&other.tee, other.session);
	tap_success(service_held_sum(service, &sum),
		    "another session's end leaves a reference alone");
	tee_unregister(&shm);
	tap_answer(service_held_sum(service, &sum), TEE_TARGET_DEAD,
		   TEE_ORIGIN_APP, "unregistering revokes it");
}

static void *sum_held(void *data)
{
	struct long_call *call = data;

	call->result = service_held_sum(call->service, &call->sum);
	call->end_ns = now_ns();
	call->ended = true;
	return NULL;
}

/* Linux frees the pages when it has an answer, so there is none before. */
static void unregister_while_running(const struct service *service)
{
	struct long_call call;
	uint64_t gone;
	bool was_running;

	long_call_init(&call, service);
	service_hold(service, memref_whole(&call.shm));
	long_call_begin_as(&call, sum_held);
	was_running = !call.ended;
	tee_unregister(&call.shm);
	gone = now_ns();
	tap_claim(long_call_end(&call),
		  "a HELD_SUM that runs while its region goes is right");
	tap_claim(was_running && gone + 100000000 > call.end_ns,
		  "unregistering waits for it");
	tap_answer(service_held_sum(service, &call.sum), TEE_TARGET_DEAD,
		   TEE_ORIGIN_APP, "the next one is TARGET_DEAD");
	tap_success(service_release(service), "what was revoked is released");
	stats_fini(&call.stats);
	memory_free(call.memory, LONG_CALL_SIZE);
}

int main(void)
{
	struct service service;

	if (!tee_ok(service_init(&service)))
		tap_bail("the memory service opens");
	first = memory_alloc(SIZE);
	second = memory_alloc(SIZE);
	pattern_scramble(first, SIZE, 1);
	pattern_scramble(second, SIZE, 2);
	hold_and_release(&service);
	revoke(&service);
	reuse(&service);
	null_and_temporary();
	unregister_while_running(&service);
	two_sessions(&service); /* leaves a revoked one for the end to drop */
	service_fini(&service);
	return tap_done();
}
