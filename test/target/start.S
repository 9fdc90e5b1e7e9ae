/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way into the program, for each core, from the state that TF-A or PSCI
 * leaves it in (EL2 or EL1, MMU off), and the way out of it into the secure
 * world. All code runs at EL1 with a flat map: the first GiB is devices, the
 * rest memory.
 */
#define CURRENT_EL2	8
#define SCTLR_PLAIN	0x30D00800	/* the bits that are always one */
#define SCTLR_ON	0x30D01805	/* and MMU, data and instruction cache */
#define HCR_RW		(1 << 31)
#define SPSR_EL1H	0x3c5
/* 4 GiB from level 1, write-back and inner shareable walks, no TTBR1. */
#define TCR_FLAT	((1 << 23) | (3 << 12) | (1 << 10) | (1 << 8) | 32)
#define MAIR_FLAT	0xff00
#define BLOCK_DEVICE	(0x401 | (3 << 53))
#define BLOCK_MEMORY	(0x401 | (3 << 8) | (1 << 2))
#define STACK_SHIFT	14

	.section .text.start, "ax"
	.global _start
_start:
	mov	x20, x0
	mov	x19, #0
	adrp	x1, __bss_start
	adrp	x2, __bss_end
0:	stp	xzr, xzr, [x1], #16
	cmp	x1, x2
	b.lo	0b
	b	enter

	/* PSCI CPU_ON: x0 is the number that target_core() is to give. */
	.global secondary_start
secondary_start:
	mov	x19, x0
enter:
	mrs	x0, CurrentEL
	cmp	x0, #CURRENT_EL2
	b.ne	at_el1
	mov	x0, #HCR_RW
	msr	hcr_el2, x0
	mov	x0, #3
	msr	cnthctl_el2, x0
	msr	cntvoff_el2, xzr
	mov	x0, #0x33ff
	msr	cptr_el2, x0
	mrs	x0, id_aa64pfr0_el1
	ubfx	x0, x0, #24, #4
	cbz	x0, 1f
	mov	x0, #9				/* GICv3: SRE, and for EL1 too */
	msr	s3_4_c12_c9_5, x0		/* ICC_SRE_EL2 */
	isb
1:	ldr	x0, =SCTLR_PLAIN
	msr	sctlr_el1, x0
	mov	x0, #SPSR_EL1H
	msr	spsr_el2, x0
	adr	x0, at_el1
	msr	elr_el2, x0
	eret

at_el1:
	msr	daifset, #15
	adr	x0, vectors
	msr	vbar_el1, x0
	ldr	x0, =MAIR_FLAT
	msr	mair_el1, x0
	ldr	x0, =TCR_FLAT
	msr	tcr_el1, x0
	adr	x0, flat_map
	msr	ttbr0_el1, x0
	dsb	sy
	tlbi	vmalle1
	dsb	nsh
	isb
	ldr	x0, =SCTLR_ON
	msr	sctlr_el1, x0
	isb
	msr	tpidr_el1, x19
	adrp	x0, target_stacks
	add	x1, x19, #1
	lsl	x1, x1, #STACK_SHIFT
	add	sp, x0, x1
	mov	x0, x19
	mov	x1, x20
	bl	target_main
2:	wfe
	b	2b

	.ltorg
	.balign	32
flat_map:
	.quad	BLOCK_DEVICE
	.quad	BLOCK_MEMORY | 0x40000000
	.quad	BLOCK_MEMORY | 0x80000000
	.quad	BLOCK_MEMORY | 0xc0000000

	/* void smc(uint64_t x[8]): all eight registers, both ways. */
	.section .text.smc, "ax"
	.global smc
smc:
	stp	x0, x30, [sp, #-16]!
	mov	x9, x0
	ldp	x0, x1, [x9]
	ldp	x2, x3, [x9, #16]
	ldp	x4, x5, [x9, #32]
	ldp	x6, x7, [x9, #48]
	smc	#0
	ldp	x9, x30, [sp], #16
	stp	x0, x1, [x9]
	stp	x2, x3, [x9, #16]
	stp	x4, x5, [x9, #32]
	stp	x6, x7, [x9, #48]
	ret

	.macro	unexpected number
	.balign	128
	mov	x0, #\number
	mrs	x1, esr_el1
	mrs	x2, elr_el1
	mrs	x3, far_el1
	b	target_fault
	.endm

	.macro	interrupt
	.balign	128
	b	take_interrupt
	.endm

	.section .text.vectors, "ax"
	.balign	2048
vectors:
	unexpected 0
	unexpected 1
	unexpected 2
	unexpected 3
	unexpected 4
	interrupt
	unexpected 6
	unexpected 7
	.irp	number, 8, 9, 10, 11, 12, 13, 14, 15
	unexpected \number
	.endr

take_interrupt:
	sub	sp, sp, #160
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
	bl	gic_take_interrupt
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
	add	sp, sp, #160
	eret

	.section .bss.stacks, "aw", %nobits
	.balign	4096
	.global target_stacks
target_stacks:
	.skip	4 << STACK_SHIFT
