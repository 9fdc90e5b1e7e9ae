/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lock of the contract in arch/cpu.h, left to the kernel that embeds the
 * library (LIB_LOCK=extern): it defines both functions, and uses the words as
 * it likes; all zeroes is a free lock. Whoever holds one has interrupts masked,
 * and the functions order memory as acquire and release do.
 */
#ifndef CPU_LOCK_H
#define CPU_LOCK_H

#include <cpu_irq.h>

struct spinlock {
	uint64_t words[2];
};

cpu_irq_t spin_lock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock, cpu_irq_t saved);

#endif
