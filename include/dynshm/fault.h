/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel's handler of data aborts at its own level asks the library.
 *
 * Where a block or a group of descriptors is split, or memory changes its type,
 * while others use it, what is mapped there is invalid for a moment. Whoever
 * comes by takes a translation fault that is nobody's mistake.
 */
#ifndef DYNSHM_FAULT_H
#define DYNSHM_FAULT_H

#include <dynshm/shm.h>

/*
 * A translation fault at `va` was such a one: the handler returns to the
 * instruction, which then succeeds, or faults again and is asked about again.
 * That goes on for as long as another core holds the index lock, at most.
 * False: nothing is mapped there for this access.
 *
 * Takes no lock and touches nothing but the manager, whatever the interrupted
 * code holds.
 */
bool shm_fault_is_passing(const struct shm *shm, va_t va, bool write);

#endif
