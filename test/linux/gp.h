/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory service through the distribution's own libteec, in a form that
 * fits a test's line.
 */
#ifndef TEST_LINUX_GP_H
#define TEST_LINUX_GP_H

#include <tee_client_api.h>

#include <client/service.h>

#include "tap.h"

struct gp {
	TEEC_Context context;
	TEEC_Session session;
};

/* Bails out when there is no service. */
void gp_init(struct gp *gp);
void gp_fini(struct gp *gp);

/* What an operation's parameters are; TEEC_* types, TEEC_NONE where unused. */
#define GP_TYPES(a, b) TEEC_PARAM_TYPES(a, b, TEEC_NONE, TEEC_NONE)

struct tee_result gp_invoke(struct gp *gp, uint32_t command,
			    TEEC_Operation *operation);

/* Registers, or bails out. */
void gp_register(struct gp *gp, TEEC_SharedMemory *memory, void *buffer,
		 size_t size);

/* Sum of a whole registration; UINT64_MAX when it was refused. */
uint64_t gp_sum(struct gp *gp, TEEC_SharedMemory *memory);

#endif
