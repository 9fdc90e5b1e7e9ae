// SPDX-License-Identifier: BSD-2-Clause
/* The table of errors: library status, result in a message, a0. */
#include "status.h"

#include "optee_msg.h"
#include "optee_smc.h"

struct answer {
	uint32_t ret;
	uint32_t a0;
};

static const struct answer answers[SHM_STATUS_COUNT] = {
	[SHM_OK] = { TEE_SUCCESS, SMC_OK },
	[SHM_BAD_ADDRESS] = { TEE_ERROR_BAD_PARAMETERS, SMC_EBADADDR },
	[SHM_BAD_SIZE] = { TEE_ERROR_BAD_PARAMETERS, SMC_EBADADDR },
	[SHM_BAD_ATTRIBUTE] = { TEE_ERROR_BAD_PARAMETERS, SMC_EBADADDR },
	[SHM_NO_VA] = { TEE_ERROR_OUT_OF_MEMORY, SMC_ENOMEM },
	[SHM_NO_TABLE] = { TEE_ERROR_OUT_OF_MEMORY, SMC_ENOMEM },
	[SHM_NO_METADATA] = { TEE_ERROR_OUT_OF_MEMORY, SMC_ENOMEM },
	[SHM_OVER_BUDGET] = { TEE_ERROR_OUT_OF_MEMORY, SMC_ENOMEM },
	[SHM_CONFLICT] = { TEE_ERROR_ACCESS_CONFLICT, SMC_EBADADDR },
	[SHM_UNKNOWN_COOKIE] = { TEE_ERROR_BAD_PARAMETERS, SMC_EBADADDR },
	[SHM_COOKIE_IN_USE] = { TEE_ERROR_BUSY, SMC_EBUSY },
	[SHM_REGION_GONE] = { TEE_ERROR_TARGET_DEAD, SMC_EBADADDR },
	[SHM_UNKNOWN_GUEST] = { TEE_ERROR_TARGET_DEAD, SMC_ENOTAVAIL },
	[SHM_INTERRUPTED] = { TEE_ERROR_GENERIC, SMC_EBUSY },
	[SHM_BAD_STATE] = { TEE_ERROR_BAD_STATE, SMC_EBADADDR },
	[SHM_IN_USE] = { TEE_ERROR_BUSY, SMC_EBUSY },
};

uint32_t status_to_ret(enum shm_status st)
{
	return answers[st].ret;
}

uint32_t status_to_smc(enum shm_status st)
{
	return answers[st].a0;
}

uint32_t smc_to_ret(uint32_t a0)
{
	switch (a0) {
	case SMC_ETHREAD_LIMIT:
	case SMC_EBUSY:
		return TEE_ERROR_BUSY;
	case SMC_ENOMEM:
		return TEE_ERROR_OUT_OF_MEMORY;
	case SMC_ENOTAVAIL:
		return TEE_ERROR_TARGET_DEAD;
	default:
		return TEE_ERROR_BAD_PARAMETERS;
	}
}
