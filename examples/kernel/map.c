// SPDX-License-Identifier: BSD-2-Clause
/*
 * The static map, in four tables, and what the library's accessors rely on
 * when they fault. The first descriptor of the root is ours; all others stay
 * invalid, and are the library's window.
 */
#include "kernel.h"

#include <dynshm/arch/pt_format.h>

extern const uint64_t extable_start[][2], extable_end[][2];

__attribute__((noreturn)) void fault_report(uint64_t esr, uint64_t far,
					    uint64_t elr);
uint64_t fault_find_fixup(uint64_t esr, uint64_t far, uint64_t elr);

/* Memory types are in the order that the library gives them. */
const uint64_t map_mair = PT_MAIR;

static pte_t tables[4][PT_ENTRY_COUNT] __attribute__((aligned(4096)));

/* Runs with the MMU off. */
void *map_build(void)
{
	pte_t *root = tables[0], *gibs = tables[1], *megs = tables[2];
	pte_t *devices = tables[3];
	const uint64_t meg2 = UINT64_C(1) << 21;

	root[0] = pte_make_table((uintptr_t)gibs, 0);
	gibs[0] = pte_make_table((uintptr_t)megs, 0);
	gibs[1] = pte_make_block(NORMAL_RAM, pte_attributes(SHM_MEM_SHARED));
	for (uint64_t at = 0; at < SECURE_RAM_SIZE; at += meg2)
		megs[(SECURE_RAM + at) / meg2] = pte_make_block(
			SECURE_RAM + at, pte_attributes(SHM_MEM_CACHED));
	megs[UART / meg2] = pte_make_table((uintptr_t)devices, 0);
	devices[UART / SHM_PAGE_SIZE % PT_ENTRY_COUNT] =
		pte_make_page(UART, pte_attributes(SHM_MEM_DEVICE));
	return root;
}

/* Nothing else may fault here. */
void fault_report(uint64_t esr, uint64_t far, uint64_t elr)
{
	print("unexpected exception: esr ");
	print_hex(esr);
	print(" far ");
	print_hex(far);
	print(" elr ");
	print_hex(elr);
	print("\n");
	machine_exit(2);
}

/* Where to go on after a fault at `elr`, which is the library's to expect. */
uint64_t fault_find_fixup(uint64_t esr, uint64_t far, uint64_t elr)
{
	for (const uint64_t(*at)[2] = extable_start; at != extable_end; at++)
		if ((*at)[0] == elr)
			return (*at)[1];
	fault_report(esr, far, elr);
}
