/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counter that user space may read without a system call. Under QEMU's
 * -icount shift=0 its nanoseconds are executed instructions.
 */
#ifndef CLIENT_CLOCK_H
#define CLIENT_CLOCK_H

#include <stdint.h>
#include <time.h>

#ifdef __aarch64__
static inline uint64_t clock_ticks(void)
{
	uint64_t ticks;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
}

static inline uint64_t clock_ticks_per_second(void)
{
	uint64_t frequency;

	__asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
	return frequency;
}
#else
static inline uint64_t clock_ticks(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t clock_ticks_per_second(void)
{
	return 1000000000u;
}
#endif

static inline double clock_seconds(uint64_t ticks)
{
	return (double)ticks / (double)clock_ticks_per_second();
}

#endif
