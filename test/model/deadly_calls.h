/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that guests die in: one message of each kind. */
#ifndef TEST_MODEL_DEADLY_CALLS_H
#define TEST_MODEL_DEADLY_CALLS_H

#include "sim/normal_world.h"

#define COOKIE UINT64_C(0xffff000012345680) /* a region of all pages */
#define COUNT  700u /* pages: two list pages, more than a leaf table */

/* By the test: memory of the guest, and a session that it has. */
extern pa_t deadly_pages[COUNT];
extern uint32_t deadly_session;

void message_register(struct nw_message *message);
void message_replace(struct nw_message *message);
void message_unregister(struct nw_message *message);
void message_open(struct nw_message *message);
void message_close(struct nw_message *message);
void message_checksum(struct nw_message *message);
void message_held_sum(struct nw_message *message);
void message_copy(struct nw_message *message);
void message_rpc_fill(struct nw_message *message);
void message_stats(struct nw_message *message);
void message_reverse(struct nw_message *message);
void message_fill(struct nw_message *message);
void message_hold(struct nw_message *message);
void message_release(struct nw_message *message);
void message_cancelling(struct nw_message *message);
void message_get_budget(struct nw_message *message);

#endif
