// SPDX-License-Identifier: BSD-2-Clause
/* The memory service's commands, parameter by parameter. */
#include "service.h"

const uint8_t service_uuid[TEE_IOCTL_UUID_LEN] = {
	0x9f, 0x2a, 0x1c, 0x4e, 0x6b, 0x0d, 0x4e, 0x5a,
	0x8c, 0x37, 0x1d, 0x5b, 0x7e, 0x90, 0xa2, 0xf6,
};

#define VALUE_IN   TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT
#define VALUE_OUT  TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT
#define MEMORY_IN  TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT
#define MEMORY_OUT TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT
#define MEMORY_IO  TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT

static struct tee_ioctl_param memory_param(uint64_t attr, struct memref memory)
{
	return tee_memref(attr, memory.shm, memory.offset, memory.size);
}

static uint64_t value_64(const struct tee_ioctl_param *param)
{
	return (param->b << 32) | (param->a & 0xffffffffu);
}

struct tee_result service_init(struct service *service)
{
	struct tee_result result = tee_init(&service->tee, NULL);

	if (!tee_ok(result))
		return result;
	result = tee_open_session(&service->tee, service_uuid,
				  &service->session);
	if (!tee_ok(result))
		tee_fini(&service->tee);
	return result;
}

void service_fini(struct service *service)
{
	tee_close_session(&service->tee, service->session);
	tee_fini(&service->tee);
}

struct tee_result service_register(const struct service *service,
				   const void *memory, uint64_t size,
				   struct tee_shm *shm)
{
	return tee_register(&service->tee, memory, size, shm);
}

struct tee_result service_checksum(const struct service *service,
				   struct memref memory, uint64_t *sum)
{
	struct tee_call call = {
		.session = service->session,
		.command = SERVICE_CHECKSUM,
		.param = { memory_param(MEMORY_IN, memory),
			   tee_value(VALUE_OUT, 0, 0) },
	};
	struct tee_result result = tee_invoke(&service->tee, &call);

	*sum = value_64(&call.param[1]);
	return result;
}

struct tee_result service_fill(const struct service *service,
			       struct memref memory, uint8_t first)
{
	struct tee_call call = {
		.session = service->session,
		.command = SERVICE_FILL,
		.param = { memory_param(MEMORY_OUT, memory),
			   tee_value(VALUE_IN, first, 0) },
	};

	return tee_invoke(&service->tee, &call);
}

struct tee_result service_copy(const struct service *service,
			       struct memref from, struct memref to)
{
	struct tee_call call = {
		.session = service->session,
		.command = SERVICE_COPY,
		.param = { memory_param(MEMORY_IN, from),
			   memory_param(MEMORY_OUT, to) },
	};

	return tee_invoke(&service->tee, &call);
}

struct tee_result service_reverse(const struct service *service,
				  struct memref memory)
{
	struct tee_call call = {
		.session = service->session,
		.command = SERVICE_REVERSE,
		.param = { memory_param(MEMORY_IO, memory) },
	};

	return tee_invoke(&service->tee, &call);
}

struct tee_result service_hold(const struct service *service,
			       struct memref memory)
{
	struct tee_call call = {
		.session = service->session,
		.command = SERVICE_HOLD,
		.param = { memory_param(MEMORY_IO, memory) },
	};

	return tee_invoke(&service->tee, &call);
}

struct tee_result service_release(const struct service *service)
{
	struct tee_call call = {
		.session = service->session,
		.command = SERVICE_RELEASE,
	};

	return tee_invoke(&service->tee, &call);
}

struct tee_result service_held_sum(const struct service *service, uint64_t *sum)
{
	struct tee_call call = {
		.session = service->session,
		.command = SERVICE_HELD_SUM,
		.param = { tee_value(VALUE_OUT, 0, 0) },
	};
	struct tee_result result = tee_invoke(&service->tee, &call);

	*sum = value_64(&call.param[0]);
	return result;
}

struct tee_result service_rpc_fill(const struct service *service, uint32_t size,
				   uint8_t first, uint64_t *sum)
{
	struct tee_call call = {
		.session = service->session,
		.command = SERVICE_RPC_FILL,
		.param = { tee_value(VALUE_IN, size, first),
			   tee_value(VALUE_OUT, 0, 0) },
	};
	struct tee_result result = tee_invoke(&service->tee, &call);

	*sum = value_64(&call.param[1]);
	return result;
}

struct tee_result service_set_budget(const struct service *service,
				     uint16_t guest, uint32_t resource,
				     uint64_t share, uint64_t ceiling)
{
	struct tee_call call = {
		.session = service->session,
		.command = SERVICE_SET_BUDGET,
		.param = { tee_value(VALUE_IN, guest, resource),
			   tee_value(VALUE_IN, share, ceiling) },
	};

	return tee_invoke(&service->tee, &call);
}

struct tee_result service_get_budget(const struct service *service,
				     uint16_t guest, uint32_t resource,
				     struct service_budget *budget)
{
	struct tee_call call = {
		.session = service->session,
		.command = SERVICE_GET_BUDGET,
		.param = { tee_value(VALUE_IN, guest, resource),
			   tee_value(VALUE_OUT, 0, 0),
			   tee_value(VALUE_OUT, 0, 0) },
	};
	struct tee_result result = tee_invoke(&service->tee, &call);

	*budget = (struct service_budget){
		.share = call.param[1].a,
		.ceiling = call.param[1].b,
		.used = call.param[2].a,
		.highest = call.param[2].b,
	};
	return result;
}
