/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile normal world inside calls: memory references that reach too far or
 * mean nothing, and memory that is taken away while it is in use.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sim/normal_world.h"

#define POOL_SIZE (UINT64_C(1) << 20)
#define COOKIE	  UINT64_C(0xffff000012345680)
#define COUNT	  20u
#define SIZE	  (COUNT * SHM_PAGE_SIZE)

static struct nw nw;
static pa_t pages[COUNT];
static uint32_t session;
static struct nw_look before;

static int set_up(void **state)
{
	(void)state;
	nw_start(&nw, POOL_SIZE);
	for (unsigned int i = 0; i < COUNT; i++)
		pages[i] = WORLD_RAM2_PA + (pa_t)i * 5 * SHM_PAGE_SIZE;
	session = nw_open(&nw);
	assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0, SIZE), 0);
	before = nw_look();
	return 0;
}

static void assert_unchanged(void)
{
	struct nw_look now = nw_look();

	assert_memory_equal(&now, &before, sizeof(now));
	assert_true(sim_check_violations());
}

static int tear_down(void **state)
{
	(void)state;
	assert_unchanged();
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
	assert_int_equal(nw_close(&nw, session), 0);
	for (unsigned int i = 0; i < COUNT; i++)
		assert_false(sim_tlb_names_page(pages[i]));
	return sim_check_violations() ? 0 : -1;
}

static uint32_t checksum(uint64_t attr, uint64_t a, uint64_t b, uint64_t c)
{
	struct nw_param params[4] = { { attr, a, b, c },
				      { NW_VALUE_OUT, 0, 0, 0 } };

	return nw_invoke(&nw, session, NW_CHECKSUM, params);
}

static void references_beyond_the_region_are_refused(void **state)
{
	static const uint64_t ranges[][2] = {
		{ 0, SIZE + 1 },
		{ SIZE, 1 },
		{ SIZE + 1, 0 },
		{ 1, SIZE },
		{ UINT64_MAX, 1 },
		{ UINT64_MAX, 2 },
		{ 1, UINT64_MAX },
		{ UINT64_MAX, UINT64_MAX },
		{ UINT64_C(1) << 63, UINT64_C(1) << 63 },
		{ UINT64_MAX - 4095, 4096 },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		assert_int_equal(checksum(NW_RMEM_IN, ranges[i][0],
					  ranges[i][1], COOKIE),
				 NW_SECURITY);
		assert_unchanged();
	}
	assert_int_equal(checksum(NW_RMEM_IN, 0, 1, COOKIE + 1),
			 NW_BAD_PARAMETERS);
	assert_int_equal(checksum(NW_RMEM_IN, 0, 0, 0), NW_BAD_PARAMETERS);
	assert_int_equal(checksum(NW_RMEM_IN, SIZE, 0, COOKIE), 0);
}

static void attributes_that_mean_nothing_are_refused(void **state)
{
	pa_t list = world_write_list(0, pages, COUNT);

	(void)state;
	for (uint64_t attr = 0; attr < 0x1000; attr++) {
		uint32_t ret = checksum(attr, list, 64, COOKIE);
		bool rmem = attr >= NW_RMEM_IN && attr <= NW_RMEM_INOUT;
		bool tmem = attr == (NW_TMEM_IN | NW_NONCONTIG) ||
			    attr == (NW_TMEM_INOUT | NW_NONCONTIG);

		if (rmem)
			assert_int_equal(ret, NW_SECURITY);
		else if (tmem)
			assert_int_equal(ret, 0);
		else
			assert_int_equal(ret, NW_BAD_PARAMETERS);
	}
	assert_int_equal(checksum(NW_RMEM_IN | UINT64_C(1) << 32, 0, 1, COOKIE),
			 NW_BAD_PARAMETERS);
}

static void temporary_references_are_checked_as_registered(void **state)
{
	static const pa_t bad[] = { WORLD_POOL_PA, WORLD_DEVICE_PA,
				    WORLD_RESERVED_PA, WORLD_RAM2_END,
				    WORLD_RAM_PA + 8 };
	uint64_t attr = NW_TMEM_IN | NW_NONCONTIG;
	pa_t list;

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		pa_t good = pages[COUNT - 1];

		pages[COUNT - 1] = bad[i];
		list = world_write_list(0, pages, COUNT);
		pages[COUNT - 1] = good;
		assert_int_equal(checksum(attr, list, SIZE, 0),
				 NW_BAD_PARAMETERS);
		assert_unchanged();
		/* The list itself there; or in RAM, but with no address. */
		assert_int_equal(
			checksum(attr, bad[i] & ~SHM_PAGE_MASK, 4096, 0),
			NW_BAD_PARAMETERS);
	}
	list = world_write_list(0, pages, COUNT);
	assert_int_equal(checksum(attr, list, UINT64_MAX, 0),
			 NW_BAD_PARAMETERS);
	assert_int_equal(checksum(attr, list, UINT64_C(1) << 40, 0),
			 NW_OUT_OF_MEMORY);
	assert_int_equal(checksum(attr, list, SIZE, 0), 0);
	assert_int_equal(checksum(NW_TMEM_IN, pages[0], 4096, 0),
			 NW_BAD_PARAMETERS);
	/* Null references, whatever their size, are legal. */
	assert_int_equal(checksum(NW_TMEM_IN, 0, 77, 0), 0);
}

/* What dies with the call, or is not there at all, cannot be kept. */
static void only_registered_memory_can_be_held(void **state)
{
	pa_t list = world_write_list(0, pages, COUNT);
	struct nw_param params[4] = { { NW_TMEM_INOUT | NW_NONCONTIG, list,
					SIZE, 0 } };

	(void)state;
	assert_int_equal(nw_invoke(&nw, session, NW_HOLD, params),
			 NW_BAD_PARAMETERS);
	assert_unchanged();
	params[0] = (struct nw_param){ NW_TMEM_INOUT, 0, 0, 0 };
	assert_int_equal(nw_invoke(&nw, session, NW_HOLD, params),
			 NW_BAD_PARAMETERS);
}

static void commands_want_their_own_parameters(void **state)
{
	struct nw_param params[4] = { { 0 } };

	(void)state;
	for (uint32_t command = 0; command < 20; command++) {
		uint32_t ret;

		params[0] = (struct nw_param){ NW_VALUE_INOUT, 1, 2, 3 };
		params[3] = (struct nw_param){ NW_RMEM_INOUT, 0, 8, COOKIE };
		ret = nw_invoke(&nw, session, command, params);
		assert_true(ret == NW_BAD_PARAMETERS ||
			    ret == NW_NOT_IMPLEMENTED);
		assert_unchanged();
	}
	assert_int_equal(nw_invoke(&nw, session + 1, NW_CHECKSUM, params),
			 NW_BAD_PARAMETERS);
	assert_int_equal(nw_invoke(&nw, 0, NW_CHECKSUM, params),
			 NW_BAD_PARAMETERS);
	assert_int_equal(nw_close(&nw, session + 1), NW_BAD_PARAMETERS);
}

/* Memory that stops answering. */

struct dying {
	uint64_t reads_left;
	pa_t page;
};

static void die_after_some_reads(void *arg, pa_t word)
{
	struct dying *dying = arg;

	(void)word;
	if (dying->reads_left-- == 0)
		sim_page_set_dead(dying->page, true);
}

static void data_that_stops_answering_ends_the_command(void **state)
{
	struct nw_param fill[4] = { { NW_RMEM_OUT, 0, SIZE, COOKIE },
				    { NW_VALUE_IN, 1, 0, 0 } };

	(void)state;
	for (unsigned int i = 0; i < COUNT; i++) {
		sim_page_set_dead(pages[i], true);
		assert_int_equal(checksum(NW_RMEM_IN, 0, SIZE, COOKIE),
				 NW_TARGET_DEAD);
		assert_int_equal(nw_invoke(&nw, session, NW_FILL, fill),
				 NW_TARGET_DEAD);
		sim_page_set_dead(pages[i], false);
		assert_unchanged();
	}
}

/* Whatever is being read when it dies, the call ends and nothing is left. */
static void argument_may_die_at_any_read(void **state)
{
	pa_t mortal[] = { NW_ARGUMENT(0), WORLD_LISTS_PA, pages[3] };

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		for (uint64_t n = 0; n < 80; n++) {
			struct nw_message message = { .cmd = NW_INVOKE,
						      .session = session,
						      .count = 4 };
			struct dying dying = { n, mortal[i] };

			message.params[0] = (struct nw_param){
				NW_TMEM_IN | NW_NONCONTIG,
				world_write_list(0, pages, COUNT), 16384, 0
			};
			message.params[1].attr = NW_VALUE_OUT;
			sim_set_read_hook(die_after_some_reads, &dying);
			nw_send(&nw, &message);
			sim_set_read_hook(NULL, NULL);
			sim_page_set_dead(mortal[i], false);
			assert_unchanged();
		}
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(references_beyond_the_region_are_refused),
		CASE(attributes_that_mean_nothing_are_refused),
		CASE(temporary_references_are_checked_as_registered),
		CASE(only_registered_memory_can_be_held),
		CASE(commands_want_their_own_parameters),
		CASE(data_that_stops_answering_ends_the_command),
		CASE(argument_may_die_at_any_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
