// SPDX-License-Identifier: BSD-2-Clause
/* Runs of descriptors, the clearing of pages, and walkers beside the cache. */
#include <cpu.h>

#include "cache.h"

/* ID_MMFR3[23:20]: not 0, walks see what is in the data cache. */
static bool walks_are_coherent(void)
{
	return (cpu_read_mmfr3() >> 20 & 15) != 0;
}

/* CTR.DminLine: log2 of the words of the smallest line. */
static uint32_t line_size(void)
{
	return UINT32_C(4) << (cpu_read_ctr() >> 16 & 15);
}

void cpu_clean_tables(const void *first, size_t size)
{
	uint32_t line, at, size_left;

	if (walks_are_coherent() || size == 0)
		return;
	line = line_size();
	at = (uint32_t)(uintptr_t)first & ~(line - 1);
	size_left = (uint32_t)(uintptr_t)first - at + size;
	/* The whole last line, too. */
	for (;; at += line, size_left -= line) {
		cpu_clean_line(at);
		if (size_left <= line)
			return;
	}
}

void pte_store_run(pte_t *slot, pte_t first, pte_t step, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pte_write(&slot[i], first);
		first += step;
	}
	cpu_clean_tables(slot, count * sizeof(*slot));
}

void pte_clear_run(pte_t *slot, size_t count)
{
	pte_store_run(slot, PTE_INVALID, 0, count);
}

void cpu_clear_page(void *page)
{
	uint32_t *words = page;

	for (size_t i = 0; i < SHM_PAGE_SIZE / sizeof(*words); i++)
		*(volatile uint32_t *)&words[i] = 0;
	cpu_clean_tables(page, SHM_PAGE_SIZE);
}
