/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs of descriptors and the clearing of pages. A store pair writes each of
 * its two aligned doublewords in one access (Arm ARM B2.2.1), which is all that
 * a table walker can see.
 */
#include "macros.inc"

/*
 * void pte_store_run(pte_t *slot, pte_t first, pte_t step, size_t count)
 *
 * x1 and x4 hold the next two values. Every descriptor costs one addition and
 * half a store; what is left is spread over 32 of them.
 */
.macro store_pair
	stp	x1, x4, [x0], #16
	add	x1, x1, x5
	add	x4, x4, x5
.endm

function pte_store_run
	add	x4, x1, x2
	lsl	x5, x2, #1
	subs	x3, x3, #32
	b.lo	2f
1:
	.rept	16
	store_pair
	.endr
	subs	x3, x3, #32
	b.hs	1b
2:	tbz	x3, #4, 3f
	.rept	8
	store_pair
	.endr
3:	tbz	x3, #3, 4f
	.rept	4
	store_pair
	.endr
4:	tbz	x3, #2, 5f
	.rept	2
	store_pair
	.endr
5:	tbz	x3, #1, 6f
	store_pair
6:	tbz	x3, #0, 7f
	str	x1, [x0]
7:	ret
endfunction pte_store_run

/* void pte_clear_run(pte_t *slot, size_t count) */
.macro clear_pairs count
	.rept	\count
	stp	xzr, xzr, [x0], #16
	.endr
.endm

function pte_clear_run
	subs	x1, x1, #16
	b.lo	2f
1:	clear_pairs 8
	subs	x1, x1, #16
	b.hs	1b
2:	tbz	x1, #3, 3f
	clear_pairs 4
3:	tbz	x1, #2, 4f
	clear_pairs 2
4:	tbz	x1, #1, 5f
	clear_pairs 1
5:	tbz	x1, #0, 6f
	str	xzr, [x0]
6:	ret
endfunction pte_clear_run

/*
 * void cpu_clear_page(void *page)
 *
 * DC ZVA clears a whole block without reading it; four blocks of at most
 * 1 KiB are sure to fit, and a core may forbid it or have larger ones.
 */
function cpu_clear_page
	mrs	x1, dczid_el0
	add	x3, x0, #4096
	cmp	w1, #8			// bit 4: prohibited; log2 of words
	b.hi	2f
	mov	w2, #4
	lsl	w2, w2, w1
1:
	.rept	4
	dc	zva, x0
	add	x0, x0, x2
	.endr
	cmp	x0, x3
	b.lo	1b
	ret
2:	clear_pairs 8
	cmp	x0, x3
	b.lo	2b
	ret
endfunction cpu_clear_page
