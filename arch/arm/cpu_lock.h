/* SPDX-License-Identifier: BSD-2-Clause */
/* The lock of the contract in arch/cpu.h. */
#ifndef CPU_LOCK_H
#define CPU_LOCK_H

#include <cpu_irq.h>

/*
 * A ticket lock, so that no core starves: the low half is the ticket being
 * served, the high half the next one to hand out.
 */
struct spinlock {
	uint32_t tickets;
};

static inline cpu_irq_t spin_lock(struct spinlock *lock)
{
	cpu_irq_t saved = cpu_mask_interrupts();
	uint32_t seen, next, failed;

	__asm__ volatile(
		"1:	ldrex	%0, [%3]\n"
		"	add	%1, %0, #0x10000\n"
		"	strex	%2, %1, [%3]\n"
		"	cmp	%2, #0\n"
		"	bne	1b\n"
		"2:	uxth	%1, %0\n"
		"	cmp	%1, %0, lsr #16\n"
		"	beq	3f\n"
		"	wfe\n"
		"	ldrh	%2, [%3]\n"
		"	bfi	%0, %2, #0, #16\n"
		"	b	2b\n"
		"3:	dmb	ish\n"
		: "=&r"(seen), "=&r"(next), "=&r"(failed)
		: "r"(&lock->tickets)
		: "memory", "cc");
	return saved;
}

/* Only the holder writes the low half. Who waits sleeps until the event. */
static inline void spin_unlock(struct spinlock *lock, cpu_irq_t saved)
{
	uint32_t scratch;

	__asm__ volatile(
		"	dmb	ish\n"
		"	ldrh	%0, [%1]\n"
		"	add	%0, %0, #1\n"
		"	strh	%0, [%1]\n"
		"	dsb	ishst\n"
		"	sev\n"
		: "=&r"(scratch)
		: "r"(&lock->tickets)
		: "memory");
	cpu_restore_interrupts(saved);
}

#endif
