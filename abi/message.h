/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands of the message interface, one function each. */
#ifndef ABI_MESSAGE_H
#define ABI_MESSAGE_H

#include "call.h"

/*
 * Carry out the message in the call's argument. Answers a0; the result of the
 * command itself is written into the argument.
 */
uint32_t message_handle(struct call *call);

/* Each answers the `ret` of its command, and writes its own outputs. */
uint32_t message_register_shm(struct call *call);
uint32_t message_unregister_shm(struct call *call);
uint32_t message_cancel(struct call *call);
uint32_t message_close_session(struct call *call);

/* These also answer the origin. */
struct outcome {
	uint32_t ret;
	uint32_t origin;
};

struct outcome message_open_session(struct call *call);
struct outcome message_invoke(struct call *call);

/* The same for calls without a message; they answer a0. */
uint32_t buffer_add(struct call *call);
uint32_t buffer_remove(struct call *call);

#endif
