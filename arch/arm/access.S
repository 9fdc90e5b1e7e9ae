/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies from and to normal-world memory that may go away at any moment. Each
 * instruction that touches it has an entry in .extable; a data abort there goes
 * on at access_failed and the copy answers false. A fault on the secure side
 * of a copy has no entry: that is our own mistake.
 *
 * The normal-world pointer decides the alignment; our side may then be
 * unaligned, in words. An aligned doubleword is read whole: ldrexd is one access
 * on every core. ldrd and strd may be two, of a word each, but for RAM on a core
 * with long descriptors (ARM DDI 0406C A3.5.3, DDI 0487 E2.2.1); strd writes
 * each byte once in any case, and what it writes nobody checks.
 */
	.syntax	unified
	.arm

.macro guarded_by failed, insn:vararg
9990:	\insn
	.pushsection .extable, "a"
	.balign	4
	.word	9990b, \failed
	.popsection
.endm

.macro guarded insn:vararg
	guarded_by access_failed, \insn
.endm

.macro row_word low, high
	guarded_by access_row_failed, ldrexd \low, \high, [r2]
	add	r2, r2, #8
.endm

.macro function name
	.section .text.\name, "ax"
	.globl	\name
	.type	\name, %function
	.balign	4
\name:
.endm

.macro endfunction name
	.size	\name, . - \name
.endm

/* bool access_read(r0 = to, r2:r3 = from, [sp] = size) */
function access_read
	push	{r4, r5, r6, lr}
	ldr	r1, [sp, #16]
	cmp	r3, #0
	bne	access_failed
	/* Up to the first aligned doubleword, or to the end. */
1:	cmp	r1, #0
	beq	access_done
	tst	r2, #7
	beq	2f
	guarded	ldrb r4, [r2], #1
	strb	r4, [r0], #1
	sub	r1, r1, #1
	b	1b
2:	subs	r1, r1, #8
	blo	4f
3:	guarded	ldrexd r4, r5, [r2]
	add	r2, r2, #8
	str	r4, [r0], #4
	str	r5, [r0], #4
	subs	r1, r1, #8
	bhs	3b
4:	adds	r1, r1, #8
5:	beq	access_done
	guarded	ldrb r4, [r2], #1
	strb	r4, [r0], #1
	subs	r1, r1, #1
	b	5b
endfunction access_read

/* bool access_write(r0:r1 = to, r2 = from, r3 = size) */
function access_write
	push	{r4, r5, r6, lr}
	cmp	r1, #0
	bne	access_failed
1:	cmp	r3, #0
	beq	access_done
	tst	r0, #7
	beq	2f
	ldrb	r4, [r2], #1
	guarded	strb r4, [r0], #1
	sub	r3, r3, #1
	b	1b
2:	subs	r3, r3, #8
	blo	4f
3:	ldr	r4, [r2], #4
	ldr	r5, [r2], #4
	guarded	strd r4, r5, [r0], #8
	subs	r3, r3, #8
	bhs	3b
4:	adds	r3, r3, #8
5:	beq	access_done
	ldrb	r4, [r2], #1
	guarded	strb r4, [r0], #1
	subs	r3, r3, #1
	b	5b
endfunction access_write

function access_done
	clrex
	mov	r0, #1
	pop	{r4, r5, r6, pc}
endfunction access_done

function access_failed
	clrex
	mov	r0, #0
	pop	{r4, r5, r6, pc}
endfunction access_failed

/*
 * bool access_read_row(r0 = words, r2:r3 = from, [sp] = count, [sp, #8] = first).
 * Within a granule, the upper halves are all the same.
 */
function access_read_row
	push	{r3, r4, r5, r6, r7, r8, r9, r10, r11, lr}
	cmp	r3, #0
	bne	access_row_failed
	ldr	r1, [sp, #40]
	ldr	r1, [r1]
	ldr	r3, [sp, #48]
	ldr	r12, [sp, #52]
	subs	r1, r1, #4
	blo	2f
1:	row_word r4, r5
	row_word r6, r7
	row_word r8, r9
	row_word r10, r11
	cmp	r5, r12
	cmpeq	r7, r12
	cmpeq	r9, r12
	cmpeq	r11, r12
	cmpeq	r4, r3
	add	lr, r3, #0x1000
	cmpeq	r6, lr
	add	lr, lr, #0x1000
	cmpeq	r8, lr
	add	lr, lr, #0x1000
	cmpeq	r10, lr
	bne	4f
	add	r3, lr, #0x1000
	subs	r1, r1, #4
	bhs	1b
2:	adds	r1, r1, #4
	beq	6f
3:	row_word r4, r5
	cmp	r5, r12
	cmpeq	r4, r3
	bne	5f
	add	r3, r3, #0x1000
	subs	r1, r1, #1
	bne	3b
	b	6f
4:	add	r1, r1, #4
	stm	r0, {r4, r5, r6, r7, r8, r9, r10, r11}
5:	stm	r0, {r4, r5}
6:	clrex
	ldr	r2, [sp, #40]
	str	r1, [r2]
	mov	r0, #1
	pop	{r3, r4, r5, r6, r7, r8, r9, r10, r11, pc}
endfunction access_read_row

function access_row_failed
	clrex
	mov	r0, #0
	pop	{r3, r4, r5, r6, r7, r8, r9, r10, r11, pc}
endfunction access_row_failed

	.section .note.GNU-stack, "", %progbits
