/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flow's registers while no core runs it, and the system counter. The flow
 * runs at EL1 on SP_EL0; exceptions go to SP_EL1, the core's own stack.
 */
#ifndef CONTEXT_IMPL_H
#define CONTEXT_IMPL_H

#include <stdint.h>

/* Also the frame that the exception vectors save. Offsets: asm.h. */
struct context {
	uint64_t x[31];
	uint64_t sp;
	uint64_t elr;
	uint64_t spsr;
};

_Static_assert(sizeof(struct context) == 272, "CONTEXT_SIZE of asm.h");

/* The barrier keeps the reading from being taken early. */
static inline uint64_t cpu_counter(void)
{
	uint64_t ticks;

	__asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(ticks)::"memory");
	return ticks;
}

static inline uint64_t cpu_counter_per_ms(void)
{
	uint64_t hertz;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hertz));
	return hertz / 1000;
}

#endif
