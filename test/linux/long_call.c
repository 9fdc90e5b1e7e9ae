// SPDX-License-Identifier: BSD-2-Clause
/* Long calls, and the clock to watch them by. */
#include "long_call.h"

#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <client/memory.h>
#include <client/pattern.h>

#include "tap.h"

/* More than a thread takes to get into its call. */
#define UNDER_WAY_NS 10000000u

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void sleep_ms(unsigned int ms)
{
	struct timespec time = {
		.tv_sec = ms / 1000,
		.tv_nsec = (long)(ms % 1000) * 1000000,
	};

	nanosleep(&time, NULL);
}

void pin_to_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

void long_call_init(struct long_call *call, const struct service *service)
{
	*call = (struct long_call){ .service = service, .cpu = -1 };
	call->memory = memory_alloc(LONG_CALL_SIZE);
	if (!call->memory)
		tap_bail("Linux has memory for a long call");
	pattern_scramble(call->memory, LONG_CALL_SIZE, 99);
	call->expected = pattern_sum(call->memory, LONG_CALL_SIZE);
	if (!tee_ok(service_register(service, call->memory, LONG_CALL_SIZE,
				     &call->shm)))
		tap_bail("128 MiB are registered");
}

void long_call_fini(struct long_call *call)
{
	tee_unregister(&call->shm);
	memory_free(call->memory, LONG_CALL_SIZE);
}

static void *run(void *data)
{
	struct long_call *call = data;
	struct tee_call request = {
		.session = call->service->session,
		.command = SERVICE_CHECKSUM,
		.cancel_id = call->cancel_id,
		.param = {
			tee_memref(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT,
				   &call->shm, 0, LONG_CALL_SIZE),
			tee_value(TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT, 0, 0),
		},
	};

	if (call->cpu >= 0)
		pin_to_cpu(call->cpu);
	call->tid = (int)syscall(SYS_gettid);
	call->result = tee_invoke(&call->service->tee, &request);
	call->sum = request.param[1].b << 32 | request.param[1].a;
	call->end_ns = now_ns();
	call->ended = true;
	return NULL;
}

/* Processor time, since a busy machine may not let the thread run for long. */
static uint64_t thread_ns(pthread_t thread)
{
	struct timespec used;
	clockid_t clock;

	if (pthread_getcpuclockid(thread, &clock) != 0 ||
	    clock_gettime(clock, &used) != 0)
		return UINT64_MAX;
	return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

void long_call_wait_for_start(struct long_call *call)
{
	while (!call->ended && thread_ns(call->thread) < UNDER_WAY_NS)
		sleep_ms(1);
}

void long_call_begin(struct long_call *call)
{
	call->tid = 0;
	call->ended = false;
	if (pthread_create(&call->thread, NULL, run, call) != 0)
		tap_bail("a thread starts");
	long_call_wait_for_start(call);
}

bool long_call_end(struct long_call *call)
{
	pthread_join(call->thread, NULL);
	return tee_ok(call->result) && call->sum == call->expected;
}
