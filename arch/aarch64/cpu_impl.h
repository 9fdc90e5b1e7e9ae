/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor contract of arch/cpu.h for AArch64 at Secure EL1: ARMv8.0
 * without extensions, so no atomics beyond load-exclusive. TLB maintenance of
 * ranges is used where the core says that it has it.
 */
#ifndef CPU_IMPL_H
#define CPU_IMPL_H

#include <cpu_lock.h>
#include <dynshm/addr.h>
#include <pt_format.h>

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
static inline uint64_t tlb_operand(va_t va)
{
	return (va >> SHM_PAGE_SHIFT) & ((UINT64_C(1) << 44) - 1);
}

/*
 * Whatever the ASID: all mappings are global, so the forms with an ASID would
 * do as well.
 */
static inline void tlb_invalidate_leaf(va_t va)
{
	__asm__ volatile("tlbi vaale1is, %0" ::"r"(tlb_operand(va)) : "memory");
}

static inline void tlb_invalidate_va(va_t va)
{
	__asm__ volatile("tlbi vaae1is, %0" ::"r"(tlb_operand(va)) : "memory");
}

static inline void tlb_invalidate_all(void)
{
	__asm__ volatile("tlbi vmalle1is" ::: "memory");
}

static inline void tlb_end(void)
{
	__asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

static inline void tlb_invalidate_local(void)
{
	__asm__ volatile("dsb nshst\n\ttlbi vmalle1\n\tdsb nsh\n\tisb" ::
				 : "memory");
}

/* The walk comes after what this core has read before. */
static inline bool cpu_translates(va_t va, bool write)
{
	uint64_t par;

	__asm__ volatile("dsb ishld" ::: "memory");
	if (write)
		__asm__ volatile("at s1e1w, %0" ::"r"(va) : "memory");
	else
		__asm__ volatile("at s1e1r, %0" ::"r"(va) : "memory");
	__asm__ volatile("isb\n\tmrs %0, par_el1" : "=r"(par)::"memory");
	return !(par & 1);
}

/* ID_AA64MMFR2_EL1.BBM: level 2 or more. */
static inline bool cpu_mmfr2_replaces_live(uint64_t mmfr2)
{
	return (mmfr2 >> 52 & 0xf) >= 2;
}

/* The register by its number, as older assemblers do not know it. */
static inline bool cpu_replaces_live(void)
{
	uint64_t mmfr2;

	__asm__("mrs %0, s3_0_c0_c7_2" : "=r"(mmfr2));
	return cpu_mmfr2_replaces_live(mmfr2);
}

/* ID_AA64ISAR0_EL1.TLB: 1 is FEAT_TLBIOS alone, 2 has FEAT_TLBIRANGE, too. */
static inline bool cpu_isar0_has_tlb_ranges(uint64_t isar0)
{
	return (isar0 >> 56 & 0xf) >= 2;
}

static inline bool cpu_has_tlb_ranges(void)
{
	uint64_t isar0;

	__asm__("mrs %0, id_aa64isar0_el1" : "=r"(isar0));
	return cpu_isar0_has_tlb_ranges(isar0);
}

/* TLBI RVAALE1IS and RVAAE1IS, which assemblers for ARMv8.0 do not know. */
static inline void tlb_invalidate_leaf_range(uint64_t operand)
{
	__asm__ volatile("sys #0, c8, c2, #7, %0" ::"r"(operand) : "memory");
}

static inline void tlb_invalidate_range(uint64_t operand)
{
	__asm__ volatile("sys #0, c8, c2, #3, %0" ::"r"(operand) : "memory");
}

/* The core divides. */
static inline uint64_t cpu_divide(uint64_t dividend, uint32_t divisor)
{
	return dividend / divisor;
}

/* access.S */
bool access_read(void *to, va_t from, size_t size);
bool access_read_row(uint64_t *words, va_t from, uint32_t *count, pa_t first);
bool access_write(va_t to, const void *from, size_t size);

#endif
