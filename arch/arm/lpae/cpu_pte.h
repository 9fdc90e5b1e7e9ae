/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long descriptors of AArch32: on a core that has them, ldrd and strd of an
 * aligned doubleword are one access for table walks, and to tables (ARM DDI
 * 0406C A3.5.3). The pool has to be memory that can do that, as RAM can.
 */
#ifndef CPU_PTE_H
#define CPU_PTE_H

#include <pt_format.h>

static inline pte_t pte_load(const pte_t *slot)
{
	pte_t value;

	__asm__ volatile("ldrd %0, %H0, %1" : "=r"(value) : "Q"(*slot));
	return value;
}

static inline void pte_write(pte_t *slot, pte_t value)
{
	__asm__ volatile("strd %1, %H1, %0" : "=Q"(*slot) : "r"(value));
}

#endif
