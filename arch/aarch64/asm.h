/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What assembler sources and C share: sizes, and offsets into structures, which
 * core.c checks at compile time.
 */
#ifndef ASM_H
#define ASM_H

/* struct context: x0..x30, then these. */
#define CONTEXT_SP   248
#define CONTEXT_ELR  256
#define CONTEXT_SPSR 264
#define CONTEXT_SIZE 272

/* struct core */
#define CORE_CONTEXT	    0
#define CORE_STACK	    8
#define CORE_EMERGENCY_TOP  16
#define CORE_CONFLICTS	    56 /* conflicts.count */
#define CORE_SIZE	    64

#define CORE_STACK_SIZE	    4096
#define CORE_EMERGENCY_SIZE 2048

/*
 * PSTATE of a flow: EL1 on SP_EL0, everything masked. A flow always goes on
 * with interrupts closed, whatever they were when it stopped: so it gets
 * somewhere even if one is pending all the time. An asynchronous abort may come
 * from an address that the normal world gave us; left pending, it hits the
 * normal world instead of stopping us.
 */
#define FLOW_SPSR 0x3c4
#define DAIF_IF	  3
#define SPSR_IF	  0xc0

/* MAIR_EL1, as PT_MAIR of pt_format.h. */
#define BOOT_MAIR 0x0c08004404ff

#endif
