// SPDX-License-Identifier: BSD-2-Clause
/*
 * The door for fast calls. They run to their end with interrupts masked, so
 * each takes bounded time; those that identify the image answer anyone.
 */
#include "call.h"
#include "optee_smc.h"
#include "rpc.h"
#include "tee.h"

#ifndef RPC_ARG
#define RPC_ARG 1
#endif

#define API_MAJOR 2
#define API_MINOR 0
#define OS_MAJOR  0
#define OS_MINOR  1

/* In SMC_CALLS_COUNT: the fast calls below and the yielding ones. */
#define CALL_COUNT 19

static const uint32_t api_uid[4] = { 0x384FB3E0, 0xE7F811E3, 0xAF630002,
				     0xA5D5C51B };
static const uint32_t os_uuid[4] = { 0x5D0C8E36, 0x2B7F4C19, 0x9A41E3D7,
				     0x60F2B84C };

static void answer(struct smc_args *args, uint32_t a0, uint32_t a1, uint32_t a2,
		   uint32_t a3)
{
	args->a[0] = a0;
	args->a[1] = a1;
	args->a[2] = a2;
	args->a[3] = a3;
}

static void answer_uuid(struct smc_args *args, const uint32_t words[4])
{
	answer(args, words[0], words[1], words[2], words[3]);
}

/* Questions about the image, the same for everyone. False: another call. */
static bool identify(struct smc_args *args)
{
	switch (args->a[0]) {
	case SMC_CALLS_COUNT:
		answer(args, CALL_COUNT, 0, 0, 0);
		return true;
	case SMC_CALLS_UID:
		answer_uuid(args, api_uid);
		return true;
	case SMC_CALLS_REVISION:
		answer(args, API_MAJOR, API_MINOR, 0, 0);
		return true;
	case SMC_GET_OS_UUID:
		answer_uuid(args, os_uuid);
		return true;
	case SMC_GET_OS_REVISION:
		answer(args, OS_MAJOR, OS_MINOR, 0, 0);
		return true;
	case SMC_GET_THREAD_COUNT:
		answer(args, SMC_OK, CALLS_PER_GUEST, 0, 0);
		return true;
	default:
		return false;
	}
}

/* The hypervisor on its virtual machines. False: another call. */
static bool announce(struct smc_args *args)
{
	uint32_t client = (uint32_t)args->a[1];
	uint32_t a0 = SMC_ENOTAVAIL;

	if (args->a[0] != SMC_VM_CREATED && args->a[0] != SMC_VM_DESTROYED)
		return false;
	if (args->a[7] == 0)
		a0 = args->a[0] == SMC_VM_CREATED ? tee_create_guest(client)
						  : tee_destroy_guest(client);
	answer(args, a0, 0, 0, 0);
	return true;
}

/* A normal world starts: whatever one before it left behind goes. */
static void exchange_capabilities(struct smc_args *args, struct guest *guest)
{
	uint32_t caps = SMC_SEC_CAP_DYNAMIC_SHM | SMC_SEC_CAP_MEMREF_NULL |
			SMC_SEC_CAP_VIRTUALIZATION |
			(RPC_ARG ? SMC_SEC_CAP_RPC_ARG : 0);

	if (args->a[1] & ~(uint64_t)SMC_NSEC_CAP_UNIPROCESSOR)
		answer(args, SMC_ENOTAVAIL, 0, 0, 0);
	else if (!call_end_epoch(tee_shm(), guest))
		answer(args, SMC_EBUSY, 0, 0, 0);
	else
		answer(args, SMC_OK, caps, 0, RPC_ARG ? RPC_PARAMS : 0);
}

/* Calls of a guest. The cache of RPC buffers is always empty. */
static void serve(struct smc_args *args, struct guest *guest)
{
	switch (args->a[0]) {
	case SMC_EXCHANGE_CAPABILITIES:
		exchange_capabilities(args, guest);
		break;
	case SMC_ENABLE_SHM_CACHE:
		answer(args, SMC_OK, 0, 0, 0);
		break;
	case SMC_DISABLE_SHM_CACHE:
	case SMC_GET_SHM_CONFIG:
	case SMC_BOOT_SECONDARY:
	case SMC_ENABLE_ASYNC_NOTIF:
		answer(args, SMC_ENOTAVAIL, 0, 0, 0);
		break;
	default:
		answer(args, SMC_UNKNOWN_FUNCTION, 0, 0, 0);
		break;
	}
}

static bool is_guest_call(uint64_t function)
{
	switch (function) {
	case SMC_EXCHANGE_CAPABILITIES:
	case SMC_ENABLE_SHM_CACHE:
	case SMC_DISABLE_SHM_CACHE:
	case SMC_GET_SHM_CONFIG:
	case SMC_BOOT_SECONDARY:
	case SMC_ENABLE_ASYNC_NOTIF:
		return true;
	default:
		return false;
	}
}

void smc_fast(struct smc_args *args)
{
	struct guest *guest;

	for (unsigned int i = 0; i < 8; i++)
		args->a[i] = (uint32_t)args->a[i];
	if (identify(args) || announce(args))
		return;
	if (!is_guest_call(args->a[0])) {
		answer(args, SMC_UNKNOWN_FUNCTION, 0, 0, 0);
		return;
	}
	guest = tee_enter_guest((uint32_t)args->a[7]);
	if (guest == NULL) {
		answer(args, SMC_ENOTAVAIL, 0, 0, 0);
		return;
	}
	serve(args, guest);
	tee_exit_guest(guest);
}
