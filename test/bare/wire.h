/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface of the secure world in this program's own words: written from
 * the description of the interface, and not from the image's sources, which
 * it is here to judge.
 */
#ifndef TARGET_WIRE_H
#define TARGET_WIRE_H

#include <stdint.h>

/* The instruction, with all eight registers in and out. start.S */
void smc(uint64_t x[8]);

/* Fast calls. */
#define FID_CALLS_COUNT		  0xBF00FF00u
#define FID_CALLS_UID		  0xBF00FF01u
#define FID_CALLS_REVISION	  0xBF00FF03u
#define FID_GET_OS_UUID		  0xB2000000u
#define FID_GET_OS_REVISION	  0xB2000001u
#define FID_GET_SHM_CONFIG	  0xB2000007u
#define FID_L2CC_MUTEX		  0xB2000008u
#define FID_EXCHANGE_CAPABILITIES 0xB2000009u
#define FID_DISABLE_SHM_CACHE	  0xB200000Au
#define FID_ENABLE_SHM_CACHE	  0xB200000Bu
#define FID_BOOT_SECONDARY	  0xB200000Cu
#define FID_VM_CREATED		  0xB200000Du
#define FID_VM_DESTROYED	  0xB200000Eu
#define FID_GET_THREAD_COUNT	  0xB200000Fu
#define FID_ENABLE_ASYNC_NOTIF	  0xB2000010u
#define FID_GET_ASYNC_NOTIF	  0xB2000011u
#define FID_GET_PROTMEM_CONFIG	  0xB2000014u

/* Yielding calls. */
#define FID_RETURN_FROM_RPC    0x32000003u
#define FID_CALL_WITH_ARG      0x32000004u
#define FID_CALL_WITH_RPC_ARG  0x32000012u
#define FID_CALL_WITH_REGD_ARG 0x32000013u
#define FID_ADD_SHM_BUFFER     0x3200E000u
#define FID_REMOVE_SHM_BUFFER  0x3200E001u

/* Answers in a0. */
#define A0_OK		 0u
#define A0_ETHREAD_LIMIT 1u
#define A0_EBUSY	 2u
#define A0_ERESUME	 3u
#define A0_EBADADDR	 4u
#define A0_EBADCMD	 5u
#define A0_ENOMEM	 6u
#define A0_ENOTAVAIL	 7u
#define A0_UNKNOWN	 0xFFFFFFFFu
#define A0_RPC_ALLOC	 0xFFFF0000u
#define A0_RPC_FREE	 0xFFFF0002u
#define A0_RPC_FOREIGN	 0xFFFF0004u
#define A0_RPC_CMD	 0xFFFF0005u

/* Results in messages. */
#define RET_OK		    0u
#define RET_GENERIC	    0xFFFF0000u
#define RET_ACCESS_DENIED   0xFFFF0001u
#define RET_CANCEL	    0xFFFF0002u
#define RET_ACCESS_CONFLICT 0xFFFF0003u
#define RET_BAD_PARAMETERS  0xFFFF0006u
#define RET_BAD_STATE	    0xFFFF0007u
#define RET_ITEM_NOT_FOUND  0xFFFF0008u
#define RET_NOT_IMPLEMENTED 0xFFFF0009u
#define RET_OUT_OF_MEMORY   0xFFFF000Cu
#define RET_BUSY	    0xFFFF000Du
#define RET_SECURITY	    0xFFFF000Fu
#define RET_SHORT_BUFFER    0xFFFF0010u
#define RET_TARGET_DEAD	    0xFFFF3024u

#define ORIGIN_COMMS	    2u
#define ORIGIN_TEE	    3u
#define ORIGIN_TA	    4u

/* Commands of messages. */
#define CMD_OPEN       0u
#define CMD_INVOKE     1u
#define CMD_CLOSE      2u
#define CMD_CANCEL     3u
#define CMD_REGISTER   4u
#define CMD_UNREGISTER 5u

/* Commands of RPC messages. */
#define RPC_NOTIFICATION 4u
#define RPC_SHM_ALLOC	 6u
#define RPC_SHM_FREE	 7u

/* Value a of NOTIFICATION; b is the key. */
#define NOTIFY_WAIT 0u
#define NOTIFY_SEND 1u
#define NOTIFY_KEYS 256u /* as Linux has them */

/* Parameter attributes. */
#define NONE	    0x0u
#define VALUE_IN    0x1u
#define VALUE_OUT   0x2u
#define VALUE_INOUT 0x3u
#define RMEM_IN	    0x5u
#define RMEM_OUT    0x6u
#define RMEM_INOUT  0x7u
#define TMEM_IN	    0x9u
#define TMEM_OUT    0xAu
#define TMEM_INOUT  0xBu
#define META	    0x100u
#define NONCONTIG   0x200u
#define LIST	    (TMEM_OUT | NONCONTIG) /* REGISTER */

struct wire_param {
	uint64_t attr;
	uint64_t a; /* value a; PA; offset */
	uint64_t b; /* value b; size */
	uint64_t c; /* value c; cookie */
};

struct wire_arg {
	uint32_t cmd;
	uint32_t func;
	uint32_t session;
	uint32_t cancel_id;
	uint32_t pad;
	uint32_t ret;
	uint32_t origin;
	uint32_t count;
	struct wire_param param[];
};

#define RPC_PARAMS   4u
#define RPC_ARG_SIZE (32u + 32u * RPC_PARAMS)
#define LIST_ENTRIES 511u /* in a page of a list; then the link */

/* The memory service. */
#define UUID_LOW       UINT64_C(0x5A4E0D6B4E1C2A9F) /* 9f2a1c4e-6b0d-4e5a- */
#define UUID_HIGH      UINT64_C(0xF6A2907E5B1D378C) /* 8c37-1d5b7e90a2f6 */

#define MEM_CHECKSUM   0u
#define MEM_FILL       1u
#define MEM_COPY       2u
#define MEM_REVERSE    3u
#define MEM_HOLD       4u
#define MEM_RELEASE    5u
#define MEM_RPC_FILL   6u
#define MEM_STATS      7u
#define MEM_SET_BUDGET 8u
#define MEM_HELD_SUM   9u
#define MEM_GET_BUDGET 16u

struct stats_header {
	uint32_t magic;
	uint16_t version;
	uint16_t record_size;
	uint32_t count;
	uint32_t total;
};

struct stats_record {
	uint32_t guest;
	uint32_t state;
	uint32_t regions;
	uint32_t regions_peak;
	uint64_t pages;
	uint64_t pages_peak;
	uint32_t runs;
	uint32_t tables;
	uint64_t metadata;
	uint32_t active;
	uint32_t suspended;
	uint32_t sessions;
	uint32_t revoked;
	uint64_t refusals;
	uint32_t last_error;
	uint32_t reserved;
	uint64_t budget_pages;
	uint64_t budget_metadata;
	uint64_t owed;
	uint64_t pool_free;
	uint64_t va_reserved;
};

#endif
