// SPDX-License-Identifier: BSD-2-Clause
/*
 * Windows that have grown as far as they can, as the normal world sees it: what
 * does not fit is refused, STATS says why, and what is there goes on.
 */
#include "model/growth_fixture.h"

#include <abi/tee.h>
#include <string.h>

#include "sim/normal_world.h"
#include "sim/trace.h"

#define POOL	(UINT64_C(24) << 20)
#define REGIONS 600u
#define COUNT	600u /* pages: more than a leaf table has */
#define COOKIE	UINT64_C(0xffff000012340000)
#define BUFFER	UINT64_C(99)

static struct nw nw;
static struct region *regions[REGIONS];
static pa_t pages[COUNT];

static int set_up(void **state)
{
	struct shm_config config;

	(void)state;
	world_start_machine(POOL);
	config = growth_config(POOL, 4);
	assert_int_equal(tee_init(&config), SHM_OK);
	nw = (struct nw){ .next_buffer = NW_BUFFER_PA };
	sim_interrupts_open(false);
	for (uint64_t i = 0; i < COUNT; i++)
		pages[i] = WORLD_RAM_PA + i * 3 * SHM_PAGE_SIZE;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return sim_check_violations() ? 0 : -1;
}

/* Regions without pages take all space, down to the last leaf table. */
static unsigned int take_all_space(struct holdings *owner)
{
	uint64_t size = REGION;
	unsigned int count = 0;

	while (size >= LEAF_SPAN) {
		enum shm_status st;

		assert_in_range(count, 0, REGIONS - 1);
		st = begin_range(owner, size, &regions[count]);
		assert_true(st == SHM_OK || st == SHM_NO_VA);
		if (st == SHM_OK)
			count++;
		else
			size /= 2;
	}
	return count;
}

/* The error in the guest's own record, at its place there. */
static uint32_t last_error(uint32_t session)
{
	pa_t page = WORLD_LISTS_PA + 60 * SHM_PAGE_SIZE;
	struct nw_param params[4] = {
		{ NW_VALUE_IN, 0, 0, 0 },
		{ NW_RMEM_OUT, 0, SHM_PAGE_SIZE, BUFFER },
	};
	uint32_t error;

	assert_int_equal(nw_invoke(&nw, session, NW_STATS, params), 0);
	memcpy(&error, (uint8_t *)sim_pointer(page) + 16 + 72, 4);
	return error;
}

static uint32_t register_pages(uint64_t cookie)
{
	return nw_register(&nw, cookie, pages, COUNT, 0, COUNT * SHM_PAGE_SIZE);
}

static void stats_say_that_no_space_is_left(void **state)
{
	pa_t page = WORLD_LISTS_PA + 60 * SHM_PAGE_SIZE;
	struct nw_look before;
	struct nw_look after;
	unsigned int count;
	uint32_t session;

	(void)state;
	assert_int_equal(nw_register(&nw, BUFFER, &page, 1, 0, SHM_PAGE_SIZE),
			 0);
	assert_int_equal(register_pages(COOKIE), 0);
	session = nw_open(&nw);
	assert_int_equal(last_error(session), SHM_OK);
	count = take_all_space(guest_find(tee_shm(), 0)->holdings);
	assert_int_equal(opened(tee_shm()), LIMIT);
	before = nw_look();
	assert_int_equal(register_pages(COOKIE + 1), NW_OUT_OF_MEMORY);
	after = nw_look();
	assert_memory_equal(&after, &before, sizeof(after));
	assert_int_equal(last_error(session), SHM_NO_VA);
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
	assert_int_equal(register_pages(COOKIE + 1), 0);
	for (unsigned int i = 0; i < count; i++) {
		region_leave(regions[i]);
		while (region_take_apart(regions[i]) == SHM_INTERRUPTED)
			;
	}
	assert_int_equal(register_pages(COOKIE), 0);
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(stats_say_that_no_space_is_left,
						set_up, tear_down),
	};

	trace_leave_out("how much fits depends on the size of tables");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
