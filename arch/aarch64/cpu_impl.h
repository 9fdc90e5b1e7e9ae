/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor contract of arch/cpu.h for AArch64 at Secure EL1: ARMv8.0
 * without extensions, so no atomics beyond load-exclusive and no ranged TLB
 * maintenance.
 */
#ifndef CPU_IMPL_H
#define CPU_IMPL_H

#include <dynshm/addr.h>
#include <pt_format.h>

/* The DAIF bits that were set before a lock was taken. */
typedef uint64_t cpu_irq_t;

static inline pte_t pte_load(const pte_t *slot)
{
	return *(const volatile pte_t *)slot;
}

static inline void pte_store(pte_t *slot, pte_t value)
{
	*(volatile pte_t *)slot = value;
}

/* descriptors.S: pairs of stores, each half single-copy atomic. */
void pte_store_run(pte_t *slot, pte_t first, pte_t step, size_t count);
void pte_clear_run(pte_t *slot, size_t count);
void cpu_clear_page(void *page);

static inline void cpu_publish_tables(void)
{
	__asm__ volatile("dsb ishst\n\tisb" ::: "memory");
}

static inline void tlb_begin(void)
{
	__asm__ volatile("dsb ishst" ::: "memory");
}

/* The operand is the page number; its high bits (TTL, ASID) stay zero. */
static inline void tlb_invalidate_va(va_t va)
{
	uint64_t page = (va >> SHM_PAGE_SHIFT) & ((UINT64_C(1) << 44) - 1);

	__asm__ volatile("tlbi vaae1is, %0" ::"r"(page) : "memory");
}

static inline void tlb_invalidate_all(void)
{
	__asm__ volatile("tlbi vmalle1is" ::: "memory");
}

static inline void tlb_end(void)
{
	__asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

/*
 * A ticket lock, so that no core starves: the low half is the ticket being
 * served, the high half the next one to hand out.
 */
struct spinlock {
	uint32_t tickets;
};

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

/* access.S */
bool access_read(void *to, va_t from, size_t size);
bool access_write(va_t to, const void *from, size_t size);

#endif
