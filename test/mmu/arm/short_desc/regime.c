// SPDX-License-Identifier: BSD-2-Clause
/*
 * Short descriptors: one table of 4096 sections, at TTBR0. On a Cortex-A7
 * addresses are divided (TTBCR.N = 1), as kernels do it that have a table for
 * each process: TTBR0 has the lower half, by a table of its own, and the
 * manager gets the one at TTBR1, whose lower half no walk reads.
 */
#include <arm/regime.h>

#include "machine.h"

/* Sections: accessed; bit 19 is NS, bit 4 XN. Memory is type 0 of PT_TYPES. */
#define SECTION_SECURE UINT32_C(0x00010402)
#define SECTION_NORMAL UINT32_C(0x00090412)
#define SECTION_DEVICE UINT32_C(0x00010416) /* type 1 */
#define SECTION_1M     UINT32_C(0x100000)
/* Walks are write-back, write-allocate, inner shareable. */
#define TTBR_ATTRIBUTES	 UINT32_C(0x6a)
#define SCTLR_TYPE_REMAP (UINT32_C(1) << 28)
#define SCTLR_ACCESS	 (UINT32_C(1) << 29)
#define PAR_SUPERSECTION UINT32_C(2)
#define PART_CORTEX_A7	 0xc07u

static uint32_t map_root[4096] __attribute__((aligned(16384)));
static uint32_t map_low[2048] __attribute__((aligned(8192)));

static bool is_divided(void)
{
	uint32_t midr;

	__asm__ volatile("mrc p15, 0, %0, c0, c0, 0" : "=r"(midr));
	return (midr >> 4 & 0xfff) == PART_CORTEX_A7;
}

/* What has the static map, all of it in the lower half. */
static uint32_t *low_table(void)
{
	return is_divided() ? map_low : map_root;
}

static void map(uint32_t first, uint32_t end, uint32_t bits)
{
	uint32_t *table = low_table();

	for (uint32_t pa = first; pa < end; pa += SECTION_1M)
		table[pa >> 20] = pa | bits;
}

void map_build(void)
{
	map(0x08000000, 0x0a000000, SECTION_DEVICE);
	map(0x0e000000, 0x0f000000, SECTION_SECURE);
	map(RAM_FIRST, RAM_END, SECTION_NORMAL);
}

pte_t *regime_root(void)
{
	return map_root;
}

uint32_t regime_start(void)
{
	/* TTBCR, TTBR0, TTBR1, PRRR, NMRR */
	__asm__ volatile(
		"mcr p15, 0, %0, c2, c0, 2\n\t"
		"mcr p15, 0, %1, c2, c0, 0\n\t"
		"mcr p15, 0, %2, c2, c0, 1\n\t"
		"mcr p15, 0, %3, c10, c2, 0\n\t"
		"mcr p15, 0, %4, c10, c2, 1" ::"r"(is_divided() ? 1 : 0),
		"r"((uintptr_t)low_table() | TTBR_ATTRIBUTES),
		"r"((uintptr_t)map_root | TTBR_ATTRIBUTES),
		"r"((uint32_t)PT_TYPES), "r"((uint32_t)(PT_TYPES >> 32)));
	return SCTLR_TYPE_REMAP | SCTLR_ACCESS;
}

unsigned int regime_status(uint32_t fsr)
{
	return (fsr & 0xf) | (fsr >> 10 & 1) << 4 | (fsr >> 12 & 1) << 5;
}

struct translation cpu_translate(va_t va, bool write)
{
	uint32_t par, inside;

	if (write)
		__asm__ volatile("mcr p15, 0, %0, c7, c8, 1" ::"r"((uint32_t)va)
				 : "memory");
	else
		__asm__ volatile("mcr p15, 0, %0, c7, c8, 0" ::"r"((uint32_t)va)
				 : "memory");
	__asm__ volatile("isb\n\tmrc p15, 0, %0, c7, c4, 0"
			 : "=r"(par)::"memory");
	if (par & 1)
		return (struct translation){ .status = par >> 1 & 0x3f };
	inside = par & PAR_SUPERSECTION ? 0xffffff : 0xfff;
	return (struct translation){
		.ok = true,
		.pa = (par & ~inside) | (va & inside),
		.non_secure = par >> 9 & 1,
		.memory = MEMORY_UNSAID,
	};
}
