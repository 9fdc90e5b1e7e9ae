/* SPDX-License-Identifier: BSD-2-Clause */
/* A CHECKSUM that takes long enough for something to happen meanwhile. */
#ifndef TEST_LINUX_LONG_CALL_H
#define TEST_LINUX_LONG_CALL_H

#include <pthread.h>
#include <stdatomic.h>

#include <client/stats.h>

#define LONG_CALL_SIZE (128u << 20)

struct long_call {
	const struct service *service;
	struct stats stats; /* tell when a call is under way */
	struct tee_shm shm;
	uint8_t *memory;
	uint64_t expected;
	uint32_t cancel_id; /* constant from begin on */
	int cpu;	    /* where to run it; -1: anywhere */
	pthread_t thread;
	atomic_int tid; /* 0 until the call is about to begin */
	atomic_bool ended;
	uint64_t end_ns; /* after the end: when it was */
	struct tee_result result;
	uint64_t sum;
};

/* Allocates, fills and registers memory once; bails out if it cannot. */
void long_call_init(struct long_call *call, const struct service *service);
void long_call_fini(struct long_call *call);

/* Begin in a thread of its own, and come back when the call is under way. */
void long_call_begin(struct long_call *call);

/* Likewise with another thread function, which gets the call. */
void long_call_begin_as(struct long_call *call, void *(*run)(void *call));

/* Wait for the end; true when the sum is what Linux has, else says why not. */
bool long_call_end(struct long_call *call);

uint64_t now_ns(void);
void sleep_ms(unsigned int ms);
void pin_to_cpu(int cpu); /* the calling thread */

#endif
