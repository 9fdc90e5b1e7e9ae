/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions with a service, owned by a guest. Calls on one session may run in
 * parallel; each takes a use of it, and closing waits for the uses to end.
 */
#ifndef DYNSHM_SESSION_H
#define DYNSHM_SESSION_H

#include <dynshm/guest.h>

struct region;

struct session {
	struct rb_node node; /* owner->sessions, by id */
	struct holdings *owner;
	const void *service; /* the kernel's, constant */
	uint32_t id;	     /* never 0 */
	/* Under owner->lock. */
	bool closing;
	uint8_t waiter;	     /* whom the last session_put() names, or 0 */
	uint32_t uses;	     /* calls that run on it */
	struct region *held; /* kept between calls, or NULL */
};

/* A new session. SHM_OVER_BUDGET, SHM_NO_METADATA: nothing changed. */
enum shm_status session_create(struct holdings *owner, const void *service,
			       struct session **out);

/* Use it for a call. SHM_BAD_STATE: no such session, or it is closing. */
enum shm_status session_get(struct holdings *owner, uint32_t id,
			    struct session **out);

/*
 * Give the use back. Answers whom the caller has to wake, as session_await()
 * was told, if only the one that closes is left; else 0.
 */
uint8_t session_put(struct session *session);

/* As session_get(), but no other use begins from now on. */
enum shm_status session_get_to_close(struct holdings *owner, uint32_t id,
				     struct session **out);

/* Another call still runs on it. */
bool session_is_used(struct session *session);

/*
 * Have the last session_put() but the caller's own name `waiter`, not 0. False:
 * no other use is left.
 */
bool session_await(struct session *session, uint8_t waiter);

/* Let go of what it holds and free it; nothing may use it. */
void session_destroy(struct session *session);

/*
 * Keep a reference to `region` between calls. SHM_BAD_STATE: one is kept
 * already. session_release(): SHM_BAD_STATE: none is.
 */
enum shm_status session_hold(struct session *session, struct region *region);
enum shm_status session_release(struct session *session);

/*
 * What it holds, with a reference for the call. SHM_BAD_STATE: nothing.
 * SHM_REGION_GONE: it was unregistered or revoked.
 */
enum shm_status session_get_held(struct session *session, struct region **out);

#endif
