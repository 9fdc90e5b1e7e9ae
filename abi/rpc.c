// SPDX-License-Identifier: BSD-2-Clause
/*
 * RPCs: the buffer their arguments lie in, the two that lend and return memory,
 * and notifications. A reply is copied once and believed in nothing.
 */
#define OPTEE_API 410 /* lengths */

#include "rpc.h"

#include "optee_smc.h"

#include <mm/core_memprot.h>

struct rpc_message {
	struct msg_header header;
	struct msg_param param;
};

/* Ask for a buffer to put RPC arguments into. */
static bool buffer_open(struct call *call)
{
	struct call_rpc *rpc = &call->rpc;
	pa_t pa;

	if (rpc->va != 0)
		return true;
	call_suspend(call, SMC_RPC_ALLOC,
		     sizeof(struct msg_header) +
			     RPC_PARAMS * sizeof(struct msg_param),
		     0);
	pa = (uint64_t)call->in[1] << 32 | call->in[2];
	rpc->cookie = (uint64_t)call->in[4] << 32 | call->in[5];
	rpc->asked_for = rpc->cookie != 0;
	if (pa == 0 || call_page_map(call->holdings, call->index, CALL_PAGE_RPC,
				     pa) != SHM_OK) {
		rpc_close(call);
		return false;
	}
	rpc->va = (uintptr_t)phys_to_virt(pa, MEM_AREA_NSEC_SHM, SHM_PAGE_SIZE);
	return rpc->va != 0;
}

void rpc_close(struct call *call)
{
	struct call_rpc *rpc = &call->rpc;

	call_page_unmap(call->holdings, call->index, CALL_PAGE_RPC);
	if (rpc->asked_for)
		call_suspend(call, SMC_RPC_FREE, (uint32_t)(rpc->cookie >> 32),
			     (uint32_t)rpc->cookie);
	*rpc = (struct call_rpc){ 0 };
}

/* One round trip with one parameter; the reply takes the request's place. */
static bool exchange(struct call *call, struct rpc_message *message)
{
	message->header.ret = TEE_ERROR_GENERIC;
	message->header.param_count = 1;
	if (!access_write(call->rpc.va, message, sizeof(*message)))
		return false;
	call_suspend(call, SMC_RPC_CMD, (uint32_t)(call->rpc.cookie >> 32),
		     (uint32_t)call->rpc.cookie);
	return access_read(message, call->rpc.va, sizeof(*message));
}

bool rpc_notify(struct call *call, uint64_t operation, uint64_t key)
{
	struct rpc_message message = {
		.header.cmd = MSG_RPC_NOTIFICATION,
		.param.attr = MSG_TYPE_VALUE_INPUT,
		.param.u.value = { operation, key, 0 },
	};

	return exchange(call, &message) && message.header.ret == TEE_SUCCESS;
}

static void shm_free(struct call *call, uint64_t cookie)
{
	struct rpc_message message = {
		.header.cmd = MSG_RPC_SHM_FREE,
		.param.attr = MSG_TYPE_VALUE_INPUT,
		.param.u.value = { MSG_RPC_SHM_TYPE_KERNEL, cookie, 0 },
	};

	(void)exchange(call, &message);
}

/* A reply that names memory at all, and so wants it back. */
static bool is_well_formed(const struct rpc_message *reply)
{
	return reply->header.ret == TEE_SUCCESS &&
	       reply->header.param_count == 1 &&
	       (reply->param.attr == MSG_TYPE_TMEM_OUTPUT ||
		reply->param.attr ==
			(MSG_TYPE_TMEM_OUTPUT | MSG_ATTR_NONCONTIG));
}

/*
 * Contiguous replies carry an address that a mediator does not translate: only
 * a normal world without a hypervisor may give one.
 */
static bool may_be_contiguous(const struct call *call)
{
	return call->guest->id == 0 && !shm_is_virtualized(call->shm);
}

static enum shm_status accept(struct call *call, const struct msg_param *reply,
			      uint64_t size, struct region **out)
{
	uint64_t pointer = reply->u.tmem.pointer;
	struct region_request request = {
		.size = size,
		.offset = (uint32_t)(pointer & SHM_PAGE_MASK),
	};
	struct region_source source = {
		.pa = pointer & ~SHM_PAGE_MASK,
		.contiguous = reply->attr == MSG_TYPE_TMEM_OUTPUT,
	};

	if (pointer == 0 || reply->u.tmem.size < size)
		return SHM_BAD_SIZE;
	if (source.contiguous && !may_be_contiguous(call))
		return SHM_BAD_ATTRIBUTE;
	return call_register(call, &request, source, true, out);
}

enum shm_status rpc_borrow(struct call *call, uint64_t size,
			   struct region **out, uint64_t *cookie)
{
	struct rpc_message message = {
		.header.cmd = MSG_RPC_SHM_ALLOC,
		.param.attr = MSG_TYPE_VALUE_INPUT,
		.param.u.value = { MSG_RPC_SHM_TYPE_KERNEL, size,
				   SHM_PAGE_SIZE },
	};
	enum shm_status st;

	if (!buffer_open(call))
		return SHM_REGION_GONE;
	if (!exchange(call, &message) || !is_well_formed(&message))
		return SHM_REGION_GONE;
	*cookie = message.param.u.tmem.cookie;
	st = accept(call, &message.param, size, out);
	if (st != SHM_OK)
		shm_free(call, *cookie);
	return st;
}

void rpc_give_back(struct call *call, struct region *region, uint64_t cookie)
{
	(void)region_put(region); /* nobody else knows it */
	region_leave(region);
	call_take_apart(call, region);
	shm_free(call, cookie);
}
