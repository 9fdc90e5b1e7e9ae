// SPDX-License-Identifier: BSD-2-Clause
/*
 * The life of calls: free, active on a core, suspended until the normal world
 * resumes them. All changes of state are under the lock of the guest's calls,
 * so that an epoch ends with no call half way between two states.
 */
#include "call.h"

#include "core_page.h"
#include "optee_smc.h"
#include "platform.h"
#include "status.h"

/* A call goes back after this part of the millisecond that it may take. */
#define SLICE_NUMERATOR	  3
#define SLICE_DENOMINATOR 4

/* By core, each its own; NULL outside of calls. */
static struct call *running[MAX_CORES];

/* The calls' lock held; who counts calls does not take it. */
static void set_state(struct call *call, enum call_state state)
{
	__atomic_store_n(&call->state, state, __ATOMIC_RELAXED);
}

static enum call_state get_state(const struct call *call)
{
	return __atomic_load_n(&call->state, __ATOMIC_RELAXED);
}

/* Calls' lock held, as above. */
static void set_most(struct guest_calls *calls, uint32_t most)
{
	__atomic_store_n(&calls->most, most, __ATOMIC_RELAXED);
}

void call_drop_all(struct guest *guest)
{
	struct guest_calls *calls = calls_of(guest);
	cpu_irq_t irq = spin_lock(&calls->lock);

	for (unsigned int i = 0; i < CALLS_PER_GUEST; i++)
		/* model: CALLS_DROPPED */
		set_state(calls->calls[i], CALL_FREE);
	set_most(calls, 0);
	spin_unlock(&calls->lock, irq);
}

bool call_all_free(const struct guest *guest)
{
	uint32_t active;
	uint32_t suspended;

	call_count(guest->calls, &active, &suspended);
	return active == 0 && suspended == 0;
}

/* A free call, unless `most` are in flight. Calls' lock held. */
static struct call *find_free(const struct guest_calls *calls, uint64_t most)
{
	struct call *found = NULL;

	for (unsigned int i = 0; i < CALLS_PER_GUEST; i++) {
		if (calls->calls[i]->state != CALL_FREE)
			most--;
		else if (found == NULL)
			found = calls->calls[i];
		if (most == 0)
			return NULL;
	}
	return found;
}

/* Calls' lock held. */
static void raise_most(struct guest_calls *calls)
{
	uint32_t count = 0;

	for (unsigned int i = 0; i < CALLS_PER_GUEST; i++)
		count += calls->calls[i]->state != CALL_FREE;
	if (count > calls->most)
		set_most(calls, count);
}

/* The ceiling is at least 1: who has none in flight gets one. */
static struct call *take_free(const struct guest *guest)
{
	struct guest_calls *calls = calls_of(guest);
	uint64_t most = __atomic_load_n(&guest->ceiling[RESOURCE_CALLS],
					__ATOMIC_RELAXED);
	struct call *taken;
	cpu_irq_t irq = spin_lock(&calls->lock);

	taken = find_free(calls, most);
	if (taken != NULL) {
		set_state(taken, CALL_ACTIVE); /* model: CALL_BEGIN */
		raise_most(calls);
		__atomic_store_n(&taken->can_wake, false, __ATOMIC_RELAXED);
		__atomic_store_n(&taken->cancelled, false, __ATOMIC_RELAXED);
		taken->session_id = 0;
	}
	spin_unlock(&calls->lock, irq);
	return taken;
}

static struct call *take_suspended(struct guest_calls *calls, uint32_t index)
{
	struct call *taken = NULL;
	cpu_irq_t irq = spin_lock(&calls->lock);

	if (index < CALLS_PER_GUEST &&
	    calls->calls[index]->state == CALL_SUSPENDED) {
		taken = calls->calls[index];
		set_state(taken, CALL_ACTIVE); /* model: CALL_RESUME */
	}
	spin_unlock(&calls->lock, irq);
	return taken;
}

static void leave_core(struct call *call, enum call_state state)
{
	cpu_irq_t irq = spin_lock(&call->siblings->lock);

	set_state(call, state); /* model: CALL_LEAVE */
	spin_unlock(&call->siblings->lock, irq);
}

static void answer(struct smc_args *args, const uint32_t out[4])
{
	for (unsigned int i = 0; i < 4; i++)
		args->a[i] = out[i];
}

static void set_foreign_interrupt(struct call *call)
{
	call->out[0] = SMC_RPC_FOREIGN_INTR;
	call->out[1] = 0;
	call->out[2] = 0;
	call->out[3] = call->index;
}

/* Run it on this core until it has something for the normal world. */
static void run(struct call *call, struct smc_args *args)
{
	enum context_stop stop;

	call->until = cpu_counter() + cpu_counter_per_ms() * SLICE_NUMERATOR /
					      SLICE_DENOMINATOR;
	running[platform_core()] = call;
	do {
		stop = context_run(&call->context);
	} while (stop == CONTEXT_INTERRUPTED && platform_take_interrupt());
	running[platform_core()] = NULL;

	if (stop == CONTEXT_INTERRUPTED)
		set_foreign_interrupt(call);
	answer(args, call->out);
	/* From here on another core may take it. */
	leave_core(call, stop == CONTEXT_ENDED ? CALL_FREE : CALL_SUSPENDED);
}

struct call *call_running(void)
{
	return running[platform_core()];
}

static void copy_registers(struct call *call, const struct smc_args *args)
{
	for (unsigned int i = 0; i < 8; i++)
		call->in[i] = (uint32_t)args->a[i];
}

/* What a call held that was never run again is its guest's, and not ours. */
static void hold_nothing(struct call *call)
{
	call->holdings = NULL;
	call->argument.region = NULL;
	for (unsigned int i = 0; i < CALL_PARAMS; i++)
		call->params[i].region = NULL;
}

void call_begin(struct guest *guest, struct smc_args *args)
{
	struct call *call = take_free(guest);

	if (call == NULL) {
		args->a[0] = SMC_ETHREAD_LIMIT;
		return;
	}
	hold_nothing(call);
	copy_registers(call, args);
	call->awaits_alloc = false;
	context_init(
		&call->context,
		(void *)(uintptr_t)(shm_stack_top(&call->stack) - CALL_ROOM),
		call_main, call);
	run(call, args);
}

void call_resume(struct guest *guest, struct smc_args *args)
{
	struct call *call =
		take_suspended(calls_of(guest), (uint32_t)args->a[3]);

	if (call == NULL) {
		args->a[0] = SMC_ERESUME;
		return;
	}
	if (call->awaits_alloc)
		copy_registers(call, args);
	call->awaits_alloc = false;
	run(call, args);
}

bool call_end_epoch(struct shm *shm, struct guest *guest)
{
	struct guest_calls *calls = calls_of(guest);
	bool idle = true;
	cpu_irq_t irq = spin_lock(&calls->lock);

	for (unsigned int i = 0; i < CALLS_PER_GUEST; i++)
		idle = idle && calls->calls[i]->state != CALL_ACTIVE;
	for (unsigned int i = 0; idle && i < CALLS_PER_GUEST; i++)
		/* model: EPOCH */
		set_state(calls->calls[i], CALL_FREE);
	if (idle) {
		set_most(calls, 0);
		/* What is left after a slice, its next call cuts off. */
		(void)guest_cut_off(shm, guest);
	}
	spin_unlock(&calls->lock, irq);
	return idle;
}

void call_cancel(struct guest *guest, uint32_t session, uint32_t cancel_id)
{
	struct guest_calls *calls = calls_of(guest);
	cpu_irq_t irq = spin_lock(&calls->lock);

	for (unsigned int i = 0; i < CALLS_PER_GUEST; i++) {
		struct call *call = calls->calls[i];

		if (call->state != CALL_FREE && call->session_id == session &&
		    call->cancel_id == cancel_id)
			__atomic_store_n(&call->cancelled, true,
					 __ATOMIC_RELAXED);
	}
	spin_unlock(&calls->lock, irq);
}

void call_set_cancel_id(struct call *call, uint32_t session, uint32_t cancel_id)
{
	cpu_irq_t irq = spin_lock(&call->siblings->lock);

	call->session_id = session;
	call->cancel_id = cancel_id;
	spin_unlock(&call->siblings->lock, irq);
}

bool call_is_cancelled(const struct call *call)
{
	return __atomic_load_n(&call->cancelled, __ATOMIC_RELAXED);
}

void call_count(const void *guest_calls, uint32_t *active, uint32_t *suspended)
{
	const struct guest_calls *calls = guest_calls;

	*active = 0;
	*suspended = 0;
	for (unsigned int i = 0; i < CALLS_PER_GUEST; i++) {
		enum call_state state = get_state(calls->calls[i]);

		*active += state == CALL_ACTIVE;
		*suspended += state == CALL_SUSPENDED;
	}
}

uint32_t call_most(const void *guest_calls)
{
	const struct guest_calls *calls = guest_calls;

	return __atomic_load_n(&calls->most, __ATOMIC_RELAXED);
}

void call_suspend(struct call *call, uint32_t a0, uint32_t a1, uint32_t a2)
{
	call->out[0] = a0;
	call->out[1] = a1;
	call->out[2] = a2;
	call->out[3] = call->index;
	call->awaits_alloc = a0 == SMC_RPC_ALLOC;
	context_suspend();
}

void call_wait(struct call *call)
{
	call_suspend(call, SMC_RPC_FOREIGN_INTR, 0, 0);
}

void call_checkpoint(struct call *call)
{
	platform_open_interrupts();
	if (cpu_counter() >= call->until)
		call_wait(call);
}

/* Where `ret` lies in an argument at `offset` of a region, or 0. */
static va_t result_address(const struct region *region, uint64_t offset)
{
	if (offset > region->size ||
	    region->size - offset < sizeof(struct msg_header) ||
	    region_address(region, offset) % sizeof(uint64_t) != 0)
		return 0;
	return region_address(region, offset) +
	       offsetof(struct msg_header, ret);
}

/* The calls' lock keeps an epoch from ending under it. */
void call_note_limit(struct guest *guest, const uint32_t in[4], uint32_t a0)
{
	const uint32_t result[2] = { smc_to_ret(a0), TEE_ORIGIN_TEE };
	uint64_t cookie = (uint64_t)in[1] << 32 | in[2];
	struct guest_calls *calls = calls_of(guest);
	struct region *region;
	cpu_irq_t irq = spin_lock(&calls->lock);
	struct holdings *holdings = guest_holdings(guest);

	if (holdings != NULL &&
	    region_get(holdings, cookie, &region) == SHM_OK) {
		va_t va = result_address(region, in[3]);

		if (va != 0)
			(void)access_write(va, result, sizeof(result));
		(void)region_put(region); /* whoever waits looked before */
	}
	spin_unlock(&calls->lock, irq);
}
