/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts of this core, masked for as long as it holds a lock. */
#ifndef CPU_IRQ_H
#define CPU_IRQ_H

#include <stdint.h>

/* The DAIF bits that were set before a lock was taken. */
typedef uint64_t cpu_irq_t;

static inline cpu_irq_t cpu_mask_interrupts(void)
{
	cpu_irq_t saved;

	__asm__ volatile("mrs %0, daif\n\tmsr daifset, #3"
			 : "=r"(saved)::"memory");
	return saved;
}

static inline void cpu_restore_interrupts(cpu_irq_t saved)
{
	__asm__ volatile("msr daif, %0" ::"r"(saved) : "memory");
}

#endif
