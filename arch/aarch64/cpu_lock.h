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
	uint32_t mine, scratch;

	/* The exclusive load in the wait arms the event that unlock sends. */
	__asm__ volatile(
		"1:	ldaxr	%w0, [%2]\n"
		"	add	%w1, %w0, #0x10000\n"
		"	stxr	w16, %w1, [%2]\n"
		"	cbnz	w16, 1b\n"
		"	eor	%w1, %w0, %w0, ror #16\n"
		"	cbz	%w1, 3f\n"
		"	sevl\n"
		"2:	wfe\n"
		"	ldaxrh	%w1, [%2]\n"
		"	eor	w16, %w1, %w0, lsr #16\n"
		"	cbnz	w16, 2b\n"
		"3:\n"
		: "=&r"(mine), "=&r"(scratch)
		: "r"(&lock->tickets)
		: "x16", "memory");
	return saved;
}

static inline void spin_unlock(struct spinlock *lock, cpu_irq_t saved)
{
	uint32_t scratch;

	/* Only the holder writes the low half. */
	__asm__ volatile(
		"	ldrh	%w0, [%1]\n"
		"	add	%w0, %w0, #1\n"
		"	stlrh	%w0, [%1]\n"
		: "=&r"(scratch)
		: "r"(&lock->tickets)
		: "memory");
	cpu_restore_interrupts(saved);
}

#endif
