// SPDX-License-Identifier: BSD-2-Clause
/* Reading and writing a call's argument structure. */
#define OPTEE_API 410 /* lengths */

#include "argument.h"

#include "notify.h"
#include "optee_smc.h"
#include "rpc.h"
#include "status.h"

#include <mm/core_memprot.h>

static uint64_t halves(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

static uint64_t message_size(uint32_t params)
{
	return sizeof(struct msg_header) +
	       (uint64_t)params * sizeof(struct msg_param);
}

/* CALL_WITH_ARG and CALL_WITH_RPC_ARG: a page of its own. */
static uint32_t open_page(struct call *call)
{
	pa_t pa = halves(call->in[1], call->in[2]);

	if (call_page_map(call->holdings, call->index, CALL_PAGE_ARGUMENT,
			  pa) != SHM_OK)
		return SMC_EBADADDR;
	call->argument.va =
		(uintptr_t)phys_to_virt(pa, MEM_AREA_NSEC_SHM, SHM_PAGE_SIZE);
	call->argument.size = SHM_PAGE_SIZE;
	return call->argument.va != 0 ? SMC_OK : SMC_EBADADDR;
}

/* CALL_WITH_REGD_ARG: somewhere in a registered region. */
static uint32_t open_registered(struct call *call)
{
	uint64_t cookie = halves(call->in[1], call->in[2]);
	uint64_t offset = call->in[3];
	struct region *region;

	if (region_get_argument(call->holdings, cookie, &region) != SHM_OK)
		return SMC_EBADADDR;
	call->argument.region = region;
	if (offset > region->size ||
	    region->size - offset < sizeof(struct msg_header) ||
	    region_address(region, offset) % sizeof(uint64_t) != 0)
		return SMC_EBADADDR;
	call->argument.va = region_address(region, offset);
	call->argument.size = region->size - offset;
	return SMC_OK;
}

static uint32_t read_header(struct call *call)
{
	struct call_argument *argument = &call->argument;
	struct msg_header *header = &argument->header;
	bool with_rpc = call->in[0] != SMC_CALL_WITH_ARG;
	uint64_t size;

	if (!access_read(header, argument->va, sizeof(*header)))
		return SMC_EBADADDR;
	if (header->param_count > MSG_PARAM_LIMIT)
		return SMC_EBADADDR;
	size = message_size(header->param_count);
	if (with_rpc) {
		call->rpc.va = argument->va + size;
		size += message_size(RPC_PARAMS);
	}
	if (size > argument->size) {
		call->rpc.va = 0;
		return SMC_EBADADDR;
	}
	if (with_rpc)
		notify_ready(call);
	return SMC_OK;
}

uint32_t argument_open(struct call *call)
{
	uint32_t a0;

	call->argument.va = 0;
	call->argument.region = NULL;
	call->rpc = (struct call_rpc){ 0 };
	if (call->in[0] == SMC_CALL_WITH_REGD_ARG)
		a0 = open_registered(call);
	else
		a0 = open_page(call);
	if (a0 == SMC_OK)
		a0 = read_header(call);
	return a0;
}

void argument_close(struct call *call)
{
	if (call->argument.region != NULL)
		(void)region_put(call->argument.region);
	else
		call_page_unmap(call->holdings, call->index,
				CALL_PAGE_ARGUMENT);
	call->argument.region = NULL;
	call->argument.va = 0;
}

static va_t param_address(const struct call *call, unsigned int i)
{
	return call->argument.va + sizeof(struct msg_header) +
	       i * sizeof(struct msg_param);
}

bool argument_read_param(struct call *call, unsigned int i,
			 struct msg_param *out)
{
	return access_read(out, param_address(call, i), sizeof(*out));
}

bool argument_write_result(struct call *call, uint32_t ret, uint32_t origin)
{
	const uint32_t result[2] = { ret, origin };

	return access_write(call->argument.va +
				    offsetof(struct msg_header, ret),
			    result, sizeof(result));
}

bool argument_write_session(struct call *call, uint32_t session)
{
	return access_write(call->argument.va +
				    offsetof(struct msg_header, session),
			    &session, sizeof(session));
}

bool argument_write_value(struct call *call, unsigned int i, uint64_t a,
			  uint64_t b)
{
	const uint64_t value[2] = { a, b };

	return access_write(param_address(call, i) +
				    offsetof(struct msg_param, u.value.a),
			    value, sizeof(value));
}

bool argument_write_size(struct call *call, unsigned int i, uint64_t size)
{
	return access_write(param_address(call, i) +
				    offsetof(struct msg_param, u.tmem.size),
			    &size, sizeof(size));
}
