/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doors of the secure world. The image's vectors call these with the
 * normal world's registers as they came; nothing in them has been checked.
 */
#ifndef ABI_SMC_H
#define ABI_SMC_H

#include <stdint.h>

/* In: x0..x7 at the SMC. Out: a[0]..a[3] go back, the rest is ignored. */
struct smc_args {
	uint64_t a[8];
};

/* Runs to completion with interrupts masked. */
void smc_fast(struct smc_args *args);

/*
 * Called with interrupts masked on the core's own stack; runs a call on its
 * own stack until it ends or has to go back. Interrupts come in where it takes
 * a checkpoint.
 */
void smc_yield(struct smc_args *args);

#endif
