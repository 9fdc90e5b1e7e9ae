// SPDX-License-Identifier: BSD-2-Clause
/*
 * What many regions, and many pages in one, cost: in secure RAM, and in time
 * for the next one.
 */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "memory.h"

#define MIB		(1ull << 20)
#define SOME		1020u
#define MANY		60000u
#define SCATTERED	100000u
#define ONE_PAGE_TRIALS 300

struct crowd {
	uint8_t *memory;
	struct tee_shm *shm;
	unsigned int count;
};

static bool crowd_grow(struct bench *bench, struct crowd *crowd,
		       unsigned int count)
{
	while (crowd->count < count) {
		uint8_t *page =
			crowd->memory + (size_t)crowd->count * MEMORY_PAGE_SIZE;
		struct tee_result result = service_register(
			&bench->service, page, MEMORY_PAGE_SIZE,
			&crowd->shm[crowd->count]);

		if (!tee_ok(result)) {
			char what[64];

			snprintf(what, sizeof(what), "region number %u",
				 crowd->count + 1);
			bench_fail(bench, what, result);
			return false;
		}
		crowd->count++;
	}
	return true;
}

static void crowd_disperse(struct crowd *crowd)
{
	while (crowd->count > 0)
		tee_unregister(&crowd->shm[--crowd->count]);
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

/* The same page each time, with more and more regions beside it. */
static bool crowd_measure(struct bench *bench, struct crowd *crowd,
			  const void *page)
{
	struct cost alone;
	struct cost some;
	struct cost many;
	double empty;
	double full;

	if (!bench_cost(bench, page, MEMORY_PAGE_SIZE, ONE_PAGE_TRIALS,
			&alone) ||
	    !bench_secure_bytes(bench, &empty) ||
	    !crowd_grow(bench, crowd, SOME) ||
	    !bench_cost(bench, page, MEMORY_PAGE_SIZE, ONE_PAGE_TRIALS, &some))
		return false;
	ratio_row(bench, SOME, &some, &alone, 1.05);
	if (!crowd_grow(bench, crowd, MANY) ||
	    !bench_secure_bytes(bench, &full) ||
	    !bench_cost(bench, page, MEMORY_PAGE_SIZE, ONE_PAGE_TRIALS, &many))
		return false;
	ratio_row(bench, MANY, &many, &alone, 1.2);
	bench_row(bench, "secure RAM a region of one page, of 60000",
		  (struct spread){ .mean = (full - empty) / MANY }, "bytes",
		  224);
	return true;
}

static void measure_crowd(struct bench *bench)
{
	size_t size = ((size_t)MANY + 1) * MEMORY_PAGE_SIZE;
	struct crowd crowd = {
		.memory = memory_alloc(size),
		.shm = calloc(MANY, sizeof(struct tee_shm)),
	};

	if (!crowd.memory || !crowd.shm) {
		bench_fail(bench, "memory for many regions",
			   (struct tee_result){ .err = ENOMEM });
		free(crowd.shm);
		if (crowd.memory)
			memory_free(crowd.memory, size);
		return;
	}
	/* Touched in advance, so that every registration does the same. */
	for (size_t i = 0; i <= MANY; i++)
		crowd.memory[i * MEMORY_PAGE_SIZE] = 1;
	crowd_measure(bench, &crowd,
		      crowd.memory + (size_t)MANY * MEMORY_PAGE_SIZE);
	crowd_disperse(&crowd);
	free(crowd.shm);
	memory_free(crowd.memory, size);
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
