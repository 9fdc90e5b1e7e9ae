// SPDX-License-Identifier: BSD-2-Clause
/*
 * What compat/platform.h asks of the processor: where it finds an address, and
 * maintenance of its caches.
 */
#include <arch/cpu.h>
#include <compat/platform.h>

#define SCTLR_M	   (UINT64_C(1) << 0)
#define PAR_FAILED (UINT64_C(1) << 0)
#define PAR_PA	   (((UINT64_C(1) << 48) - 1) & ~SHM_PAGE_MASK)

#define read_sysreg(name)                                                    \
	({                                                                   \
		uint64_t value_;                                             \
		__asm__ volatile("mrs %0, " #name : "=r"(value_)::"memory"); \
		value_;                                                      \
	})

bool cpu_mmu_enabled(void)
{
	return read_sysreg(sctlr_el1) & SCTLR_M;
}

/* Another flow must not ask between question and answer. */
bool compat_translate(va_t va, pa_t *pa)
{
	cpu_irq_t saved = cpu_mask_interrupts();
	uint64_t par;

	__asm__ volatile("at s1e1r, %0\n\tisb" ::"r"(va) : "memory");
	par = read_sysreg(par_el1);
	cpu_restore_interrupts(saved);
	if (par & PAR_FAILED)
		return false;
	*pa = (par & PAR_PA) | (va & SHM_PAGE_MASK);
	return true;
}

/* CTR_EL0 has the smallest lines of all caches, as log2 of words. */
static uint64_t line_size(unsigned int shift)
{
	return UINT64_C(4) << (read_sysreg(ctr_el0) >> shift & 0xf);
}

static void clean_line(va_t va)
{
	__asm__ volatile("dc cvac, %0" ::"r"(va) : "memory");
}

static void invalidate_line(va_t va)
{
	__asm__ volatile("dc ivac, %0" ::"r"(va) : "memory");
}

static void clean_invalidate_line(va_t va)
{
	__asm__ volatile("dc civac, %0" ::"r"(va) : "memory");
}

/* A line that is only in part ours keeps what others have in it. */
static void maintain_line(enum compat_cache_op op, va_t line, bool whole)
{
	if (op == COMPAT_CLEAN)
		clean_line(line);
	else if (op == COMPAT_INVALIDATE && whole)
		invalidate_line(line);
	else
		clean_invalidate_line(line);
}

void compat_dcache_area(enum compat_cache_op op, va_t va, uint64_t size)
{
	uint64_t line = line_size(16);

	if (size == 0)
		return;
	for (va_t at = va & ~(line - 1); at - va < size || at < va; at += line)
		maintain_line(op, at, at >= va && va + size - at >= line);
	__asm__ volatile("dsb sy" ::: "memory");
}

void compat_icache_all(void)
{
	__asm__ volatile("dsb ish\n\tic ialluis\n\tdsb ish\n\tisb" ::
				 : "memory");
}

void compat_icache_area(va_t va, uint64_t size)
{
	uint64_t line = line_size(0);

	if (size == 0)
		return;
	__asm__ volatile("dsb ish" ::: "memory");
	for (va_t at = va & ~(line - 1); at - va < size || at < va; at += line)
		__asm__ volatile("ic ivau, %0" ::"r"(at) : "memory");
	__asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

static void maintain_set_way(enum compat_cache_op op, uint64_t operand)
{
	if (op == COMPAT_CLEAN)
		__asm__ volatile("dc csw, %0" ::"r"(operand) : "memory");
	else if (op == COMPAT_INVALIDATE)
		__asm__ volatile("dc isw, %0" ::"r"(operand) : "memory");
	else
		__asm__ volatile("dc cisw, %0" ::"r"(operand) : "memory");
}

/* CCSIDR_EL1 has wider fields, elsewhere, where FEAT_CCIDX is there. */
static bool has_wide_ids(void)
{
	return read_sysreg(s3_0_c0_c7_2) >> 20 & 0xf;
}

/* All lines of a data or unified cache; `level` counts from 0. */
static void maintain_level(enum compat_cache_op op, unsigned int level)
{
	bool wide = has_wide_ids();
	uint64_t size, ways, sets, line_shift, way_shift;

	__asm__ volatile("msr csselr_el1, %0\n\tisb" ::"r"((uint64_t)level << 1)
			 : "memory");
	size = read_sysreg(ccsidr_el1);
	line_shift = (size & 7) + 4;
	ways = size >> 3 & (wide ? 0x1fffff : 0x3ff); /* both less one */
	sets = wide ? size >> 32 & 0xffffff : size >> 13 & 0x7fff;
	way_shift = ways == 0 ? 0 : (uint64_t)__builtin_clz((uint32_t)ways);
	for (uint64_t way = 0; way <= ways; way++)
		for (uint64_t set = 0; set <= sets; set++)
			maintain_set_way(op, way << way_shift |
						     set << line_shift |
						     (uint64_t)level << 1);
}

/* Up to the level of coherence. Interrupts masked for CSSELR_EL1. */
void compat_dcache_all(enum compat_cache_op op)
{
	uint64_t levels = read_sysreg(clidr_el1);
	unsigned int coherent = (unsigned int)(levels >> 24) & 7;
	cpu_irq_t saved = cpu_mask_interrupts();

	__asm__ volatile("dsb sy" ::: "memory");
	for (unsigned int level = 0; level < coherent; level++)
		if ((levels >> 3 * level & 7) >= 2)
			maintain_level(op, level);
	__asm__ volatile("dsb sy\n\tisb" ::: "memory");
	cpu_restore_interrupts(saved);
}
