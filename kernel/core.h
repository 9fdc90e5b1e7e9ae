/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each core has of its own. A core gets an index at its first start and
 * keeps it over CPU_OFF and CPU_ON; any layout of affinity fields will do.
 *
 * The image serves MAX_CORES of them (build constant, default 8). A core that
 * starts when all are taken is refused: it runs in the normal world, but each
 * of its calls is answered with OPTEE_SMC_RETURN_ENOTAVAIL. Answering cpu_on
 * with failure instead would make TF-A stop the whole machine.
 */
#ifndef KERNEL_CORE_H
#define KERNEL_CORE_H

#ifndef MAX_CORES
#define MAX_CORES 8
#endif

#ifndef __ASSEMBLER__

#include <stdint.h>

#include <dynshm/fault.h>

struct context;

/* Written by its own core only. Offsets: arch/aarch64/asm.h. */
struct core {
	struct context *context; /* the flow that runs, or NULL */
	uint64_t stack;		 /* lowest address; below is the guard page */
	uint64_t emergency_top;	 /* of the stack that panics run on */
	uint64_t index;		 /* below MAX_CORES */
	uint64_t in_panic;	 /* a panic has begun on this core */
	struct shm_conflicts conflicts;
};

/*
 * The core that runs this. A flow may be moved wherever it lets interrupts
 * in or suspends itself: ask again after that.
 */
static inline struct core *core_self(void)
{
	struct core *core;

	__asm__ volatile("mrs %0, tpidr_el1" : "=r"(core));
	return core;
}

static inline unsigned int core_index(void)
{
	return (unsigned int)core_self()->index;
}

/* The core whose stack guard page contains `address`, or -1. */
int core_find_guard(uint64_t address);

#endif
#endif
