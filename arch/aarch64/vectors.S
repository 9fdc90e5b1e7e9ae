/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The exception vectors of S-EL1. An interrupt may come only while a flow runs
 * and stops it. A synchronous exception goes on at a fixup if its instruction
 * has one. Everything else is our own mistake and ends in fault_panic(), on
 * the emergency stack, with the victim's registers in a struct context.
 */
#include "macros.inc"

#define STOP_INTERRUPTED 1

/* Victim on SP_EL0: the core's stack is in order. */
.macro vector_el1t kind, target
	.balign	0x80
	sub	sp, sp, #CONTEXT_SIZE
	stp	x0, x1, [sp]
	str	x30, [sp, #8 * 30]
	bl	frame_save
	mrs	x2, sp_el0
	str	x2, [sp, #CONTEXT_SP]
	mov	w19, #\kind
	b	\target
.endm

/*
 * Victim on SP_EL1, which may have run into its guard page: look before the
 * first store. The user thread registers are free, as there is no EL0.
 */
.macro vector_el1h kind, target
	.balign	0x80
	msr	tpidr_el0, x0
	msr	tpidrro_el0, x1
	mrs	x0, tpidr_el1
	ldr	x1, [x0, #CORE_STACK]
	mov	x0, sp
	sub	x0, x0, x1
	sub	x0, x0, #CONTEXT_SIZE
	cmp	x0, #(CORE_STACK_SIZE - CONTEXT_SIZE)
	b.hi	stack_lost
	sub	sp, sp, #CONTEXT_SIZE
	mrs	x0, tpidr_el0
	mrs	x1, tpidrro_el0
	stp	x0, x1, [sp]
	str	x30, [sp, #8 * 30]
	bl	frame_save
	add	x2, sp, #CONTEXT_SIZE
	str	x2, [sp, #CONTEXT_SP]
	mov	w19, #\kind
	b	\target
.endm

.macro vector_interrupt
	.balign	0x80
	stp	x0, x1, [sp, #-16]!
	mrs	x0, tpidr_el1
	ldr	x0, [x0, #CORE_CONTEXT]
	context_save_upper x0
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x0]
	str	x30, [x0, #8 * 30]
	mrs	x2, sp_el0
	str	x2, [x0, #CONTEXT_SP]
	ldr	x2, [x0, #CONTEXT_SPSR]
	orr	x2, x2, #SPSR_IF
	str	x2, [x0, #CONTEXT_SPSR]
	mov	w0, #STOP_INTERRUPTED
	b	context_leave
.endm

	.section .text.vectors, "ax"
	.balign	0x800
	.globl	exception_vectors
exception_vectors:
	vector_el1t 0, fault_synchronous
	vector_interrupt
	vector_interrupt
	vector_el1t 3, fault_fatal
	vector_el1h 4, fault_synchronous
	vector_el1h 5, fault_fatal
	vector_el1h 6, fault_fatal
	vector_el1h 7, fault_fatal
	/* There is no EL0; these cannot happen. */
	.irp	kind, 8, 9, 10, 11, 12, 13, 14, 15
	vector_el1h \kind, fault_fatal
	.endr

function frame_save
	context_save_upper sp
	ret
endfunction frame_save

/* The frame is at sp, which goes back to where the victim's core stack was. */
function fault_synchronous
	mov	x0, sp
	mrs	x1, esr_el1
	bl	fault_find_fixup
	cbz	x0, fault_fatal
	str	x0, [sp, #CONTEXT_ELR]
	mov	x0, sp
	add	sp, sp, #CONTEXT_SIZE
	context_restore_and_eret
endfunction fault_synchronous

/*
 * SP_EL1 is not in the core's stack, or has no room. The frame goes to the top
 * of the emergency stack, where fault_fatal leaves it alone.
 */
function stack_lost
	mrs	x0, tpidr_el1
	ldr	x0, [x0, #CORE_EMERGENCY_TOP]
	sub	x0, x0, #CONTEXT_SIZE
	mov	x1, sp
	mov	sp, x0
	str	x1, [sp, #CONTEXT_SP]
	mrs	x0, tpidr_el0
	mrs	x1, tpidrro_el0
	stp	x0, x1, [sp]
	str	x30, [sp, #8 * 30]
	bl	frame_save
	mov	w19, #16
	b	fault_fatal
endfunction stack_lost

function fault_fatal
	mov	x0, sp
	mov	w1, w19
	mrs	x2, tpidr_el1
	ldr	x2, [x2, #CORE_EMERGENCY_TOP]
	sub	sp, x2, #CONTEXT_SIZE
	bl	fault_panic
	b	core_halt
endfunction fault_fatal

/* For good: nothing may run on this core again. */
function core_halt
	msr	daifset, #0xf
1:	wfi
	b	1b
endfunction core_halt
