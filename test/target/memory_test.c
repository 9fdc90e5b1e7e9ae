// SPDX-License-Identifier: BSD-2-Clause
/*
 * The memory service through raw messages: what it computes, what it refuses,
 * and that nothing of an argument changes but what the interface calls output.
 */
#include "call.h"
#include "tap.h"

#define COOKIE UINT64_C(0xffff000060001000)
#define PAGES  5u
#define SIZE   (PAGES * PAGE)

static uint32_t session;
static uint8_t *data;
static uint64_t list;
static struct wire_arg *before; /* the argument page as it was sent */

static void begin(void)
{
	session = session_open();
	data = pages_take(PAGES);
	list = list_scatter(address_of(data), PAGES);
	before = pages_take(1);
	for (unsigned int i = 0; i < SIZE; i++)
		data[i] = (uint8_t)(i * 7 + i / 255);
	equal(shm_register(COOKIE, list, SIZE), RET_OK);
}

static void end(void)
{
	equal(shm_unregister(COOKIE), RET_OK);
	equal(session_close(session), RET_OK);
}

/* Byte `i` of the region, whose pages are scattered. */
static uint8_t *at(uint64_t i)
{
	return (uint8_t *)(uintptr_t)*list_entry(list, i / PAGE) + i % PAGE;
}

static uint64_t sum_of(uint64_t first, uint64_t size)
{
	uint64_t sum = 0;

	for (uint64_t i = first; i < first + size; i++)
		sum += *at(i);
	return sum;
}

static uint32_t send(struct wire_arg *arg)
{
	*(volatile uint64_t *)&arg->param[5].attr = 0xF00D;
	for (unsigned int i = 0; i < PAGE / 8; i++)
		((uint64_t *)before)[i] = ((volatile uint64_t *)arg)[i];
	return message(arg);
}

/*
 * All of the page is as it was sent but ret, origin and the outputs, given as
 * bits: 4 i: a, 4 i + 1: b of parameter i.
 */
static void only_changed(struct wire_arg *arg, uint32_t outputs)
{
	before->ret = arg->ret;
	before->origin = arg->origin;
	for (unsigned int i = 0; i < 4; i++) {
		if (outputs >> (4 * i) & 1)
			before->param[i].a = arg->param[i].a;
		if (outputs >> (4 * i) & 2)
			before->param[i].b = arg->param[i].b;
	}
	check(bytes_equal(before, arg, PAGE));
}

static void sums(void)
{
	static const uint16_t pieces[][2] = { { 0, SIZE },   { 1, 1 },
					      { 4095, 2 },   { 4096, 4096 },
					      { 100, 9000 }, { SIZE - 1, 1 },
					      { SIZE, 0 },   { 0, 0 } };

	begin();
	for (unsigned int i = 0; i < sizeof(pieces) / 4; i++) {
		struct wire_arg *arg = invoke_set(session, MEM_CHECKSUM);

		arg_param(arg, 0, RMEM_IN, pieces[i][0], pieces[i][1], COOKIE);
		arg_param(arg, 1, VALUE_OUT, 1, 2, 3);
		equal(send(arg), RET_OK);
		equal(arg->origin, ORIGIN_TA);
		equal(arg->param[1].a, sum_of(pieces[i][0], pieces[i][1]));
		equal(arg->param[1].b, 0);
		only_changed(arg, 0x30);
	}
	end();
}

static void out_of_bounds(void)
{
	static const uint64_t bad[][2] = {
		{ 0, SIZE + 1 },
		{ 1, SIZE },
		{ SIZE, 1 },
		{ SIZE + 1, 0 },
		{ ~UINT64_C(0), 1 },
		{ ~UINT64_C(0), 2 },
		{ 1, ~UINT64_C(0) },
		{ UINT64_C(1) << 63, UINT64_C(1) << 63 },
		{ UINT64_C(1) << 32, 1 },
		{ 0, UINT64_C(1) << 32 | 8 },
	};

	begin();
	for (unsigned int i = 0; i < sizeof(bad) / 16; i++) {
		struct wire_arg *arg = invoke_set(session, MEM_CHECKSUM);

		arg_param(arg, 0, RMEM_IN, bad[i][0], bad[i][1], COOKIE);
		arg_param(arg, 1, VALUE_OUT, 1, 2, 3);
		equal(send(arg), RET_SECURITY);
		equal(arg->origin, ORIGIN_TEE);
		only_changed(arg, 0);
	}
	end();
}

static void fills(void)
{
	struct wire_arg *arg;
	uint8_t left, right;

	begin();
	left = *at(99);
	right = *at(100 + 9000);
	arg = invoke_set(session, MEM_FILL);
	arg_param(arg, 0, RMEM_OUT, 100, 9000, COOKIE);
	arg_param(arg, 1, VALUE_IN, 0x1FE, 0, 0);
	equal(send(arg), RET_OK);
	only_changed(arg, 0);
	for (unsigned int i = 0; i < 9000; i++)
		equal(*at(100 + i), (0xFE + i) & 0xff);
	equal(*at(99), left);
	equal(*at(9100), right);
	arg = invoke_set(session, MEM_REVERSE);
	arg_param(arg, 0, RMEM_INOUT, 100, 8999, COOKIE);
	equal(send(arg), RET_OK);
	only_changed(arg, 0);
	for (unsigned int i = 0; i < 8999; i++)
		equal(*at(100 + i), (0xFE + 8998 - i) & 0xff);
	equal(*at(99), left);
	equal(*at(9099), (0xFE + 8999) & 0xff);
	end();
}

static void copy_within(uint64_t from, uint64_t to, uint64_t size)
{
	static uint8_t want[SIZE];
	struct wire_arg *arg = invoke_set(session, MEM_COPY);

	for (unsigned int i = 0; i < SIZE; i++)
		want[i] = *at(i);
	for (uint64_t i = 0; i < size; i++)
		want[to + i] = *at(from + i);
	arg_param(arg, 0, RMEM_IN, from, size, COOKIE);
	arg_param(arg, 1, RMEM_OUT, to, SIZE - to, COOKIE);
	equal(send(arg), RET_OK);
	equal(arg->param[1].b, size);
	only_changed(arg, 0x20);
	for (unsigned int i = 0; i < SIZE; i++)
		equal(*at(i), want[i]);
}

static void copies(void)
{
	struct wire_arg *arg;

	begin();
	copy_within(0, 10, 9000);
	copy_within(5000, 4900, 9000);
	copy_within(100, 100, 300);
	copy_within(0, SIZE, 0);
	arg = invoke_set(session, MEM_COPY);
	arg_param(arg, 0, RMEM_IN, 0, 500, COOKIE);
	arg_param(arg, 1, RMEM_OUT, 0, 499, COOKIE);
	equal(send(arg), RET_SHORT_BUFFER);
	equal(arg->param[1].b, 500);
	only_changed(arg, 0x20);
	end();
}

static uint32_t sum_temporary(uint64_t attr, uint64_t pa, uint64_t size)
{
	struct wire_arg *arg = invoke_set(session, MEM_CHECKSUM);
	uint32_t ret;

	arg_param(arg, 0, attr, pa, size, 0xDEAD);
	arg_param(arg, 1, VALUE_INOUT, 11, 12, 13);
	ret = send(arg);
	only_changed(arg, ret == RET_OK ? 0x30 : 0);
	return ret;
}

static void temporaries(void)
{
	begin();
	equal(sum_temporary(TMEM_IN | NONCONTIG, list | 0x123, 10000), RET_OK);
	equal(core_arg()->param[1].a, sum_of(0x123, 10000));
	equal(sum_temporary(TMEM_INOUT | NONCONTIG, list, 1), RET_OK);
	equal(sum_temporary(TMEM_IN, address_of(data), PAGE),
	      RET_BAD_PARAMETERS);
	equal(sum_temporary(TMEM_IN | NONCONTIG, SECURE_IMAGE, PAGE),
	      RET_BAD_PARAMETERS);
	equal(sum_temporary(TMEM_IN | NONCONTIG, list, ~UINT64_C(0)),
	      RET_BAD_PARAMETERS);
	equal(sum_temporary(TMEM_IN | NONCONTIG, list, UINT64_C(1) << 42),
	      RET_OUT_OF_MEMORY);
	/* Null references, as libteec sends them: size or no size. */
	equal(sum_temporary(TMEM_IN, 0, 0), RET_OK);
	equal(core_arg()->param[1].a, 0);
	equal(sum_temporary(TMEM_IN, 0, 5), RET_OK);
	equal(core_arg()->param[1].a, 0);
	equal(sum_temporary(TMEM_INOUT, 0, 0), RET_OK);
	end();
}

static void wrong_kinds(void)
{
	static const uint64_t bad[] = { NONE,
					VALUE_IN,
					VALUE_OUT,
					RMEM_OUT,
					4,
					8,
					0xC,
					0xFF,
					RMEM_IN | META,
					RMEM_IN | NONCONTIG,
					UINT64_C(1) << 32 | RMEM_IN };
	struct wire_arg *arg;

	begin();
	for (unsigned int i = 0; i < sizeof(bad) / 8; i++) {
		arg = invoke_set(session, MEM_CHECKSUM);
		arg_param(arg, 0, bad[i], 0, 16, COOKIE);
		arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
		equal(send(arg), RET_BAD_PARAMETERS);
	}
	arg = invoke_set(session, MEM_CHECKSUM);
	arg_param(arg, 0, RMEM_IN, 0, 16, COOKIE);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	arg_param(arg, 3, VALUE_IN, 0, 0, 0);
	equal(send(arg), RET_BAD_PARAMETERS);
	equal(message(invoke_set(session, 10)), RET_NOT_IMPLEMENTED);
	equal(message(invoke_set(session, 0xffffffff)), RET_NOT_IMPLEMENTED);
	equal(core_arg()->origin, ORIGIN_TA);
	arg = invoke_set(session, MEM_CHECKSUM);
	arg_param(arg, 0, RMEM_IN, 0, 16, COOKIE + 1);
	equal(send(arg), RET_BAD_PARAMETERS);
	arg->param[0].c = 0;
	equal(send(arg), RET_BAD_PARAMETERS);
	end();
}

static uint32_t held_sum(uint64_t *sum)
{
	struct wire_arg *arg = invoke_set(session, MEM_HELD_SUM);
	uint32_t ret;

	arg_param(arg, 0, VALUE_OUT, 0, 0, 0);
	ret = message(arg);
	*sum = arg->param[0].a;
	return ret;
}

static uint32_t hold(uint64_t attr, uint64_t a, uint64_t c)
{
	struct wire_arg *arg = invoke_set(session, MEM_HOLD);

	arg_param(arg, 0, attr, a, PAGE, c);
	return message(arg);
}

static void holds(void)
{
	uint64_t sum;

	begin();
	equal(held_sum(&sum), RET_BAD_STATE);
	equal(message(invoke_set(session, MEM_RELEASE)), RET_BAD_STATE);
	equal(hold(TMEM_INOUT | NONCONTIG, list, 0), RET_BAD_PARAMETERS);
	equal(hold(RMEM_INOUT, 0, COOKIE), RET_OK);
	equal(hold(RMEM_INOUT, 0, COOKIE), RET_BAD_STATE);
	equal(held_sum(&sum), RET_OK);
	equal(sum, sum_of(0, SIZE));
	equal(shm_unregister(COOKIE), RET_OK); /* revokes it */
	equal(held_sum(&sum), RET_TARGET_DEAD);
	equal(shm_register(COOKIE, list, SIZE), RET_OK);
	equal(held_sum(&sum), RET_TARGET_DEAD); /* not the new one */
	equal(message(invoke_set(session, MEM_RELEASE)), RET_OK);
	equal(message(invoke_set(session, MEM_RELEASE)), RET_BAD_STATE);
	equal(hold(RMEM_INOUT, 0, COOKIE), RET_OK);
	equal(session_close(session), RET_OK); /* lets go of it */
	session = session_open();
	end();
}

static void stats_room(void)
{
	struct wire_arg *arg;

	begin();
	arg = invoke_set(session, MEM_STATS);
	arg_param(arg, 0, VALUE_IN, 0, 0, 0);
	arg_param(arg, 1, RMEM_OUT, 0, 16 + 119, COOKIE);
	equal(send(arg), RET_SHORT_BUFFER);
	equal(arg->param[1].b, 16 + 120);
	arg->param[1].b = SIZE;
	equal(send(arg), RET_OK);
	only_changed(arg, 0x20);
	equal(arg->param[1].b, 16 + 2 * 120); /* the totals and guest 0 */
	arg->param[0].a = ~UINT64_C(0);
	arg->param[1].b = SIZE;
	equal(send(arg), RET_OK);
	equal(arg->param[1].b, 16);
	end();
}

static const struct test tests[] = {
	{ "checksum_is_exact_and_changes_its_outputs_only", sums },
	{ "reference_out_of_bounds_is_a_security_error", out_of_bounds },
	{ "fill_and_reverse_stay_within_their_reference", fills },
	{ "copy_moves_and_reports_the_size_it_needs", copies },
	{ "temporary_reference_lives_for_one_call", temporaries },
	{ "parameter_of_the_wrong_kind_is_refused", wrong_kinds },
	{ "held_region_is_revoked_and_never_replaced", holds },
	{ "stats_say_how_much_room_they_need", stats_room },
};

GROUP(memory_service, tests);
