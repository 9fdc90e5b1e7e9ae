/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page that a guest and its creator share, and where everything lies in
 * the guest's memory. The creator writes the order before the guest starts and
 * after that only `go`.
 */
#ifndef TEST_XEN_GUEST_REPORT_H
#define TEST_XEN_GUEST_REPORT_H

#include <stdint.h>

#define GUEST_PAGE	  4096u
#define GUEST_BASE	  0x40000000u /* program and stack */
#define GUEST_REPORT	  0x40100000u
#define GUEST_ARGUMENT	  0x40101000u
#define GUEST_LIST	  0x40102000u
#define GUEST_RPC_PAGE	  0x40103000u
#define GUEST_NESTED	  0x40104000u /* an argument while another waits */
#define GUEST_RPC_MEMORY  0x40110000u
#define GUEST_RPC_LIMIT	  0x10000u /* bytes that an RPC may ask for */
#define GUEST_BUFFERS	  0x40200000u
#define GUEST_MEMORY_SIZE (12u << 20)

/* What Xen's mediator allows a guest at one time. */
#define BUFFER_COUNT 16u
#define BUFFER_PAGES 129u

enum order {
	ORDER_SERVICE, /* use every command once, leave nothing */
	ORDER_HOLD,    /* register all that Xen allows, and stop */
	ORDER_SUSPEND, /* stop in the RPC number `argument` of a call */
	ORDER_PREEMPT, /* stop in a call that was interrupted */
	ORDER_LOOP,    /* register and unregister for ever */
	ORDER_GROW,    /* register until refused, and all when told to go on */
	ORDER_NEST,    /* make calls in RPCs until one is not refused */
	ORDER_POWER_OFF, /* hold all; off in the RPC number `argument` */
};

enum state {
	STATE_NEW,
	STATE_RUNNING,
	STATE_FINISHED, /* the order is carried out */
	STATE_REFUSED,	/* something was; it goes on trying */
	STATE_STOPPED,	/* nothing more is done, in the middle of a call */
	STATE_FAILED,	/* see step, result and answer */
};

struct report {
	uint32_t order;
	uint32_t argument;
	uint32_t state;
	uint32_t step;	 /* the command that was last, see enum step */
	uint32_t result; /* a0 of the call that was last */
	uint32_t answer; /* and `ret` of its message */
	uint32_t rpc;	 /* a0 of the RPC that was last */
	uint32_t rpc_cmd;
	uint32_t rpc_count;
	uint32_t rounds; /* of ORDER_LOOP; refusals of others */
	uint32_t held;	 /* buffers registered, by ORDER_GROW */
	uint32_t go;	 /* its creator's: what was refused now has to go */
};

enum step {
	STEP_CAPABILITIES = 1,
	STEP_OPEN,
	STEP_REGISTER,
	STEP_FILL,
	STEP_LOOK,
	STEP_CHECKSUM,
	STEP_RPC_FILL,
	STEP_UNREGISTER,
	STEP_CLOSE,
	STEP_NESTED,
};

#endif
