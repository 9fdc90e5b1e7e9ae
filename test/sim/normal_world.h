/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The normal world for tests of the SMC interface: it makes calls as Linux
 * does, answers what the secure world asks for, and can be told to lie. All
 * numbers are written down here anew, from the interface's description.
 */
#ifndef TEST_SIM_NORMAL_WORLD_H
#define TEST_SIM_NORMAL_WORLD_H

#include "world.h"

#include <abi/smc.h>

/* Function ids. */
#define NW_EXCHANGE_CAPABILITIES UINT32_C(0xB2000009)
#define NW_VM_CREATED		 UINT32_C(0xB200000D)
#define NW_VM_DESTROYED		 UINT32_C(0xB200000E)
#define NW_RETURN_FROM_RPC	 UINT32_C(0x32000003)
#define NW_CALL_WITH_ARG	 UINT32_C(0x32000004)
#define NW_CALL_WITH_RPC_ARG	 UINT32_C(0x32000012)
#define NW_CALL_WITH_REGD_ARG	 UINT32_C(0x32000013)
#define NW_ADD_SHM_BUFFER	 UINT32_C(0x3200E000)
#define NW_REMOVE_SHM_BUFFER	 UINT32_C(0x3200E001)

/* a0 on return. */
enum {
	NW_OK,
	NW_ETHREAD_LIMIT,
	NW_EBUSY,
	NW_ERESUME,
	NW_EBADADDR,
	NW_EBADCMD,
	NW_ENOMEM,
	NW_ENOTAVAIL,
};

#define NW_UNKNOWN_FUNCTION UINT32_C(0xFFFFFFFF)
#define NW_RPC_ALLOC	    UINT32_C(0xFFFF0000)
#define NW_RPC_FREE	    UINT32_C(0xFFFF0002)
#define NW_RPC_FOREIGN_INTR UINT32_C(0xFFFF0004)
#define NW_RPC_CMD	    UINT32_C(0xFFFF0005)

/* Message commands and RPC commands. */
enum {
	NW_OPEN,
	NW_INVOKE,
	NW_CLOSE,
	NW_CANCEL,
	NW_REGISTER,
	NW_UNREGISTER
};
enum {
	NW_NOTIFICATION = 4, /* a: 0 wait, 1 send; b: the key */
	NW_SHM_ALLOC = 6,
	NW_SHM_FREE = 7
};

#define NW_NOTIFY_WAIT 0u
#define NW_NOTIFY_SEND 1u
#define NW_KEYS	       256u /* that Linux has */

/* Parameter attributes. */
#define NW_VALUE_IN	0x1
#define NW_VALUE_OUT	0x2
#define NW_VALUE_INOUT	0x3
#define NW_RMEM_IN	0x5
#define NW_RMEM_OUT	0x6
#define NW_RMEM_INOUT	0x7
#define NW_TMEM_IN	0x9
#define NW_TMEM_OUT	0xA
#define NW_TMEM_INOUT	0xB
#define NW_META		0x100
#define NW_NONCONTIG	0x200
#define NW_REGISTERABLE 0x20A

/* TEE results. */
#define NW_GENERIC	   UINT32_C(0xFFFF0000)
#define NW_ACCESS_DENIED   UINT32_C(0xFFFF0001)
#define NW_CANCELLED	   UINT32_C(0xFFFF0002)
#define NW_ACCESS_CONFLICT UINT32_C(0xFFFF0003)
#define NW_BAD_PARAMETERS  UINT32_C(0xFFFF0006)
#define NW_BAD_STATE	   UINT32_C(0xFFFF0007)
#define NW_ITEM_NOT_FOUND  UINT32_C(0xFFFF0008)
#define NW_NOT_IMPLEMENTED UINT32_C(0xFFFF0009)
#define NW_OUT_OF_MEMORY   UINT32_C(0xFFFF000C)
#define NW_BUSY		   UINT32_C(0xFFFF000D)
#define NW_SECURITY	   UINT32_C(0xFFFF000F)
#define NW_SHORT_BUFFER	   UINT32_C(0xFFFF0010)
#define NW_TARGET_DEAD	   UINT32_C(0xFFFF3024)

/* The memory service's commands. */
enum {
	NW_CHECKSUM,
	NW_FILL,
	NW_COPY,
	NW_REVERSE,
	NW_HOLD,
	NW_RELEASE,
	NW_RPC_FILL,
	NW_STATS,
	NW_SET_BUDGET,
	NW_HELD_SUM,
	NW_GET_BUDGET = 16,
};

#define NW_PARAMS 6

struct nw_param {
	uint64_t attr, a, b, c;
};

struct nw_message {
	uint32_t cmd, func, session, cancel_id, pad, ret, origin, count;
	struct nw_param params[NW_PARAMS];
};

/* Bytes of a message, behind which that of its RPCs lies. */
#define NW_ARGUMENT_SIZE(count) (32u + 32u * (count))

/* Memory that belongs to the normal world's own purposes, by page number. */
#define NW_ARGUMENT(n) (UINT64_C(0x43800000) + (n)*SHM_PAGE_SIZE)
#define NW_BUFFER_PA   UINT64_C(0x43a00000)	    /* what RPCs are given */
#define NW_COOKIES     UINT64_C(0xffff000000000000) /* | PA, for RPC memory */

/*
 * Called with the registers of each RPC. True: it has put the answer in place
 * for RETURN_FROM_RPC; false: the usual answer is given.
 */
typedef bool nw_rpc_fn(void *arg, struct smc_args *regs);

struct nw {
	uint32_t client;
	unsigned int page;     /* of the argument, and by that of lists */
	uint64_t rpc_argument; /* PA of the RPC argument of this call, or 0 */
	uint64_t next_buffer;  /* PA handed out next */
	nw_rpc_fn *on_rpc;
	void *on_rpc_arg;
	bool lends_lists;	 /* memory lent is named by a page list */
	bool abandon;		 /* never resume after FOREIGN_INTR */
	unsigned int interrupts; /* FOREIGN_INTR seen */
	unsigned int allocs;	 /* buffers given, pages and memory */
	unsigned int frees;
	unsigned int resumes;
};

/* A machine with the interface on it; a pool of this many bytes. */
void nw_start(struct nw *nw, uint64_t pool_size);

/* One SMC, fast or yielding by its id; a7 is the client. */
struct smc_args nw_smc(struct nw *nw, uint32_t id, uint32_t a1, uint32_t a2,
		       uint32_t a3, uint32_t a4, uint32_t a5, uint32_t a6);
/* The same, and resumed until it ends; a0. */
uint32_t nw_call(struct nw *nw, uint32_t id, uint32_t a1, uint32_t a2,
		 uint32_t a3, uint32_t a4, uint32_t a5, uint32_t a6);
/* Answer what `regs` ask for and resume, until it ends; a0. */
uint32_t nw_finish(struct nw *nw, struct smc_args *regs);

/* Answer what `regs` ask for and resume, once. */
void nw_serve(struct nw *nw, struct smc_args *regs);

/* Put a message into the argument page n and read it back. */
void nw_write(unsigned int n, const struct nw_message *message);
void nw_read(unsigned int n, struct nw_message *message);

/* Write, CALL_WITH_ARG, read. a0; the result is in the message. */
uint32_t nw_send(struct nw *nw, struct nw_message *message);

/* The hypervisor announces a machine, or its end; a0. */
uint32_t nw_create(struct nw *hypervisor, uint32_t id);
uint32_t nw_destroy(struct nw *hypervisor, uint32_t id);

/* Register pages under a cookie, by message; `ret`. */
uint32_t nw_register(struct nw *nw, uint64_t cookie, const pa_t *pages,
		     uint64_t count, uint32_t offset, uint64_t size);
uint32_t nw_unregister(struct nw *nw, uint64_t cookie);

/* The message that asks for a session with the memory service. */
struct nw_message nw_open_message(void);
/* A session with the memory service; 0: refused. */
uint32_t nw_open(struct nw *nw);
uint32_t nw_close(struct nw *nw, uint32_t session);
/* Invoke with up to four parameters, which come back; `ret`. */
uint32_t nw_invoke(struct nw *nw, uint32_t session, uint32_t command,
		   struct nw_param params[4]);

/* Calls that do nothing but bury the dead and keep guests ready. */
void nw_settle(struct nw *nw, unsigned int calls);

/* All that a refused call must leave alone. */
struct nw_look {
	uint64_t tables;
	uint64_t free_bytes;
	uint64_t stale;
};
struct nw_look nw_look(void);

#endif
