// SPDX-License-Identifier: BSD-2-Clause
/* Messages that tests send over and over: regions, sessions, accounts. */
#include "call.h"

/* Steps through `count` pages so that each comes once: coprime to it. */
static uint64_t stride_for(uint64_t count)
{
	static const uint64_t primes[] = { 40503, 7919, 613, 7, 3 };

	for (unsigned int i = 0; i < sizeof(primes) / sizeof(*primes); i++)
		if (primes[i] < count - 1 && count % primes[i] != 0)
			return primes[i];
	return 1;
}

uint64_t list_pages(uint64_t count)
{
	return (count + LIST_ENTRIES - 1) / LIST_ENTRIES;
}

uint64_t *list_entry(uint64_t list, uint64_t i)
{
	uint64_t page = list + i / LIST_ENTRIES * PAGE;

	return (uint64_t *)(uintptr_t)page + i % LIST_ENTRIES;
}

static uint64_t list_make(uint64_t first, uint64_t count, uint64_t stride)
{
	uint64_t list = address_of(pages_take(list_pages(count)));
	uint64_t at = 0;

	for (uint64_t i = 0; i < count; i++) {
		*list_entry(list, i) = first + at * PAGE;
		at = (at + stride) % count;
	}
	/* As Linux does, even where no entry follows. */
	for (uint64_t i = LIST_ENTRIES; i <= count; i += LIST_ENTRIES)
		list_entry(list, i - 1)[1] = address_of(list_entry(list, i));
	return list;
}

uint64_t list_run(uint64_t first, uint64_t count)
{
	return list_make(first, count, 1);
}

uint64_t list_scatter(uint64_t first, uint64_t count)
{
	return list_make(first, count, stride_for(count));
}

void arg_register(struct wire_arg *arg, uint64_t cookie, uint64_t list,
		  uint64_t size)
{
	arg_set(arg, CMD_REGISTER, 1);
	arg_param(arg, 0, LIST, list, size, cookie);
}

void arg_unregister(struct wire_arg *arg, uint64_t cookie)
{
	arg_set(arg, CMD_UNREGISTER, 1);
	arg_param(arg, 0, RMEM_IN, 0, 0, cookie);
}

void arg_rpc_fill(struct wire_arg *arg, uint32_t session, uint64_t size,
		  uint64_t first)
{
	arg_set(arg, CMD_INVOKE, 2);
	arg->session = session;
	arg->func = MEM_RPC_FILL;
	arg_param(arg, 0, VALUE_IN, size, first, 0);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
}

uint32_t shm_register(uint64_t cookie, uint64_t list, uint64_t size)
{
	struct wire_arg *arg = core_arg();

	arg_register(arg, cookie, list, size);
	return message(arg);
}

uint32_t shm_unregister(uint64_t cookie)
{
	struct wire_arg *arg = core_arg();

	arg_unregister(arg, cookie);
	return message(arg);
}

uint32_t session_open(void)
{
	struct wire_arg *arg = core_arg();

	arg_set(arg, CMD_OPEN, 2);
	arg_param(arg, 0, VALUE_IN | META, UUID_LOW, UUID_HIGH, 0);
	arg_param(arg, 1, VALUE_IN | META, 0, 0, 0);
	return message(arg) == RET_OK ? arg->session : 0;
}

uint32_t session_close(uint32_t session)
{
	struct wire_arg *arg = core_arg();

	arg_set(arg, CMD_CLOSE, 0);
	arg->session = session;
	return message(arg);
}

struct wire_arg *invoke_set(uint32_t session, uint32_t func)
{
	struct wire_arg *arg = core_arg();

	arg_set(arg, CMD_INVOKE, 4);
	arg->session = session;
	arg->func = func;
	return arg;
}

uint64_t checksum(uint32_t session, uint64_t cookie, uint64_t offset,
		  uint64_t size, uint32_t *ret)
{
	struct wire_arg *arg = invoke_set(session, MEM_CHECKSUM);

	arg_param(arg, 0, RMEM_IN, offset, size, cookie);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	*ret = message(arg);
	return arg->param[1].b << 32 | (uint32_t)arg->param[1].a;
}

static void stats_fail(const char *what, uint32_t value)
{
	print("Bail out! STATS: %s %x\n", what, value);
	machine_exit(1);
}

uint32_t stats_read(uint32_t first, struct stats_record *out, uint32_t count,
		    uint32_t *total)
{
	uint64_t mark = pages_mark();
	uint8_t *page = pages_take(1);
	struct stats_header *header = (struct stats_header *)(void *)page;
	uint64_t list = list_run(address_of(page), 1);
	uint64_t size = sizeof(*header) + count * sizeof(*out);
	uint32_t session = session_open();
	struct wire_arg *arg;
	uint32_t ret;

	if (session == 0)
		stats_fail("no session:", core_arg()->ret);
	arg = invoke_set(session, MEM_STATS);
	arg_param(arg, 0, VALUE_IN, first, 0, 0);
	arg_param(arg, 1, TMEM_OUT | NONCONTIG, list, size < PAGE ? size : PAGE,
		  0);
	ret = message(arg);
	if (ret != RET_OK || header->magic != 0x53485344 ||
	    header->record_size != sizeof(*out) || header->count > count)
		stats_fail("ret", ret);
	for (uint32_t i = 0; i < header->count; i++)
		out[i] = ((struct stats_record *)(void *)(header + 1))[i];
	count = header->count;
	*total = header->total;
	(void)session_close(session);
	pages_reset(mark);
	return count;
}

void stats_totals(struct stats_record *out)
{
	uint32_t total;

	if (stats_read(0, out, 1, &total) != 1)
		stats_fail("records", total);
}

uint64_t pool_level(void)
{
	struct stats_record totals;

	stats_totals(&totals);
	return totals.pool_free + totals.owed;
}
