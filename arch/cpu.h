/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor, as the library and the kernel above it see it. This header
 * and pt_format.h are the whole hardware contract: everything else is
 * portable. The build picks one <cpu_impl.h> by its include path,
 * arch/aarch64/ for the image and arch/host/ for the simulated machine.
 *
 * An implementation provides, as functions or static inlines:
 *
 * Descriptors. Single-copy atomic, never torn, never merged.
 *   pte_t pte_load(const pte_t *slot);
 *   void pte_store(pte_t *slot, pte_t value);
 *   void pte_store_run(pte_t *slot, pte_t first, pte_t step, size_t count);
 *                          slot[i] = first + i * step
 *   void pte_clear_run(pte_t *slot, size_t count);
 *
 * Publication: after descriptors went from invalid to valid and before the
 * first access through them.
 *   void cpu_publish_tables(void);             dsb ishst; isb
 *
 * TLB maintenance, on all cores. One bracket around any number of
 * invalidations; what was cleared before tlb_begin() is unreachable and in no
 * TLB or walk cache after tlb_end().
 *   void tlb_begin(void);                      dsb ishst
 *   void tlb_invalidate_va(va_t va);           all levels for that page
 *   void tlb_invalidate_all(void);
 *   void tlb_end(void);                        dsb ish; isb
 *
 * Mutual exclusion between cores. Masks interrupts on this core for as long as
 * the lock is held, so that no holder is ever suspended; nests in lock order.
 *   struct spinlock                            all zeroes = free
 *   cpu_irq_t spin_lock(struct spinlock *lock);
 *   void spin_unlock(struct spinlock *lock, cpu_irq_t saved);
 *
 * Normal-world memory through a mapping of ours. The one way to touch it:
 * a fault or an external abort on the way ends the copy and answers false,
 * with an unknown part of it done. Every aligned 64-bit word inside the range
 * is read or written exactly once, in one access. Pointers may have any
 * alignment; size 0 succeeds.
 *   bool access_read(void *to, va_t from, size_t size);
 *   bool access_write(va_t to, const void *from, size_t size);
 *
 * Secure memory.
 *   void cpu_clear_page(void *page);           4 KiB, aligned, not live
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <dynshm/addr.h>
#include <pt_format.h>

#include <cpu_impl.h>

#endif
