/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OP-TEE's SMC interface, as far as it is served here: function ids, return
 * codes and capabilities. Source: the interface facts of OP-TEE OS and Linux;
 * the two calls of owner 50 at 0xE000 are dynshm's own.
 */
#ifndef ABI_OPTEE_SMC_H
#define ABI_OPTEE_SMC_H

/* Fast calls. */
#define SMC_CALLS_COUNT		  0xBF00FF00u
#define SMC_CALLS_UID		  0xBF00FF01u
#define SMC_CALLS_REVISION	  0xBF00FF03u
#define SMC_GET_OS_UUID		  0xB2000000u
#define SMC_GET_OS_REVISION	  0xB2000001u
#define SMC_GET_SHM_CONFIG	  0xB2000007u
#define SMC_EXCHANGE_CAPABILITIES 0xB2000009u
#define SMC_DISABLE_SHM_CACHE	  0xB200000Au
#define SMC_ENABLE_SHM_CACHE	  0xB200000Bu
#define SMC_BOOT_SECONDARY	  0xB200000Cu
#define SMC_VM_CREATED		  0xB200000Du
#define SMC_VM_DESTROYED	  0xB200000Eu
#define SMC_GET_THREAD_COUNT	  0xB200000Fu
#define SMC_ENABLE_ASYNC_NOTIF	  0xB2000010u

/* Yielding calls. */
#define SMC_RETURN_FROM_RPC    0x32000003u
#define SMC_CALL_WITH_ARG      0x32000004u
#define SMC_CALL_WITH_RPC_ARG  0x32000012u
#define SMC_CALL_WITH_REGD_ARG 0x32000013u
#define SMC_ADD_SHM_BUFFER     0x3200E000u
#define SMC_REMOVE_SHM_BUFFER  0x3200E001u

/* a0 on return. */
#define SMC_OK		     0x0u
#define SMC_ETHREAD_LIMIT    0x1u
#define SMC_EBUSY	     0x2u
#define SMC_ERESUME	     0x3u
#define SMC_EBADADDR	     0x4u
#define SMC_EBADCMD	     0x5u
#define SMC_ENOMEM	     0x6u
#define SMC_ENOTAVAIL	     0x7u
#define SMC_UNKNOWN_FUNCTION 0xFFFFFFFFu

/* a0 that asks the normal world for something. */
#define SMC_RPC_ALLOC	     0xFFFF0000u
#define SMC_RPC_FREE	     0xFFFF0002u
#define SMC_RPC_FOREIGN_INTR 0xFFFF0004u
#define SMC_RPC_CMD	     0xFFFF0005u

/* EXCHANGE_CAPABILITIES, a1. */
#define SMC_NSEC_CAP_UNIPROCESSOR  0x1u
#define SMC_SEC_CAP_DYNAMIC_SHM	   0x04u
#define SMC_SEC_CAP_VIRTUALIZATION 0x08u
#define SMC_SEC_CAP_MEMREF_NULL	   0x10u
#define SMC_SEC_CAP_RPC_ARG	   0x40u

#endif
