/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking the normal world for things while a call waits. */
#ifndef ABI_RPC_H
#define ABI_RPC_H

#include "call.h"

/* Parameters that an RPC argument has room for; told in a3 of
 * EXCHANGE_CAPABILITIES. */
#define RPC_PARAMS 4u

/*
 * Borrow `size` bytes of normal-world memory as a region that this call holds.
 * On success *cookie is what gives it back. SHM_NO_METADATA and the like, or
 * SHM_REGION_GONE when the normal world refused or answered with nonsense.
 */
enum shm_status rpc_borrow(struct call *call, uint64_t size,
			   struct region **out, uint64_t *cookie);

/* Take the region apart and give the memory back. */
void rpc_give_back(struct call *call, struct region *region, uint64_t cookie);

/*
 * Have the normal world let this call sleep until the notification `key` is
 * sent, or send it (MSG_RPC_NOTIFY_*). The call has a buffer. False: it could
 * not be asked, or says no; what it says else is not to be relied upon either.
 */
bool rpc_notify(struct call *call, uint64_t operation, uint64_t key);

/* Give the RPC argument buffer back, if the call had to ask for one. */
void rpc_close(struct call *call);

#endif
