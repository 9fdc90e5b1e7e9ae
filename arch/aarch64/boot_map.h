/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The static map: what is there from boot to reset, identity mapped below
 * 512 GiB (entry 0 of the root table), and one window beside it for what boot
 * looks at only once. Entries 1 to 15 of the root stay free for the library.
 *
 * Only the boot core calls these, before the normal world runs. What cannot be
 * mapped is a panic: the machine was described wrongly or a limit below is too
 * low.
 */
#ifndef BOOT_MAP_H
#define BOOT_MAP_H

#include <arch/cpu.h>

#include "asm.h"

/* The last GiB below 512 GiB; identity mapped devices must lie below it. */
#define BOOT_WINDOW	 UINT64_C(0x7fc0000000)
#define BOOT_WINDOW_SIZE UINT64_C(0x40000000)

struct core_stack {
	uint8_t guard[CORE_STACK_SIZE]; /* never mapped */
	uint8_t stack[CORE_STACK_SIZE];
};

/* The level-0 table that TTBR0_EL1 of every core points at. */
pte_t *boot_root_table(void);

/* With the MMU off, as kernel/memory_map.c maps the image itself. */
void boot_map_early_console(void);

/*
 * Map whole pages from `va` on to `pa`, with 2 MiB blocks where both allow it.
 * Mapping again what is mapped the same way changes nothing.
 */
void boot_map_range(va_t va, pa_t pa, uint64_t size, enum shm_memtype type);

/* Unmap a page that was mapped as one; what is not mapped stays so. */
void boot_unmap_page(va_t va);

/* Unmap all of the boot window; its tables are free again. */
void boot_unmap_window(void);

/* Where the tables end that are in use: from here on it is the pool's. */
pa_t boot_map_end(void);

#endif
