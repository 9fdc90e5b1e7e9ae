/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ARMv7 from reset, in flash, to Secure SVC mode with the MMU on. All cores
 * come up at once: the first copies the image to secure RAM and begins, the
 * others wait until it says so.
 */
	.syntax	unified
	.arm

#define MODE_SVC    0x13
#define STACK_SHIFT 14

	.section .text.start, "ax"
	.globl	_start
_start:
	mrc	p15, 0, r4, c0, c0, 5	@ MPIDR
	ands	r4, r4, #0xff
	bne	2f
	adr	r0, _start
	ldr	r1, =__image_start
	ldr	r2, =__image_end
1:	ldmia	r0!, {r5-r8}
	stmia	r1!, {r5-r8}
	cmp	r1, r2
	blo	1b
	ldr	r1, =__bss_start
	ldr	r2, =__bss_end
	mov	r5, #0
	mov	r6, #0
1:	stmia	r1!, {r5-r6}
	cmp	r1, r2
	blo	1b
	b	3f
2:	wfe
	ldr	r1, =core_released
	ldr	r1, [r1]
	cmp	r1, #0
	beq	2b
3:	ldr	pc, =in_ram

in_ram:
	ldr	r0, =vectors
	mcr	p15, 0, r0, c12, c0, 0	@ VBAR
	mcr	p15, 0, r4, c13, c0, 4	@ TPIDRPRW
	ldr	r0, =stacks
	add	r1, r4, #1
	add	sp, r0, r1, lsl #STACK_SHIFT
	cmp	r4, #0
	bleq	map_build
	bl	machine_enable_mmu
	cmp	r4, #0
	bleq	mmu_main
	bl	core_serve
	.ltorg

	/* As machine.h says; an address is in r0 and r1. */
	.section .text.probes, "ax"
	.globl	probe_load, probe_store, probe_branch
	.globl	probe_load_at, probe_store_at, probe_failed
probe_load:				@ r2 = where to
probe_load_at:
	ldr	r3, [r0]
	str	r3, [r2]
	mov	r0, #1
	bx	lr
probe_store:				@ r2 = value
probe_store_at:
	str	r2, [r0]
	mov	r0, #1
	bx	lr
probe_branch:
	push	{r3, lr}
	blx	r0
	mov	r0, #1
	pop	{r3, pc}
	.globl	probe_branch_failed
probe_branch_failed:
	pop	{r3, lr}
probe_failed:
	mov	r0, #0
	bx	lr

	.section .rodata.code, "a"
	.globl	machine_return_code
	.balign	4
machine_return_code:
	bx	lr

	.section .text.vectors, "ax"
	.balign	32
vectors:
	b	unexpected
	b	unexpected
	b	unexpected
	b	prefetch_abort
	b	data_abort
	b	unexpected
	b	unexpected
	b	unexpected

unexpected:
	mov	r0, lr
	cps	#MODE_SVC
	b	machine_unexpected

	/*
	 * On the stack of the code that was stopped, which has it aligned to 8
	 * bytes: fault_find(is it a fetch, where) answers where to go on.
	 */
	.macro	take_abort fetch, after
	sub	lr, lr, #\after
	srsdb	sp!, #MODE_SVC
	cps	#MODE_SVC
	push	{r0-r3, r12, lr}
	mov	r0, #\fetch
	ldr	r1, [sp, #24]
	bl	fault_find
	str	r0, [sp, #24]
	pop	{r0-r3, r12, lr}
	rfeia	sp!
	.endm

prefetch_abort:
	take_abort 1, 4
data_abort:
	take_abort 0, 8

	.section .bss.stacks, "aw", %nobits
	.balign	4096
stacks:
	.skip	2 << STACK_SHIFT

	.section .note.GNU-stack, "", %progbits
