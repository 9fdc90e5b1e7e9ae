// SPDX-License-Identifier: BSD-2-Clause
/*
 * The processor's part of the contract in arch/cpu.h, each function by itself,
 * for scripts/sequences.sh to disassemble. QEMU neither reorders accesses nor
 * keeps walk caches, so here what a barrier or a level is for can only be read.
 */
#include <cpu.h>

/* What `call` becomes, under the name that sequences.txt has for it. */
#define SEQUENCE(name, type, parameters, call) \
	type sequence_##name parameters;       \
	type sequence_##name parameters        \
	{                                      \
		call;                          \
	}

SEQUENCE(pte_load, pte_t, (const pte_t *slot), return pte_load(slot))
SEQUENCE(pte_store, void, (pte_t * slot, pte_t pte), pte_store(slot, pte))
SEQUENCE(cpu_publish_tables, void, (void), cpu_publish_tables())
SEQUENCE(tlb_begin, void, (void), tlb_begin())
SEQUENCE(tlb_invalidate_leaf, void, (va_t va), tlb_invalidate_leaf(va))
SEQUENCE(tlb_invalidate_va, void, (va_t va), tlb_invalidate_va(va))
SEQUENCE(tlb_invalidate_all, void, (void), tlb_invalidate_all())
SEQUENCE(tlb_invalidate_leaf_range, void, (uint64_t operand),
	 tlb_invalidate_leaf_range(operand))
SEQUENCE(tlb_invalidate_range, void, (uint64_t operand),
	 tlb_invalidate_range(operand))
SEQUENCE(tlb_end, void, (void), tlb_end())
SEQUENCE(tlb_invalidate_local, void, (void), tlb_invalidate_local())
SEQUENCE(translates_for_read, bool, (va_t va), return cpu_translates(va, false))
SEQUENCE(translates_for_write, bool, (va_t va), return cpu_translates(va, true))
SEQUENCE(cpu_replaces_live, bool, (void), return cpu_replaces_live())
SEQUENCE(cpu_has_tlb_ranges, bool, (void), return cpu_has_tlb_ranges())
SEQUENCE(spin_lock, cpu_irq_t, (struct spinlock * lock), return spin_lock(lock))
SEQUENCE(spin_unlock, void, (struct spinlock * lock, cpu_irq_t saved),
	 spin_unlock(lock, saved))
