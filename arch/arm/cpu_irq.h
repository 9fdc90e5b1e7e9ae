/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts of this core, masked for as long as it holds a lock. */
#ifndef CPU_IRQ_H
#define CPU_IRQ_H

#include <stdint.h>

/* CPSR before a lock was taken, of which the mask bits matter. */
typedef uint32_t cpu_irq_t;

static inline cpu_irq_t cpu_mask_interrupts(void)
{
	cpu_irq_t saved;

	__asm__ volatile("mrs %0, cpsr\n\tcpsid if" : "=r"(saved)::"memory");
	return saved;
}

/* The mode, which is in the same byte, is still what it was. */
static inline void cpu_restore_interrupts(cpu_irq_t saved)
{
	__asm__ volatile("msr cpsr_c, %0" ::"r"(saved) : "memory", "cc");
}

#endif
