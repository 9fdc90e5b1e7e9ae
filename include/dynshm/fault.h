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

/*
 * TLB conflicts. Where a processor may be given a table in place of a block
 * that is in use (FEAT_BBM level 2), a TLB may come to hold entries of both,
 * and the architecture lets it answer an access that hits them by an abort of
 * its own kind, of data or instructions: pt_fault_is_conflict() (pt_format.h)
 * of the fault status. The cure is to forget everything and to try again.
 *
 * What each core has had of them, without anything else in between: zero at
 * first, and `count` is to be zero again whenever the core has got on, with
 * each call from the normal world at least.
 */
struct shm_conflicts {
	uint64_t pc;
	va_t va;
	uint64_t count;
};

/*
 * From the largest size down to a page, a mapping becomes smaller four times;
 * so many conflicts there can be, one after the other, at one address.
 */
#define SHM_CONFLICTS_MAX 4u

/*
 * This core's access to `va`, by the instruction at `pc`, met a TLB conflict.
 * Its TLB, and nobody else's, forgets all that EL1 has. True: the handler
 * returns to the instruction. False: that was tried as often as there can be a
 * reason to, so the tables themselves are wrong, and no retry will help.
 *
 * Takes no lock. The handler's own code, stack and `seen` are where nothing is
 * ever split: not in the library's windows.
 */
bool shm_fault_retry_conflict(struct shm_conflicts *seen, uint64_t pc, va_t va);

#endif
