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
 * invalidations, at least one; what was cleared before tlb_begin(), and what
 * they name, is in no TLB or walk cache after tlb_end().
 *   void tlb_begin(void);                      dsb ishst
 *   void tlb_invalidate_leaf(va_t va);         the page or block there; may
 *                                              leave the tables above it
 *   void tlb_invalidate_va(va_t va);           those, too
 *   void tlb_invalidate_all(void);
 *   void tlb_end(void);                        dsb ish; isb
 * And everything on this core alone, at once and with its own barriers: for
 * handlers of TLB conflicts, which change nothing that others have to hear of.
 *   void tlb_invalidate_local(void);
 * The same for a range of addresses, as tlb_range.h encodes it, where there is
 * such a thing:
 *   bool cpu_has_tlb_ranges(void);             the same always
 *   void tlb_invalidate_leaf_range(uint64_t operand);
 *   void tlb_invalidate_range(uint64_t operand);
 *
 * What the processor makes of an address: whether it translates for a read or a
 * write, by what this core can see now; for handlers of faults. And whether a
 * block that is in use may be replaced by a table, or a group by single
 * descriptors, of the same translations without being made invalid in between
 * (FEAT_BBM level 2); asked once, at init.
 *   bool cpu_translates(va_t va, bool write);
 *   bool cpu_replaces_live(void);
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
 * is read exactly once, in one access, or written once. Pointers may have any
 * alignment; size 0 succeeds.
 *   bool access_read(void *to, va_t from, size_t size);
 *   bool access_write(va_t to, const void *from, size_t size);
 * The same for a row of up to *count words at `from`, which is aligned to them,
 * where pages of one granule (pa_index.h) are expected, each the next one:
 * `first` and so on. Words that hold them are counted off *count, by
 * ACCESS_GROUP while there are as many, then one by one; the first group, or
 * word, that does not is in `words`, and no more is read.
 *   bool access_read_row(uint64_t *words, va_t from, uint32_t *count,
 *                        pa_t first);
 *
 * Arithmetic. The divisor is not 0, and not a constant: those need no division.
 *   uint64_t cpu_divide(uint64_t dividend, uint32_t divisor);
 *
 * Secure memory.
 *   void cpu_clear_page(void *page);           4 KiB, aligned, not live
 */
/*
 * pt_format.h, one for each format of translation tables, says in constants
 * and pure functions what a table is and what a descriptor means:
 *
 * Geometry. Levels are numbered as the architecture does.
 *   PT_LEAF_LEVEL            the level of pages, the last one
 *   PT_INDEX_BITS, PT_ENTRY_COUNT   of a leaf table
 *   PT_TABLE_BYTES           of a leaf table, which is also its alignment;
 *                            tables between the first and the leaves are pages
 *   PT_TABLES_PER_PAGE       leaf tables that fit a page
 *   PT_PAGE_BITS             log2 of the descriptors that fit a page
 *   PT_VA_BITS_MIN, _MAX     sizes of a virtual address space
 *   PT_PAGE_PA_BITS, PT_BLOCK_PA_BITS   what a page, a block can lead to
 *   pt_first_level(va_bits), pt_first_bits(va_bits)   level, log2 of entries
 *   pt_level_shift(level)    log2 of the bytes that a descriptor serves
 *   pt_index(va, level)      index in the table of that level
 *   pt_has_blocks(level)     a descriptor there may be a block
 *
 * Descriptors. `attributes` come from pte_attributes(), PTE_SW_ bits added.
 *   PTE_INVALID
 *   pte_is_valid(pte), pte_is_table(pte, level), pte_address(pte, level)
 *   pte_make_table(pa, table_attributes)
 *   pte_make_page(pa, attributes), pte_make_block(pa, attributes)
 *   pte_attributes(type), pte_memtype(pte, level, table)
 *   PT_TYPES                 what the registers of memory types have to hold
 *   PTE_SW_PAGE_LINK, PTE_SW_BLOCK_LINK, pte_software(pte, level)
 *
 * Groups: PT_GROUP_COUNT neighbours, aligned, that lead to as many neighbours
 * and may share a TLB entry. They are made and unmade together. With
 * PT_GROUP_IS_HINT each descriptor also is a page or block by itself; without,
 * all are the same word and pte_address() is that of the first.
 *   pte_make_group(pa, attributes, level), pte_group_step(level),
 *   pte_is_group(pte, level)   the first word, what each next one adds
 *
 * Faults, by the fault status register of the format: ESR_EL1, DFSR or IFSR.
 *   pt_fault_is_conflict(status)   a TLB conflict
 *
 * PT_TABLE_HAS_WORLD: a leaf table leads to memory of one world only, which
 * its own descriptor names: pte_table_attributes(type). Secure and non-secure
 * pages then never share a leaf table.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <dynshm/addr.h>
#include <pt_format.h>

/* Words that access_read_row() looks at together. */
#define ACCESS_GROUP 4u

#include <cpu_impl.h>

#endif
