/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call's own flow of control, with its own stack. A core enters one with
 * context_run() and is back when the flow suspends itself, is interrupted by
 * an interrupt of either world, or ends. Any core may run it again later.
 *
 * arch/aarch64/ implements this for the image (the flow runs on SP_EL0, the
 * core keeps SP_EL1), arch/host/ for tests.
 */
#ifndef KERNEL_CONTEXT_H
#define KERNEL_CONTEXT_H

#include <context_impl.h> /* struct context */

enum context_stop {
	CONTEXT_SUSPENDED,   /* it called context_suspend() */
	CONTEXT_INTERRUPTED, /* an interrupt is pending; nothing was
				acknowledged */
	CONTEXT_ENDED,	     /* its entry function returned */
};

/* Prepare a flow that will run entry(arg). */
void context_init(struct context *context, void *stack_top,
		  void (*entry)(void *arg), void *arg);

/*
 * Run until it stops. Called on the core's stack with interrupts masked, and
 * returns so. The flow begins and goes on with interrupts masked, too, even
 * if it was interrupted where it had opened them: so it gets somewhere while
 * one is pending all the time.
 */
enum context_stop context_run(struct context *context);

/* Called by the flow itself; returns when it is run again. */
void context_suspend(void);

/* Ticks of the system counter, and how many of them make a millisecond. */
uint64_t cpu_counter(void);
uint64_t cpu_counter_per_ms(void);

#endif
