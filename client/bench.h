/* SPDX-License-Identifier: BSD-2-Clause */
/* One measure of shmctl bench: its rows, and what the measures share. */
#ifndef CLIENT_BENCH_H
#define CLIENT_BENCH_H

#include "stats.h"

struct bench {
	struct service service;
	struct stats stats;
	bool json;
	unsigned int row_count;
	bool failed; /* something could not be measured */
};

/*
 * Of repeated measures, in virtual nanoseconds: instructions under icount. The
 * median, as a refill of Linux's lists now and then is not the call's cost.
 */
struct spread {
	double median;
	double least;
};

struct cost {
	struct spread add;
	struct spread remove;
};

/*
 * One row: `what` costs `measured`, `target` is to be reached. A target of 0 is
 * none, a `least` of 0 is not shown.
 */
void bench_row(struct bench *bench, const char *what, struct spread measured,
	       const char *unit, double target);

/* Say why something was not measured; the bench goes on and fails. */
void bench_fail(struct bench *bench, const char *what, struct tee_result why);

/* Register and unregister that memory again and again. */
bool bench_cost(struct bench *bench, const void *memory, uint64_t size,
		unsigned int repeats, struct cost *cost);

/*
 * What of registering no secure world sees: Linux looks for an id, finds that
 * there is no memory at the address and gives up.
 */
bool bench_refused(struct bench *bench, unsigned int repeats,
		   struct spread *spread);

/* Secure bytes that are not free; false: they cannot be known. */
bool bench_secure_bytes(struct bench *bench, double *bytes);

/*
 * bench_cost.c: round trips. bench_crowd.c: one beside many. bench_space.c:
 * secure RAM.
 */
void bench_round_trips(struct bench *bench);
void bench_crowd(struct bench *bench);
void bench_space(struct bench *bench);

#endif
