// SPDX-License-Identifier: BSD-2-Clause
/* A yielding call from its first register to its last. */
#include "argument.h"
#include "call.h"
#include "core_page.h"
#include "message.h"
#include "optee_smc.h"
#include "platform.h"
#include "rpc.h"
#include "status.h"
#include "tee.h"

/*
 * Each call buries the dead for so many slices before it does its own work, so
 * that what is owed falls to 0 within a known number of calls.
 */
#define DRAIN_SLICES 64u

static void drain_some(struct call *call)
{
	for (unsigned int i = 0; i < DRAIN_SLICES; i++) {
		if (!tee_bury_slice() && corpse_drain(call->shm) == SHM_OK)
			return;
		call_checkpoint(call);
	}
}

/*
 * The next guest that the hypervisor makes must not depend on what the dead
 * still hold.
 */
static void keep_a_spare(struct call *call)
{
	if (!tee_lacks_spares())
		return;
	while (!tee_refill_spares() &&
	       corpse_drain(call->shm) == SHM_INTERRUPTED)
		call_checkpoint(call);
	/* Its stacks had to be cleared. */
	call_checkpoint(call);
}

/* Holdings to work with, if need be out of what the dead still hold. */
static enum shm_status prepare(struct call *call)
{
	enum shm_status st = guest_prepare(call->shm, call->guest);

	while (st == SHM_INTERRUPTED ||
	       (st != SHM_OK && corpse_drain(call->shm) == SHM_INTERRUPTED)) {
		call_checkpoint(call);
		st = guest_prepare(call->shm, call->guest);
	}
	if (st != SHM_OK)
		st = guest_prepare(call->shm, call->guest);
	if (st == SHM_OK)
		call->holdings = call->guest->holdings;
	return st;
}

static uint32_t handle_message(struct call *call)
{
	uint32_t a0 = argument_open(call);

	if (a0 == SMC_OK) {
		a0 = message_handle(call);
		rpc_close(call);
	}
	/* A refusal shows in the argument, too, where there is one. */
	if (a0 != SMC_OK && call->argument.va != 0)
		(void)argument_write_result(call, smc_to_ret(a0),
					    TEE_ORIGIN_TEE);
	argument_close(call);
	return a0;
}

static uint32_t handle(struct call *call)
{
	enum shm_status st;

	drain_some(call);
	keep_a_spare(call);
	st = prepare(call);
	if (st != SHM_OK) {
		uint32_t a0 = status_to_smc(st);

		guest_note_refusal(call->guest, st);
		call_note_result(call->shm, call->in, a0);
		return a0;
	}
	switch (call->in[0]) {
	case SMC_ADD_SHM_BUFFER:
		return buffer_add(call);
	case SMC_REMOVE_SHM_BUFFER:
		return buffer_remove(call);
	default:
		return handle_message(call);
	}
}

void call_main(void *self)
{
	struct call *call = self;

	call->argument.region = NULL;
	call->out[0] = handle(call);
	call->out[1] = 0;
	call->out[2] = 0;
	call->out[3] = 0;
}
