/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory service's commands. Each ends the guest when it is not answered as
 * it should be, or finds bytes that it should not.
 */
#ifndef TEST_XEN_GUEST_SERVICE_H
#define TEST_XEN_GUEST_SERVICE_H

#include "call.h"

void get_capabilities(void);

/* The parameters of a message that opens a session: two. */
void open_set(struct message *message);
uint32_t open_session(void);
void close_session(uint32_t session);

/* Buffers below BUFFER_COUNT, by number. */
void register_buffer(uint32_t index, uint32_t pages);
void unregister_buffer(uint32_t index);

/* True: OUT_OF_MEMORY; false: it is registered. */
bool register_is_refused(uint32_t index, uint32_t pages);

void fill(uint32_t session, uint32_t index, uint8_t first);

/* Fill it, look at it, and have it summed. */
void use_buffer(uint32_t session, uint32_t index, uint8_t first);

/* ALLOC, CMD ALLOC, CMD FREE and, where nothing is cached, FREE. */
void rpc_fill(uint32_t session, uint8_t first);

#endif
