/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counting instructions from the normal world, under `-icount shift=0`, where a
 * nanosecond is an instruction. What a call costs is its SMC round trips less
 * that of CALLS_UID each.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "call.h"

#define ROUNDS 101u /* at most, for a median */

extern uint64_t base_cost; /* instructions of a CALLS_UID round trip */

/* Print the headline and measure base_cost; first of all. */
void measure_begin(void);

/* Of ticks(). */
uint64_t instructions(uint64_t ticks);

/* The middle one of `count` samples, which it sorts. */
uint64_t median(uint64_t *of, unsigned int count);

/*
 * All the entries of a call that ends by itself, or of one message, added up.
 * It must succeed: the measurement ends here otherwise.
 */
uint64_t time_call(struct call *call);
uint64_t time_message(struct wire_arg *arg);
uint64_t time_register(uint64_t cookie, uint64_t list, uint64_t size);
uint64_t time_unregister(uint64_t cookie);

struct pair {
	uint64_t add;
	uint64_t remove;
};

/* Medians of registering and unregistering under one cookie. */
struct pair time_pair(uint64_t cookie, uint64_t list, uint64_t size,
		      unsigned int rounds);

/*
 * The longest entry of a call when an interrupt is pending all the time; what
 * it asks for by RPC is served.
 */
uint64_t longest_stretch(struct wire_arg *arg);

/* A line: what was measured, and beside it what is asked. */
void row(const char *what, uint64_t value, const char *target);

/* a / b with two decimals. */
void row_ratio(const char *what, uint64_t a, uint64_t b, const char *target);

#endif
