// SPDX-License-Identifier: BSD-2-Clause
/* The measure itself. */
#include "measure.h"

#define MAX_ENTRIES 20000u
#define SGI	    1u

uint64_t base_cost;

static uint64_t samples[ROUNDS];

uint64_t instructions(uint64_t t)
{
	return t * (UINT64_C(1000000000) / ticks_per_second());
}

uint64_t median(uint64_t *of, unsigned int count)
{
	for (unsigned int i = 1; i < count; i++)
		for (unsigned int j = i; j > 0 && of[j] < of[j - 1]; j--) {
			uint64_t swap = of[j];

			of[j] = of[j - 1];
			of[j - 1] = swap;
		}
	return of[count / 2];
}

uint64_t time_call(struct call *call)
{
	uint64_t spent = 0;
	uint64_t begin;

	do {
		begin = ticks();
		smc(call->x);
		spent += instructions(ticks() - begin) - base_cost;
		if ((uint32_t)call->x[0] != A0_RPC_FOREIGN)
			break;
		call->x[0] = FID_RETURN_FROM_RPC;
		call->foreign++;
	} while (true);
	if (call->x[0] != A0_OK ||
	    (call->arg != NULL && call->arg->ret != RET_OK)) {
		print("bench: a0 %lx ret %x\n", call->x[0],
		      call->arg != NULL ? call->arg->ret : 0);
		machine_exit(1);
	}
	return spent;
}

uint64_t time_message(struct wire_arg *arg)
{
	struct call call;

	call_set(&call, FID_CALL_WITH_RPC_ARG, arg);
	return time_call(&call);
}

uint64_t time_register(uint64_t cookie, uint64_t list, uint64_t size)
{
	struct wire_arg *arg = core_arg();

	arg_register(arg, cookie, list, size);
	return time_message(arg);
}

uint64_t time_unregister(uint64_t cookie)
{
	struct wire_arg *arg = core_arg();

	arg_unregister(arg, cookie);
	return time_message(arg);
}

struct pair time_pair(uint64_t cookie, uint64_t list, uint64_t size,
		      unsigned int rounds)
{
	static uint64_t removals[ROUNDS];

	for (unsigned int i = 0; i < rounds; i++) {
		samples[i] = time_register(cookie, list, size);
		removals[i] = time_unregister(cookie);
	}
	return (struct pair){ median(samples, rounds),
			      median(removals, rounds) };
}

uint64_t longest_stretch(struct wire_arg *arg)
{
	struct call call;
	unsigned int entries = 0;
	uint32_t a0;

	call_set(&call, FID_CALL_WITH_RPC_ARG, arg);
	irq_mask();
	gic_send(0, SGI);
	do {
		a0 = call_enter(&call);
		call_serve(&call);
	} while (is_rpc(a0) && ++entries < MAX_ENTRIES);
	irq_unmask();
	if (is_rpc(a0))
		print("  no end of it after %u entries\n", MAX_ENTRIES);
	(void)call_finish(&call);
	return instructions(call.longest) - base_cost;
}

void row(const char *what, uint64_t value, const char *target)
{
	print("  %s: %lu  (%s)\n", what, value, target);
}

void row_ratio(const char *what, uint64_t a, uint64_t b, const char *target)
{
	print("  %s: %lu.%lu%lu  (%s)\n", what, a / b, a * 10 / b % 10,
	      a * 100 / b % 10, target);
}

void measure_begin(void)
{
	uint64_t begin;

	print("\nShares, in instructions:\n");
	for (unsigned int i = 0; i < ROUNDS; i++) {
		begin = ticks();
		(void)smc_simple(FID_CALLS_UID, 0);
		samples[i] = instructions(ticks() - begin);
	}
	base_cost = median(samples, ROUNDS);
	row("CALLS_UID round trip", base_cost, "subtracted below");
}
