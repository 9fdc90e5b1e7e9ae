/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the interface needs to know of the machine it runs on. The image's
 * kernel and the simulated machine provide it.
 */
#ifndef ABI_PLATFORM_H
#define ABI_PLATFORM_H

#include <stdbool.h>

#ifndef MAX_CORES
#define MAX_CORES 8
#endif

/* This core, below MAX_CORES. Interrupts masked. */
unsigned int platform_core(void);

/*
 * A call was interrupted. True: the interrupt was the secure world's and has
 * been dealt with. False: it is the normal world's, which has to see it.
 */
bool platform_take_interrupt(void);

/*
 * The call that runs lets a pending interrupt stop it; closed again when it
 * goes on.
 */
void platform_open_interrupts(void);

#endif
