// SPDX-License-Identifier: BSD-2-Clause
/* SET_BUDGET: what a guest may use, set by whoever may see all guests. */
#include "memory.h"

#include <abi/status.h>
#include <abi/tee.h>

/* What the dead hold is nobody's share: bury them before giving up. */
static enum shm_status set_budget(struct call *call, uint32_t guest,
				  uint64_t what, struct shm_budget budget)
{
	enum shm_status st = guest_set_budget(call->shm, guest, what, budget);

	while (st == SHM_NO_METADATA && !call_is_cancelled(call)) {
		bool last = corpse_drain(call->shm) == SHM_OK;

		call_checkpoint(call);
		st = guest_set_budget(call->shm, guest, what, budget);
		if (last)
			break;
	}
	return st;
}

uint32_t memory_set_budget(struct call *call)
{
	const struct param *which = &call->params[0];
	const struct param *amounts = &call->params[1];
	struct shm_budget budget = { amounts->a, amounts->b };
	enum shm_status st;

	if (!tee_is_privileged(call->guest))
		return TEE_ERROR_ACCESS_DENIED;
	if (which->a > UINT16_MAX)
		return TEE_ERROR_BAD_PARAMETERS;
	st = set_budget(call, (uint32_t)which->a, which->b, budget);
	if (st == SHM_OK)
		return TEE_SUCCESS;
	if (call_is_cancelled(call))
		return TEE_ERROR_CANCEL;
	guest_note_refusal(call->guest, st);
	/* Not a guest's own business: the caller named one that is not there.
	 */
	return st == SHM_UNKNOWN_GUEST ? TEE_ERROR_BAD_PARAMETERS
				       : status_to_ret(st);
}
