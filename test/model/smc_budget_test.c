// SPDX-License-Identifier: BSD-2-Clause
/*
 * Budgets between guests, as the hypervisor and its control guest use them: who
 * may set them, what they refuse, and that a guest which takes all it can get
 * leaves every other one what it was promised.
 */
#include "model/budget_fixture.h"
#include "sim/trace.h"

static void only_the_privileged_set_budgets(void **state)
{
	uint32_t own = nw_open(&greedy);
	uint32_t zero = nw_open(&hypervisor);

	(void)state;
	assert_int_equal(set_by(&greedy, own, GREEDY, PAGES, 0, MAX),
			 NW_ACCESS_DENIED);
	assert_int_equal(set_by(&greedy, own, CONTROL, PAGES, 0, 0),
			 NW_ACCESS_DENIED);
	assert_int_equal(usage_of(CONTROL).ceiling[PAGES], MAX);
	assert_int_equal(set_by(&hypervisor, zero, GREEDY, PAGES, 0, 12), 0);
	assert_int_equal(usage_of(GREEDY).ceiling[PAGES], 12);
	assert_int_equal(set(GREEDY, PAGES, 0, 13), 0);
	assert_int_equal(usage_of(GREEDY).ceiling[PAGES], 13);
}

static void nonsense_is_refused_and_changes_nothing(void **state)
{
	int64_t room;

	(void)state;
	for (unsigned int i = 0; i < 3; i++)
		(void)nw_unregister(&control, 1); /* spares are made */
	room = meta_pool_room(&tee_shm()->pool);
	assert_int_equal(set(GREEDY, PAGES, 6, 5), NW_BAD_PARAMETERS);
	assert_int_equal(set(GREEDY, TABLES, 6, 5), NW_BAD_PARAMETERS);
	assert_int_equal(set(GREEDY, 6, 0, MAX), NW_BAD_PARAMETERS);
	assert_int_equal(set(GREEDY, MAX, 0, MAX), NW_BAD_PARAMETERS);
	assert_int_equal(set(9, PAGES, 0, 5), NW_BAD_PARAMETERS);
	assert_int_equal(set(0x10000 | GREEDY, PAGES, 0, 5), NW_BAD_PARAMETERS);
	assert_int_equal(set(UINT64_C(1) << 32 | GREEDY, PAGES, 0, 5),
			 NW_BAD_PARAMETERS);
	/* With no call it would wait for ever. */
	assert_int_equal(set(GREEDY, CALLS, 0, 0), NW_BAD_PARAMETERS);
	assert_int_equal(set(GREEDY, CALLS, 100, MAX), NW_OUT_OF_MEMORY);
	assert_int_equal(set(GREEDY, TABLES, 1 << 20, MAX), NW_OUT_OF_MEMORY);
	assert_int_equal(set(GREEDY, METADATA, MAX, MAX), NW_OUT_OF_MEMORY);
	assert_int_equal(meta_pool_room(&tee_shm()->pool), room);
	for (unsigned int i = 0; i < CALLS; i++)
		assert_int_equal(usage_of(GREEDY).ceiling[i], MAX);
}

static void each_ceiling_refuses_and_says_so(void **state)
{
	static const uint64_t ceilings[] = { 1, 1, 0, 100 };

	(void)state;
	for (unsigned int what = PAGES; what <= METADATA; what++) {
		assert_int_equal(register_one(&greedy, 0x1000, 1), 0);
		assert_int_equal(set(GREEDY, what, 0, ceilings[what]), 0);
		if (what != TABLES) /* its leaf has room for another */
			assert_int_equal(register_one(&greedy, 0x2000, 2),
					 NW_OUT_OF_MEMORY);
		else
			assert_int_equal(
				nw_call(&greedy, NW_ADD_SHM_BUFFER, 0,
					(uint32_t)world_write_list(0, NULL, 0),
					0, 4 << 20, 0, 0x2000),
				NW_ENOMEM);
		assert_int_equal(usage_of(GREEDY).last_error, SHM_OVER_BUDGET);
		/* What is used already stays, and can be given back. */
		assert_int_equal(nw_unregister(&greedy, 0x1000), 0);
		assert_int_equal(set(GREEDY, what, 0, MAX), 0);
		assert_int_equal(register_one(&greedy, 0x2000, 2), 0);
		assert_int_equal(nw_unregister(&greedy, 0x2000), 0);
	}
	assert_int_equal(set(GREEDY, SESSIONS, 0, 1), 0);
	assert_int_not_equal(nw_open(&greedy), 0);
	assert_int_equal(nw_open(&greedy), 0);
	assert_int_equal(usage_of(GREEDY).last_error, SHM_OVER_BUDGET);
	assert_int_not_equal(nw_open(&neighbour), 0);
}

/* One call is always allowed, and no more than that here. */
static void ceiling_of_calls_counts_those_in_flight(void **state)
{
	pa_t pages[600];
	struct smc_args regs;
	pa_t list;

	(void)state;
	for (unsigned int i = 0; i < 600; i++)
		pages[i] = page(3 * i);
	list = world_write_list(20, pages, 600);
	assert_int_equal(set(GREEDY, CALLS, 0, 1), 0);
	sim_interrupt_after(4);
	regs = nw_smc(&greedy, NW_ADD_SHM_BUFFER, 0, (uint32_t)list, 0,
		      600 * SHM_PAGE_SIZE, 0, 5);
	sim_interrupt_after(0);
	assert_int_equal(regs.a[0], NW_RPC_FOREIGN_INTR);
	assert_int_equal(
		nw_smc(&greedy, NW_REMOVE_SHM_BUFFER, 0, 6, 0, 0, 0, 0).a[0],
		NW_ETHREAD_LIMIT);
	assert_int_equal(nw_finish(&greedy, &regs), NW_OK);
	assert_int_equal(nw_unregister(&greedy, 5), 0);
}

/* Take regions, tables, sessions and holes in them until nothing is left. */
static void saturate(struct nw *who)
{
	static pa_t pages[3000];
	unsigned int cookie = 0x100000;

	trace_leave_out("what memory is enough for depends on tables");
	for (unsigned int count = 3000; count > 0; count /= 3) {
		for (unsigned int i = 0; i < count; i++)
			pages[i] = page((7 * i + count) % 4096);
		while (nw_register(who, cookie, pages, count, 0,
				   count * SHM_PAGE_SIZE) == 0)
			cookie++;
	}
	while (nw_open(who) != 0)
		;
	for (unsigned int i = 0x100000; i < cookie; i += 3)
		(void)nw_unregister(who, i);
	while (nw_open(who) != 0 || register_one(who, cookie, 5) == 0)
		cookie++;
	assert_in_range(meta_pool_room(&tee_shm()->pool), 0, 3);
}

/* The mediator asks again where space is scarce and death comes in slices. */
static uint32_t destroy_greedy(void)
{
	uint32_t a0 = nw_destroy(&hypervisor, GREEDY);

	while (!tee_shm()->roomy && a0 == NW_EBUSY)
		a0 = nw_destroy(&hypervisor, GREEDY);
	return a0;
}

static void one_that_takes_everything_takes_nothing_from_others(void **state)
{
	struct nw_param params[4] = { { NW_RMEM_IN, 0, SHM_PAGE_SIZE, 0x77 },
				      { NW_VALUE_OUT, 0, 0, 0 } };
	uint32_t own;

	(void)state;
	saturate(&greedy);
	assert_int_equal(usage_of(GREEDY).last_error, SHM_NO_METADATA);
	for (unsigned int i = 0; i < 20; i++) {
		/* A page that nobody else has, in a granule of its own. */
		pa_t pa = WORLD_RAM_PA + (i * 5 + 1) * SHM_PAGE_SIZE;

		assert_int_equal(
			nw_register(&neighbour, 0x77, &pa, 1, 0, SHM_PAGE_SIZE),
			0);
		own = nw_open(&neighbour);
		assert_int_not_equal(own, 0);
		assert_int_equal(
			nw_invoke(&neighbour, own, NW_CHECKSUM, params), 0);
		assert_int_equal(nw_close(&neighbour, own), 0);
		assert_int_equal(nw_unregister(&neighbour, 0x77), 0);
		(void)nw_open(&greedy);
		(void)register_one(&greedy, 0x5000000 + i, 9);
	}
	/* And the control guest can do something about it. */
	assert_int_equal(set(GREEDY, METADATA, 0, 0), 0);
	assert_int_equal(set(GREEDY, TABLES, 100, MAX), NW_OUT_OF_MEMORY);
	assert_int_equal(destroy_greedy(), NW_OK);
	assert_int_equal(set(NEIGHBOUR, TABLES, 100, MAX), 0);
	assert_int_equal(nw_create(&hypervisor, GREEDY), NW_OK);
	assert_int_equal(usage_of(GREEDY).ceiling[METADATA], MAX);
}

/* Where several leaf tables share a page, there may be one left in it. */
static void take_parts_of_pages(void)
{
	struct shm *shm = tee_shm();

	while (meta_part_alloc(&shm->pool, &shm->leaf_cache, NULL, NULL) !=
	       NULL)
		;
}

/* Whose share is taken away may find nothing left to begin with. */
static void who_cannot_begin_is_told_so_in_the_message(void **state)
{
	struct nw_message message = nw_open_message();

	(void)state;
	assert_int_equal(set(NEIGHBOUR, TABLES, 0, MAX), 0);
	assert_int_equal(set(NEIGHBOUR, METADATA, 0, MAX), 0);
	saturate(&greedy);
	take_parts_of_pages();
	assert_int_equal(nw_send(&neighbour, &message), NW_ENOMEM);
	assert_int_equal(message.ret, NW_OUT_OF_MEMORY);
	assert_int_equal(message.origin, 3);
	assert_int_equal(
		nw_call(&neighbour, NW_REMOVE_SHM_BUFFER, 0, 6, 0, 0, 0, 0),
		NW_ENOMEM);
	assert_int_equal(usage_of(NEIGHBOUR).refusals, 2);
	assert_int_not_equal(usage_of(NEIGHBOUR).last_error, SHM_OK);
	/* A corpse is in nobody's way. */
	assert_int_equal(destroy_greedy(), NW_OK);
	message = nw_open_message();
	assert_int_equal(nw_send(&neighbour, &message), NW_OK);
	assert_int_equal(message.ret, 0);
}

/* It waits for what the dead still hold, but no longer than it is wanted. */
static void setting_is_cancelled_while_it_buries(void **state)
{
	struct nw_message message = {
		.cmd = NW_INVOKE,
		.func = NW_SET_BUDGET,
		.session = session,
		.cancel_id = 77,
		.count = 2,
		.params = { { NW_VALUE_IN, NEIGHBOUR, TABLES, 0 },
			    { NW_VALUE_IN, 300, MAX, 0 } },
	};
	struct nw_message cancel = { .cmd = NW_CANCEL,
				     .session = session,
				     .cancel_id = 77 };
	struct smc_args regs;

	(void)state;
	saturate(&greedy);
	assert_int_equal(destroy_greedy(), NW_OK);
	nw_write(3, &message);
	sim_interrupt_after(80);
	regs = nw_smc(&control, NW_CALL_WITH_ARG, 0, (uint32_t)NW_ARGUMENT(3),
		      0, 0, 0, 0);
	sim_interrupt_after(0);
	assert_int_equal(regs.a[0], NW_RPC_FOREIGN_INTR);
	assert_int_equal(nw_send(&control, &cancel), NW_OK);
	assert_int_equal(nw_finish(&control, &regs), NW_OK);
	nw_read(3, &message);
	assert_int_equal(message.ret, NW_CANCELLED);
	assert_int_equal(usage_of(NEIGHBOUR).share[TABLES], 1);
	assert_int_equal(set(NEIGHBOUR, TABLES, 300, MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(only_the_privileged_set_budgets),
		CASE(nonsense_is_refused_and_changes_nothing),
		CASE(each_ceiling_refuses_and_says_so),
		CASE(ceiling_of_calls_counts_those_in_flight),
		CASE(one_that_takes_everything_takes_nothing_from_others),
		CASE(who_cannot_begin_is_told_so_in_the_message),
		CASE(setting_is_cancelled_while_it_buries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
