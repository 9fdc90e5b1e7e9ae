/* SPDX-License-Identifier: BSD-2-Clause */
/* What differs between the table formats of ARMv7. */
#ifndef ARM_REGIME_H
#define ARM_REGIME_H

#include <dynshm/addr.h>
#include <pt_format.h>

/*
 * The static map, with the MMU off: secure RAM, devices, and RAM as the normal
 * world has it. The upper half of the addresses is the manager's.
 */
void map_build(void);
pte_t *regime_root(void);

/* Where it is, and how it is read; answers the bits that SCTLR gets. */
uint32_t regime_start(void);

/* The fault status in DFSR or IFSR, in the bits that it has in PAR. */
unsigned int regime_status(uint32_t fsr);

#endif
