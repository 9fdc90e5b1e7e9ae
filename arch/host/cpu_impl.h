/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor contract of arch/cpu.h on the simulated machine (sim.h): each
 * function does what it says and checks that the caller kept the rules of the
 * architecture.
 */
#ifndef CPU_IMPL_H
#define CPU_IMPL_H

#include <dynshm/addr.h>
#include <pt_format.h>

/* Whether interrupts of this core were masked before a lock was taken. */
typedef uint64_t cpu_irq_t;

static inline pte_t pte_load(const pte_t *slot)
{
	return __atomic_load_n(slot, __ATOMIC_RELAXED);
}

/* sim_tables.c: the slots lie in the machine's secure memory. */
void pte_store(pte_t *slot, pte_t value);
void pte_store_run(pte_t *slot, pte_t first, pte_t step, size_t count);
void pte_clear_run(pte_t *slot, size_t count);
void cpu_clear_page(void *page);

/* sim_tlbi.c */
void cpu_publish_tables(void);
bool cpu_has_tlb_ranges(void);
void tlb_begin(void);
void tlb_invalidate_leaf(va_t va);
void tlb_invalidate_va(va_t va);
void tlb_invalidate_leaf_range(uint64_t operand);
void tlb_invalidate_range(uint64_t operand);
void tlb_invalidate_all(void);
void tlb_invalidate_local(void);
void tlb_end(void);

/* sim_access.c */
bool cpu_translates(va_t va, bool write);
bool cpu_replaces_live(void);

/* sim_core.c */
struct spinlock {
	uint32_t holder; /* 0 free, else the number of the core, plus 1 */
};

cpu_irq_t spin_lock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock, cpu_irq_t saved);

/* The core divides. */
static inline uint64_t cpu_divide(uint64_t dividend, uint32_t divisor)
{
	return dividend / divisor;
}

/* sim_access.c */
bool access_read(void *to, va_t from, size_t size);
bool access_read_row(uint64_t *words, va_t from, uint32_t *count, pa_t first);
bool access_write(va_t to, const void *from, size_t size);

#endif
