/* SPDX-License-Identifier: BSD-2-Clause */
/* Short descriptors: words, each read and written in one access. */
#ifndef CPU_PTE_H
#define CPU_PTE_H

#include <pt_format.h>

static inline pte_t pte_load(const pte_t *slot)
{
	return *(const volatile pte_t *)slot;
}

static inline void pte_write(pte_t *slot, pte_t value)
{
	*(volatile pte_t *)slot = value;
}

#endif
