// SPDX-License-Identifier: BSD-2-Clause
/*
 * Several processes on all cores, whose buffers come and go, some of which end
 * without a word or are killed. usage: stress_test [SECONDS]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <client/memory.h>
#include <client/pattern.h>

#include "long_call.h"
#include "tap.h"

#define PROCESSES 4
#define ROOM	  (1u << 20)
#define KEPT	  8

/* What a worker's exit status says. */
enum {
	RIGHT = 0,
	WRONG = 1,
	REFUSED = 2
};

struct worker {
	struct service service;
	uint8_t *memory;
	struct tee_shm kept[KEPT]; /* registrations of the same memory */
	unsigned int seed;
};

static uint32_t random_below(struct worker *worker, uint32_t limit)
{
	return (uint32_t)rand_r(&worker->seed) % limit;
}

static int work_on(struct worker *worker, const struct tee_shm *shm,
		   uint8_t *memory, uint64_t size)
{
	uint8_t first = (uint8_t)worker->seed;
	struct memref all = { shm, 0, size };
	uint64_t sum;

	if (!tee_ok(service_fill(&worker->service, all, first)))
		return REFUSED;
	if (pattern_check(memory, size, first, 1) != size)
		return WRONG;
	if (!tee_ok(service_reverse(&worker->service, all)))
		return REFUSED;
	if (pattern_check(memory, size, (uint8_t)(first + size - 1), -1) !=
	    size)
		return WRONG;
	if (!tee_ok(service_checksum(&worker->service, all, &sum)))
		return REFUSED;
	return sum == pattern_sum(memory, size) ? RIGHT : WRONG;
}

static int one_round(struct worker *worker)
{
	uint32_t offset = random_below(worker, 8192);
	uint32_t size = random_below(worker, 8)
				? random_below(worker, 20000) + 1
				: random_below(worker, ROOM - 8192) + 1;
	unsigned int slot = random_below(worker, KEPT);
	struct tee_shm shm;
	int status;

	if (!tee_ok(service_register(&worker->service, worker->memory + offset,
				     size, &shm)))
		return REFUSED;
	status = work_on(worker, &shm, worker->memory + offset, size);
	/* It replaces an older one, so that they do not go in order. */
	if (worker->kept[slot].fd > 0)
		tee_unregister(&worker->kept[slot]);
	worker->kept[slot] = shm;
	return status;
}

/* Works until `end`; leaves everything to the kernel when it is over. */
static int work(unsigned int seed, uint64_t end)
{
	struct worker worker = { .seed = seed * 2654435761u };
	int status = RIGHT;

	if (!tee_ok(service_init(&worker.service)))
		return REFUSED;
	worker.memory = memory_alloc(ROOM);
	while (status == RIGHT && now_ns() < end)
		status = one_round(&worker);
	return status;
}

static pid_t start(unsigned int seed, uint64_t end)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(work(seed, end));
	return pid;
}

struct count {
	unsigned int started;
	unsigned int killed;
	unsigned int status[3];
};

static void reap(pid_t pid, struct count *count)
{
	int status;

	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) <= REFUSED)
		count->status[WEXITSTATUS(status)]++;
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		count->killed++;
	else
		count->status[WRONG]++;
}

static void run(unsigned int seconds, struct count *count)
{
	uint64_t end = now_ns() + seconds * 1000000000ull;
	pid_t steady[PROCESSES - 1];

	for (unsigned int i = 0; i < PROCESSES - 1; i++)
		steady[i] = start(++count->started, end);
	while (now_ns() < end) {
		unsigned int life = 30 + count->started * 37 % 300;
		bool kill_it = count->started % 3 != 0;
		pid_t pid = start(++count->started,
				  now_ns() + life * 1000000ull +
					  (kill_it ? 5000000000ull : 0));

		sleep_ms(life);
		if (kill_it)
			kill(pid, SIGKILL);
		reap(pid, count);
	}
	for (unsigned int i = 0; i < PROCESSES - 1; i++)
		reap(steady[i], count);
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 1 ? (unsigned int)atoi(argv[1]) : 10;
	struct count count = { 0 };

	run(seconds, &count);
	tap_note("%u processes, of which %u were killed", count.started,
		 count.killed);
	tap_claim(count.status[WRONG] == 0,
		  "%u processes at once see no wrong byte in %u seconds",
		  PROCESSES, seconds);
	tap_claim(count.status[REFUSED] == 0, "none of them is refused");
	tap_claim(count.killed > 0, "some were killed while at work");
	return tap_done();
}
