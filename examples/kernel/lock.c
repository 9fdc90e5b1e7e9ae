// SPDX-License-Identifier: BSD-2-Clause
/*
 * This kernel's own lock, which the library calls: the first word says whether
 * it is taken. Interrupts are masked for as long as one is held.
 */
#include "kernel.h"

#include <dynshm/arch/cpu.h>

static uint64_t count;

cpu_irq_t spin_lock(struct spinlock *lock)
{
	cpu_irq_t saved = cpu_mask_interrupts();

	while (__atomic_exchange_n(&lock->words[0], 1, __ATOMIC_ACQUIRE) != 0)
		while (__atomic_load_n(&lock->words[0], __ATOMIC_RELAXED) != 0)
			;
	__atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);
	return saved;
}

void spin_unlock(struct spinlock *lock, cpu_irq_t saved)
{
	__atomic_store_n(&lock->words[0], 0, __ATOMIC_RELEASE);
	cpu_restore_interrupts(saved);
}

uint64_t lock_count(void)
{
	return __atomic_load_n(&count, __ATOMIC_RELAXED);
}
