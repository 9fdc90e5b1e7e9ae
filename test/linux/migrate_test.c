// SPDX-License-Identifier: BSD-2-Clause
/*
 * A call goes on wherever Linux lets its thread run: while it is in the secure
 * world, the thread is driven from core to core.
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "long_call.h"
#include "tap.h"

#define ROUNDS 3

/* Where the thread runs now, or ran last. */
static int current_cpu(int tid)
{
	char path[64];
	char line[1024];
	FILE *file;
	char *at;
	int cpu = -1;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = fopen(path, "r");
	if (!file)
		return -1;
	at = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
	/* Field 39; the name in field 2 may hold blanks. */
	for (int field = 2; at && field < 39; field++) {
		at = strchr(at, ' ');
		if (at)
			at++;
	}
	if (at && sscanf(at, "%d", &cpu) != 1)
		cpu = -1;
	fclose(file);
	return cpu;
}

/* How often the thread was seen on another core than before. */
static unsigned int drive(struct long_call *call)
{
	unsigned int moves = 0;
	int last = current_cpu(call->tid);

	for (unsigned int i = 0; !call->ended; i++) {
		int target = last == 0 ? 1 : 0;
		cpu_set_t set;
		int cpu;

		CPU_ZERO(&set);
		CPU_SET((size_t)target, &set);
		sched_setaffinity(call->tid, sizeof(set), &set);
		sleep_ms(5);
		cpu = current_cpu(call->tid);
		if (call->ended || cpu < 0)
			break;
		moves += cpu != last;
		last = cpu;
	}
	return moves;
}

int main(void)
{
	struct service service;
	struct long_call call;
	unsigned int moves = 0;
	unsigned int wrong = 0;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		tap_note("there is but one core");
		return tap_done();
	}
	if (!tee_ok(service_init(&service)))
		tap_bail("the memory service opens");
	long_call_init(&call, &service);
	for (int i = 0; i < ROUNDS; i++) {
		call.cpu = i % 2;
		long_call_begin(&call);
		moves += drive(&call);
		wrong += !long_call_end(&call);
	}
	tap_note("%u moves in %u calls", moves, ROUNDS);
	tap_claim(moves >= 2 * ROUNDS,
		  "a call that was suspended is resumed on another core");
	tap_claim(wrong == 0, "and its result is right");
	long_call_fini(&call);
	service_fini(&service);
	return tap_done();
}
