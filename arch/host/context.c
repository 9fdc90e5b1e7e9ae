// SPDX-License-Identifier: BSD-2-Clause
/*
 * Flows of control for tests, by ucontext. A host stack is kept for each
 * address ever given as the top of a stack: code built for tests needs more
 * room than the target's stacks have.
 */
#define _GNU_SOURCE /* host interfaces beyond ISO C */
#include <kernel/context.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "sanitizer.h"
#include "sim_internal.h"

#define HOST_STACK_SIZE (UINT64_C(256) << 10)

struct host_flow {
	void *stack_top; /* of the target; the flow's identity */
	void *stack;	 /* of the host */
	void (*entry)(void *arg);
	void *arg;
	ucontext_t registers;
	ucontext_t *core; /* who runs it, while it runs */
	const void *core_stack;
	size_t core_stack_size;
	void *name; /* sanitizer.h */
	void *core_name;
	enum context_stop stop;
	struct host_flow *next;
};

static struct host_flow *flows;
static _Thread_local struct host_flow *running;

/* Not inlined: see sim_core_state(). */
__attribute__((noinline)) static struct host_flow *running_flow(void)
{
	__asm__ volatile("");
	return running;
}

static struct host_flow *flow_of_stack(void *stack_top)
{
	struct host_flow *flow = flows;

	while (flow != NULL && flow->stack_top != stack_top)
		flow = flow->next;
	if (flow != NULL)
		return flow;
	flow = calloc(1, sizeof(*flow));
	if (flow == NULL)
		abort();
	flow->stack_top = stack_top;
	flow->stack = mmap(NULL, HOST_STACK_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (flow->stack == MAP_FAILED)
		abort();
	flow->next = flows;
	flows = flow;
	return flow;
}

/* Back to whoever runs the flow; returns when it is run again, if ever. */
static void leave_flow(struct host_flow *flow, enum context_stop stop)
{
	void *fake_stack = NULL;

	flow->stop = stop;
	stack_switch_begins(stop == CONTEXT_ENDED ? NULL : &fake_stack,
			    flow->core_stack, flow->core_stack_size);
	flow_name_switch(flow->core_name);
	swapcontext(&flow->registers, flow->core);
	stack_switch_ends(fake_stack, &flow->core_stack,
			  &flow->core_stack_size);
}

static void flow_main(void)
{
	struct host_flow *flow = running_flow();

	stack_switch_ends(NULL, &flow->core_stack, &flow->core_stack_size);
	flow->entry(flow->arg);
	leave_flow(flow, CONTEXT_ENDED);
	abort();
}

void context_init(struct context *context, void *stack_top,
		  void (*entry)(void *arg), void *arg)
{
	struct host_flow *flow;

	sim_enter();
	flow = flow_of_stack(stack_top);
	sim_leave();
	flow->entry = entry;
	flow->arg = arg;
	/* The one before may have been dropped half way. */
	if (flow->name != NULL)
		flow_name_free(flow->name);
	flow->name = flow_name_new();
	getcontext(&flow->registers);
	flow->registers.uc_stack.ss_sp = flow->stack;
	flow->registers.uc_stack.ss_size = HOST_STACK_SIZE;
	flow->registers.uc_link = NULL;
	makecontext(&flow->registers, flow_main, 0);
	context->flow = flow;
}

enum context_stop context_run(struct context *context)
{
	struct host_flow *flow = context->flow;
	struct sim_core_state *core = sim_core_state();
	void *fake_stack = NULL;
	ucontext_t here;

	if (!core->masked || core->locks != 0)
		sim_violation(
			"a flow is run with interrupts open or a lock "
			"held");
	flow->core = &here;
	flow->core_name = flow_name_of_caller();
	running = flow;
	core->in_flow = true;
	stack_switch_begins(&fake_stack, flow->stack, HOST_STACK_SIZE);
	flow_name_switch(flow->name);
	swapcontext(&here, &flow->registers);
	stack_switch_ends(fake_stack, NULL, NULL);
	running = NULL;
	core->in_flow = false;
	sim_core_mask(core, true);
	return flow->stop;
}

void context_suspend(void)
{
	if (sim_core_state()->locks != 0)
		sim_violation("a flow suspends itself with a lock held");
	leave_flow(running_flow(), CONTEXT_SUSPENDED);
}

void sim_context_interrupt(void)
{
	leave_flow(running_flow(), CONTEXT_INTERRUPTED);
}
