// SPDX-License-Identifier: BSD-2-Clause
/* Sessions: open, invoke, close, cancel. */
#include "argument.h"
#include "message.h"
#include "notify.h"
#include "params.h"
#include "service.h"
#include "status.h"

#define META_PARAMS    2u
#define META_ATTRIBUTE (MSG_TYPE_VALUE_INPUT | MSG_ATTR_META)

static struct outcome refused(uint32_t ret)
{
	return (struct outcome){ ret, TEE_ORIGIN_TEE };
}

static bool login_is_known(uint64_t login)
{
	switch (login) {
	case MSG_LOGIN_PUBLIC:
	case MSG_LOGIN_USER:
	case MSG_LOGIN_GROUP:
	case MSG_LOGIN_APPLICATION:
	case MSG_LOGIN_USER_APPLICATION:
	case MSG_LOGIN_GROUP_APPLICATION:
	case MSG_LOGIN_REE_KERNEL:
		return true;
	default:
		return false;
	}
}

/* The two parameters before a client's own: who is wanted, and who asks. */
static uint32_t read_meta(struct call *call, const struct service **service)
{
	struct msg_param meta[META_PARAMS];

	if (call->argument.header.param_count < META_PARAMS)
		return TEE_ERROR_BAD_PARAMETERS;
	for (unsigned int i = 0; i < META_PARAMS; i++) {
		if (!argument_read_param(call, i, &meta[i]))
			return TEE_ERROR_TARGET_DEAD;
		if (meta[i].attr != META_ATTRIBUTE)
			return TEE_ERROR_BAD_PARAMETERS;
	}
	if (!login_is_known(meta[1].u.value.c))
		return TEE_ERROR_BAD_PARAMETERS;
	*service = service_find(
		(const uint64_t[]){ meta[0].u.value.a, meta[0].u.value.b });
	return *service == NULL ? TEE_ERROR_ITEM_NOT_FOUND : TEE_SUCCESS;
}

static struct outcome open_with_params(struct call *call,
				       const struct service *service)
{
	struct session *session;
	enum shm_status st;
	uint32_t ret = params_read(call, META_PARAMS);

	if (ret != TEE_SUCCESS)
		return refused(ret);
	call_make_room(call);
	st = session_create(call->holdings, service, &session);
	if (st != SHM_OK) {
		guest_note_refusal(call->guest, st);
		return refused(status_to_ret(st));
	}
	if (!argument_write_session(call, session->id)) {
		session_destroy(session);
		return refused(TEE_ERROR_TARGET_DEAD);
	}
	return (struct outcome){ TEE_SUCCESS, TEE_ORIGIN_TRUSTED_APP };
}

struct outcome message_open_session(struct call *call)
{
	const struct service *service;
	struct outcome outcome = refused(read_meta(call, &service));

	if (outcome.ret == TEE_SUCCESS) {
		outcome = open_with_params(call, service);
		params_release(call);
	}
	if (outcome.ret != TEE_SUCCESS)
		(void)argument_write_session(call, 0);
	return outcome;
}

static struct outcome invoke_with_params(struct call *call)
{
	const struct service *service = call->session->service;
	uint32_t ret = params_read(call, 0);

	if (ret != TEE_SUCCESS)
		return refused(ret);
	ret = service->invoke(call);
	if (!params_write(call, 0))
		return refused(TEE_ERROR_TARGET_DEAD);
	return (struct outcome){ ret, TEE_ORIGIN_TRUSTED_APP };
}

struct outcome message_invoke(struct call *call)
{
	const struct msg_header *header = &call->argument.header;
	struct outcome outcome;
	uint8_t waiter;

	if (session_get(call->holdings, header->session, &call->session) !=
	    SHM_OK)
		return refused(TEE_ERROR_BAD_PARAMETERS);
	call_set_cancel_id(call, header->session, header->cancel_id);
	outcome = invoke_with_params(call);
	params_release(call);
	call_set_cancel_id(call, 0, 0);
	waiter = session_put(call->session);
	call->session = NULL;
	notify_wake(call, waiter);
	return outcome;
}

uint32_t message_close_session(struct call *call)
{
	struct session *session;

	if (call->argument.header.param_count != 0)
		return TEE_ERROR_BAD_PARAMETERS;
	if (session_get_to_close(call->holdings, call->argument.header.session,
				 &session) != SHM_OK)
		return TEE_ERROR_BAD_PARAMETERS;
	while (session_is_used(session)) {
		if (notify_can_wait(call) &&
		    session_await(session, notify_key(call)))
			notify_wait(call);
		else
			call_wait(call);
	}
	session_destroy(session);
	return TEE_SUCCESS;
}

uint32_t message_cancel(struct call *call)
{
	const struct msg_header *header = &call->argument.header;
	struct session *session;

	if (header->param_count != 0)
		return TEE_ERROR_BAD_PARAMETERS;
	if (session_get(call->holdings, header->session, &session) != SHM_OK)
		return TEE_ERROR_BAD_PARAMETERS;
	call_cancel(call->guest, header->session, header->cancel_id);
	notify_wake(call, session_put(session));
	return TEE_SUCCESS;
}
