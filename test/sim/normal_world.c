// SPDX-License-Identifier: BSD-2-Clause
/* The normal world's side of calls: registers, messages and RPCs. */
#include "normal_world.h"

#include <abi/tee.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RESUMES 100000u
#define MAX_YIELDS  5000000u
#define HEADER_SIZE 32u
#define PARAM_SIZE  sizeof(struct nw_param)
#define NW_CALLS    4u

static uint32_t high(uint64_t value)
{
	return (uint32_t)(value >> 32);
}

static uint32_t low(uint64_t value)
{
	return (uint32_t)value;
}

void nw_start(struct nw *nw, uint64_t pool_size)
{
	struct shm_config config;

	world_start_machine(pool_size);
	config = world_config(pool_size, NW_CALLS);
	if (tee_init(&config) != SHM_OK)
		abort();
	*nw = (struct nw){ .next_buffer = NW_BUFFER_PA };
	sim_interrupts_open(false);
}

static void enter(struct smc_args *regs)
{
	if ((uint32_t)regs->a[0] >> 31)
		smc_fast(regs);
	else
		smc_yield(regs);
}

struct smc_args nw_smc(struct nw *nw, uint32_t id, uint32_t a1, uint32_t a2,
		       uint32_t a3, uint32_t a4, uint32_t a5, uint32_t a6)
{
	struct smc_args regs = { { id, a1, a2, a3, a4, a5, a6, nw->client } };

	enter(&regs);
	return regs;
}

static pa_t take_buffer(struct nw *nw, uint64_t size)
{
	pa_t pa = nw->next_buffer;

	nw->next_buffer += (size + SHM_PAGE_MASK) & ~SHM_PAGE_MASK;
	if (nw->next_buffer > WORLD_RAM2_END)
		nw->next_buffer = pa = NW_BUFFER_PA;
	nw->allocs++;
	return pa;
}

/*
 * As Linux does, for calls on several threads: whoever waits stays here until
 * it is sent for, and a notification that comes first is remembered.
 */
static void serve_notification(struct nw_message *message)
{
	static atomic_bool sent[NW_KEYS];
	uint64_t key = message->params[0].b;

	message->ret = NW_BAD_PARAMETERS;
	if (key >= NW_KEYS)
		return;
	message->ret = 0;
	if (message->params[0].a == NW_NOTIFY_SEND) {
		atomic_store(&sent[key], true);
		return;
	}
	for (unsigned int i = 0; !atomic_exchange(&sent[key], false); i++) {
		if (i == MAX_YIELDS) {
			sim_violation("nobody wakes %d", (int)key);
			return;
		}
		sched_yield();
	}
}

/* Let it name a page of addresses instead of the memory itself. */
static void lend_list(struct nw *nw, struct nw_param *param)
{
	pa_t list = take_buffer(nw, SHM_PAGE_SIZE);
	uint64_t *words = sim_pointer(list);

	nw->allocs--; /* goes with what it lists */
	for (uint64_t i = 0; i << SHM_PAGE_SHIFT < param->b; i++)
		words[i] = param->a + (i << SHM_PAGE_SHIFT);
	param->attr |= NW_NONCONTIG;
	param->a = list;
}

/* As Linux 6.1 answers: contiguous memory, rounded up; or as a list of it. */
static void serve_command(struct nw *nw, const struct smc_args *regs)
{
	uint64_t cookie = regs->a[1] << 32 | (uint32_t)regs->a[2];
	pa_t pa = nw->rpc_argument;
	struct nw_message copy;
	struct nw_message *message = &copy;

	if (pa == 0)
		pa = cookie & ~NW_COOKIES;
	if (sim_pointer(pa) == NULL)
		return;
	world_copy(&copy, sim_pointer(pa), HEADER_SIZE + PARAM_SIZE);
	if (message->cmd == NW_SHM_ALLOC && message->params[0].b < 0x200000) {
		uint64_t size = message->params[0].b;
		pa_t buffer = take_buffer(nw, size);

		message->params[0] = (struct nw_param){ NW_TMEM_OUT, buffer,
							(size + SHM_PAGE_MASK) &
								~SHM_PAGE_MASK,
							NW_COOKIES | buffer };
		if (nw->lends_lists)
			lend_list(nw, &message->params[0]);
		message->ret = 0;
	} else if (message->cmd == NW_NOTIFICATION) {
		serve_notification(message);
	} else if (message->cmd == NW_SHM_FREE) {
		nw->frees++;
		message->ret = 0;
	} else {
		message->ret = NW_OUT_OF_MEMORY;
	}
	world_copy(sim_pointer(pa), &copy, HEADER_SIZE + PARAM_SIZE);
}

/* Leaves in `regs` what goes with RETURN_FROM_RPC. */
static void serve_rpc(struct nw *nw, struct smc_args *regs)
{
	pa_t pa;

	if (nw->on_rpc != NULL && nw->on_rpc(nw->on_rpc_arg, regs))
		return;
	switch (regs->a[0]) {
	case NW_RPC_ALLOC:
		pa = take_buffer(nw, regs->a[1]);
		regs->a[1] = high(pa);
		regs->a[2] = low(pa);
		regs->a[4] = high(NW_COOKIES | pa);
		regs->a[5] = low(NW_COOKIES | pa);
		break;
	case NW_RPC_FREE:
		nw->frees++;
		break;
	case NW_RPC_CMD:
		serve_command(nw, regs);
		break;
	default:
		nw->interrupts++;
		break;
	}
}

void nw_serve(struct nw *nw, struct smc_args *regs)
{
	serve_rpc(nw, regs);
	regs->a[0] = NW_RETURN_FROM_RPC;
	regs->a[7] = nw->client;
	nw->resumes++;
	enter(regs);
}

uint32_t nw_finish(struct nw *nw, struct smc_args *regs)
{
	for (unsigned int i = 0; i < MAX_RESUMES; i++) {
		uint32_t a0 = (uint32_t)regs->a[0];

		if (a0 < NW_RPC_ALLOC || a0 == NW_UNKNOWN_FUNCTION)
			return a0;
		if (nw->abandon && a0 == NW_RPC_FOREIGN_INTR) {
			nw->interrupts++;
			return a0;
		}
		nw_serve(nw, regs);
	}
	sim_violation("a call does not come to its end");
	return NW_UNKNOWN_FUNCTION;
}

uint32_t nw_call(struct nw *nw, uint32_t id, uint32_t a1, uint32_t a2,
		 uint32_t a3, uint32_t a4, uint32_t a5, uint32_t a6)
{
	struct smc_args regs = nw_smc(nw, id, a1, a2, a3, a4, a5, a6);

	return nw_finish(nw, &regs);
}

void nw_write(unsigned int n, const struct nw_message *message)
{
	size_t size = HEADER_SIZE + PARAM_SIZE * message->count;

	if (size > sizeof(*message))
		size = sizeof(*message);
	world_copy(sim_pointer(NW_ARGUMENT(n)), message, size);
}

void nw_read(unsigned int n, struct nw_message *message)
{
	world_copy(message, sim_pointer(NW_ARGUMENT(n)), sizeof(*message));
}

uint32_t nw_send(struct nw *nw, struct nw_message *message)
{
	uint32_t a0;

	nw_write(nw->page, message);
	nw->rpc_argument = 0;
	a0 = nw_call(nw, NW_CALL_WITH_ARG, high(NW_ARGUMENT(nw->page)),
		     low(NW_ARGUMENT(nw->page)), 0, 0, 0, 0);
	nw_read(nw->page, message);
	return a0;
}

/* `ret` of a message that has to end with a0 = 0. */
static uint32_t send_for_result(struct nw *nw, struct nw_message *message)
{
	uint32_t a0;

	message->ret = UINT32_C(0x5a5a5a5a);
	a0 = nw_send(nw, message);
	if (a0 != NW_OK)
		sim_violation("a0 = %#x, ret = %#x", a0, message->ret);
	return message->ret;
}

uint32_t nw_register(struct nw *nw, uint64_t cookie, const pa_t *pages,
		     uint64_t count, uint32_t offset, uint64_t size)
{
	struct nw_message message = { .cmd = NW_REGISTER, .count = 1 };
	pa_t list = world_write_list(nw->page * 4, pages, count);

	message.params[0] = (struct nw_param){ NW_REGISTERABLE, list | offset,
					       size, cookie };
	return send_for_result(nw, &message);
}

uint32_t nw_create(struct nw *hypervisor, uint32_t id)
{
	return (uint32_t)nw_smc(hypervisor, NW_VM_CREATED, id, 0, 0, 0, 0, 0)
		.a[0];
}

uint32_t nw_destroy(struct nw *hypervisor, uint32_t id)
{
	return (uint32_t)nw_smc(hypervisor, NW_VM_DESTROYED, id, 0, 0, 0, 0, 0)
		.a[0];
}

uint32_t nw_unregister(struct nw *nw, uint64_t cookie)
{
	struct nw_message message = { .cmd = NW_UNREGISTER, .count = 1 };

	message.params[0] = (struct nw_param){ NW_RMEM_IN, 0, 0, cookie };
	return send_for_result(nw, &message);
}

struct nw_message nw_open_message(void)
{
	static const uint8_t uuid[16] = { 0x9f, 0x2a, 0x1c, 0x4e, 0x6b, 0x0d,
					  0x4e, 0x5a, 0x8c, 0x37, 0x1d, 0x5b,
					  0x7e, 0x90, 0xa2, 0xf6 };
	struct nw_message message = { .cmd = NW_OPEN, .count = 2 };

	message.params[0].attr = NW_VALUE_IN | NW_META;
	memcpy(&message.params[0].a, uuid, sizeof(uuid));
	message.params[1].attr = NW_VALUE_IN | NW_META;
	return message;
}

uint32_t nw_open(struct nw *nw)
{
	struct nw_message message = nw_open_message();

	if (send_for_result(nw, &message) != 0)
		return 0;
	return message.session;
}

uint32_t nw_close(struct nw *nw, uint32_t session)
{
	struct nw_message message = { .cmd = NW_CLOSE, .session = session };

	return send_for_result(nw, &message);
}

uint32_t nw_invoke(struct nw *nw, uint32_t session, uint32_t command,
		   struct nw_param params[4])
{
	struct nw_message message = { .cmd = NW_INVOKE,
				      .func = command,
				      .session = session,
				      .count = 4 };
	uint32_t ret;

	memcpy(message.params, params, 4 * PARAM_SIZE);
	ret = send_for_result(nw, &message);
	memcpy(params, message.params, 4 * PARAM_SIZE);
	return ret;
}

void nw_settle(struct nw *nw, unsigned int calls)
{
	for (unsigned int i = 0; i < calls; i++)
		(void)nw_unregister(nw, 1);
}

struct nw_look nw_look(void)
{
	return (struct nw_look){
		.tables = world_tables_hash(),
		.free_bytes = meta_pool_free_bytes(&tee_shm()->pool),
		.stale = sim_tlb_stale_count(),
	};
}
