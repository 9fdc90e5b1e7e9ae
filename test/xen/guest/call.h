/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls into the secure world, as a guest of Xen makes them. */
#ifndef TEST_XEN_GUEST_CALL_H
#define TEST_XEN_GUEST_CALL_H

#include <abi/optee_msg.h>
#include <stdbool.h>

#include "report.h"

struct message {
	struct msg_header header;
	struct msg_param param[6];
};

struct registers {
	uint64_t x[8];
};

/* start.S */
void hypervisor_call(struct registers *registers);
_Noreturn void stop(void);

static inline struct report *report(void)
{
	return (struct report *)GUEST_REPORT;
}

/* All zero, with that command; there is one at a time. */
struct message *message_begin(uint32_t cmd, uint32_t param_count);

/* The same in another page, for a call while another waits. */
struct message *message_begin_nested(uint32_t cmd, uint32_t param_count);

/*
 * Make the call and serve its RPCs. A call that the order is to stop in does
 * not return, nor does one that failed.
 */
void message_send(struct message *message, enum step step);

/* True: refused with exactly these, a0 and `ret`; false: it succeeded. */
bool message_is_refused(struct message *message, enum step step, uint32_t a0,
			uint32_t ret);

/* Called in each RPC ALLOC, before it is answered; NULL: nothing. */
extern void (*on_alloc)(void);

/* The pages from `address` on as a page list. */
void list_pages(uint64_t address, uint32_t count);

_Noreturn void end(enum state state);

#endif
