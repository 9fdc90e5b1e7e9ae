/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies from and to normal-world memory that may go away at any moment. Each
 * instruction that touches it has an entry in .extable; a data abort there goes
 * on at access_failed and the copy answers false. A fault on the secure side
 * of a copy has no entry: that is our own mistake.
 *
 * The normal-world pointer decides the alignment, so that each of its aligned
 * words is accessed once and whole; our side may then be unaligned.
 */
#include "macros.inc"

.macro guarded insn:vararg
9990:	\insn
	.pushsection .extable, "a"
	.balign	8
	.quad	9990b, access_failed
	.popsection
.endm

.macro plain insn:vararg
	\insn
.endm

/*
 * bool copy(x0 = to, x1 = from, x2 = size), with \load on [x1] and \store on
 * [x0]; \outside is the one of the two that is the normal world's.
 */
.macro copy_body load, store, outside
	ands	x3, \outside, #7
	b.ne	6f
1:	subs	x2, x2, #64
	b.lo	3f
2:	\load	ldp	x4, x5, [x1], #16
	\load	ldp	x6, x7, [x1], #16
	\load	ldp	x8, x9, [x1], #16
	\load	ldp	x10, x11, [x1], #16
	\store	stp	x4, x5, [x0], #16
	\store	stp	x6, x7, [x0], #16
	\store	stp	x8, x9, [x0], #16
	\store	stp	x10, x11, [x0], #16
	subs	x2, x2, #64
	b.hs	2b
3:	tbz	x2, #5, 4f
	\load	ldp	x4, x5, [x1], #16
	\load	ldp	x6, x7, [x1], #16
	\store	stp	x4, x5, [x0], #16
	\store	stp	x6, x7, [x0], #16
4:	tbz	x2, #4, 4f
	\load	ldp	x4, x5, [x1], #16
	\store	stp	x4, x5, [x0], #16
4:	tbz	x2, #3, 4f
	\load	ldr	x4, [x1], #8
	\store	str	x4, [x0], #8
4:	tst	x2, #7
	b.eq	5f
	tbz	x2, #2, 4f
	\load	ldr	w4, [x1], #4
	\store	str	w4, [x0], #4
4:	tbz	x2, #1, 4f
	\load	ldrh	w4, [x1], #2
	\store	strh	w4, [x0], #2
4:	tbz	x2, #0, 5f
	\load	ldrb	w4, [x1]
	\store	strb	w4, [x0]
5:	mov	w0, #1
	ret
	/* Up to the first aligned word, or to the end if that is nearer. */
6:	sub	x3, x3, #8
7:	cbz	x2, 5b
	\load	ldrb	w4, [x1], #1
	\store	strb	w4, [x0], #1
	sub	x2, x2, #1
	adds	x3, x3, #1
	b.ne	7b
	b	1b
.endm

function access_read
	copy_body guarded, plain, x1
endfunction access_read

function access_write
	copy_body plain, guarded, x0
endfunction access_write

/* bool access_read_row(x0 = words, x1 = from, x2 = count, x3 = first) */
function access_read_row
	ldr	w4, [x2]
	add	x5, x3, #1, lsl #12
	add	x6, x3, #2, lsl #12
	add	x7, x3, #3, lsl #12
	subs	w4, w4, #4
	b.lo	2f
1:	guarded	ldp	x8, x9, [x1], #16
	guarded	ldp	x10, x11, [x1], #16
	cmp	x8, x3
	ccmp	x9, x5, #0, eq
	ccmp	x10, x6, #0, eq
	ccmp	x11, x7, #0, eq
	b.ne	4f
	add	x3, x3, #4, lsl #12
	add	x5, x5, #4, lsl #12
	add	x6, x6, #4, lsl #12
	add	x7, x7, #4, lsl #12
	subs	w4, w4, #4
	b.hs	1b
2:	adds	w4, w4, #4
	b.eq	6f
3:	guarded	ldr	x8, [x1], #8
	cmp	x8, x3
	b.ne	5f
	add	x3, x3, #1, lsl #12
	subs	w4, w4, #1
	b.ne	3b
	b	6f
4:	add	w4, w4, #4
	stp	x10, x11, [x0, #16]
	str	x9, [x0, #8]
5:	str	x8, [x0]
6:	str	w4, [x2]
	mov	w0, #1
	ret
endfunction access_read_row

function access_failed
	mov	w0, #0
	ret
endfunction access_failed
