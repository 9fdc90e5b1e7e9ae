/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From reset at EL3 to C at Secure EL1 with the MMU on, and the one exception
 * that this kernel survives: a fault of the library's accessors.
 */
#define SCR_VALUE	0x430		/* EL1 is AArch64 and secure */
#define SPSR_EL1H	0x3c5		/* interrupts masked */
#define SCTLR_OFF	0x30d00800
#define SCTLR_ON	0x30d01805	/* MMU and caches */
/* 48 bits under TTBR0, write-back walks, nothing under TTBR1, 40-bit output. */
#define TCR_VALUE	0x280803510

	.section .text.start, "ax"
	.globl	_start
_start:
	ldr	x0, =SCR_VALUE
	msr	scr_el3, x0
	msr	cptr_el3, xzr
	adr	x0, _start
	ldr	x1, =image_start
	ldr	x2, =image_end
1:	ldp	x3, x4, [x0], #16
	stp	x3, x4, [x1], #16
	cmp	x1, x2
	b.lo	1b
	ldr	x2, =bss_end
2:	cmp	x1, x2
	b.hs	3f
	stp	xzr, xzr, [x1], #16
	b	2b
3:	ldr	x0, =SCTLR_OFF
	msr	sctlr_el1, x0
	ldr	x0, =SPSR_EL1H
	msr	spsr_el3, x0
	ldr	x0, =at_el1
	msr	elr_el3, x0
	eret

at_el1:
	ldr	x0, =vectors
	msr	vbar_el1, x0
	ldr	x0, =stack_top
	mov	sp, x0
	bl	map_build		// x0: the root table
	msr	ttbr0_el1, x0
	ldr	x0, =map_mair
	ldr	x0, [x0]
	msr	mair_el1, x0
	ldr	x0, =TCR_VALUE
	msr	tcr_el1, x0
	dsb	sy
	tlbi	vmalle1
	dsb	nsh
	isb
	ldr	x0, =SCTLR_ON
	msr	sctlr_el1, x0
	isb
	bl	kernel_main

/* machine_exit(status), by way of QEMU's semihosting. */
	.globl	machine_exit
machine_exit:
	mov	x1, #0x26		// ADP_Stopped_ApplicationExit
	movk	x1, #2, lsl #16
	stp	x1, x0, [sp, #-16]!
	mov	x1, sp
	mov	x0, #0x18		// SYS_EXIT
	hlt	#0xf000
	b	.
	.ltorg

	.macro	vector target
	.balign	128
	b	\target
	.endm

	.balign	2048
vectors:
	.rept	4
	vector	unexpected
	.endr
	vector	synchronous
	.rept	11
	vector	unexpected
	.endr

unexpected:
	mrs	x0, esr_el1
	mrs	x1, far_el1
	mrs	x2, elr_el1
	b	fault_report

/* The registers that a C function may use are saved around one. */
synchronous:
	sub	sp, sp, #176
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x29, [sp, #144]
	str	x30, [sp, #160]
	mrs	x0, esr_el1
	mrs	x1, far_el1
	mrs	x2, elr_el1
	bl	fault_find_fixup
	msr	elr_el1, x0
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x29, [sp, #144]
	ldr	x30, [sp, #160]
	add	sp, sp, #176
	eret

	.bss
	.balign	16
	.space	16384
stack_top:
