/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The nine doors that TF-A's opteed dispatcher knows, and the way back through
 * its SMCs. Every entry begins and ends with an empty core stack, interrupts
 * masked, so that is the state in which TF-A finds and keeps this core.
 *
 * A core beyond MAX_CORES has no stack: its calls are answered with
 * OPTEE_SMC_RETURN_ENOTAVAIL, its power events are acknowledged. After a panic
 * of any core, each core that comes in stays.
 */
#include "macros.inc"

#define TEESMC_RETURN_OFF_DONE	   0xbe000002
#define TEESMC_RETURN_SUSPEND_DONE 0xbe000003
#define TEESMC_RETURN_RESUME_DONE  0xbe000004
#define TEESMC_RETURN_CALL_DONE	   0xbe000005
#define TEESMC_RETURN_FIQ_DONE	   0xbe000006
#define TEESMC_RETURN_OFF_ALL_DONE 0xbe000007
#define TEESMC_RETURN_RESET_DONE   0xbe000008

#define OPTEE_SMC_RETURN_ENOTAVAIL 7

	.section .text.entry_table, "ax"
	.balign	4
	.globl	entry_table
entry_table:
	b	entry_yield
	b	entry_fast
	b	entry_cpu_on
	b	entry_cpu_off
	b	entry_cpu_resume
	b	entry_cpu_suspend
	b	entry_fiq
	b	entry_system_off
	b	entry_system_reset

/* x8 and up are our own from the last return, and free. */
.macro check_core refused
	mrs	x9, tpidr_el1
	cbz	x9, \refused
	adrp	x9, core_panicked
	ldr	w9, [x9, :lo12:core_panicked]
	cbnz	w9, core_halt
.endm

.macro return_to_monitor id
	mov	w0, #(\id & 0xffff)
	movk	w0, #(\id >> 16), lsl #16
	smc	#0
	b	core_halt
.endm

/* struct smc_args lies on the core's stack for as long as the call runs. */
.macro entry_call name, handler
function \name
	check_core call_refused
	mrs	x9, tpidr_el1
	str	xzr, [x9, #CORE_CONFLICTS]
	sub	sp, sp, #64
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	mov	x0, sp
	bl	\handler
	ldp	x1, x2, [sp]
	ldp	x3, x4, [sp, #16]
	add	sp, sp, #64
	return_to_monitor TEESMC_RETURN_CALL_DONE
endfunction \name
.endm

.macro entry_event name, id
function \name
	mov	x1, #0
	return_to_monitor \id
endfunction \name
.endm

	entry_call entry_yield, smc_yield
	entry_call entry_fast, smc_fast

function call_refused
	mov	x1, #OPTEE_SMC_RETURN_ENOTAVAIL
	mov	x2, #0
	mov	x3, #0
	mov	x4, #0
	return_to_monitor TEESMC_RETURN_CALL_DONE
endfunction call_refused

/*
 * Nothing to do for power events: suspended flows are bound to no core, the
 * dispatcher keeps our registers over a suspend, and caches are its business.
 */
	entry_event entry_cpu_off, TEESMC_RETURN_OFF_DONE
	entry_event entry_cpu_suspend, TEESMC_RETURN_SUSPEND_DONE
	entry_event entry_cpu_resume, TEESMC_RETURN_RESUME_DONE
	entry_event entry_system_off, TEESMC_RETURN_OFF_ALL_DONE
	entry_event entry_system_reset, TEESMC_RETURN_RESET_DONE

/* A secure interrupt came while the normal world ran. */
function entry_fiq
	check_core 1f
	bl	gic_handle_secure
1:	return_to_monitor TEESMC_RETURN_FIQ_DONE
endfunction entry_fiq
