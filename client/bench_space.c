// SPDX-License-Identifier: BSD-2-Clause
/*
 * What many regions, and many pages in one, cost: in secure RAM, and in time
 * for the next one.
 */
#include "bench.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"
#include "shmctl.h"

#define MIB		(1ull << 20)
#define SOME		1020u
#define MANY		60000u
#define SCATTERED	100000u
#define ONE_PAGE_TRIALS 300

/*
 * Other regions, held by a process of its own: what they cost here is then the
 * secure world's doing and not that of a table of open files.
 */
struct crowd {
	pid_t pid;
};

/* In the child: register, say so with one byte, and stay. */
static void crowd_live(unsigned int count, int ready)
{
	size_t size = (size_t)count * MEMORY_PAGE_SIZE;
	uint8_t *memory = memory_alloc(size);
	struct service service;
	struct tee_result result = service_init(&service);
	char done = 1;

	for (unsigned int i = 0; memory && tee_ok(result) && i < count; i++) {
		uint8_t *page = memory + (size_t)i * MEMORY_PAGE_SIZE;
		struct tee_shm shm;

		*page = 1;
		result = service_register(&service, page, MEMORY_PAGE_SIZE,
					  &shm);
	}
	if (memory && tee_ok(result) && write(ready, &done, 1) == 1)
		for (;;)
			pause();
	report(result, "registering many regions");
	_exit(1);
}

static bool crowd_start(struct bench *bench, struct crowd *crowd,
			unsigned int count)
{
	int ready[2];
	char done;
	bool ok = false;

	crowd->pid = -1;
	if (pipe(ready) == 0) {
		fflush(stdout);
		crowd->pid = fork();
		if (crowd->pid == 0)
			crowd_live(count, ready[1]);
		close(ready[1]);
		ok = crowd->pid > 0 && read(ready[0], &done, 1) == 1;
		close(ready[0]);
	}
	if (!ok)
		bench_fail(bench, "a process with many regions",
			   (struct tee_result){ .err = errno });
	return ok;
}

static void crowd_end(struct crowd *crowd)
{
	if (crowd->pid <= 0)
		return;
	kill(crowd->pid, SIGKILL);
	waitpid(crowd->pid, NULL, 0);
}

static void ratio_row(struct bench *bench, unsigned int others,
		      const struct cost *cost, const struct cost *alone,
		      double target)
{
	struct spread ratio = {
		.mean = cost->add.mean / alone->add.mean,
		.least = cost->add.least / alone->add.least,
	};
	char text[64];

	snprintf(text, sizeof(text), "register 4 KiB beside %u regions",
		 others);
	bench_row(bench, text, cost->add, "instructions", 0);
	snprintf(text, sizeof(text), "unregister 4 KiB beside %u regions",
		 others);
	bench_row(bench, text, cost->remove, "instructions", 0);
	snprintf(text, sizeof(text), "register beside %u : alone", others);
	bench_row(bench, text, ratio, "times", target);
}

/* Register `page` beside `others` regions, and compare with it alone. */
static bool measure_beside(struct bench *bench, const void *page,
			   unsigned int others, const struct cost *alone,
			   double target, double *full)
{
	struct crowd crowd;
	struct cost cost;
	bool ok = crowd_start(bench, &crowd, others) &&
		  bench_secure_bytes(bench, full) &&
		  bench_cost(bench, page, MEMORY_PAGE_SIZE, ONE_PAGE_TRIALS,
			     &cost);

	crowd_end(&crowd);
	if (ok)
		ratio_row(bench, others, &cost, alone, target);
	return ok;
}

static void measure_crowd(struct bench *bench)
{
	uint8_t *page = memory_alloc(MEMORY_PAGE_SIZE);
	struct cost alone;
	double empty;
	double full;

	if (!page) {
		bench_fail(bench, "a page",
			   (struct tee_result){ .err = errno });
		return;
	}
	*page = 1;
	if (bench_cost(bench, page, MEMORY_PAGE_SIZE, ONE_PAGE_TRIALS,
		       &alone) &&
	    bench_secure_bytes(bench, &empty) &&
	    measure_beside(bench, page, SOME, &alone, 1.05, &full) &&
	    measure_beside(bench, page, MANY, &alone, 1.2, &full))
		bench_row(bench, "secure RAM a region of one page, of 60000",
			  (struct spread){ .mean = (full - empty) / MANY },
			  "bytes", 224);
	memory_free(page, MEMORY_PAGE_SIZE);
}

/* Secure bytes that a region of that memory takes. */
static bool region_bytes(struct bench *bench, const void *memory, uint64_t size,
			 double *bytes)
{
	struct tee_shm shm;
	struct tee_result result;
	double before;
	double during;
	bool ok;

	if (!bench_secure_bytes(bench, &before))
		return false;
	result = service_register(&bench->service, memory, size, &shm);
	if (!tee_ok(result)) {
		bench_fail(bench, "registering", result);
		return false;
	}
	ok = bench_secure_bytes(bench, &during);
	tee_unregister(&shm);
	*bytes = during - before;
	return ok;
}

/* What the second half adds, by the `unit` bytes of memory. */
static void measure_marginal(struct bench *bench, const char *what,
			     void *memory, uint64_t size, uint64_t unit,
			     double target)
{
	double whole;
	double half;

	if (!memory) {
		bench_fail(bench, what, (struct tee_result){ .err = errno });
		return;
	}
	if (region_bytes(bench, memory, size / 2, &half) &&
	    region_bytes(bench, memory, size, &whole)) {
		char text[80];

		snprintf(text, sizeof(text), "%s (runs: %llu)", what,
			 (unsigned long long)memory_run_count(memory, size));
		bench_row(bench, text,
			  (struct spread){
				  .mean = (whole - half) /
					  ((double)size / 2 / (double)unit) },
			  "bytes", target);
	}
	memory_free(memory, size);
}

void bench_space(struct bench *bench)
{
	uint64_t scattered = (uint64_t)SCATTERED * MEMORY_PAGE_SIZE;

	measure_marginal(bench, "secure RAM by 2 MiB of huge pages",
			 memory_alloc_huge(128 * MIB), 128 * MIB,
			 MEMORY_HUGE_SIZE, 256);
	memory_release_huge();
	measure_crowd(bench);
	measure_marginal(bench, "secure RAM a scattered page, of 100000",
			 memory_alloc_scattered(scattered, scattered / 2),
			 scattered, MEMORY_PAGE_SIZE, 40);
}
