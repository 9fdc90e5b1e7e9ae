/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entering and leaving a flow (kernel/context.h). While one runs, the core's
 * stack holds what context_run() must give back to its caller, and struct core
 * points at the flow's struct context.
 */
#include "macros.inc"

#define STOP_SUSPENDED 0
#define STOP_ENDED     2

/* void context_init(struct context *, void *stack_top, entry, arg) */
function context_init
	adr	x4, context_end
	mov	w5, #FLOW_SPSR
	str	x3, [x0]
	stp	xzr, x4, [x0, #8 * 29]		// x29 ends the frame chain
	stp	x1, x2, [x0, #CONTEXT_SP]	// and ELR
	str	x5, [x0, #CONTEXT_SPSR]
	ret
endfunction context_init

/* enum context_stop context_run(struct context *) */
function context_run
	stp	x29, x30, [sp, #-96]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mrs	x1, tpidr_el1
	str	x0, [x1, #CORE_CONTEXT]
	ldr	x2, [x0, #CONTEXT_SP]
	msr	sp_el0, x2
	context_restore_and_eret
endfunction context_run

/*
 * A stopped flow ends up here on SP_EL1, interrupts masked, w0 = why: return
 * from context_run().
 */
function context_leave
	mrs	x1, tpidr_el1
	str	xzr, [x1, #CORE_CONTEXT]
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	ret
endfunction context_leave

/*
 * void context_suspend(void)
 *
 * Flows run with interrupts masked, save for the moments that they open them;
 * masking them here costs little and does not rely on it. Being a call, it need
 * not keep x0-x18.
 */
function context_suspend
	msr	daifset, #DAIF_IF
	mrs	x1, tpidr_el1
	ldr	x0, [x1, #CORE_CONTEXT]
	mov	x2, sp
	mov	w3, #FLOW_SPSR
	stp	x19, x20, [x0, #8 * 19]
	stp	x21, x22, [x0, #8 * 21]
	stp	x23, x24, [x0, #8 * 23]
	stp	x25, x26, [x0, #8 * 25]
	stp	x27, x28, [x0, #8 * 27]
	str	x29, [x0, #8 * 29]
	stp	x2, x30, [x0, #CONTEXT_SP]	// goes on at our caller
	str	x3, [x0, #CONTEXT_SPSR]
	msr	spsel, #1
	mov	w0, #STOP_SUSPENDED
	b	context_leave
endfunction context_suspend

/* Where a flow's entry function returns to. */
function context_end
	msr	daifset, #DAIF_IF
	msr	spsel, #1
	mov	w0, #STOP_ENDED
	b	context_leave
endfunction context_end
