// SPDX-License-Identifier: BSD-2-Clause
/* Long descriptors: a table of four, at TTBR0, the upper two the manager's. */
#include <arm/regime.h>

#include "machine.h"

#define TABLE UINT64_C(3)
/* Blocks: valid, accessed. */
#define BLOCK_SECURE UINT64_C(0x701)
#define BLOCK_NORMAL UINT64_C(0x0060000000000721) /* NS, never executed */
#define BLOCK_DEVICE UINT64_C(0x0060000000000405)
#define BLOCK_2M     UINT64_C(0x200000)
/* EAE, nothing under TTBR1; write-back walks, inner shareable. */
#define TTBCR_VALUE UINT32_C(0x80803500)

static uint64_t map_root[4] __attribute__((aligned(32)));
static uint64_t map_low[512] __attribute__((aligned(4096)));

void map_build(void)
{
	map_root[0] = (uintptr_t)map_low | TABLE;
	map_root[RAM_FIRST >> 30] = RAM_FIRST | BLOCK_NORMAL;
	for (uint32_t pa = 0x08000000; pa < 0x0a000000; pa += BLOCK_2M)
		map_low[pa >> 21] = pa | BLOCK_DEVICE;
	for (uint32_t pa = 0x0e000000; pa < 0x0f000000; pa += BLOCK_2M)
		map_low[pa >> 21] = pa | BLOCK_SECURE;
}

pte_t *regime_root(void)
{
	return map_root;
}

uint32_t regime_start(void)
{
	/* TTBCR, TTBR0, MAIR0, MAIR1 */
	__asm__ volatile(
		"mcr p15, 0, %0, c2, c0, 2\n\t"
		"mcrr p15, 0, %1, %2, c2\n\t"
		"mcr p15, 0, %3, c10, c2, 0\n\t"
		"mcr p15, 0, %4, c10, c2, 1" ::"r"(TTBCR_VALUE),
		"r"((uintptr_t)map_root), "r"(0), "r"((uint32_t)PT_TYPES),
		"r"((uint32_t)(PT_TYPES >> 32)));
	return 0;
}

unsigned int regime_status(uint32_t fsr)
{
	return fsr & 0x3f;
}

struct translation cpu_translate(va_t va, bool write)
{
	uint64_t par;

	if (write)
		__asm__ volatile("mcr p15, 0, %0, c7, c8, 1" ::"r"((uint32_t)va)
				 : "memory");
	else
		__asm__ volatile("mcr p15, 0, %0, c7, c8, 0" ::"r"((uint32_t)va)
				 : "memory");
	__asm__ volatile("isb\n\tmrrc p15, 0, %Q0, %R0, c7"
			 : "=r"(par)::"memory");
	if (par & 1)
		return (struct translation){ .status = par >> 1 & 0x3f };
	return (struct translation){
		.ok = true,
		.pa = (par & UINT64_C(0xfffffff000)) | (va & 0xfff),
		.non_secure = par >> 9 & 1,
		.memory = (unsigned int)(par >> 56),
	};
}
