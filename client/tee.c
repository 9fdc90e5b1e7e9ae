// SPDX-License-Identifier: BSD-2-Clause
/* TEE requests as ioctls, and their answers as names. */
#include "tee.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct name {
	uint32_t value;
	const char *name;
};

static const struct name ret_names[] = {
	{ (uint32_t)TEE_OK, "TEE_SUCCESS" },
	{ (uint32_t)TEE_GENERIC, "TEE_ERROR_GENERIC" },
	{ (uint32_t)TEE_ACCESS_DENIED, "TEE_ERROR_ACCESS_DENIED" },
	{ (uint32_t)TEE_CANCEL, "TEE_ERROR_CANCEL" },
	{ (uint32_t)TEE_ACCESS_CONFLICT, "TEE_ERROR_ACCESS_CONFLICT" },
	{ (uint32_t)TEE_BAD_FORMAT, "TEE_ERROR_BAD_FORMAT" },
	{ (uint32_t)TEE_BAD_PARAMETERS, "TEE_ERROR_BAD_PARAMETERS" },
	{ (uint32_t)TEE_BAD_STATE, "TEE_ERROR_BAD_STATE" },
	{ (uint32_t)TEE_ITEM_NOT_FOUND, "TEE_ERROR_ITEM_NOT_FOUND" },
	{ (uint32_t)TEE_NOT_IMPLEMENTED, "TEE_ERROR_NOT_IMPLEMENTED" },
	{ (uint32_t)TEE_NOT_SUPPORTED, "TEE_ERROR_NOT_SUPPORTED" },
	{ (uint32_t)TEE_OUT_OF_MEMORY, "TEE_ERROR_OUT_OF_MEMORY" },
	{ (uint32_t)TEE_BUSY, "TEE_ERROR_BUSY" },
	{ (uint32_t)TEE_COMMUNICATION, "TEE_ERROR_COMMUNICATION" },
	{ (uint32_t)TEE_SECURITY, "TEE_ERROR_SECURITY" },
	{ (uint32_t)TEE_SHORT_BUFFER, "TEE_ERROR_SHORT_BUFFER" },
	{ (uint32_t)TEE_TARGET_DEAD, "TEE_ERROR_TARGET_DEAD" },
};

const char *tee_ret_name(uint32_t ret)
{
	for (size_t i = 0; i < sizeof(ret_names) / sizeof(ret_names[0]); i++) {
		if (ret_names[i].value == ret)
			return ret_names[i].name;
	}
	return NULL;
}

static const char *origin_name(uint32_t origin)
{
	switch (origin) {
	case TEE_ORIGIN_API:
		return "the client library";
	case TEE_ORIGIN_COMMS:
		return "the driver";
	case TEE_ORIGIN_TEE:
		return "the secure world";
	case TEE_ORIGIN_APP:
		return "the service";
	default:
		return "an unknown origin";
	}
}

const char *tee_result_text(struct tee_result result, char *text, size_t size)
{
	const char *name = tee_ret_name(result.ret);

	if (result.err != 0)
		snprintf(text, size, "%s (errno %d) from the driver",
			 strerror(result.err), result.err);
	else
		snprintf(text, size, "%s (0x%08x) from %s",
			 name ? name : "unknown result", result.ret,
			 origin_name(result.origin));
	return text;
}

static struct tee_result from_errno(int status)
{
	return (struct tee_result){ .err = status < 0 ? errno : 0 };
}

struct tee_result tee_init(struct tee *tee, const char *path)
{
	tee->fd = open(path ? path : "/dev/tee0", O_RDWR | O_CLOEXEC);
	return from_errno(tee->fd);
}

void tee_fini(struct tee *tee)
{
	close(tee->fd);
	tee->fd = -1;
}

struct tee_result tee_version(const struct tee *tee,
			      struct tee_ioctl_version_data *version)
{
	return from_errno(ioctl(tee->fd, TEE_IOC_VERSION, version));
}

struct tee_result tee_register(const struct tee *tee, const void *memory,
			       uint64_t size, struct tee_shm *shm)
{
	struct tee_ioctl_shm_register_data data = {
		.addr = (uintptr_t)memory,
		.length = size,
	};

	shm->fd = ioctl(tee->fd, TEE_IOC_SHM_REGISTER, &data);
	shm->id = data.id;
	shm->size = data.length;
	return from_errno(shm->fd);
}

void tee_unregister(struct tee_shm *shm)
{
	close(shm->fd);
	shm->fd = -1;
}

struct tee_result tee_open_session(const struct tee *tee,
				   const uint8_t uuid[TEE_IOCTL_UUID_LEN],
				   uint32_t *session)
{
	struct tee_ioctl_open_session_arg arg = {
		.clnt_login = TEE_IOCTL_LOGIN_PUBLIC,
	};
	struct tee_ioctl_buf_data data = {
		.buf_ptr = (uintptr_t)&arg,
		.buf_len = sizeof(arg),
	};
	struct tee_result result;

	memcpy(arg.uuid, uuid, sizeof(arg.uuid));
	result = from_errno(ioctl(tee->fd, TEE_IOC_OPEN_SESSION, &data));
	result.ret = arg.ret;
	result.origin = arg.ret_origin;
	*session = arg.session;
	return result;
}

struct tee_result tee_close_session(const struct tee *tee, uint32_t session)
{
	struct tee_ioctl_close_session_arg arg = { .session = session };

	return from_errno(ioctl(tee->fd, TEE_IOC_CLOSE_SESSION, &arg));
}

struct tee_result tee_invoke(const struct tee *tee, struct tee_call *call)
{
	union {
		struct tee_ioctl_invoke_arg arg;
		uint8_t room[sizeof(struct tee_ioctl_invoke_arg) +
			     sizeof(call->param)];
	} message;
	struct tee_ioctl_buf_data data = {
		.buf_ptr = (uintptr_t)&message,
		.buf_len = sizeof(message),
	};
	struct tee_result result;

	memset(&message, 0, sizeof(message));
	message.arg.func = call->command;
	message.arg.session = call->session;
	message.arg.cancel_id = call->cancel_id;
	message.arg.num_params = TEE_PARAMS;
	memcpy(message.room + sizeof(message.arg), call->param,
	       sizeof(call->param));
	result = from_errno(ioctl(tee->fd, TEE_IOC_INVOKE, &data));
	result.ret = message.arg.ret;
	result.origin = message.arg.ret_origin;
	memcpy(call->param, message.room + sizeof(message.arg),
	       sizeof(call->param));
	return result;
}

struct tee_result tee_cancel(const struct tee *tee, uint32_t session,
			     uint32_t cancel_id)
{
	struct tee_ioctl_cancel_arg arg = {
		.cancel_id = cancel_id,
		.session = session,
	};

	return from_errno(ioctl(tee->fd, TEE_IOC_CANCEL, &arg));
}
