/* SPDX-License-Identifier: BSD-2-Clause */
/* What tables.c asks of the data cache. Apart, so that tests can answer. */
#ifndef ARCH_ARM_CACHE_H
#define ARCH_ARM_CACHE_H

#include <stdint.h>

/* ID_MMFR3 and CTR */
uint32_t cpu_read_mmfr3(void);
uint32_t cpu_read_ctr(void);

/*
 * Clean the line around an address to where table walks look; the next dsb
 * waits for that.
 */
void cpu_clean_line(uint32_t at);

#endif
