// SPDX-License-Identifier: BSD-2-Clause
/* What many pages in one region cost in secure RAM. */
#include "bench.h"

#include <errno.h>
#include <stdio.h>

#include "memory.h"

#define MIB	  (1ull << 20)
#define SCATTERED 100000u

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
				  .median = (whole - half) /
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
	measure_marginal(bench, "secure RAM a scattered page, of 100000",
			 memory_alloc_scattered(scattered, scattered / 2),
			 scattered, MEMORY_PAGE_SIZE, 40);
}
