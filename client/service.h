/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory service as functions: one for each command that the tools use.
 * The wire contract is in docs/.
 */
#ifndef CLIENT_SERVICE_H
#define CLIENT_SERVICE_H

#include "tee.h"

enum service_command {
	SERVICE_CHECKSUM = 0,
	SERVICE_FILL = 1,
	SERVICE_COPY = 2,
	SERVICE_REVERSE = 3,
	SERVICE_HOLD = 4,
	SERVICE_RELEASE = 5,
	SERVICE_RPC_FILL = 6,
	SERVICE_STATS = 7,
	SERVICE_SET_BUDGET = 8,
	SERVICE_HELD_SUM = 9,
	SERVICE_GET_BUDGET = 16,
};

#define SERVICE_RESOURCES 6u
#define SERVICE_NO_LIMIT  UINT64_MAX

/* Of one resource, numbered as in enum resource. */
struct service_budget {
	uint64_t share;	  /* it gets so much whatever others do */
	uint64_t ceiling; /* SERVICE_NO_LIMIT: none */
	uint64_t used;
	uint64_t highest; /* that was used at any time */
};

/* 9f2a1c4e-6b0d-4e5a-8c37-1d5b7e90a2f6 */
extern const uint8_t service_uuid[TEE_IOCTL_UUID_LEN];

struct service {
	struct tee tee;
	uint32_t session;
};

/* A part of a registration. */
struct memref {
	const struct tee_shm *shm;
	uint64_t offset;
	uint64_t size;
};

static inline struct memref memref_whole(const struct tee_shm *shm)
{
	return (struct memref){ .shm = shm, .size = shm->size };
}

/* Opens the device and a session; both end with service_fini(). */
struct tee_result service_init(struct service *service);
void service_fini(struct service *service);

struct tee_result service_register(const struct service *service,
				   const void *memory, uint64_t size,
				   struct tee_shm *shm);
struct tee_result service_checksum(const struct service *service,
				   struct memref memory, uint64_t *sum);
struct tee_result service_fill(const struct service *service,
			       struct memref memory, uint8_t first);
struct tee_result service_copy(const struct service *service,
			       struct memref from, struct memref to);
struct tee_result service_reverse(const struct service *service,
				  struct memref memory);
struct tee_result service_hold(const struct service *service,
			       struct memref memory);
struct tee_result service_release(const struct service *service);
struct tee_result service_held_sum(const struct service *service,
				   uint64_t *sum);
struct tee_result service_set_budget(const struct service *service,
				     uint16_t guest, uint32_t resource,
				     uint64_t share, uint64_t ceiling);
struct tee_result service_get_budget(const struct service *service,
				     uint16_t guest, uint32_t resource,
				     struct service_budget *budget);
struct tee_result service_rpc_fill(const struct service *service, uint32_t size,
				   uint8_t first, uint64_t *sum);

#endif
