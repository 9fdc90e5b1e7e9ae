// SPDX-License-Identifier: BSD-2-Clause
/* TLB conflicts: forget and try again, but not for ever. */
#include <cpu.h>
#include <dynshm/fault.h>

bool shm_fault_retry_conflict(struct shm_conflicts *seen, uint64_t pc, va_t va)
{
	if (seen->pc != pc || seen->va != va)
		*seen = (struct shm_conflicts){ .pc = pc, .va = va };
	if (seen->count == SHM_CONFLICTS_MAX)
		return false;
	seen->count++;
	tlb_invalidate_local();
	return true;
}
