// SPDX-License-Identifier: BSD-2-Clause
/* The commands of the memory service, each as one message. */
#include "service.h"

#include <abi/optee_smc.h>

#define CMD_CHECKSUM	  0u
#define CMD_FILL	  1u
#define CMD_RPC_FILL	  6u
#define TYPE_VALUE_OUTPUT 2u
#define TYPE_RMEM_INPUT	  5u
#define TYPE_RMEM_OUTPUT  6u

#define BUFFER_SIZE	  (BUFFER_PAGES * (uint64_t)GUEST_PAGE)
#define SMALL_SIZE	  (3u * (uint64_t)GUEST_PAGE + 5)

static uint64_t buffer_at(uint32_t index)
{
	return GUEST_BUFFERS + index * BUFFER_SIZE;
}

void get_capabilities(void)
{
	struct registers r = { { SMC_EXCHANGE_CAPABILITIES } };

	report()->step = STEP_CAPABILITIES;
	hypervisor_call(&r);
	report()->result = (uint32_t)r.x[0];
	report()->answer = (uint32_t)r.x[1];
	if (r.x[0] != SMC_OK || (r.x[1] & SMC_SEC_CAP_DYNAMIC_SHM) == 0)
		end(STATE_FAILED);
}

void open_set(struct message *message)
{
	/* 9f2a1c4e-6b0d-4e5a-8c37-1d5b7e90a2f6, octet by octet */
	message->param[0].attr = MSG_ATTR_META | MSG_TYPE_VALUE_INPUT;
	message->param[0].u.value.a = 0x5a4e0d6b4e1c2a9full;
	message->param[0].u.value.b = 0xf6a2907e5b1d378cull;
	message->param[1].attr = MSG_ATTR_META | MSG_TYPE_VALUE_INPUT;
}

uint32_t open_session(void)
{
	struct message *message = message_begin(MSG_CMD_OPEN_SESSION, 2);

	open_set(message);
	message_send(message, STEP_OPEN);
	return message->header.session;
}

void close_session(uint32_t session)
{
	struct message *message = message_begin(MSG_CMD_CLOSE_SESSION, 0);

	message->header.session = session;
	message_send(message, STEP_CLOSE);
}

static struct message *register_set(uint32_t index, uint32_t pages)
{
	struct message *message = message_begin(MSG_CMD_REGISTER_SHM, 1);

	list_pages(buffer_at(index), pages);
	message->param[0].attr = MSG_TYPE_TMEM_OUTPUT | MSG_ATTR_NONCONTIG;
	message->param[0].u.tmem.pointer = GUEST_LIST;
	message->param[0].u.tmem.size = pages * (uint64_t)GUEST_PAGE;
	message->param[0].u.tmem.cookie = buffer_at(index);
	return message;
}

void register_buffer(uint32_t index, uint32_t pages)
{
	message_send(register_set(index, pages), STEP_REGISTER);
}

bool register_is_refused(uint32_t index, uint32_t pages)
{
	return message_is_refused(register_set(index, pages), STEP_REGISTER,
				  SMC_OK, TEE_ERROR_OUT_OF_MEMORY);
}

void unregister_buffer(uint32_t index)
{
	struct message *message = message_begin(MSG_CMD_UNREGISTER_SHM, 1);

	message->param[0].attr = MSG_TYPE_RMEM_INPUT;
	message->param[0].u.rmem.cookie = buffer_at(index);
	message_send(message, STEP_UNREGISTER);
}

static struct message *invoke(uint32_t session, uint32_t func)
{
	struct message *message = message_begin(MSG_CMD_INVOKE, 2);

	message->header.session = session;
	message->header.func = func;
	return message;
}

static void set_buffer(struct msg_param *param, uint32_t type, uint32_t index)
{
	param->attr = type;
	param->u.rmem.size = BUFFER_SIZE;
	param->u.rmem.cookie = buffer_at(index);
}

void fill(uint32_t session, uint32_t index, uint8_t first)
{
	struct message *message = invoke(session, CMD_FILL);

	set_buffer(&message->param[0], TYPE_RMEM_OUTPUT, index);
	message->param[1].attr = MSG_TYPE_VALUE_INPUT;
	message->param[1].u.value.a = first;
	message_send(message, STEP_FILL);
}

/* The bytes are looked at from here, too; returns their sum. */
static uint64_t look(uint64_t address, uint64_t size, uint8_t first)
{
	const volatile uint8_t *byte = (const volatile uint8_t *)address;
	uint64_t sum = 0;

	report()->step = STEP_LOOK;
	for (uint64_t i = 0; i < size; i++) {
		if (byte[i] != (uint8_t)(first + i))
			end(STATE_FAILED);
		sum += byte[i];
	}
	return sum;
}

static void expect_sum(const struct msg_param *param, uint64_t sum)
{
	if (param->u.value.a != (uint32_t)sum || param->u.value.b != sum >> 32)
		end(STATE_FAILED);
}

static void checksum(uint32_t session, uint32_t index, uint64_t sum)
{
	struct message *message = invoke(session, CMD_CHECKSUM);

	set_buffer(&message->param[0], TYPE_RMEM_INPUT, index);
	message->param[1].attr = TYPE_VALUE_OUTPUT;
	message_send(message, STEP_CHECKSUM);
	expect_sum(&message->param[1], sum);
}

void rpc_fill(uint32_t session, uint8_t first)
{
	struct message *message = invoke(session, CMD_RPC_FILL);

	message->param[0].attr = MSG_TYPE_VALUE_INPUT;
	message->param[0].u.value.a = SMALL_SIZE;
	message->param[0].u.value.b = first;
	message->param[1].attr = TYPE_VALUE_OUTPUT;
	message_send(message, STEP_RPC_FILL);
	expect_sum(&message->param[1],
		   look(GUEST_RPC_MEMORY, SMALL_SIZE, first));
}

void use_buffer(uint32_t session, uint32_t index, uint8_t first)
{
	fill(session, index, first);
	checksum(session, index, look(buffer_at(index), BUFFER_SIZE, first));
}
