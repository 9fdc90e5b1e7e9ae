// SPDX-License-Identifier: BSD-2-Clause
/*
 * What guests cost the hypervisor, whose place this program has, and each
 * other. It reports beside the targets of the design and never fails.
 */
#include "guests.h"

#define DEATHS 5u

/* The longest stretch so far, and of what. */
static uint64_t longest;
static const char *longest_of;

uint64_t note(const char *what, uint64_t stretch)
{
	if (stretch > longest) {
		longest = stretch;
		longest_of = what;
	}
	return stretch;
}

/* Answers a0. */
static uint64_t announce(uint32_t function, uint32_t id, uint64_t *spent)
{
	uint64_t x[8] = { function, id };
	uint64_t begin = ticks();

	smc(x);
	*spent = instructions(ticks() - begin) - base_cost;
	return x[0];
}

static uint64_t must_announce(uint32_t function, uint32_t id)
{
	uint64_t spent;
	uint64_t a0 = announce(function, id, &spent);

	if (a0 != A0_OK) {
		print("bench: %x of guest %x is answered %lx\n", function, id,
		      a0);
		machine_exit(1);
	}
	return spent;
}

uint64_t create(uint32_t id)
{
	return note("VM_CREATED", must_announce(FID_VM_CREATED, id));
}

uint64_t destroy(uint32_t id)
{
	return note("VM_DESTROYED", must_announce(FID_VM_DESTROYED, id));
}

void settle(void)
{
	struct stats_record totals;

	caller_set(0);
	for (unsigned int i = 0; i < 4; i++)
		(void)shm_unregister(COOKIE);
	stats_totals(&totals);
}

void stretch(const char *what, struct wire_arg *arg)
{
	(void)note(what, longest_stretch(arg));
}

/* As time_register() and so on, an interrupt pending all the time. */
static void stretch_register(const char *what, uint64_t list, uint64_t size)
{
	struct wire_arg *arg = core_arg();

	arg_register(arg, COOKIE, list, size);
	stretch(what, arg);
}

static void stretch_unregister(const char *what)
{
	struct wire_arg *arg = core_arg();

	arg_unregister(arg, COOKIE);
	stretch(what, arg);
}

/* A call that fails, but buries first. */
static void stretch_nothing(void)
{
	arg_set(core_arg(), CMD_CANCEL, 0);
	stretch("burying", core_arg());
}

static void has_nothing(void)
{
}

static void has_called(void)
{
	(void)session_close(session_open());
}

static void has_16_mib(void)
{
	stretch_register("register 16 MiB", list_scatter(DATA, 16 * MIB / PAGE),
			 16 * MIB);
}

static void has_512_mib(void)
{
	stretch_register("register 512 MiB", list_run(DATA, 512 * MIB / PAGE),
			 512 * MIB);
}

/* A list may name a page often; these are not next to each other. */
static uint64_t list_often(uint64_t count)
{
	uint64_t list = list_run(DATA, count);

	for (uint64_t i = 0; i < count; i++)
		*list_entry(list, i) = DATA + (1 + i * 65 % 511) * PAGE;
	return list;
}

/* Of addresses, of one granule: about the most that the pool allows. */
static void has_7_gib(void)
{
	uint64_t count = 7 * 1024 * MIB / PAGE;
	uint64_t list = list_run(DATA, count);

	for (uint64_t i = 0; i < count; i++)
		*list_entry(list, i) = DATA + i % 512 * PAGE;
	stretch_register("register 7 GiB", list, count * PAGE);
}

/* Blocks, none of which shares a GiB of addresses, as long as there is room. */
static void has_gibs(void)
{
	uint64_t list = list_run(DATA, 513 * MIB / PAGE);
	uint64_t cookie = COOKIE;

	while (shm_register(cookie, list, 513 * MIB) == RET_OK)
		cookie++;
}

static void has_regions(void)
{
	uint64_t list = list_run(DATA, 1);

	for (uint64_t i = 0; i < 60000; i++) {
		*list_entry(list, 0) = DATA + i * PAGE;
		(void)time_register(COOKIE + i, list, PAGE);
	}
}

static void has_sessions(void)
{
	for (unsigned int i = 0; i < 10000; i++)
		if (session_open() == 0)
			print("bench: session %u is refused\n", i);
}

/* As many calls as it can have, each forming as large a region as it may. */
static void has_calls(void)
{
	uint64_t list = list_scatter(DATA, 100000);
	uint64_t cookie = COOKIE;
	struct call call;

	irq_mask();
	gic_send(0, 1);
	do {
		arg_register(core_arg(), cookie++, list, 7 * 1024 * MIB);
		call_set(&call, FID_CALL_WITH_ARG, core_arg());
	} while (call_enter(&call) == A0_RPC_FOREIGN);
	irq_unmask();
	if (call.last != A0_ETHREAD_LIMIT)
		print("bench: the last call is answered %x\n", call.last);
}

static void measure_death(const char *of, void (*live)(void))
{
	uint64_t mark = pages_mark();
	uint64_t worst = 0;

	for (unsigned int i = 0; i < DEATHS; i++) {
		uint64_t spent;

		settle();
		(void)create(GUEST);
		caller_set(GUEST);
		live();
		pages_reset(mark);
		caller_set(0);
		spent = destroy(GUEST);
		worst = spent > worst ? spent : worst;
		if (live == has_regions)
			break;
	}
	print("  VM_DESTROYED of a guest with %s: %lu  (at most 12000)\n", of,
	      worst);
	/* What is left of it, a slice at a time. */
	stretch_nothing();
}

static void measure_lives(void)
{
	uint64_t ready;

	settle();
	ready = create(GUEST);
	(void)create(GUEST + 1);
	row("VM_CREATED, a guest ready", ready, "no target");
	row("VM_CREATED, none ready", create(GUEST + 2), "no target");
	for (unsigned int i = 0; i < 3; i++)
		(void)destroy(GUEST + i);
	measure_death("nothing", has_nothing);
	measure_death("no more than a call behind it", has_called);
	measure_death("16 MiB scattered", has_16_mib);
	measure_death("512 MiB in a row", has_512_mib);
	measure_death("7 GiB of addresses", has_7_gib);
	measure_death("all the large regions that it gets", has_gibs);
	measure_death("60000 regions", has_regions);
	measure_death("10000 sessions", has_sessions);
	measure_death("calls that form regions of 7 GiB", has_calls);
}

static void measure_stretches(void)
{
	uint64_t mark = pages_mark();
	struct wire_arg *arg;
	uint32_t session;

	settle();
	(void)create(GUEST);
	caller_set(GUEST);
	stretch_register("register 400 MiB", list_scatter(DATA, 100000),
			 100000 * PAGE);
	session = session_open();
	arg = invoke_set(session, MEM_CHECKSUM);
	arg_param(arg, 0, RMEM_IN, 0, 2 * MIB, COOKIE);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	stretch("CHECKSUM", arg);
	stretch_unregister("unregister");
	arg_set(core_arg(), CMD_CLOSE, 0);
	core_arg()->session = session;
	stretch("close", core_arg());
	stretch_register("register pages often", list_often(64 * MIB / PAGE),
			 64 * MIB);
	stretch_unregister("unregister pages often");
	caller_set(0);
	(void)destroy(GUEST);
	pages_reset(mark);
}

#define SPARED 8u
#define FIRST  0x1000u
#define CROWD  (DATA + 64 * MIB) /* pages of the others */

/* Each with a page; answers how many there was room for. */
static uint32_t make_crowd(uint64_t list)
{
	uint64_t spent;

	for (uint32_t i = 0;; i++) {
		caller_set(0);
		if (announce(FID_VM_CREATED, FIRST + i, &spent) != A0_OK)
			return i;
		(void)note("VM_CREATED", spent);
		caller_set(FIRST + i);
		*list_entry(list, 0) = CROWD + i * PAGE;
		stretch_register("a guest's first call", list, PAGE);
	}
}

static void measure_crowd(void)
{
	uint32_t count;
	uint64_t list = list_run(DATA, 1);
	struct stats_record before, after;
	struct pair alone, beside;

	settle();
	(void)create(FIRST);
	caller_set(FIRST);
	alone = time_pair(COOKIE, list, PAGE, ROUNDS);
	caller_set(0);
	(void)destroy(FIRST);
	settle();
	stats_totals(&before);
	count = make_crowd(list);
	caller_set(0);
	stats_totals(&after);
	print("  guests that each have a page: %u  (asked: 1000 with 2 calls"
	      " each)\n",
	      count);
	row("bytes a guest", (before.pool_free - after.pool_free) / count,
	    "at most 13312, with 2 calls each");
	/* Where no guest can be kept ready, each call tries to make one. */
	for (unsigned int i = 0; i < SPARED && count > 1; i++)
		(void)destroy(FIRST + --count);
	settle();
	caller_set(FIRST + count - 1);
	(void)time_unregister(COOKIE);
	*list_entry(list, 0) = DATA;
	beside = time_pair(COOKIE, list, PAGE, ROUNDS);
	row("register a page alone", alone.add, "no target");
	row("unregister it", alone.remove, "no target");
	row_ratio("register beside all others, against alone", beside.add,
		  alone.add, "at most 1.05");
	row_ratio("unregister, the same", beside.remove, alone.remove,
		  "at most 1.05");
	caller_set(0);
	for (uint32_t i = 0; i < count; i++)
		(void)destroy(FIRST + i);
}

void program_main(void)
{
	uint64_t x[8] = { FID_GET_THREAD_COUNT };

	measure_begin();
	smc(x);
	print("With %lu calls a guest:\n", x[1]);
	measure_lives();
	measure_stretches();
	measure_commands();
	measure_crowd();
	measure_beside_greedy();
	print("  longest stretch of all: %lu, %s  (below 20000)\n", longest,
	      longest_of);
	machine_exit(0);
}
