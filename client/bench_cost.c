// SPDX-License-Identifier: BSD-2-Clause
/*
 * Round trips: one page, 16 MiB of huge pages, 16 MiB of scattered ones. The
 * targets are docs/'s; for scattered pages there is one for the secure world's
 * share alone, which user space cannot see, so none is set beside it here.
 */
#include "bench.h"

#include <errno.h>
#include <stdio.h>

#include "memory.h"

#define MIB	   (1ull << 20)
#define LARGE_SIZE (16 * MIB)

static void add_rows(struct bench *bench, const char *what,
		     const struct cost *cost, double add_target,
		     double remove_target)
{
	char text[80];

	snprintf(text, sizeof(text), "register %s", what);
	bench_row(bench, text, cost->add, "instructions", add_target);
	snprintf(text, sizeof(text), "unregister %s", what);
	bench_row(bench, text, cost->remove, "instructions", remove_target);
}

static void measure(struct bench *bench, const char *what, void *memory,
		    uint64_t size, unsigned int repeats, double add_target,
		    double remove_target)
{
	struct cost cost;
	char text[64];

	if (!memory) {
		bench_fail(bench, what, (struct tee_result){ .err = errno });
		return;
	}
	*(volatile uint8_t *)memory = 1;
	snprintf(text, sizeof(text), "%s (runs: %llu)", what,
		 (unsigned long long)memory_run_count(memory, size));
	if (bench_cost(bench, memory, size, repeats, &cost))
		add_rows(bench, text, &cost, add_target, remove_target);
	memory_free(memory, size);
}

void bench_round_trips(struct bench *bench)
{
	measure(bench, "16 MiB of huge pages", memory_alloc_huge(LARGE_SIZE),
		LARGE_SIZE, 50, 350e3, 127e3);
	memory_release_huge();
	measure(bench, "4 KiB", memory_alloc(MEMORY_PAGE_SIZE),
		MEMORY_PAGE_SIZE, 1000, 17e3, 11e3);
	measure(bench, "16 MiB of scattered pages",
		memory_alloc_scattered(LARGE_SIZE, 3 * LARGE_SIZE), LARGE_SIZE,
		50, 0, 0);
}
