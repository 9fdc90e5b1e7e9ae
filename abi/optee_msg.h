/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OP-TEE's message interface: the argument structure in shared memory, its
 * commands, and the result codes of the GlobalPlatform TEE API.
 */
#ifndef ABI_OPTEE_MSG_H
#define ABI_OPTEE_MSG_H

#include <stddef.h>
#include <stdint.h>

/* struct msg_param.attr */
#define MSG_TYPE_MASK	     0xFFu
#define MSG_TYPE_NONE	     0x0u
#define MSG_TYPE_VALUE_INPUT 0x1u
#define MSG_TYPE_VALUE_INOUT 0x3u
#define MSG_TYPE_RMEM_INPUT  0x5u
#define MSG_TYPE_RMEM_INOUT  0x7u
#define MSG_TYPE_TMEM_INPUT  0x9u
#define MSG_TYPE_TMEM_OUTPUT 0xAu
#define MSG_TYPE_TMEM_INOUT  0xBu
#define MSG_ATTR_META	     0x100u
#define MSG_ATTR_NONCONTIG   0x200u

/* In every kind of parameter, the low two bits of the type. */
#define MSG_DIRECTION_IN  0x1u
#define MSG_DIRECTION_OUT 0x2u

struct msg_param {
	uint64_t attr;
	union {
		struct {
			uint64_t a, b, c;
		} value;
		struct {
			uint64_t pointer, size, cookie;
		} tmem;
		struct {
			uint64_t offset, size, cookie;
		} rmem;
	} u;
};

struct msg_header {
	uint32_t cmd;
	uint32_t func;
	uint32_t session;
	uint32_t cancel_id;
	uint32_t pad;
	uint32_t ret;
	uint32_t origin;
	uint32_t param_count;
};

_Static_assert(sizeof(struct msg_param) == 32, "set by the interface");
_Static_assert(sizeof(struct msg_header) == 32, "set by the interface");
_Static_assert(offsetof(struct msg_header, ret) == 0x14, "by the interface");

#define MSG_PARAM_LIMIT		    127u /* what fits a page */

#define MSG_CMD_OPEN_SESSION	    0u
#define MSG_CMD_INVOKE		    1u
#define MSG_CMD_CLOSE_SESSION	    2u
#define MSG_CMD_CANCEL		    3u
#define MSG_CMD_REGISTER_SHM	    4u
#define MSG_CMD_UNREGISTER_SHM	    5u

#define MSG_RPC_NOTIFICATION	    4u
#define MSG_RPC_NOTIFY_WAIT	    0u
#define MSG_RPC_NOTIFY_SEND	    1u
#define MSG_RPC_SHM_ALLOC	    6u
#define MSG_RPC_SHM_FREE	    7u
#define MSG_RPC_SHM_TYPE_KERNEL	    1u

#define MSG_LOGIN_PUBLIC	    0u
#define MSG_LOGIN_USER		    1u
#define MSG_LOGIN_GROUP		    2u
#define MSG_LOGIN_APPLICATION	    4u
#define MSG_LOGIN_USER_APPLICATION  5u
#define MSG_LOGIN_GROUP_APPLICATION 6u
#define MSG_LOGIN_REE_KERNEL	    0x80000000u

#define TEE_SUCCESS		    0x00000000u
#define TEE_ERROR_GENERIC	    0xFFFF0000u
#define TEE_ERROR_ACCESS_DENIED	    0xFFFF0001u
#define TEE_ERROR_CANCEL	    0xFFFF0002u
#define TEE_ERROR_ACCESS_CONFLICT   0xFFFF0003u
#define TEE_ERROR_BAD_PARAMETERS    0xFFFF0006u
#define TEE_ERROR_BAD_STATE	    0xFFFF0007u
#define TEE_ERROR_ITEM_NOT_FOUND    0xFFFF0008u
#define TEE_ERROR_NOT_IMPLEMENTED   0xFFFF0009u
#define TEE_ERROR_OUT_OF_MEMORY	    0xFFFF000Cu
#define TEE_ERROR_BUSY		    0xFFFF000Du
#define TEE_ERROR_SECURITY	    0xFFFF000Fu
#define TEE_ERROR_SHORT_BUFFER	    0xFFFF0010u
#define TEE_ERROR_TARGET_DEAD	    0xFFFF3024u

#define TEE_ORIGIN_TEE		    3u
#define TEE_ORIGIN_TRUSTED_APP	    4u

#endif
