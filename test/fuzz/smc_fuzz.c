// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sequences of SMCs with their memory: calls that are begun, resumed, lied to
 * and abandoned, on any core, while pages stop answering and interrupts come.
 * After each SMC no rule is broken; after a new epoch nothing is left.
 */
#include "fuzz_input.h"

#include "sim/normal_world.h"
#include "sim/owners.h"

#include <abi/tee.h>
#include <string.h>

#define POOL_SIZE  (UINT64_C(512) << 10)
#define TRACE_POOL (UINT64_C(16) << 20)
#define TRACE_SIZE (UINT64_C(16) << 20) /* of memory, at most */
#define MAX_STEPS  64u
#define ARGUMENTS  4u /* argument pages in use */
#define LISTS	   4u
#define GUESTS	   4u

static struct nw nw;

static uint64_t fuzz_cookie(struct fuzz_input *in)
{
	uint64_t choice = fuzz_take(in, 1);

	return choice < 250 ? choice & 7 : fuzz_take(in, 8);
}

static pa_t fuzz_list(struct fuzz_input *in)
{
	uint64_t choice = fuzz_take(in, 1);

	if (choice >= 240)
		return fuzz_page(in);
	return WORLD_LISTS_PA + choice % LISTS * SHM_PAGE_SIZE;
}

static uint64_t fuzz_size(struct fuzz_input *in)
{
	uint64_t choice = fuzz_take(in, 1);
	uint64_t size;

	if (choice < 128)
		return choice * 1000;
	size = choice < 250 ? fuzz_take(in, 3) : fuzz_take(in, 8);
	return fuzz_is_traced() ? size % TRACE_SIZE : size;
}

static struct nw_param fuzz_param(struct fuzz_input *in)
{
	static const uint64_t attrs[] = {
		0,
		NW_VALUE_IN,
		NW_VALUE_OUT,
		NW_VALUE_INOUT,
		NW_RMEM_IN,
		NW_RMEM_OUT,
		NW_RMEM_INOUT,
		NW_REGISTERABLE,
		NW_TMEM_IN | NW_NONCONTIG,
		NW_TMEM_INOUT | NW_NONCONTIG,
		NW_TMEM_OUT,
		NW_VALUE_IN | NW_META,
	};
	uint8_t choice = (uint8_t)fuzz_take(in, 1);
	struct nw_param param = { .attr = attrs[choice % 12] };

	if (choice >= 252)
		param.attr = fuzz_take(in, 8);
	if ((param.attr & 0xff) >= NW_TMEM_IN)
		param.a = fuzz_list(in) | (fuzz_take(in, 1) & 1) * 0x123;
	else
		param.a = fuzz_size(in);
	param.b = fuzz_size(in);
	param.c = fuzz_cookie(in);
	return param;
}

/* Put a message together somewhere in argument page n; where it begins. */
static void write_message(struct fuzz_input *in, unsigned int n)
{
	struct nw_message message = {
		.cmd = (uint32_t)fuzz_take(in, 1) % 7,
		.func = (uint32_t)fuzz_take(in, 1) % 11,
		.session = (uint32_t)fuzz_take(in, 1) % 4,
		.cancel_id = (uint32_t)fuzz_take(in, 1) % 2,
		.count = (uint32_t)fuzz_take(in, 1) % 7,
	};

	for (unsigned int i = 0; i < message.count && i < NW_PARAMS; i++)
		message.params[i] = fuzz_param(in);
	if (message.cmd == NW_OPEN && message.count >= 2) {
		/* The memory service, or nobody. */
		message.params[0] =
			(struct nw_param){ NW_VALUE_IN | NW_META,
					   UINT64_C(0x5a4e0d6b4e1c2a9f),
					   UINT64_C(0xf6a2907e5b1d378c), 0 };
		message.params[1].attr = NW_VALUE_IN | NW_META;
		message.params[1].c &= 7;
	}
	if (fuzz_take(in, 1) == 255)
		message.count = (uint32_t)fuzz_take(in, 4);
	nw_write(n, &message);
}

static void write_list(struct fuzz_input *in)
{
	uint64_t *words = sim_pointer(WORLD_LISTS_PA +
				      fuzz_take(in, 1) % LISTS * SHM_PAGE_SIZE);
	pa_t next = fuzz_page(in);
	uint64_t step = (fuzz_take(in, 1) & 3) << SHM_PAGE_SHIFT;

	for (unsigned int i = 0; i < WORLD_LIST_ENTRIES; i++, next += step)
		words[i] = next;
	words[WORLD_LIST_ENTRIES] = fuzz_list(in);
	for (uint64_t i = fuzz_take(in, 1) & 3; i > 0; i--)
		words[fuzz_take(in, 1)] = fuzz_page(in);
}

static struct smc_args smc(uint32_t id, uint64_t a12, uint64_t a34,
			   uint64_t a56)
{
	return nw_smc(&nw, id, (uint32_t)(a12 >> 32), (uint32_t)a12,
		      (uint32_t)(a34 >> 32), (uint32_t)a34,
		      (uint32_t)(a56 >> 32), (uint32_t)a56);
}

/* The buffer that an RPC refers to says something. */
static void write_reply(struct fuzz_input *in, unsigned int n)
{
	struct nw_message message = {
		.cmd = NW_SHM_ALLOC,
		.ret = fuzz_take(in, 1) < 200 ? 0 : NW_OUT_OF_MEMORY,
		.count = fuzz_take(in, 1) < 240 ? 1 : 2,
	};
	unsigned int requests = (unsigned int)fuzz_take(in, 1) % 7;
	uint8_t *page = sim_pointer(NW_ARGUMENT(n));

	message.params[0] = fuzz_param(in);
	memcpy(page + (requests == 6 ? 0 : 32 + 32 * requests), &message,
	       32 + 2 * 32);
}

/* Resume one of the calls, with a buffer if that is what it wants. */
static void resume(struct fuzz_input *in)
{
	uint64_t choice = fuzz_take(in, 1);
	unsigned int n = (unsigned int)(choice >> 3) % ARGUMENTS;
	pa_t buffer = choice >= 224 ? fuzz_page(in) : NW_ARGUMENT(n);

	write_reply(in, n);
	nw_smc(&nw, NW_RETURN_FROM_RPC, (uint32_t)(buffer >> 32),
	       (uint32_t)buffer, (uint32_t)choice % 5, 0, (uint32_t)choice & 3,
	       0);
}

static void begin_call(struct fuzz_input *in)
{
	uint64_t choice = fuzz_take(in, 1);
	unsigned int n = (unsigned int)(choice >> 4) % ARGUMENTS;

	write_message(in, n);
	if (choice % 4 == 3)
		smc(NW_CALL_WITH_REGD_ARG, fuzz_cookie(in),
		    (fuzz_take(in, 1) & 7) * 8 << 32, 0);
	else
		smc(choice % 4 == 0 ? NW_CALL_WITH_RPC_ARG : NW_CALL_WITH_ARG,
		    NW_ARGUMENT(n), 0, 0);
}

/* Machines came or went: others may have other stacks than before. */
static bool machines_changed;

/* Guests that a fuzzer names again and again, and now and then another. */
static uint64_t fuzz_guest(struct fuzz_input *in)
{
	uint64_t choice = fuzz_take(in, 1);

	return choice < 224 ? choice % GUESTS : choice;
}

static void fast_call(struct fuzz_input *in)
{
	static const uint32_t ids[] = {
		0xBF00FF00, 0xBF00FF01, 0xB2000009, 0xB200000A, 0xB200000B,
		0xB200000D, 0xB200000E, 0xB200000F, 0xB2000010, 0xFFFE0005,
	};

	uint32_t id = ids[fuzz_take(in, 1) % 10];
	uint32_t client = nw.client;

	if (id == NW_VM_CREATED || id == NW_VM_DESTROYED) {
		machines_changed = true;
		nw.client = 0;
	}
	smc(id, fuzz_guest(in) << 32, 0, 0);
	nw.client = client;
}

/* On another core, for another guest. */
static void turn_to(uint64_t choice)
{
	sim_core_set((unsigned int)choice % SIM_CORE_COUNT);
	nw.client = (uint32_t)choice / SIM_CORE_COUNT % GUESTS;
}

/* Some page the secure world is likely to be looking at. */
static pa_t mortal_page(struct fuzz_input *in)
{
	switch (fuzz_take(in, 1) & 3) {
	case 0:
		return NW_ARGUMENT(fuzz_take(in, 1) % ARGUMENTS);
	case 1:
		return WORLD_LISTS_PA +
		       fuzz_take(in, 1) % LISTS * SHM_PAGE_SIZE;
	}
	return WORLD_RAM_PA + (fuzz_take(in, 1) << SHM_PAGE_SHIFT);
}

static void fuzz_interrupt(uint64_t points)
{
	if (!fuzz_is_traced())
		sim_interrupt_after(points);
}

static void step(struct fuzz_input *in)
{
	switch (fuzz_take(in, 1) % 16) {
	case 0:
		fast_call(in);
		break;
	case 1 ... 4:
		begin_call(in);
		break;
	case 5 ... 8:
		resume(in);
		break;
	case 9:
		smc(NW_ADD_SHM_BUFFER, fuzz_list(in), fuzz_size(in),
		    fuzz_cookie(in));
		break;
	case 10:
		smc(NW_REMOVE_SHM_BUFFER, fuzz_cookie(in), 0, 0);
		break;
	case 11 ... 12:
		write_list(in);
		break;
	case 13:
		sim_page_set_dead(mortal_page(in), fuzz_take(in, 1) & 1);
		break;
	case 14:
		fuzz_interrupt(fuzz_take(in, 1));
		break;
	case 15:
		turn_to(fuzz_take(in, 1));
		break;
	}
	fuzz_require(sim_violation_count() == 0);
}

/*
 * No machine is left that fast_call() can have named. One is made and goes, so
 * that the secure world has what it keeps ready for the next ones.
 */
static void destroy_machines(void)
{
	(void)smc(NW_VM_CREATED, UINT64_C(1) << 32, 0, 0);
	for (uint64_t id = 1; id < 256; id++)
		fuzz_require(smc(NW_VM_DESTROYED, id << 32, 0, 0).a[0] ==
			     NW_OK);
}

/* The guest starts over; after a few calls nothing may be left. */
static struct nw_look fresh_epoch(void)
{
	nw.client = 0;
	sim_interrupt_after(0);
	sim_clock_set_step(0);
	for (pa_t page = NW_ARGUMENT(0); page < NW_ARGUMENT(ARGUMENTS);
	     page += SHM_PAGE_SIZE)
		sim_page_set_dead(page, false);
	destroy_machines();
	fuzz_require(smc(NW_EXCHANGE_CAPABILITIES, 0, 0, 0).a[0] == NW_OK);
	for (unsigned int i = 0; i < 8; i++)
		fuzz_require(nw_unregister(&nw, 1) == NW_BAD_PARAMETERS);
	fuzz_require(sim_tlb_stale_count() == 0);
	return nw_look();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct nw_look before;
	struct nw_look after;

	nw_start(&nw, fuzz_is_traced() ? TRACE_POOL : POOL_SIZE);
	machines_changed = false;
	before = fresh_epoch();
	fuzz_require(nw_open(&nw) == 1);
	if (!fuzz_is_traced())
		sim_clock_set_step(2000);
	for (unsigned int i = 0; i < MAX_STEPS && in.left > 0; i++)
		step(&in);
	fuzz_require(owners_are_apart(GUESTS));
	after = fresh_epoch();
	fuzz_require(before.free_bytes == after.free_bytes &&
		     before.stale == after.stale);
	fuzz_require(before.tables == after.tables || machines_changed);
	fuzz_require(sim_violation_count() == 0);
	return 0;
}
