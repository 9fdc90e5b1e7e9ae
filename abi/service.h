/* SPDX-License-Identifier: BSD-2-Clause */
/* Services inside the secure world that sessions are opened with. */
#ifndef ABI_SERVICE_H
#define ABI_SERVICE_H

#include "call.h"

struct service {
	uint64_t uuid[2]; /* octets 0..7 and 8..15 as little-endian words */
	/*
	 * Carry out command `call->argument.header.func` on call->params for
	 * call->session. Answers a TEE result.
	 */
	uint32_t (*invoke)(struct call *call);
};

/* One more, if a build brings it (IMAGE_EXTRA). */
extern const struct service service_extra __attribute__((weak));

/* By UUID, or NULL. */
const struct service *service_find(const uint64_t uuid[2]);

#endif
