/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the guest starts, with its MMU off, and the call to the hypervisor. */
	.section .text.start, "ax"
	.global	_start
_start:
	ldr	x0, =stack_top
	mov	sp, x0
	bl	main

	.text
	.global	stop
stop:
	wfi
	b	stop

	/* void hypervisor_call(struct registers *registers) */
	.global	hypervisor_call
hypervisor_call:
	stp	x29, x30, [sp, #-32]!
	str	x0, [sp, #16]
	mov	x9, x0
	ldp	x0, x1, [x9]
	ldp	x2, x3, [x9, #16]
	ldp	x4, x5, [x9, #32]
	ldp	x6, x7, [x9, #48]
	hvc	#0
	ldr	x9, [sp, #16]
	stp	x0, x1, [x9]
	stp	x2, x3, [x9, #16]
	ldp	x29, x30, [sp], #32
	ret

	.section .note.GNU-stack, "", %progbits
