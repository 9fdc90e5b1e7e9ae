// SPDX-License-Identifier: BSD-2-Clause
/*
 * SET_BUDGET: what a guest may use, set by whoever may see all guests; and
 * GET_BUDGET, which says that, and what of it is used. The latter takes a guest
 * and a resource, and gives its share and its ceiling, what is used and the
 * most that was.
 */
#include "memory.h"

#include <abi/status.h>
#include <abi/tee.h>
#include <dynshm/usage.h>

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

static uint32_t refuse(struct call *call, enum shm_status st)
{
	guest_note_refusal(call->guest, st);
	/* Not a guest's own business: the caller named one that is not there.
	 */
	return st == SHM_UNKNOWN_GUEST ? TEE_ERROR_BAD_PARAMETERS
				       : status_to_ret(st);
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
	return refuse(call, st);
}

static void look_at_calls(const struct shm_usage *usage, void *arg)
{
	struct shm_usage *calls = arg;
	uint32_t active;
	uint32_t suspended;

	if (usage->calls == NULL)
		return;
	call_count(usage->calls, &active, &suspended);
	calls->used[RESOURCE_CALLS] = (uint64_t)active + suspended;
	calls->peak[RESOURCE_CALLS] = call_most(usage->calls);
}

/* Of one resource, all numbers are of one moment. */
static bool find_usage(struct shm *shm, uint64_t guest, struct shm_usage *out)
{
	return usage_find_guest(shm, (uint32_t)guest, look_at_calls, out,
				out) &&
	       out->guest == guest; /* all 64 bits of it */
}

/* Who may see all guests may ask for any, others for themselves. */
uint32_t memory_get_budget(struct call *call)
{
	uint64_t guest = call->params[0].a;
	uint64_t what = call->params[0].b;
	struct param *limits = &call->params[1];
	struct param *use = &call->params[2];
	struct shm_usage usage;

	if (!tee_is_privileged(call->guest) && guest != call->guest->id)
		return TEE_ERROR_ACCESS_DENIED;
	if (what >= RESOURCE_COUNT)
		return refuse(call, SHM_BAD_SIZE);
	if (!find_usage(call->shm, guest, &usage))
		return refuse(call, SHM_UNKNOWN_GUEST);
	limits->a = usage.share[what];
	limits->b = usage.ceiling[what];
	use->a = usage.used[what];
	use->b = usage.peak[what];
	return TEE_SUCCESS;
}
