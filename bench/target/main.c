// SPDX-License-Identifier: BSD-2-Clause
/*
 * What calls cost a normal world without a hypervisor. It reports beside the
 * targets of the design and never fails.
 */
#include <bench/bare/measure.h>

#define MIB    (UINT64_C(1) << 20)
#define BUFFER (UINT64_C(16) * MIB)
#define DATA   (TEST_FIRST + 32 * MIB) /* behind all lists */
#define COOKIE UINT64_C(0xffff000012345600)

static void measure_sizes(void)
{
	struct pair pair = time_pair(COOKIE, list_run(DATA, 1), PAGE, ROUNDS);

	row("register 4 KiB", pair.add, "at most 4000");
	row("unregister 4 KiB", pair.remove, "at most 2500");
	pair = time_pair(COOKIE, list_run(DATA, BUFFER / PAGE), BUFFER, 5);
	row("register 16 MiB in 2 MiB runs", pair.add, "at most 60000");
	row("unregister it", pair.remove, "at most 12000");
	pair = time_pair(COOKIE, list_scatter(DATA, BUFFER / PAGE), BUFFER, 5);
	row("register 16 MiB, scattered", pair.add, "at most 250000");
	row("unregister it", pair.remove, "at most 150000");
}

static uint32_t region_count;

/* One page each; every page and cookie once. */
static void fill_regions(uint32_t count)
{
	uint64_t list = list_run(DATA, 1);

	for (; region_count < count; region_count++) {
		*list_entry(list, 0) = DATA + (region_count + 1) * PAGE;
		(void)time_register(UINT64_C(0xffff000040000000) +
					    region_count * 0x80u,
				    list, PAGE);
	}
}

static void measure_crowd(void)
{
	static const uint32_t counts[] = { 0, 1020, 60000 };
	uint64_t list = list_run(DATA, 1);
	struct stats_record none, all;
	uint64_t first = 1;

	stats_totals(&none);
	for (unsigned int i = 0; i < 3; i++) {
		struct pair pair;

		fill_regions(counts[i]);
		pair = time_pair(COOKIE, list, PAGE, ROUNDS);
		if (i == 0)
			first = pair.add;
		print("  beside %u regions: register %lu, unregister %lu\n",
		      counts[i], pair.add, pair.remove);
		row_ratio("ratio of shares", pair.add, first,
			  "whole round trip at most 1.05 at 1020, 1.2 at"
			  " 60000");
	}
	stats_totals(&all);
	row("bytes a region at 60000", (none.pool_free - all.pool_free) / 60000,
	    "at most 224");
	for (; region_count > 0; region_count--)
		(void)time_unregister(UINT64_C(0xffff000040000000) +
				      (region_count - 1) * 0x80u);
}

static void measure_scatter(void)
{
	static const uint64_t counts[] = { 50000, 100000 };
	struct stats_record totals[2];

	for (unsigned int i = 0; i < 2; i++) {
		uint64_t mark = pages_mark();
		uint64_t list = list_scatter(DATA, counts[i]);

		(void)time_register(COOKIE, list, counts[i] * PAGE);
		stats_totals(&totals[i]);
		(void)time_unregister(COOKIE);
		pages_reset(mark);
	}
	row("bytes a scattered page, marginal",
	    (totals[0].pool_free - totals[1].pool_free) /
		    (counts[1] - counts[0]),
	    "at most 40");
}

static void measure_checksum(void)
{
	static uint64_t samples[ROUNDS];
	uint32_t session = session_open();
	uint64_t list = list_run(DATA, 1);

	(void)time_register(COOKIE, list, PAGE);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct wire_arg *arg = invoke_set(session, MEM_CHECKSUM);

		arg_param(arg, 0, RMEM_IN, 0, PAGE, COOKIE);
		arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
		samples[i] = time_message(arg);
	}
	row("CHECKSUM of 4 KiB", median(samples, ROUNDS), "no target");
	(void)time_unregister(COOKIE);
	(void)session_close(session);
}

/* How long a call goes on when nothing interrupts it. */
static void measure_entry(void)
{
	uint64_t mark = pages_mark();
	uint64_t list = list_scatter(DATA, 50000);
	struct wire_arg *arg = core_arg();
	struct call call;

	arg_register(arg, COOKIE, list, 50000 * PAGE);
	call_set(&call, FID_CALL_WITH_RPC_ARG, arg);
	(void)call_finish(&call);
	row("longest entry, nanoseconds", instructions(call.longest),
	    "at most 1000000");
	(void)time_unregister(COOKIE);
	pages_reset(mark);
}

static void stretch(const char *what, struct wire_arg *arg)
{
	print("  longest stretch, %s: %lu  (below 20000)\n", what,
	      longest_stretch(arg));
}

static void measure_stretches(void)
{
	uint64_t mark = pages_mark();
	uint64_t lists[2] = { list_run(DATA, 100000),
			      list_scatter(DATA, 100000) };
	uint32_t session = session_open();

	for (unsigned int i = 0; i < 2; i++) {
		struct wire_arg *arg = core_arg();

		arg_register(arg, COOKIE, lists[i], 100000 * PAGE);
		stretch(i == 0 ? "register 400 MiB, 1 run"
			       : "register 400 MiB, scattered",
			arg);
		arg = invoke_set(session, MEM_CHECKSUM);
		arg_param(arg, 0, RMEM_IN, 0, 2 * MIB, COOKIE);
		arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
		stretch("CHECKSUM of 2 MiB", arg);
		arg_unregister(arg, COOKIE);
		stretch("unregister 400 MiB", arg);
	}
	(void)session_close(session);
	pages_reset(mark);
}

void program_main(void)
{
	measure_begin();
	if (smc_simple(FID_EXCHANGE_CAPABILITIES, 0) != A0_OK)
		print("bench: EXCHANGE_CAPABILITIES is refused\n");
	measure_sizes();
	measure_checksum();
	measure_crowd();
	measure_scatter();
	measure_entry();
	measure_stretches();
	machine_exit(0);
}
