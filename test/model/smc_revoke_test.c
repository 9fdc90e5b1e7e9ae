// SPDX-License-Identifier: BSD-2-Clause
/*
 * Guests of a hypervisor that moves their pages, by SMCs: a page list that
 * names a page of another guest's region takes it away, whatever that guest is
 * in the middle of, and its calls end with 'region gone'.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/tee.h>
#include <cmocka.h>
#include <string.h>

#include "sim/normal_world.h"

#define POOL_SIZE (UINT64_C(4) << 20)
#define COOKIE	  UINT64_C(0xffff000012345680)
#define COUNT	  700u
#define SIZE	  (COUNT * SHM_PAGE_SIZE)
#define LOSER	  7u
#define WINNER	  8u

static struct nw hypervisor;
static struct nw loser;
static struct nw winner;
static uint32_t session;
static pa_t pages[COUNT];
static uint64_t free_at_start;

static int set_up(void **state)
{
	(void)state;
	nw_start(&hypervisor, POOL_SIZE);
	loser = hypervisor;
	loser.client = LOSER;
	winner = hypervisor;
	winner.client = WINNER;
	world_scatter(pages, COUNT);
	for (unsigned int i = 0; i < COUNT; i++)
		memset(sim_pointer(pages[i]), 1, SHM_PAGE_SIZE);
	assert_int_equal(nw_create(&hypervisor, LOSER), NW_OK);
	assert_int_equal(nw_create(&hypervisor, WINNER), NW_OK);
	nw_settle(&hypervisor, 10);
	free_at_start = meta_pool_free_bytes(&tee_shm()->pool);
	session = nw_open(&loser);
	assert_int_not_equal(session, 0);
	assert_int_equal(nw_register(&loser, COOKIE, pages, COUNT, 0, SIZE), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sim_interrupt_after(0);
	assert_int_equal(nw_destroy(&hypervisor, LOSER), NW_OK);
	assert_int_equal(nw_destroy(&hypervisor, WINNER), NW_OK);
	for (unsigned int i = 0; i < COUNT; i++)
		assert_false(sim_tlb_names_page(pages[i]));
	assert_int_equal(nw_create(&hypervisor, LOSER), NW_OK);
	assert_int_equal(nw_create(&hypervisor, WINNER), NW_OK);
	nw_settle(&hypervisor, 10);
	assert_int_equal(meta_pool_free_bytes(&tee_shm()->pool), free_at_start);
	return sim_check_violations() ? 0 : -1;
}

/* The hypervisor's word: page number n belongs to somebody else now. */
static void move(unsigned int n)
{
	assert_int_equal(
		nw_register(&winner, 1, &pages[n], 1, 0, SHM_PAGE_SIZE), 0);
}

static uint32_t checksum(struct nw *nw, uint64_t cookie, uint64_t *sum)
{
	struct nw_param params[4] = {
		{ NW_RMEM_IN, 0, SIZE, cookie },
		{ NW_VALUE_OUT, 0, 0, 0 },
	};
	uint32_t ret = nw_invoke(nw, session, NW_CHECKSUM, params);

	*sum = params[1].a;
	return ret;
}

static uint32_t simple(uint32_t command, struct nw_param first)
{
	struct nw_param params[4] = { first };

	return nw_invoke(&loser, session, command, params);
}

struct stats_look {
	uint32_t revoked;
	uint32_t last_error;
	uint64_t pages;
};

/* The guest's own record, at its place in the record of 120 bytes. */
static struct stats_look stats_of(struct nw *nw)
{
	uint32_t own = nw_open(nw);
	pa_t buffer = WORLD_LISTS_PA + 60 * SHM_PAGE_SIZE;
	struct nw_param params[4] = {
		{ NW_VALUE_IN, 0, 0, 0 },
		{ NW_RMEM_OUT, 0, SHM_PAGE_SIZE, 99 },
	};
	struct stats_look look;
	uint8_t *record = (uint8_t *)sim_pointer(buffer) + 16;

	assert_int_equal(nw_register(nw, 99, &buffer, 1, 0, SHM_PAGE_SIZE), 0);
	assert_int_equal(nw_invoke(nw, own, NW_STATS, params), 0);
	assert_int_equal(nw_unregister(nw, 99), 0);
	assert_int_equal(nw_close(nw, own), 0);
	memcpy(&look.pages, record + 16, 8);
	memcpy(&look.revoked, record + 60, 4);
	memcpy(&look.last_error, record + 72, 4);
	look.pages--; /* the buffer itself */
	return look;
}

/* Leave a call of the loser in the middle; its registers. */
static struct smc_args begin(const struct nw_message *message,
			     uint64_t interrupts)
{
	struct smc_args regs;

	nw_write(5, message);
	sim_interrupt_after(interrupts);
	regs = nw_smc(&loser, NW_CALL_WITH_RPC_ARG,
		      (uint32_t)(NW_ARGUMENT(5) >> 32),
		      (uint32_t)NW_ARGUMENT(5), 0, 0, 0, 0);
	sim_interrupt_after(0);
	assert_int_equal(regs.a[0], NW_RPC_FOREIGN_INTR);
	return regs;
}

static uint32_t end(struct smc_args *regs)
{
	struct nw_message message;

	assert_int_equal(nw_finish(&loser, regs), NW_OK);
	nw_read(5, &message);
	return message.ret;
}

static struct nw_message command(uint32_t func, struct nw_param a,
				 struct nw_param b)
{
	return (struct nw_message){ .cmd = NW_INVOKE,
				    .func = func,
				    .session = session,
				    .ret = 0x5a5a5a5a,
				    .count = 4,
				    .params = { a, b } };
}

static const struct nw_param whole = { NW_RMEM_INOUT, 0, SIZE, COOKIE };
static const struct nw_param value_in = { NW_VALUE_IN, 5, 0, 0 };
static const struct nw_param value_out = { NW_VALUE_OUT, 0, 0, 0 };

static void what_was_moved_is_gone_and_the_name_is_free(void **state)
{
	uint64_t leaves = world_leaf_count();
	struct stats_look stats;
	uint64_t sum;

	(void)state;
	assert_int_equal(checksum(&loser, COOKIE, &sum), 0);
	assert_int_equal(sum, SIZE);
	move(3);
	assert_int_equal(checksum(&loser, COOKIE, &sum), NW_TARGET_DEAD);
	stats = stats_of(&loser);
	assert_int_equal(stats.revoked, 1);
	assert_int_equal(stats.last_error, SHM_REGION_GONE);
	assert_int_equal(stats.pages, 0); /* STATS drained it */
	assert_int_equal(stats_of(&winner).revoked, 0);
	assert_int_equal(world_leaf_count(), leaves - COUNT + 1);
	assert_int_equal(nw_unregister(&loser, COOKIE), 0);
	assert_int_equal(nw_unregister(&loser, COOKIE), NW_BAD_PARAMETERS);
	/* And back: the loser's new list is the latest word. */
	assert_int_equal(nw_register(&loser, COOKIE, pages, COUNT, 0, SIZE), 0);
	assert_int_equal(checksum(&loser, COOKIE, &sum), 0);
	assert_int_equal(sum, SIZE);
	assert_int_equal(nw_unregister(&loser, COOKIE), 0);
	assert_int_equal(stats_of(&loser).revoked, 1);
	assert_int_equal(stats_of(&winner).revoked, 1);
	assert_int_equal(nw_unregister(&winner, 1), 0);
}

/* Whether the page that moves has been read already, or never will be. */
static void commands_in_the_middle_end_with_region_gone(void **state)
{
	static const struct nw_param half = { NW_RMEM_INOUT, 0,
					      400 * SHM_PAGE_SIZE, COOKIE };
	const struct nw_message commands[] = {
		command(NW_CHECKSUM, half, value_out),
		command(NW_FILL, half, value_in),
		command(NW_REVERSE, half, (struct nw_param){ 0 }),
		command(NW_COPY, half, half),
	};

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		for (unsigned int moved = 0; moved < COUNT; moved += 233) {
			struct smc_args regs = begin(&commands[i], 40);

			move(moved);
			assert_int_equal(end(&regs), NW_TARGET_DEAD);
			assert_int_equal(nw_unregister(&loser, COOKIE), 0);
			assert_int_equal(nw_unregister(&winner, 1), 0);
			assert_int_equal(nw_register(&loser, COOKIE, pages,
						     COUNT, 0, SIZE),
					 0);
		}
	}
}

static void sessions_see_that_what_they_hold_is_gone(void **state)
{
	const struct nw_message held_sum =
		command(NW_HELD_SUM, value_out, (struct nw_param){ 0 });
	struct smc_args regs;

	(void)state;
	assert_int_equal(simple(NW_HOLD, whole), 0);
	assert_int_equal(simple(NW_HELD_SUM, value_out), 0);
	regs = begin(&held_sum, 40);
	move(600);
	assert_int_equal(end(&regs), NW_TARGET_DEAD);
	assert_int_equal(simple(NW_HELD_SUM, value_out), NW_TARGET_DEAD);
	assert_int_equal(nw_unregister(&loser, COOKIE), 0);
	assert_int_equal(simple(NW_HELD_SUM, value_out), NW_TARGET_DEAD);
	assert_int_equal(simple(NW_RELEASE, (struct nw_param){ 0 }), 0);
	assert_int_equal(simple(NW_RELEASE, (struct nw_param){ 0 }),
			 NW_BAD_STATE);
}

/* Unregistering waits for the call that still runs on it. */
static void unregistering_waits_for_running_calls_as_ever(void **state)
{
	const struct nw_message sum = command(NW_CHECKSUM, whole, value_out);
	struct smc_args regs = begin(&sum, 40);
	struct smc_args leaving;

	(void)state;
	move(0);
	nw_settle(&hypervisor, 10); /* drained, in use as it is */
	leaving = nw_smc(&loser, NW_REMOVE_SHM_BUFFER, (uint32_t)(COOKIE >> 32),
			 (uint32_t)COOKIE, 0, 0, 0, 0);
	assert_int_equal(leaving.a[0], NW_RPC_FOREIGN_INTR);
	assert_int_equal(end(&regs), NW_TARGET_DEAD);
	assert_int_equal(nw_finish(&loser, &leaving), NW_OK);
}

/* An argument in memory that moves: it can be neither read nor answered. */
static void argument_regions_may_be_revoked_too(void **state)
{
	pa_t page = NW_ARGUMENT(6);
	struct nw_message sum = command(NW_CHECKSUM, whole, value_out);
	struct smc_args regs;

	(void)state;
	assert_int_equal(nw_register(&loser, 2, &page, 1, 0, SHM_PAGE_SIZE), 0);
	nw_write(6, &sum);
	sim_interrupt_after(60);
	regs = nw_smc(&loser, NW_CALL_WITH_REGD_ARG, 0, 2, 0, 0, 0, 0);
	sim_interrupt_after(0);
	assert_int_equal(regs.a[0], NW_RPC_FOREIGN_INTR);
	assert_int_equal(nw_register(&winner, 1, &page, 1, 0, SHM_PAGE_SIZE),
			 0);
	assert_int_equal(nw_finish(&loser, &regs), NW_EBADADDR);
	nw_read(6, &sum);
	assert_int_equal(sum.ret, 0x5a5a5a5a);
	assert_int_equal(
		nw_call(&loser, NW_CALL_WITH_REGD_ARG, 0, 2, 0, 0, 0, 0),
		NW_EBADADDR);
	assert_int_equal(nw_unregister(&loser, 2), 0);
}

static void a_registration_in_the_middle_fails(void **state)
{
	pa_t list = world_write_list(20, pages, COUNT);
	struct nw_message message = { .cmd = NW_REGISTER, .count = 1 };
	struct smc_args regs;

	(void)state;
	message.params[0] =
		(struct nw_param){ NW_REGISTERABLE, list, SIZE, COOKIE + 1 };
	regs = begin(&message, 4);
	move(0);
	assert_int_equal(end(&regs), NW_TARGET_DEAD);
	assert_int_equal(nw_unregister(&loser, COOKIE + 1), NW_BAD_PARAMETERS);
	regs = begin(&message, 4);
	assert_int_equal(end(&regs), 0);
	/* Its own two overlap, and took the page back from the winner. */
	assert_int_equal(stats_of(&winner).revoked, 1);
	assert_int_equal(stats_of(&loser).revoked, 2);
	assert_int_equal(nw_unregister(&loser, COOKIE + 1), 0);
}

/* Without a hypervisor, overlaps are the one guest's own affair. */
static void one_guest_may_map_what_it_likes_twice(void **state)
{
	uint64_t sum;

	(void)state;
	for (uint64_t i = 1; i < 4; i++)
		assert_int_equal(
			nw_register(&loser, COOKIE + i, pages, COUNT, 0, SIZE),
			0);
	for (uint64_t i = 0; i < 4; i++) {
		assert_int_equal(checksum(&loser, COOKIE + i, &sum), 0);
		assert_int_equal(sum, SIZE);
	}
	move(8);
	assert_int_equal(stats_of(&loser).revoked, 4);
	for (uint64_t i = 0; i < 4; i++) {
		assert_int_equal(checksum(&loser, COOKIE + i, &sum),
				 NW_TARGET_DEAD);
		assert_int_equal(nw_unregister(&loser, COOKIE + i), 0);
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_was_moved_is_gone_and_the_name_is_free),
		CASE(commands_in_the_middle_end_with_region_gone),
		CASE(sessions_see_that_what_they_hold_is_gone),
		CASE(unregistering_waits_for_running_calls_as_ever),
		CASE(argument_regions_may_be_revoked_too),
		CASE(a_registration_in_the_middle_fails),
		CASE(one_guest_may_map_what_it_likes_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
