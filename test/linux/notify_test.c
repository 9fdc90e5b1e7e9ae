// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whoever waits for another call's end sleeps: the processor time of its thread
 * says so. Linux itself keeps memory registered that a call was given, so the
 * call that is waited for uses what its session holds.
 */
#include <time.h>

#include "long_call.h"
#include "tap.h"

#define ROUNDS 3

struct wait {
	uint64_t began_ns;
	uint64_t began_cpu_ns;
};

static uint64_t cpu_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static struct wait wait_begin(void)
{
	return (struct wait){ .began_ns = now_ns(), .began_cpu_ns = cpu_ns() };
}

/* What was done since then waited for the call's end, asleep. */
static void wait_end(struct wait wait, struct long_call *call, const char *what)
{
	uint64_t cpu = cpu_ns() - wait.began_cpu_ns;
	uint64_t end = now_ns();
	bool right = long_call_end(call);

	tap_claim(right, "the call that %s waits for ends right", what);
	tap_claim(call->end_ns > wait.began_ns + 20000000 &&
			  end + 100000000 > call->end_ns,
		  "%s comes back when it has ended", what);
	tap_claim(cpu < (end - wait.began_ns) / 3, "%s sleeps until then",
		  what);
	tap_note("%s took %.1f ms and %.1f ms of processor time", what,
		 (double)(end - wait.began_ns) / 1e6, (double)cpu / 1e6);
}

static void *sum_held(void *data)
{
	struct long_call *call = data;

	call->result = service_held_sum(call->service, &call->sum);
	call->end_ns = now_ns();
	call->ended = true;
	return NULL;
}

static void unregister(const struct service *service, struct long_call *call)
{
	struct wait wait;
	uint64_t sum;

	if (!tee_ok(service_hold(service, memref_whole(&call->shm))))
		tap_bail("the session holds the memory");
	long_call_begin_as(call, sum_held);
	wait = wait_begin();
	tee_unregister(&call->shm);
	wait_end(wait, call, "UNREGISTER");
	tap_answer(service_held_sum(service, &sum), TEE_TARGET_DEAD,
		   TEE_ORIGIN_APP, "then the memory is gone");
	tap_success(service_release(service), "and the session lets go of it");
	if (!tee_ok(service_register(service, call->memory, LONG_CALL_SIZE,
				     &call->shm)))
		tap_bail("the memory is registered again");
}

static void close_session(struct service *service, struct long_call *call)
{
	struct service own = *service;
	struct wait wait;

	if (!tee_ok(tee_open_session(&own.tee, service_uuid, &own.session)))
		tap_bail("a second session opens");
	call->service = &own;
	long_call_begin(call);
	wait = wait_begin();
	tap_success(tee_close_session(&own.tee, own.session),
		    "CLOSE_SESSION under a running call is accepted");
	wait_end(wait, call, "CLOSE_SESSION");
	call->service = service;
}

int main(void)
{
	struct service service;
	struct long_call call;

	if (!tee_ok(service_init(&service)))
		tap_bail("the memory service opens");
	long_call_init(&call, &service);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		unregister(&service, &call);
		close_session(&service, &call);
	}
	long_call_fini(&call);
	service_fini(&service);
	return tap_done();
}
