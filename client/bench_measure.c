// SPDX-License-Identifier: BSD-2-Clause
/* The measures of shmctl bench: the median of many, and bytes of a moment. */
#include "bench.h"

#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "memory.h"

#define WARM_UP	    20
#define MAX_REPEATS 1000u

/* Clock ticks, one for each repeat. */
static uint64_t adds[MAX_REPEATS];
static uint64_t removals[MAX_REPEATS];

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static struct spread spread_of(uint64_t *ticks, unsigned int repeats)
{
	qsort(ticks, repeats, sizeof(*ticks), compare);
	return (struct spread){
		.median = clock_seconds(ticks[repeats / 2]) * 1e9,
		.least = clock_seconds(ticks[0]) * 1e9,
	};
}

bool bench_cost(struct bench *bench, const void *memory, uint64_t size,
		unsigned int repeats, struct cost *cost)
{
	for (unsigned int i = 0; i < repeats + WARM_UP; i++) {
		struct tee_shm shm;
		uint64_t start = clock_ticks();
		struct tee_result result =
			service_register(&bench->service, memory, size, &shm);
		uint64_t registered = clock_ticks();
		uint64_t end;

		if (!tee_ok(result)) {
			bench_fail(bench, "registering", result);
			return false;
		}
		tee_unregister(&shm);
		end = clock_ticks();
		if (i < WARM_UP)
			continue;
		adds[i - WARM_UP] = registered - start;
		removals[i - WARM_UP] = end - registered;
	}
	cost->add = spread_of(adds, repeats);
	cost->remove = spread_of(removals, repeats);
	return true;
}

bool bench_refused(struct bench *bench, unsigned int repeats,
		   struct spread *spread)
{
	for (unsigned int i = 0; i < repeats + WARM_UP; i++) {
		struct tee_shm shm;
		uint64_t start = clock_ticks();
		struct tee_result result = service_register(
			&bench->service, NULL, MEMORY_PAGE_SIZE, &shm);
		uint64_t end = clock_ticks();

		if (result.err != EFAULT) {
			bench_fail(bench, "registering no memory", result);
			return false;
		}
		if (i >= WARM_UP)
			adds[i - WARM_UP] = end - start;
	}
	*spread = spread_of(adds, repeats);
	return true;
}

bool bench_secure_bytes(struct bench *bench, double *bytes)
{
	struct tee_result result = stats_read(&bench->stats);

	if (!tee_ok(result)) {
		bench_fail(bench, "STATS", result);
		return false;
	}
	*bytes = -(double)stats_first(&bench->stats)->pool_free_size;
	return true;
}
