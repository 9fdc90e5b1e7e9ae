/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor contract of arch/cpu.h for ARMv7-A with the multiprocessing
 * extensions, in Secure PL1. SCTLR.A is 0. With short descriptors AFE and TRE
 * are 1, and PRRR and NMRR hold PT_TYPES; with long ones, MAIR0 and MAIR1 do.
 *
 * Where ID_MMFR3 says that table walks do not look into the data cache, each
 * change of a table is cleaned to where they do. Nothing that the library maps
 * is executed, so branch predictors need no maintenance.
 */
#ifndef CPU_IMPL_H
#define CPU_IMPL_H

#include <cpu_lock.h>
#include <cpu_pte.h>
#include <dynshm/addr.h>
#include <pt_format.h>

/* Let walkers that are not coherent see what was written. */
void cpu_clean_tables(const void *first, size_t size);

static inline void pte_store(pte_t *slot, pte_t value)
{
	pte_write(slot, value);
	cpu_clean_tables(slot, sizeof(*slot));
}

/* tables.c */
void pte_store_run(pte_t *slot, pte_t first, pte_t step, size_t count);
void pte_clear_run(pte_t *slot, size_t count);
void cpu_clear_page(void *page);

static inline void cpu_publish_tables(void)
{
	__asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

/* What was cleaned is complete as well, so not for stores alone. */
static inline void tlb_begin(void)
{
	__asm__ volatile("dsb ish" ::: "memory");
}

/* TLBIMVAAIS: whatever the ASID. */
static inline void tlb_invalidate_va(va_t va)
{
	uint32_t page = (uint32_t)va & ~(uint32_t)SHM_PAGE_MASK;

	__asm__ volatile("mcr p15, 0, %0, c8, c3, 3" ::"r"(page) : "memory");
}

/* ARMv7 has no form for the last level alone. */
static inline void tlb_invalidate_leaf(va_t va)
{
	tlb_invalidate_va(va);
}

/* TLBIALLIS */
static inline void tlb_invalidate_all(void)
{
	__asm__ volatile("mcr p15, 0, %0, c8, c3, 0" ::"r"(0) : "memory");
}

static inline void tlb_end(void)
{
	__asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

/* TLBIALL */
static inline void tlb_invalidate_local(void)
{
	__asm__ volatile(
		"dsb nsh\n\tmcr p15, 0, %0, c8, c7, 0\n\t"
		"dsb nsh\n\tisb" ::"r"(0)
		: "memory");
}

/* ATS1CPR and ATS1CPW. The walk comes after what this core has read before. */
static inline bool cpu_translates(va_t va, bool write)
{
	uint32_t par;

	__asm__ volatile("dsb ish" ::: "memory");
	if (write)
		__asm__ volatile("mcr p15, 0, %0, c7, c8, 1" ::"r"((uint32_t)va)
				 : "memory");
	else
		__asm__ volatile("mcr p15, 0, %0, c7, c8, 0" ::"r"((uint32_t)va)
				 : "memory");
	__asm__ volatile("isb\n\tmrc p15, 0, %0, c7, c4, 0"
			 : "=r"(par)::"memory");
	return !(par & 1);
}

/* There is no such thing in AArch32. */
static inline bool cpu_replaces_live(void)
{
	return false;
}

/* AArch32 has none: so nobody asks, and everything would be enough. */
static inline bool cpu_has_tlb_ranges(void)
{
	return false;
}

static inline void tlb_invalidate_range(uint64_t operand)
{
	(void)operand;
	tlb_invalidate_all();
}

static inline void tlb_invalidate_leaf_range(uint64_t operand)
{
	tlb_invalidate_range(operand);
}

/* divide.c */
uint64_t cpu_divide(uint64_t dividend, uint32_t divisor);

/* access.S */
bool access_read(void *to, va_t from, size_t size);
bool access_read_row(uint64_t *words, va_t from, uint32_t *count, pa_t first);
bool access_write(va_t to, const void *from, size_t size);

#endif
