// SPDX-License-Identifier: BSD-2-Clause
/*
 * What many regions cost: in time for the next one, and in secure RAM.
 *
 * Linux grows too. Its TEE driver numbers registrations from 1 on, so id 0
 * stays free for ever, and the search for a free id enters every full node of
 * 64 on the way from there. A registration that Linux refuses for want of
 * memory makes that search and never leaves Linux, which tells the two apart.
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

#define SOME		1020u
#define MANY		60000u
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

/* What registering one page costs, and what of it is Linux's alone. */
struct sample {
	struct cost cost;
	struct spread refused;
};

static bool measure_page(struct bench *bench, const void *page,
			 struct sample *sample)
{
	return bench_cost(bench, page, MEMORY_PAGE_SIZE, ONE_PAGE_TRIALS,
			  &sample->cost) &&
	       bench_refused(bench, ONE_PAGE_TRIALS, &sample->refused);
}

static void page_rows(struct bench *bench, unsigned int others,
		      const struct sample *sample)
{
	char text[64];

	snprintf(text, sizeof(text), "register 4 KiB beside %u regions",
		 others);
	bench_row(bench, text, sample->cost.add, "instructions", 0);
	snprintf(text, sizeof(text), "unregister 4 KiB beside %u regions",
		 others);
	bench_row(bench, text, sample->cost.remove, "instructions", 0);
	snprintf(text, sizeof(text), "no memory, Linux alone, beside %u",
		 others);
	bench_row(bench, text, sample->refused, "instructions", 0);
}

/* The whole growth is what has a target; the rest says whose it is. */
static void ratio_rows(struct bench *bench, unsigned int others,
		       const struct sample *sample, const struct sample *alone,
		       double target)
{
	double linux_growth = sample->refused.median - alone->refused.median;
	struct spread ratio = {
		.median = sample->cost.add.median / alone->cost.add.median,
		.least = sample->cost.add.least / alone->cost.add.least,
	};
	struct spread rest = {
		.median = (sample->cost.add.median - linux_growth) /
			  alone->cost.add.median,
	};
	char text[64];

	snprintf(text, sizeof(text), "register beside %u : alone", others);
	bench_row(bench, text, ratio, "times", target);
	snprintf(text, sizeof(text), "the same less the growth in Linux alone");
	bench_row(bench, text, rest, "times", 0);
}

/* Register `page` beside `others` regions, and compare with it alone. */
static bool measure_beside(struct bench *bench, const void *page,
			   unsigned int others, const struct sample *alone,
			   double target, double *full)
{
	struct crowd crowd;
	struct sample sample;
	bool ok = crowd_start(bench, &crowd, others) &&
		  bench_secure_bytes(bench, full) &&
		  measure_page(bench, page, &sample);

	crowd_end(&crowd);
	if (ok) {
		page_rows(bench, others, &sample);
		ratio_rows(bench, others, &sample, alone, target);
	}
	return ok;
}

void bench_crowd(struct bench *bench)
{
	uint8_t *page = memory_alloc(MEMORY_PAGE_SIZE);
	struct sample alone;
	double empty;
	double full;

	if (!page) {
		bench_fail(bench, "a page",
			   (struct tee_result){ .err = errno });
		return;
	}
	*page = 1;
	if (measure_page(bench, page, &alone) &&
	    bench_secure_bytes(bench, &empty)) {
		page_rows(bench, 0, &alone);
		if (measure_beside(bench, page, SOME, &alone, 1.05, &full) &&
		    measure_beside(bench, page, MANY, &alone, 1.2, &full))
			bench_row(bench,
				  "secure RAM a region of one page, of 60000",
				  (struct spread){ .median = (full - empty) /
							     MANY },
				  "bytes", 224);
	}
	memory_free(page, MEMORY_PAGE_SIZE);
}
