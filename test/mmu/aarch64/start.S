/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From reset at EL3, in flash, to Secure EL1 with the MMU on. All cores come
 * up at once: the first copies the image to secure RAM and begins, the others
 * wait until it says so.
 */
#define SCR_RW		(1 << 10)
#define SCR_RES1	(3 << 4)
#define SPSR_EL1H	0x3c5
#define SCTLR_ON	0x30d01805	/* MMU, data and instruction cache */
#define MAIR_VALUE	0x0c08004404ff
#define STACK_SHIFT	14
/* 48 bits under TTBR0, write-back walks, nothing under TTBR1, 40-bit output. */
#define TCR_VALUE	(16 | 1 << 8 | 1 << 10 | 3 << 12 | 16 << 16 | \
			 1 << 23 | 2 << 30 | 2 << 32)

	.section .text.start, "ax"
	.globl	_start
_start:
	ldr	x0, =SCR_RW | SCR_RES1
	msr	scr_el3, x0
	msr	cptr_el3, xzr
	isb
	mrs	x19, mpidr_el1
	and	x19, x19, #0xff
	cbnz	x19, 2f
	adr	x0, _start
	ldr	x1, =__image_start
	ldr	x2, =__image_end
1:	ldp	x3, x4, [x0], #16
	stp	x3, x4, [x1], #16
	cmp	x1, x2
	b.lo	1b
	ldr	x1, =__bss_start
	ldr	x2, =__bss_end
1:	stp	xzr, xzr, [x1], #16
	cmp	x1, x2
	b.lo	1b
	b	3f
2:	wfe
	ldr	x1, =core_released
	ldr	w1, [x1]
	cbz	w1, 2b
3:	ldr	x0, =0x30d00800
	msr	sctlr_el1, x0
	mov	x0, #SPSR_EL1H
	msr	spsr_el3, x0
	ldr	x0, =at_el1
	msr	elr_el3, x0
	eret

at_el1:
	adr	x0, vectors
	msr	vbar_el1, x0
	msr	tpidr_el1, x19
	adrp	x0, stacks
	add	x1, x19, #1
	lsl	x1, x1, #STACK_SHIFT
	add	sp, x0, x1
	cbnz	x19, 1f
	bl	map_build
1:	ldr	x0, =MAIR_VALUE
	msr	mair_el1, x0
	ldr	x0, =TCR_VALUE
	msr	tcr_el1, x0
	adrp	x0, map_root
	msr	ttbr0_el1, x0
	msr	ttbr1_el1, xzr
	dsb	sy
	tlbi	vmalle1
	dsb	nsh
	isb
	ldr	x0, =SCTLR_ON
	msr	sctlr_el1, x0
	isb
	cbnz	x19, 2f
	bl	mmu_main
2:	bl	core_serve
	.ltorg

	/*
	 * struct fault *probe_x(va, ...): one access; the handler of the fault
	 * goes on at probe_failed.
	 */
	.section .text.probes, "ax"
	.globl	probe_load, probe_store, probe_branch
	.globl	probe_load_at, probe_store_at, probe_failed
probe_load:				// x0 = address, x1 = where to
probe_load_at:
	ldr	w2, [x0]
	str	w2, [x1]
	mov	w0, #1
	ret
probe_store:				// x0 = address, w1 = value
probe_store_at:
	str	w1, [x0]
	mov	w0, #1
	ret
probe_branch:				// x0 = address
	stp	x29, x30, [sp, #-16]!
	blr	x0
	mov	w0, #1
	ldp	x29, x30, [sp], #16
	ret
	.globl	probe_branch_failed
probe_branch_failed:
	ldp	x29, x30, [sp], #16
probe_failed:
	mov	w0, #0
	ret

	.section .rodata.code, "a"
	.globl	machine_return_code
machine_return_code:
	ret

	.macro	synchronous
	.balign	128
	b	take_fault
	.endm
	.macro	unexpected number
	.balign	128
	mov	x0, #\number
	b	report
	.endm

	.section .text.vectors, "ax"
	.balign	2048
vectors:
	.irp	number, 0, 1, 2, 3
	unexpected \number
	.endr
	synchronous
	.irp	number, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	unexpected \number
	.endr

report:
	mrs	x1, esr_el1
	mrs	x2, elr_el1
	mrs	x3, far_el1
	b	machine_unexpected

	/* fault_find(esr, far, elr) answers where to go on. */
take_fault:
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
	stp	x18, x30, [sp, #144]
	mrs	x0, esr_el1
	mrs	x1, far_el1
	mrs	x2, elr_el1
	bl	fault_find
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
	ldp	x18, x30, [sp, #144]
	add	sp, sp, #176
	eret

	.section .bss.stacks, "aw", %nobits
	.balign	4096
stacks:
	.skip	2 << STACK_SHIFT
