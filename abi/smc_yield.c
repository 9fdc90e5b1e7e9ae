// SPDX-License-Identifier: BSD-2-Clause
/* The door for yielding calls: who calls, and is it a call or a resume. */
#include "call.h"
#include "core_page.h"
#include "optee_smc.h"
#include "status.h"
#include "tee.h"

static bool begins_a_call(uint32_t function)
{
	switch (function) {
	case SMC_CALL_WITH_ARG:
	case SMC_CALL_WITH_RPC_ARG:
	case SMC_CALL_WITH_REGD_ARG:
	case SMC_ADD_SHM_BUFFER:
	case SMC_REMOVE_SHM_BUFFER:
		return true;
	default:
		return false;
	}
}

void call_note_result(struct shm *shm, const uint32_t in[3], uint32_t a0)
{
	pa_t pa = (uint64_t)in[1] << 32 | in[2];

	if (in[0] == SMC_CALL_WITH_ARG || in[0] == SMC_CALL_WITH_RPC_ARG)
		core_page_write_result(shm, pa, smc_to_ret(a0));
}

/* A call that was refused before it began. */
static void refuse(struct smc_args *args, const uint32_t in[3], uint32_t a0)
{
	args->a[0] = a0;
	call_note_result(tee_shm(), in, a0);
}

/* On behalf of a guest that stays until this is over. */
static void serve(struct smc_args *args, const uint32_t in[4],
		  struct guest *guest)
{
	if (in[0] == SMC_RETURN_FROM_RPC) {
		call_resume(guest, args);
		return;
	}
	call_begin(guest, args);
	if (args->a[0] != SMC_ETHREAD_LIMIT)
		return;
	if (in[0] == SMC_CALL_WITH_REGD_ARG)
		call_note_limit(guest, in, SMC_ETHREAD_LIMIT);
	else
		refuse(args, in, SMC_ETHREAD_LIMIT);
}

void smc_yield(struct smc_args *args)
{
	uint32_t in[4];
	struct guest *guest;

	for (unsigned int i = 0; i < 8; i++)
		args->a[i] = (uint32_t)args->a[i];
	for (unsigned int i = 0; i < 4; i++)
		in[i] = (uint32_t)args->a[i];
	if (!begins_a_call(in[0]) && in[0] != SMC_RETURN_FROM_RPC) {
		args->a[0] = SMC_UNKNOWN_FUNCTION;
		return;
	}
	guest = tee_enter_guest((uint32_t)args->a[7]);
	if (guest == NULL) {
		refuse(args, in, SMC_ENOTAVAIL);
		return;
	}
	serve(args, in, guest);
	tee_exit_guest(guest);
}
