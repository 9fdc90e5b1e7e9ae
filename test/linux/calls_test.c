// SPDX-License-Identifier: BSD-2-Clause
/*
 * Calls beside each other: cancelled, in parallel on one session, and while
 * that session is being closed.
 */
#include <errno.h>
#include <string.h>

#include <client/memory.h>
#include <client/pattern.h>

#include "gp.h"
#include "long_call.h"

#define CANCEL_ID     77
#define THREADS	      8
#define THREAD_SIZE   (256u * 1024)
#define THREAD_ROUNDS 40

static void cancel(const struct service *service, struct long_call *call)
{
	uint64_t asked;

	call->cancel_id = CANCEL_ID;
	long_call_begin(call);
	tap_success(tee_cancel(&service->tee, service->session, CANCEL_ID + 1),
		    "CANCEL of another call's identifier is accepted");
	sleep_ms(5);
	tap_claim(!call->ended, "and ends nothing");
	asked = now_ns();
	tee_cancel(&service->tee, service->session, CANCEL_ID);
	long_call_end(call);
	tap_answer(call->result, TEE_CANCEL, TEE_ORIGIN_APP,
		   "CANCEL ends a long CHECKSUM with TEE_ERROR_CANCEL");
	tap_note("it ended %.1f ms after the request",
		 (double)(call->end_ns - asked) / 1e6);
	long_call_begin(call);
	tap_claim(long_call_end(call),
		  "a later call with that identifier is not cancelled");
}

struct gp_sum {
	struct gp *gp;
	atomic_bool ended;
	TEEC_Operation operation;
	struct tee_result result;
};

static void *gp_sum_run(void *data)
{
	struct gp_sum *sum = data;

	sum->result = gp_invoke(sum->gp, SERVICE_CHECKSUM, &sum->operation);
	sum->ended = true;
	return NULL;
}

static void gp_cancel(struct long_call *call)
{
	struct gp gp;
	TEEC_SharedMemory memory;
	struct gp_sum sum = { .gp = &gp };
	pthread_t thread;

	gp_init(&gp);
	gp_register(&gp, &memory, call->memory, LONG_CALL_SIZE);
	sum.operation.paramTypes =
		GP_TYPES(TEEC_MEMREF_WHOLE, TEEC_VALUE_OUTPUT);
	sum.operation.params[0].memref.parent = &memory;
	if (pthread_create(&thread, NULL, gp_sum_run, &sum) != 0)
		tap_bail("a thread starts");
	/* A request that comes before the call is lost, so it is repeated. */
	while (!sum.ended) {
		sleep_ms(10);
		TEEC_RequestCancellation(&sum.operation);
	}
	pthread_join(thread, NULL);
	tap_answer(sum.result, TEE_CANCEL, TEE_ORIGIN_APP,
		   "TEEC_RequestCancellation does too");
	TEEC_ReleaseSharedMemory(&memory);
	gp_fini(&gp);
}

struct worker {
	const struct service *service;
	pthread_t thread;
	uint8_t seed;
	unsigned int wrong;
};

static bool work_once(const struct service *service, uint8_t *memory,
		      const struct tee_shm *shm, uint8_t seed)
{
	uint64_t sum;

	return tee_ok(service_fill(service, memref_whole(shm), seed)) &&
	       pattern_check(memory, THREAD_SIZE, seed, 1) == THREAD_SIZE &&
	       tee_ok(service_checksum(service, memref_whole(shm), &sum)) &&
	       sum == pattern_sum(memory, THREAD_SIZE);
}

static void *work(void *data)
{
	struct worker *worker = data;
	uint8_t *memory = memory_alloc(THREAD_SIZE);

	for (unsigned int i = 0; i < THREAD_ROUNDS; i++) {
		struct tee_shm shm;

		if (!tee_ok(service_register(worker->service, memory,
					     THREAD_SIZE, &shm))) {
			worker->wrong++;
			continue;
		}
		worker->wrong +=
			!work_once(worker->service, memory, &shm,
				   (uint8_t)(worker->seed + i * THREADS));
		tee_unregister(&shm);
	}
	memory_free(memory, THREAD_SIZE);
	return NULL;
}

static void parallel(const struct service *service)
{
	struct worker worker[THREADS];
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < THREADS; i++) {
		worker[i] = (struct worker){ .service = service,
					     .seed = (uint8_t)i };
		if (pthread_create(&worker[i].thread, NULL, work, &worker[i]) !=
		    0)
			tap_bail("threads start");
	}
	for (unsigned int i = 0; i < THREADS; i++) {
		pthread_join(worker[i].thread, NULL);
		wrong += worker[i].wrong;
	}
	tap_claim(wrong == 0,
		  "%u threads on one session, each with memory that comes and "
		  "goes, get right results",
		  THREADS);
}

static void two_long_calls(const struct service *service,
			   struct long_call *call)
{
	struct long_call other = *call;

	if (!tee_ok(stats_init(&other.stats, service)))
		tap_bail("a second buffer for the accounts is registered");
	call->cancel_id = 1;
	other.cancel_id = 2;
	long_call_begin(call);
	long_call_begin(&other);
	tap_claim(!call->ended && !other.ended,
		  "two calls on one region run at the same time");
	tee_cancel(&call->service->tee, call->service->session, 2);
	long_call_end(&other);
	tap_claim(other.result.ret == (uint32_t)TEE_CANCEL,
		  "CANCEL ends the one that it names");
	tap_claim(long_call_end(call), "and leaves the other one alone");
	stats_fini(&other.stats);
}

static void close_while_running(struct service *service, struct long_call *call)
{
	struct service own = *service;
	uint64_t sum;
	uint64_t closed;
	bool was_running;

	if (!tee_ok(tee_open_session(&own.tee, service_uuid, &own.session)))
		tap_bail("a second session opens");
	call->service = &own;
	long_call_begin(call);
	was_running = !call->ended;
	tap_success(tee_close_session(&own.tee, own.session),
		    "CLOSE while a call runs on the session is accepted");
	closed = now_ns();
	tap_claim(long_call_end(call), "the call ends with the right sum");
	/* The caller may be late to learn of its end, but not by much. */
	tap_claim(was_running && closed + 100000000 > call->end_ns,
		  "CLOSE waits for it");
	tap_claim(service_held_sum(&own, &sum).err == EINVAL,
		  "the session is gone");
	call->service = service;
}

int main(void)
{
	struct service service;
	struct long_call call;

	if (!tee_ok(service_init(&service)))
		tap_bail("the memory service opens");
	parallel(&service);
	long_call_init(&call, &service);
	cancel(&service, &call);
	two_long_calls(&service, &call);
	close_while_running(&service, &call);
	gp_cancel(&call);
	long_call_fini(&call);
	service_fini(&service);
	return tap_done();
}
