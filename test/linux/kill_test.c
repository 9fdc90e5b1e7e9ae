// SPDX-License-Identifier: BSD-2-Clause
/* Processes that end without taking back what they shared. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <client/memory.h>
#include <client/stats.h>

#include "long_call.h"
#include "tap.h"

#define REGIONS 500

static void child_in_a_call(int ready)
{
	struct service service;
	struct long_call call;

	if (!tee_ok(service_init(&service)))
		_exit(1);
	long_call_init(&call, &service);
	service_hold(&service, memref_whole(&call.shm));
	for (;;) {
		long_call_begin(&call);
		if (write(ready, "", 1) != 1 || !long_call_end(&call))
			_exit(1);
	}
}

static void child_without_goodbye(int ready)
{
	static struct tee_shm shm[REGIONS];
	struct service service;
	uint8_t *memory = memory_alloc(REGIONS * MEMORY_PAGE_SIZE);

	if (!tee_ok(service_init(&service)))
		_exit(1);
	for (size_t i = 0; i < REGIONS; i++) {
		uint32_t session;

		if (!tee_ok(service_register(&service, memory + i * 4096, 4096,
					     &shm[i])))
			_exit(1);
		if (i % 10 == 0)
			tee_open_session(&service.tee, service_uuid, &session);
	}
	service_hold(&service, memref_whole(&shm[7]));
	_exit(write(ready, "", 1) == 1 ? 0 : 1);
}

/* Runs until it says that it is ready, or is dead. */
static pid_t run_child(void (*child)(int ready))
{
	int ends[2];
	char byte;
	pid_t pid;

	if (pipe(ends) != 0)
		tap_bail("a pipe can be made");
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child(ends[1]);
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		tap_bail("a process gets as far as its call");
	close(ends[0]);
	return pid;
}

static bool same_as(struct stats *stats, const struct stats_record *before)
{
	const struct stats_record *now;

	if (!tee_ok(stats_read(stats)))
		return false;
	now = stats_first(stats);
	if (now->regions == before->regions && now->pages == before->pages &&
	    now->sessions == before->sessions)
		return true;
	tap_note("before %u regions, %u sessions, now %u and %u",
		 before->regions, before->sessions, now->regions,
		 now->sessions);
	return false;
}

static void killed_in_a_call(struct stats *stats)
{
	struct stats_record before = *stats_first(stats);
	pid_t pid = run_child(child_in_a_call);
	int status;

	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	tap_claim(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
		  "a process is killed in the middle of a call");
	tap_claim(same_as(stats, &before),
		  "nothing of it is left: no region, no session");
}

static void ended_silently(struct stats *stats)
{
	struct stats_record before = *stats_first(stats);
	pid_t pid = run_child(child_without_goodbye);
	int status;

	waitpid(pid, &status, 0);
	tap_claim(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		  "a process ends with %u regions registered", REGIONS);
	tap_claim(same_as(stats, &before), "nothing of it is left either");
}

int main(void)
{
	struct service service;
	struct stats stats;

	if (!tee_ok(service_init(&service)) ||
	    !tee_ok(stats_init(&stats, &service)) ||
	    !tee_ok(stats_read(&stats)))
		tap_bail("the accounts can be read");
	killed_in_a_call(&stats);
	ended_silently(&stats);
	stats_fini(&stats);
	service_fini(&service);
	return tap_done();
}
