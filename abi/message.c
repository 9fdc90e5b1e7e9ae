// SPDX-License-Identifier: BSD-2-Clause
/* Which command a message asks for. */
#include "message.h"

#include "argument.h"
#include "optee_smc.h"

static struct outcome by_tee(uint32_t ret)
{
	return (struct outcome){ ret, TEE_ORIGIN_TEE };
}

uint32_t message_handle(struct call *call)
{
	struct outcome outcome;

	switch (call->argument.header.cmd) {
	case MSG_CMD_OPEN_SESSION:
		outcome = message_open_session(call);
		break;
	case MSG_CMD_INVOKE:
		outcome = message_invoke(call);
		break;
	case MSG_CMD_CLOSE_SESSION:
		outcome = by_tee(message_close_session(call));
		break;
	case MSG_CMD_CANCEL:
		outcome = by_tee(message_cancel(call));
		break;
	case MSG_CMD_REGISTER_SHM:
		outcome = by_tee(message_register_shm(call));
		break;
	case MSG_CMD_UNREGISTER_SHM:
		outcome = by_tee(message_unregister_shm(call));
		break;
	default:
		return SMC_EBADCMD;
	}
	if (!argument_write_result(call, outcome.ret, outcome.origin))
		return SMC_EBADADDR;
	return SMC_OK;
}
