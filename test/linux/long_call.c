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
	if (!tee_ok(stats_init(&call->stats, service)))
		tap_bail("a buffer for the accounts is registered");
}

void long_call_fini(struct long_call *call)
{
	stats_fini(&call->stats);
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

/* Calls that are in the secure world or will be back there, this one too. */
static uint32_t calls_under_way(struct long_call *call)
{
	if (!tee_ok(stats_read(&call->stats)))
		tap_bail("the accounts can be read");
	return stats_first(&call->stats)->calls_active +
	       stats_first(&call->stats)->calls_suspended;
}

/*
 * No time is long enough on a busy build machine, so the accounts are asked;
 * what they say twice was not said in a call's very first moment.
 */
void long_call_begin_as(struct long_call *call, void *(*run_it)(void *call))
{
	uint32_t before = calls_under_way(call);
	unsigned int seen = 0;

	call->tid = 0;
	call->ended = false;
	if (pthread_create(&call->thread, NULL, run_it, call) != 0)
		tap_bail("a thread starts");
	while (!call->ended && seen < 2) {
		sleep_ms(3);
		seen += calls_under_way(call) > before;
	}
}

void long_call_begin(struct long_call *call)
{
	long_call_begin_as(call, run);
}

bool long_call_end(struct long_call *call)
{
	char text[128];

	pthread_join(call->thread, NULL);
	if (tee_ok(call->result) && call->sum == call->expected)
		return true;
	tap_note("a long call ended with %s, sum %llu of %llu",
		 tee_result_text(call->result, text, sizeof(text)),
		 (unsigned long long)call->sum,
		 (unsigned long long)call->expected);
	return false;
}
