/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From TF-A's first jump, MMU off, to C code on the core's own stack: the boot
 * core at offset 0 of the image, the others at cpu_on.
 */
#include <kernel/core.h>

#include "macros.inc"

/* SCTLR_EL1: bits that are one on a core without their feature. */
#define SCTLR_RES1 0x30d00800
/* MMU, caches, both stack alignment checks, and no execution of what is writable. */
#define SCTLR_ON (SCTLR_RES1 | 1 << 0 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 12 | 1 << 19)

/*
 * TCR_EL1: 48 bits of address under TTBR0 with walks that are write-back and
 * inner shareable, nothing under TTBR1. IPS comes from the core.
 */
#define TCR_BASE (16 | 1 << 8 | 1 << 10 | 3 << 12 | 16 << 16 | 1 << 23 | 2 << 30)

/* Firmware Handoff: x1 = signature and version 1 of the register convention. */
#define HANDOFF_X1 0x14a0fb10b

#define TEESMC_RETURN_ENTRY_DONE 0xbe000000
#define TEESMC_RETURN_ON_DONE	 0xbe000001

	.section .text.start, "ax"
	.globl	_start
_start:
	msr	daifset, #0xf
	msr	spsel, #1
	ldr	x8, =SCTLR_RES1
	msr	sctlr_el1, x8
	msr	tpidr_el1, xzr		// no struct core yet
	isb
	/*
	 * With a transfer list, which is in x3, the device tree is in that;
	 * otherwise it is in x2.
	 */
	and	x8, x1, #0xffffffffff
	ldr	x9, =HANDOFF_X1
	cmp	x8, x9
	csel	x19, xzr, x2, eq
	csel	x20, x3, xzr, eq

	/*
	 * Until the MMU is on, stores go past the caches: drop what they may
	 * still hold, lest it be written back over the zeroes.
	 */
	bl	invalidate_bss
	load_address x0, __bss_start
	load_address x1, __bss_end
1:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	1b

	load_address x0, (core_stacks + 2 * CORE_STACK_SIZE)
	mov	sp, x0
	bl	core_init_mmu_map
	bl	invalidate_bss
	bl	mmu_enable
	bl	core_claim		// index 0: the first to ask
	mov	x0, x19
	mov	x1, x20
	bl	main
	load_address x1, entry_table
	ldr	x0, =TEESMC_RETURN_ENTRY_DONE
	smc	#0
	b	core_halt
	.ltorg

/* Drops all cache lines of [__bss_start, __bss_end). */
function invalidate_bss
	load_address x0, __bss_start
	load_address x1, __bss_end
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4		// log2 of the smallest line, in words
	mov	x3, #4
	lsl	x3, x3, x2
1:	dc	ivac, x0
	add	x0, x0, x3
	cmp	x0, x1
	b.lo	1b
	dsb	sy
	ret
endfunction invalidate_bss

/*
 * Tells this core where the static map is: its root is the first of
 * boot_tables. Reads no memory: a core that starts later may not look at any
 * before its caches are coherent. Uses x0 to x2.
 */
function core_init_mmu_regs
	tlbi	vmalle1
	ic	iallu
	mov	x0, #(BOOT_MAIR & 0xffff)
	movk	x0, #(BOOT_MAIR >> 16 & 0xffff), lsl #16
	movk	x0, #(BOOT_MAIR >> 32), lsl #32
	msr	mair_el1, x0
	mov	x0, #(TCR_BASE & 0xffff)
	movk	x0, #(TCR_BASE >> 16 & 0xffff), lsl #16
	mrs	x1, id_aa64mmfr0_el1
	and	x1, x1, #0xf
	mov	x2, #5			// more than 48 bits need larger pages
	cmp	x1, x2
	csel	x1, x1, x2, lo
	bfi	x0, x1, #32, #3
	msr	tcr_el1, x0
	load_address x0, boot_tables
	msr	ttbr0_el1, x0
	msr	ttbr1_el1, xzr
	dsb	sy
	isb
	ret
endfunction core_init_mmu_regs

/* Turns on MMU and caches with the static map; neither reads memory. */
function mmu_enable
	mov	x3, x30
	bl	core_init_mmu_regs
	mov	x0, #(SCTLR_ON & 0xffff)
	movk	x0, #(SCTLR_ON >> 16), lsl #16
	msr	sctlr_el1, x0
	isb
	ret	x3
endfunction mmu_enable

/*
 * Gives this core its index, struct core, stack and vectors: x0 = index. A
 * core keeps the index of its first start, whatever its affinity fields mean.
 * One too many gets no struct core (TPIDR_EL1 = 0) and MAX_CORES in x0; the
 * entries refuse it.
 */
function core_claim
	mrs	x1, mpidr_el1
	ldr	x2, =0xff80ffffff	// affinities, and bit 31, which is one:
	and	x1, x1, x2		// never 0
	load_address x2, core_mpidr
	mov	x0, #0
1:	add	x3, x2, x0, lsl #3
2:	ldaxr	x4, [x3]
	cbz	x4, 3f
	cmp	x4, x1
	b.eq	4f
	add	x0, x0, #1
	cmp	x0, #MAX_CORES
	b.lo	1b
	msr	tpidr_el1, xzr
	b	5f
3:	stxr	w5, x1, [x3]
	cbnz	w5, 2b
4:	load_address x2, cores
	add	x2, x2, x0, lsl #6	// CORE_SIZE
	load_address x3, core_stacks
	add	x3, x3, x0, lsl #13	// guard page, then stack
	add	x3, x3, #CORE_STACK_SIZE
	load_address x4, core_emergency_stacks
	add	x4, x4, x0, lsl #11	// CORE_EMERGENCY_SIZE
	add	x4, x4, #CORE_EMERGENCY_SIZE
	stp	xzr, x3, [x2, #CORE_CONTEXT]
	stp	x4, x0, [x2, #CORE_EMERGENCY_TOP]
	msr	tpidr_el1, x2
	add	x3, x3, #CORE_STACK_SIZE
	mov	sp, x3
5:	clrex
	load_address x3, exception_vectors
	msr	vbar_el1, x3
	isb
	ret
	.ltorg
endfunction core_claim

/* TF-A's cpu_on: a fresh context, MMU off, no stack. */
function entry_cpu_on
	msr	spsel, #1
	bl	mmu_enable
	bl	core_claim
	ldr	x0, =TEESMC_RETURN_ON_DONE
	mov	x1, #0
	smc	#0
	b	core_halt
	.ltorg
endfunction entry_cpu_on
