// SPDX-License-Identifier: BSD-2-Clause
/* See cache.h. */
#include "cache.h"

uint32_t cpu_read_mmfr3(void)
{
	uint32_t mmfr3;

	__asm__("mrc p15, 0, %0, c0, c1, 7" : "=r"(mmfr3));
	return mmfr3;
}

uint32_t cpu_read_ctr(void)
{
	uint32_t ctr;

	__asm__("mrc p15, 0, %0, c0, c0, 1" : "=r"(ctr));
	return ctr;
}

/* DCCMVAU */
void cpu_clean_line(uint32_t at)
{
	__asm__ volatile("mcr p15, 0, %0, c7, c11, 1" ::"r"(at) : "memory");
}
