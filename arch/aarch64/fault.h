/* SPDX-License-Identifier: BSD-2-Clause */
/* Called by vectors.S with the victim's registers. */
#ifndef FAULT_H
#define FAULT_H

#include <stdint.h>

struct context;

/* The number of the vector: 0-3 on SP_EL0, 4-7 on SP_EL1; or none of them. */
enum fault_kind {
	FAULT_EL1T_SYNC = 0,
	FAULT_EL1T_SERROR = 3,
	FAULT_EL1H_SYNC = 4,
	FAULT_EL1H_SERROR = 7,
	FAULT_STACK_LOST = 16,
};

/* Where to go on after a synchronous exception; 0: nowhere. */
uint64_t fault_find_fixup(const struct context *frame, uint64_t esr);

/* Report and stop this core. Runs on the core's emergency stack. */
_Noreturn void fault_panic(const struct context *frame, enum fault_kind kind);

#endif
