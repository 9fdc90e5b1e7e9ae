/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One yielding call: its flow of control and all that it holds. A call runs
 * with interrupts masked and lets them in at its checkpoints, after bounded
 * work each; so it is suspended only where what it holds is on record here or
 * in its guest's holdings, and a call that is never resumed leaks nothing.
 *
 * Every guest has its own calls, made when the guest begins: no other guest
 * can keep one from starting. The object lies at the top of its stack page.
 */
#ifndef ABI_CALL_H
#define ABI_CALL_H

#include "optee_msg.h"
#include "smc.h"

#include <dynshm/guest.h>
#include <dynshm/region.h>
#include <dynshm/session.h>
#include <kernel/context.h>

#ifndef CALLS_PER_GUEST
#define CALLS_PER_GUEST 4
#endif

#define CALL_PARAMS 4u

enum call_state {
	CALL_FREE,
	CALL_ACTIVE,	/* runs on a core */
	CALL_SUSPENDED, /* waits for the normal world to resume it */
};

/* A parameter as a service sees it. */
struct param {
	uint8_t type;	/* MSG_TYPE_*, TMEM as RMEM; NONE */
	bool temporary; /* its region dies with the call */
	uint64_t a;	/* value */
	uint64_t b;
	struct region *region; /* memref; NULL: null reference */
	va_t va;	       /* of its first byte */
	uint64_t size;	       /* bytes; a service may change it */
	uint64_t capacity;     /* bytes, as the caller gave it */
};

/* Where the argument structure of a call lies. */
struct call_argument {
	va_t va;
	uint64_t size;		  /* bytes that belong to it */
	struct region *region;	  /* REGD_ARG: held; else NULL */
	struct msg_header header; /* read once */
};

/* The buffer for RPC arguments. */
struct call_rpc {
	va_t va;	 /* 0: none yet */
	uint64_t cookie; /* what to free, when it was asked for */
	bool asked_for;	 /* by RPC ALLOC */
};

struct guest_calls;

struct call {
	/* Constant after creation. */
	struct shm_stack stack;
	struct shm *shm;
	struct guest *guest;
	struct guest_calls *siblings;
	unsigned int index; /* below CALLS_PER_GUEST; a3 of its RPCs */
	/* Under siblings->lock. */
	enum call_state state;
	bool awaits_alloc; /* the next resume brings a buffer */
	bool can_wake;	   /* may be set without: it came with an RPC buffer */
	bool cancelled;
	uint32_t session_id; /* what CANCEL looks for */
	uint32_t cancel_id;
	/* The running call's own. */
	struct context context;
	uint32_t in[8];	 /* registers that came with the call, then resume */
	uint32_t out[4]; /* registers to go back */
	uint64_t until;	 /* counter at which it goes back by itself */
	struct holdings *holdings;
	struct call_argument argument;
	struct call_rpc rpc;
	struct session *session;
	struct param params[CALL_PARAMS];
	struct region *extra; /* worked on beside them: held, lent; or NULL */
};

/* The object's room at the top of its stack page; the stack begins below. */
#define CALL_ROOM ((sizeof(struct call) + 15) & ~(size_t)15)

/* All calls of a guest. */
struct guest_calls {
	struct spinlock lock;
	uint32_t most; /* in flight at any time since the guest began; atomic */
	struct call *calls[CALLS_PER_GUEST];
};

static inline struct guest_calls *calls_of(const struct guest *guest)
{
	return guest->calls;
}

/* Make the calls of a guest. SHM_NO_METADATA and the like: none was made. */
enum shm_status call_create_all(struct shm *shm, struct guest *guest);

/* Give them back. None may be in flight. */
void call_destroy_all(struct shm *shm, struct guest *guest);

/* The guest is gone: its suspended calls are never run again. */
void call_drop_all(struct guest *guest);

/* No call is in flight. */
bool call_all_free(const struct guest *guest);

/*
 * Begin, or resume, a call with the registers in args and run it until it
 * stops; args then holds what goes back.
 */
void call_begin(struct guest *guest, struct smc_args *args);
void call_resume(struct guest *guest, struct smc_args *args);

/* The call that runs on this core, or NULL. Interrupts masked. */
struct call *call_running(void);

/*
 * The guest starts over: drop its suspended calls and cut off what it has, or
 * begin to (guest_cut_off()); its next call goes on with that.
 * False when a call of it is running right now; nothing has changed then.
 */
bool call_end_epoch(struct shm *shm, struct guest *guest);

/* Mark the guest's calls on `session` with `cancel_id` as cancelled. */
void call_cancel(struct guest *guest, uint32_t session, uint32_t cancel_id);
void call_set_cancel_id(struct call *call, uint32_t session,
			uint32_t cancel_id);
bool call_is_cancelled(const struct call *call);

/* How many of a guest's calls are active, and how many suspended. */
void call_count(const void *guest_calls, uint32_t *active, uint32_t *suspended);

/* The most that were either at any time since the guest began, or anew. */
uint32_t call_most(const void *guest_calls);

/*
 * Called by the call itself after each piece of bounded work: lets interrupts
 * in, and goes back to the normal world when a millisecond is over.
 */
void call_checkpoint(struct call *call);

/* Go back to the normal world now, as if interrupted. */
void call_wait(struct call *call);

/* Go back with these registers and a3 = the call; returns on resume. */
void call_suspend(struct call *call, uint32_t a0, uint32_t a1, uint32_t a2);

/*
 * A call of this kind (its first registers in `in`) ends with a0: say so in
 * its argument page, too, if it has a valid one. Needs no call object.
 */
void call_note_result(struct shm *shm, const uint32_t in[3], uint32_t a0);

/*
 * The same for a call whose argument lies in registered memory (cookie in
 * in[1] and in[2], offset in in[3]) and that never began.
 */
void call_note_limit(struct guest *guest, const uint32_t in[4], uint32_t a0);

/*
 * Register a region for the call's guest, with a reference for the call if
 * `hold`. Takes as many slices as it needs, with a checkpoint after each.
 */
struct region_source {
	pa_t pa; /* of the first list page, or of the memory itself */
	bool contiguous;
};

enum shm_status call_register(struct call *call,
			      const struct region_request *request,
			      struct region_source source, bool hold,
			      struct region **out);

/*
 * Before the pool is asked for something: while it runs short and corpses hold
 * some of it, bury these. So no refusal is due to what the dead hold.
 */
void call_make_room(struct call *call);

/* Take a leaving region apart, once no other call uses it. */
void call_take_apart(struct call *call, struct region *region);

/* What a call does, from its first register to its last. call_main.c */
void call_main(void *self);

#endif
