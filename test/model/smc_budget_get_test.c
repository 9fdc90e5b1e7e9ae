// SPDX-License-Identifier: BSD-2-Clause
/* GET_BUDGET: what it tells of each resource, and whom. */
#include "model/budget_fixture.h"

struct answer {
	uint32_t ret;
	uint64_t share, ceiling, used, highest;
};

static struct answer get_by(struct nw *who, uint32_t by, uint64_t guest,
			    uint64_t what)
{
	struct nw_param params[4] = {
		{ NW_VALUE_IN, guest, what, 0 },
		{ NW_VALUE_OUT, 0, 0, 0 },
		{ NW_VALUE_OUT, 0, 0, 0 },
	};
	uint32_t ret = nw_invoke(who, by, NW_GET_BUDGET, params);

	return (struct answer){ ret, params[1].a, params[1].b, params[2].a,
				params[2].b };
}

static struct answer get(uint64_t guest, uint64_t what)
{
	return get_by(&control, session, guest, what);
}

static void assert_limits(uint32_t what, uint64_t share, uint64_t ceiling)
{
	struct answer now = get(GREEDY, what);

	assert_int_equal(now.ret, 0);
	assert_int_equal(now.share, share);
	assert_int_equal(now.ceiling, ceiling);
}

static void what_was_set_is_told(void **state)
{
	static const uint64_t share[] = { 9, 8, 3, 5000, 6, 2 };
	static const uint64_t ceiling[] = { 90, MAX, 30, 50000, 60, 3 };

	(void)state;
	/* What everybody begins with. */
	assert_limits(PAGES, 0, MAX);
	assert_limits(TABLES, 1, MAX);
	assert_limits(METADATA, 3 * 176 + 256, MAX);
	assert_limits(CALLS, 4, 4);
	for (uint32_t what = 0; what < RESOURCES; what++)
		assert_int_equal(set(GREEDY, what, share[what], ceiling[what]),
				 0);
	/* None of these is set. */
	for (uint32_t what = 0; what < RESOURCES; what++)
		assert_int_not_equal(set(GREEDY, what, UINT64_C(1) << 32, MAX),
				     0);
	assert_int_not_equal(set(GREEDY, TABLES, 100000, MAX), 0);
	for (uint32_t what = 0; what < RESOURCES; what++)
		assert_limits(what, share[what], ceiling[what]);
	/* The id's, whatever becomes of what it has; and gone with it. */
	assert_int_equal(
		nw_smc(&greedy, NW_EXCHANGE_CAPABILITIES, 0, 0, 0, 0, 0, 0)
			.a[0],
		NW_OK);
	assert_limits(SESSIONS, share[SESSIONS], ceiling[SESSIONS]);
	assert_int_equal(nw_destroy(&hypervisor, GREEDY), NW_OK);
	assert_int_equal(get(GREEDY, PAGES).ret, NW_BAD_PARAMETERS);
	assert_int_equal(nw_create(&hypervisor, GREEDY), NW_OK);
	assert_limits(SESSIONS, 0, MAX);
	assert_limits(TABLES, 1, MAX);
}

static void nonsense_is_refused(void **state)
{
	struct nw_param params[4] = {
		{ NW_VALUE_IN, GREEDY, PAGES, 0 },
		{ NW_VALUE_OUT, 0, 0, 0 },
	};

	uint64_t refusals = usage_of(CONTROL).refusals;

	(void)state;
	assert_int_equal(get(GREEDY, RESOURCES).ret, NW_BAD_PARAMETERS);
	assert_int_equal(get(GREEDY, MAX).ret, NW_BAD_PARAMETERS);
	assert_int_equal(usage_of(CONTROL).last_error, SHM_BAD_SIZE);
	/* One above it is there. */
	assert_int_equal(get(GREEDY - 1, PAGES).ret, NW_BAD_PARAMETERS);
	assert_int_equal(usage_of(CONTROL).last_error, SHM_UNKNOWN_GUEST);
	assert_int_equal(get(0x10000 | GREEDY, PAGES).ret, NW_BAD_PARAMETERS);
	assert_int_equal(get(UINT64_C(1) << 32 | GREEDY, PAGES).ret,
			 NW_BAD_PARAMETERS);
	assert_int_equal(get(0xFFFF, PAGES).ret, NW_BAD_PARAMETERS);
	assert_int_equal(usage_of(CONTROL).refusals, refusals + 6);
	assert_int_equal(nw_invoke(&control, session, NW_GET_BUDGET, params),
			 NW_BAD_PARAMETERS);
}

static void each_sees_itself_and_the_privileged_see_all(void **state)
{
	uint32_t own = nw_open(&greedy);
	uint32_t zero = nw_open(&hypervisor);

	(void)state;
	assert_int_equal(set(GREEDY, PAGES, 1, 12), 0);
	assert_int_equal(get_by(&greedy, own, GREEDY, PAGES).ceiling, 12);
	assert_int_equal(get_by(&greedy, own, GREEDY, PAGES).ret, 0);
	assert_int_equal(get_by(&hypervisor, zero, GREEDY, PAGES).ceiling, 12);
	assert_int_equal(get_by(&hypervisor, zero, 0, PAGES).ret, 0);
	/* Not even whether they are there. */
	assert_int_equal(get_by(&greedy, own, NEIGHBOUR, PAGES).ret,
			 NW_ACCESS_DENIED);
	assert_int_equal(get_by(&greedy, own, 9, PAGES).ret, NW_ACCESS_DENIED);
	assert_int_equal(get_by(&greedy, own, 0x10000 | GREEDY, PAGES).ret,
			 NW_ACCESS_DENIED);
	assert_int_equal(get_by(&greedy, own, CONTROL, PAGES).ceiling, 0);
}

static void assert_use(uint32_t what, uint64_t used, uint64_t highest)
{
	struct answer now = get(GREEDY, what);

	assert_int_equal(now.ret, 0);
	assert_int_equal(now.used, used);
	assert_int_equal(now.highest, highest);
}

/* Leave a call in the middle, and be told that it counts. */
static void use_two_calls(void)
{
	struct nw_message message = nw_open_message();
	pa_t pages[600];
	struct smc_args regs;

	for (unsigned int i = 0; i < 600; i++)
		pages[i] = page(3 * i);
	sim_interrupt_after(2);
	regs = nw_smc(&greedy, NW_ADD_SHM_BUFFER, 0,
		      (uint32_t)world_write_list(20, pages, 600), 0,
		      600 * SHM_PAGE_SIZE, 0, 5);
	sim_interrupt_after(0);
	assert_int_equal(regs.a[0], NW_RPC_FOREIGN_INTR);
	assert_use(CALLS, 1, 1);
	assert_int_equal(nw_send(&greedy, &message), NW_OK);
	assert_use(CALLS, 1, 2);
	assert_int_equal(nw_finish(&greedy, &regs), NW_OK);
	assert_use(CALLS, 0, 2);
	assert_int_equal(nw_unregister(&greedy, 5), 0);
}

static void use_and_the_highest_are_told(void **state)
{
	pa_t pages[3] = { page(1), page(2), page(7) };
	uint64_t tables;
	uint64_t bytes;

	(void)state;
	for (uint32_t what = 0; what < RESOURCES; what++)
		assert_use(what, 0, 0);
	assert_int_equal(
		nw_register(&greedy, 2, pages, 3, 0, 3 * SHM_PAGE_SIZE), 0);
	assert_int_equal(register_one(&greedy, 3, 9), 0);
	assert_use(PAGES, 4, 4);
	assert_use(REGIONS, 2, 2);
	tables = get(GREEDY, TABLES).used;
	bytes = get(GREEDY, METADATA).used;
	assert_true(tables >= 1 && bytes >= 2 * 176);
	assert_use(TABLES, tables, tables);
	assert_use(METADATA, bytes, get(GREEDY, METADATA).highest);
	assert_int_equal(nw_unregister(&greedy, 2), 0);
	assert_use(PAGES, 1, 4);
	assert_use(REGIONS, 1, 2);
	assert_true(get(GREEDY, METADATA).used < bytes);
	assert_true(get(GREEDY, METADATA).highest >= bytes);
	assert_use(SESSIONS, 0, 0);
	use_two_calls();
	assert_use(SESSIONS, 1, 1);
	assert_use(PAGES, 1, 601);
	assert_true(get(GREEDY, TABLES).highest > tables);
	/* It starts over, and so do the marks. */
	assert_int_equal(
		nw_smc(&greedy, NW_EXCHANGE_CAPABILITIES, 0, 0, 0, 0, 0, 0)
			.a[0],
		NW_OK);
	for (uint32_t what = 0; what < RESOURCES; what++)
		assert_use(what, 0, 0);
}

/* A call of the one who asks is counted as any other. */
static void who_asks_is_in_a_call(void **state)
{
	struct answer now = get(CONTROL, CALLS);

	(void)state;
	assert_int_equal(now.used, 1);
	assert_int_equal(now.highest, 1);
	assert_int_equal(get(CONTROL, SESSIONS).used, 1);
}

/* The calls of the dead are the next one's, but not what they came to. */
static void a_new_guest_has_used_nothing(void **state)
{
	(void)state;
	use_two_calls();
	/* Until none is ready: the dead one's are the next to be had. */
	assert_int_equal(nw_create(&hypervisor, 30), NW_OK);
	assert_int_equal(nw_create(&hypervisor, 31), NW_OK);
	assert_int_equal(nw_destroy(&hypervisor, GREEDY), NW_OK);
	for (uint32_t id = 20; id < 23; id++) {
		assert_int_equal(nw_create(&hypervisor, id), NW_OK);
		for (uint32_t what = 0; what < RESOURCES; what++) {
			struct answer now = get(id, what);

			assert_int_equal(now.ret, 0);
			assert_int_equal(now.used, 0);
			assert_int_equal(now.highest, 0);
		}
	}
}

/* Guest 0 has no share: a ceiling does not give it one. */
static void a_ceiling_alone_promises_nothing(void **state)
{
	struct nw nw;
	struct answer now;
	int64_t room;
	uint32_t own;

	(void)state;
	nw_start(&nw, POOL_SIZE);
	own = nw_open(&nw);
	room = meta_pool_room(&tee_shm()->pool);
	assert_int_equal(set_by(&nw, own, 0, TABLES, 0, 50), 0);
	assert_int_equal(set_by(&nw, own, 0, METADATA, 0, 50000), 0);
	assert_int_equal(meta_pool_room(&tee_shm()->pool), room);
	now = get_by(&nw, own, 0, TABLES);
	assert_int_equal(now.share, 0);
	assert_int_equal(now.ceiling, 50);
	/* A share does, and brings with it what every guest begins with. */
	assert_int_equal(set_by(&nw, own, 0, TABLES, 2, 50), 0);
	assert_in_range(meta_pool_room(&tee_shm()->pool), 0, room - 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_was_set_is_told),
		CASE(nonsense_is_refused),
		CASE(each_sees_itself_and_the_privileged_see_all),
		CASE(use_and_the_highest_are_told),
		CASE(who_asks_is_in_a_call),
		CASE(a_new_guest_has_used_nothing),
		CASE(a_ceiling_alone_promises_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
