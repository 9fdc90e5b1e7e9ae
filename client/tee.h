/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TEE client over nothing but the kernel's ioctls: what libteec hides, such
 * as the number of a registration or the identifier that a cancellation names,
 * is in the caller's hands here.
 *
 * No function keeps state of its own; two threads may use one struct tee.
 */
#ifndef CLIENT_TEE_H
#define CLIENT_TEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/tee.h>

#define TEE_PARAMS 4

/* TEE results, as GlobalPlatform numbers them. */
enum {
	TEE_OK = 0,
	TEE_GENERIC = (int)0xffff0000,
	TEE_ACCESS_DENIED = (int)0xffff0001,
	TEE_CANCEL = (int)0xffff0002,
	TEE_ACCESS_CONFLICT = (int)0xffff0003,
	TEE_BAD_FORMAT = (int)0xffff0005,
	TEE_BAD_PARAMETERS = (int)0xffff0006,
	TEE_BAD_STATE = (int)0xffff0007,
	TEE_ITEM_NOT_FOUND = (int)0xffff0008,
	TEE_NOT_IMPLEMENTED = (int)0xffff0009,
	TEE_NOT_SUPPORTED = (int)0xffff000a,
	TEE_OUT_OF_MEMORY = (int)0xffff000c,
	TEE_BUSY = (int)0xffff000d,
	TEE_COMMUNICATION = (int)0xffff000e,
	TEE_SECURITY = (int)0xffff000f,
	TEE_SHORT_BUFFER = (int)0xffff0010,
	TEE_TARGET_DEAD = (int)0xffff3024,
};

enum {
	TEE_ORIGIN_API = 1,
	TEE_ORIGIN_COMMS = 2,
	TEE_ORIGIN_TEE = 3,
	TEE_ORIGIN_APP = 4,
};

/*
 * How a request ended: `err` is the errno of the ioctl, or 0 when the secure
 * world answered; only then `ret` and `origin` mean anything.
 */
struct tee_result {
	int err;
	uint32_t ret;
	uint32_t origin;
};

struct tee {
	int fd;
};

/* A registration; it ends when its descriptor is closed. */
struct tee_shm {
	int fd;
	int id;
	uint64_t size; /* bytes, as the driver rounds them */
};

static inline bool tee_ok(struct tee_result result)
{
	return result.err == 0 && result.ret == TEE_OK;
}

/* "TEE_BAD_STATE (0xffff0007) from the application", in `text`; returns it. */
const char *tee_result_text(struct tee_result result, char *text, size_t size);
const char *tee_ret_name(uint32_t ret); /* NULL: no name known */

/* `path` NULL: /dev/tee0. The caller closes with tee_fini(). */
struct tee_result tee_init(struct tee *tee, const char *path);
void tee_fini(struct tee *tee);
struct tee_result tee_version(const struct tee *tee,
			      struct tee_ioctl_version_data *version);

struct tee_result tee_register(const struct tee *tee, const void *memory,
			       uint64_t size, struct tee_shm *shm);
void tee_unregister(struct tee_shm *shm);

/* `uuid` as its 16 octets are written. */
struct tee_result tee_open_session(const struct tee *tee,
				   const uint8_t uuid[TEE_IOCTL_UUID_LEN],
				   uint32_t *session);
struct tee_result tee_close_session(const struct tee *tee, uint32_t session);

struct tee_call {
	uint32_t session;
	uint32_t command;
	uint32_t cancel_id;
	struct tee_ioctl_param param[TEE_PARAMS]; /* outputs come back here */
};

struct tee_result tee_invoke(const struct tee *tee, struct tee_call *call);
struct tee_result tee_cancel(const struct tee *tee, uint32_t session,
			     uint32_t cancel_id);

/* Parameters; those not set in a struct tee_call are of type NONE. */
static inline struct tee_ioctl_param tee_value(uint64_t attr, uint64_t a,
					       uint64_t b)
{
	return (struct tee_ioctl_param){ .attr = attr, .a = a, .b = b };
}

static inline struct tee_ioctl_param tee_memref(uint64_t attr,
						const struct tee_shm *shm,
						uint64_t offset, uint64_t size)
{
	return (struct tee_ioctl_param){
		.attr = attr,
		.a = offset,
		.b = size,
		.c = (__u64)shm->id,
	};
}

static inline struct tee_ioctl_param tee_null_memref(uint64_t attr,
						     uint64_t size)
{
	return (struct tee_ioctl_param){ .attr = attr,
					 .b = size,
					 .c = TEE_MEMREF_NULL };
}

#endif
