// SPDX-License-Identifier: BSD-2-Clause
/*
 * Foreign interrupts in long calls. One thread is in the secure world on core
 * 0. Another, on core 1, interrupts core 0 again and again with a membarrier,
 * which comes back only when core 0 has taken the interrupt: that is the
 * latency. A third wants to run every millisecond on core 0. A fourth keeps
 * the console's interrupts coming.
 */
#include <fcntl.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <client/memory.h>
#include <client/pattern.h>

#include "long_call.h"
#include "tap.h"

#define SAMPLES	    100000
#define PERIOD_NS   1000000u
#define ROUNDS	    3
#define BASELINE_NS 1000000000u
#define REGION_SIZE (64u << 20)
/*
 * For half of the samples, and for all but one in a hundred. A call that let
 * nothing through would take hundreds.
 */
#define MIDDLE_LIMIT_MS 4.0
#define LIMIT_MS	40.0

struct samples {
	uint64_t ns[SAMPLES];
	unsigned int count;
};

struct baseline {
	double middle; /* milliseconds */
	double high;
};

static struct samples ipi;
static struct samples wake;
static atomic_bool stop;

static void add_sample(struct samples *samples, uint64_t ns)
{
	if (samples->count < SAMPLES)
		samples->ns[samples->count++] = ns;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* In milliseconds, of the sorted samples. */
static double percentile(const struct samples *samples, double part)
{
	unsigned int at = (unsigned int)(part * (samples->count - 1));

	return (double)samples->ns[at] / 1e6;
}

static void *send_interrupts(void *unused)
{
	pin_to_cpu(1);
	while (!stop) {
		uint64_t start = now_ns();

		syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
		add_sample(&ipi, now_ns() - start);
	}
	return unused;
}

static void *want_to_run(void *unused)
{
	struct sched_param priority = { .sched_priority = 1 };
	struct timespec next;

	pin_to_cpu(0);
	sched_setscheduler(0, SCHED_FIFO, &priority);
	clock_gettime(CLOCK_MONOTONIC, &next);
	while (!stop) {
		uint64_t due = (uint64_t)next.tv_sec * 1000000000u +
			       (uint64_t)next.tv_nsec;
		uint64_t now = now_ns();

		if (now > due) {
			/* Late by more than a period: the rest is the same. */
			clock_gettime(CLOCK_MONOTONIC, &next);
		}
		next.tv_nsec += PERIOD_NS;
		if (next.tv_nsec >= 1000000000) {
			next.tv_nsec -= 1000000000;
			next.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
		add_sample(&wake,
			   now_ns() - ((uint64_t)next.tv_sec * 1000000000u +
				       (uint64_t)next.tv_nsec));
	}
	return unused;
}

static void *print(void *unused)
{
	int console = open("/dev/ttyAMA0", O_WRONLY | O_NOCTTY);
	static const char line[] =
		"# this line is one of many that keep the console busy\n";

	while (!stop && console >= 0) {
		if (write(console, line, sizeof(line) - 1) < 0)
			break;
		sleep_ms(20);
	}
	if (console >= 0)
		close(console);
	return unused;
}

static bool sums_are_right(struct long_call *call)
{
	bool ok = true;

	for (int i = 0; i < ROUNDS; i++) {
		long_call_begin(call);
		ok = long_call_end(call) && ok;
	}
	return ok;
}

/* Most of a registration's time is the secure world's with scattered pages. */
static bool registrations_are_right(struct long_call *call)
{
	uint8_t *memory = memory_alloc_scattered(REGION_SIZE, 0);
	uint64_t expected;
	bool ok = memory != NULL;

	if (!ok)
		return false;
	pattern_scramble(memory, REGION_SIZE, 12);
	expected = pattern_sum(memory, REGION_SIZE);
	pin_to_cpu(0);
	for (int i = 0; ok && i < ROUNDS * 2; i++) {
		struct tee_shm shm;
		uint64_t sum;

		ok = tee_ok(service_register(call->service, memory, REGION_SIZE,
					     &shm));
		if (!ok)
			break;
		if (i == 0)
			ok = tee_ok(service_checksum(call->service,
						     memref_whole(&shm),
						     &sum)) &&
			     sum == expected;
		tee_unregister(&shm);
	}
	memory_free(memory, REGION_SIZE);
	return ok;
}

/* What the same storm is like with core 0 busy in Linux alone. */
static bool busy_in_linux(struct long_call *call)
{
	uint64_t end = now_ns() + BASELINE_NS;
	volatile uint8_t *memory = call->memory;
	uint64_t sum = 0;

	pin_to_cpu(0);
	while (now_ns() < end)
		for (size_t i = 0; i < MEMORY_PAGE_SIZE; i++)
			sum += memory[i];
	return sum != 0;
}

/* Sorted; the bystanders stand by while `work` is done. */
static bool storm(struct long_call *call, bool (*work)(struct long_call *))
{
	void *(*const bystander[])(void *) = { send_interrupts, want_to_run,
					       print };
	pthread_t thread[3];
	bool right;

	ipi.count = 0;
	wake.count = 0;
	stop = false;
	for (int i = 0; i < 3; i++)
		if (pthread_create(&thread[i], NULL, bystander[i], NULL) != 0)
			tap_bail("threads start");
	right = work(call);
	stop = true;
	for (int i = 0; i < 3; i++)
		pthread_join(thread[i], NULL);
	qsort(ipi.ns, ipi.count, sizeof(ipi.ns[0]), compare);
	qsort(wake.ns, wake.count, sizeof(wake.ns[0]), compare);
	tap_note(
		"interrupts: %u, half within %.3f ms, 99 %% within %.3f ms, "
		"all within %.3f ms",
		ipi.count, percentile(&ipi, 0.5), percentile(&ipi, 0.99),
		percentile(&ipi, 1));
	tap_note(
		"wake-ups: %u, half within %.3f ms, 99 %% within %.3f ms, "
		"all within %.3f ms",
		wake.count, percentile(&wake, 0.5), percentile(&wake, 0.99),
		percentile(&wake, 1));
	return right;
}

/* The emulator's host has other things to do, which the baseline shows too. */
static bool is_bounded(const struct samples *samples,
		       const struct baseline *baseline)
{
	return samples->count > 50 &&
	       percentile(samples, 0.5) <
		       MIDDLE_LIMIT_MS + 3 * baseline->middle &&
	       percentile(samples, 0.99) < LIMIT_MS + 3 * baseline->high;
}

static void watch(struct long_call *call, bool (*work)(struct long_call *),
		  const char *what, const struct baseline baseline[2])
{
	tap_claim(storm(call, work), "%s in a storm of interrupts is right",
		  what);
	tap_claim(is_bounded(&ipi, &baseline[0]),
		  "core 0 takes interrupts within bounds during %s", what);
	tap_claim(is_bounded(&wake, &baseline[1]),
		  "a thread on core 0 gets to run every few ms during %s",
		  what);
}

static struct baseline as_baseline(const struct samples *samples)
{
	return (struct baseline){ .middle = percentile(samples, 0.5),
				  .high = percentile(samples, 0.99) };
}

int main(void)
{
	struct service service;
	struct long_call call;
	struct baseline baseline[2];

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		tap_note("one core cannot interrupt another");
		return tap_done();
	}
	if (!tee_ok(service_init(&service)))
		tap_bail("the memory service opens");
	syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0,
		0);
	long_call_init(&call, &service);
	call.cpu = 0;
	tap_note("with core 0 busy in Linux alone:");
	storm(&call, busy_in_linux);
	baseline[0] = as_baseline(&ipi);
	baseline[1] = as_baseline(&wake);
	watch(&call, sums_are_right, "a long CHECKSUM", baseline);
	watch(&call, registrations_are_right, "a long registration", baseline);
	long_call_fini(&call);
	service_fini(&service);
	return tap_done();
}
