/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls into the secure world, from one SMC to a whole exchange as Linux does
 * it. Everything that a hostile normal world would do differently is left to
 * the tests: they change a struct call between two steps.
 */
#ifndef TARGET_CALL_H
#define TARGET_CALL_H

#include "machine.h"
#include "wire.h"

/* One yielding call and the registers it has got to. */
struct call {
	uint64_t x[8];
	struct wire_arg *arg;
	struct wire_arg *rpc; /* where its RPC messages lie */
	uint64_t rpc_page;    /* what RPC ALLOC is answered with */
	uint64_t lent;	      /* what SHM_ALLOC is answered with, and cookie */
	uint64_t list;	      /* of the pages lent, for a guest */
	uint32_t freed;	      /* SHM_FREE requests served */
	uint32_t waits;	      /* NOTIFICATION requests served */
	uint32_t sends;
	uint32_t lost;	  /* waits that nobody ended in time */
	uint32_t last;	  /* a0 of the last return */
	uint32_t foreign; /* returns as if interrupted */
	uint64_t longest; /* ticks between an entry and its return */
};

/*
 * Who this core speaks for, until it is set anew: a7 of all that it sends. 0,
 * for everybody, while there is no hypervisor.
 */
void caller_set(uint32_t id);
uint32_t caller(void);

/* A fast call, or any other, with a1 only. Answers a0 as 64 bits. */
uint64_t smc_simple(uint32_t function, uint64_t a1);

/* Set the registers for a message; call_enter() sends it. */
void call_set(struct call *call, uint32_t function, struct wire_arg *arg);

/* A single SMC. Answers a0; the registers then stand ready to resume. */
uint32_t call_enter(struct call *call);

/* The same until it is not a matter of interrupts. */
uint32_t call_step(struct call *call);

/* a0 asks for something; the call is not over. */
bool is_rpc(uint64_t a0);

/* Put the usual answer to what it waits for in place, if to anything. */
void call_serve(struct call *call);

/*
 * Serve its RPCs as they should be, the one that it waits in first if it has
 * been entered, to the end.
 */
uint32_t call_finish(struct call *call);

/* Make x[0] the function id that resumes; call_enter() has done that. */
void call_reply_alloc(struct call *call, uint64_t pa, uint64_t cookie);
void call_reply_shm(struct call *call, uint64_t attr, uint64_t pa,
		    uint64_t size, uint64_t cookie);

/* Build a message: header, and `count` parameters that are NONE. */
void arg_set(struct wire_arg *arg, uint32_t cmd, uint32_t count);
void arg_param(struct wire_arg *arg, unsigned int i, uint64_t attr, uint64_t a,
	       uint64_t b, uint64_t c);

/* Messages that register a list, unregister, and ask for RPC_FILL. */
void arg_register(struct wire_arg *arg, uint64_t cookie, uint64_t list,
		  uint64_t size);
void arg_unregister(struct wire_arg *arg, uint64_t cookie);
void arg_rpc_fill(struct wire_arg *arg, uint32_t session, uint64_t size,
		  uint64_t first);

/* An argument page of this core, for messages that end at once. */
struct wire_arg *core_arg(void);

/* Send it with CALL_WITH_RPC_ARG. Answers `ret`, or a0 + NO_MESSAGE. */
#define NO_MESSAGE 0xDEAD0000u
uint32_t message(struct wire_arg *arg);

/*
 * Page lists: `count` pages in a row, or the same pages in an order in which
 * no two neighbours are adjacent. They stand in pages_take() memory.
 */
uint64_t list_run(uint64_t first, uint64_t count);
uint64_t list_scatter(uint64_t first, uint64_t count);
/* Entry `i` of a list whose pages lie in a row, as the two above do. */
uint64_t *list_entry(uint64_t list, uint64_t i);
uint64_t list_pages(uint64_t count); /* pages that such a list takes */

/* REGISTER_SHM and UNREGISTER_SHM. `list` may carry an offset. */
uint32_t shm_register(uint64_t cookie, uint64_t list, uint64_t size);
uint32_t shm_unregister(uint64_t cookie);

/* The calls without a message. They answer a0. */
uint32_t buffer_add(uint64_t cookie, uint64_t list, uint64_t size);
uint32_t buffer_remove(uint64_t cookie);

/* Sessions with the memory service; 0: refused. */
uint32_t session_open(void);
uint32_t session_close(uint32_t session);

/* The message of an INVOKE, for parameters to be put in. */
struct wire_arg *invoke_set(uint32_t session, uint32_t func);
/* What CHECKSUM says of a piece of a region; its `ret` in *ret. */
uint64_t checksum(uint32_t session, uint64_t cookie, uint64_t offset,
		  uint64_t size, uint32_t *ret);

/*
 * STATS: at most a page of records, from number `first` on. A session is
 * opened and closed for it. Answers how many; *total is how many there are.
 */
uint32_t stats_read(uint32_t first, struct stats_record *out, uint32_t count,
		    uint32_t *total);
/* The totals. */
void stats_totals(struct stats_record *out);
/* Free bytes of the pool, and what it is still owed. */
uint64_t pool_level(void);

#endif
