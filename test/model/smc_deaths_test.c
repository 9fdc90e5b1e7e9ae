/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guests that die at every point at which a call of theirs can be stopped, in
 * every kind of call: at each RPC, and wherever an interrupt can come in. What
 * the pool has and what corpses owe is the same at once, and what is owed falls
 * to 0 by calls of others alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/tee.h>
#include <cmocka.h>

#include "model/deadly_calls.h"
#include "sim/trace.h"

#define POOL_SIZE (UINT64_C(2) << 20)
#define GUEST	  7u
#define SPARE_ARG 8u   /* argument page of a call that another waits for */
#define POINTS	  400u /* at most, in one call */
#define CALLS	  40u  /* by which all is buried: COUNT and 64 slices each */

static struct nw hypervisor;
static struct nw guest;
static uint64_t level; /* of the pool, nothing owed */
static uint64_t leaves;
static unsigned int rpcs_seen; /* by kind, a bit each */

static uint32_t announce(uint32_t function, uint32_t id)
{
	return (uint32_t)nw_smc(&hypervisor, function, id, 0, 0, 0, 0, 0).a[0];
}

static uint64_t level_now(void)
{
	return meta_pool_free_bytes(&tee_shm()->pool) +
	       corpse_owed_bytes(tee_shm());
}

static int set_up(void **state)
{
	(void)state;
	nw_start(&hypervisor, POOL_SIZE);
	guest = hypervisor;
	guest.client = GUEST;
	world_scatter(deadly_pages, COUNT);
	assert_int_equal(announce(NW_VM_CREATED, GUEST), NW_OK);
	nw_settle(&hypervisor, CALLS);
	level = level_now();
	leaves = world_leaf_count();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sim_interrupt_after(0);
	return sim_check_violations() ? 0 : -1;
}

/* Each puts its message or registers in place; `registers` come zeroed. */
struct scene {
	void (*begin)(void);
	void (*message)(struct nw_message *message);
	bool buffer_call;
	bool waits_for_good;
};

static void hold_it(void)
{
	struct nw_param params[4] = { { NW_RMEM_INOUT, 0, 1, COOKIE } };

	assert_int_equal(nw_invoke(&guest, deadly_session, NW_HOLD, params), 0);
}

static void hold_and_unregister(void)
{
	hold_it();
	assert_int_equal(nw_unregister(&guest, COOKIE), 0);
}

static struct smc_args send(unsigned int page, struct nw_message *message)
{
	nw_write(page, message);
	return nw_smc(&guest, NW_CALL_WITH_ARG,
		      (uint32_t)(NW_ARGUMENT(page) >> 32),
		      (uint32_t)NW_ARGUMENT(page), 0, 0, 0, 0);
}

/* A sum that is never resumed, for the call in question to wait for. */
static void use_it(void)
{
	struct nw_message message;

	message_checksum(&message);
	sim_interrupt_after(8);
	assert_int_equal(send(SPARE_ARG, &message).a[0], NW_RPC_FOREIGN_INTR);
	sim_interrupt_after(0);
}

/* Of memory that is not the guest's. */
static void another_corpse(void)
{
	struct nw other = guest;
	pa_t others[COUNT];

	for (unsigned int i = 0; i < COUNT; i++)
		others[i] = WORLD_RAM_PA + i * 5 % 4096 * SHM_PAGE_SIZE;
	other.client = GUEST + 1;
	assert_int_equal(announce(NW_VM_CREATED, GUEST + 1), NW_OK);
	assert_int_equal(nw_register(&other, COOKIE, others, COUNT, 0,
				     COUNT * SHM_PAGE_SIZE),
			 0);
	assert_int_equal(announce(NW_VM_DESTROYED, GUEST + 1), NW_OK);
}

static void begin(const struct scene *scene)
{
	deadly_session = nw_open(&guest);
	assert_int_not_equal(deadly_session, 0);
	assert_int_equal(nw_register(&guest, COOKIE, deadly_pages, COUNT, 0,
				     COUNT * SHM_PAGE_SIZE),
			 0);
	if (scene->begin != NULL)
		scene->begin();
}

/* The call in question, up to its first stop. */
static struct smc_args call(const struct scene *scene)
{
	struct nw_message message;

	scene->message(&message);
	guest.rpc_argument = 0;
	if (!scene->buffer_call)
		return send(0, &message);
	if (message.cmd == NW_REGISTER)
		return nw_smc(
			&guest, NW_ADD_SHM_BUFFER, 0,
			(uint32_t)message.params[0].a, 0, COUNT * SHM_PAGE_SIZE,
			(uint32_t)((COOKIE + 1) >> 32), (uint32_t)(COOKIE + 1));
	return nw_smc(&guest, NW_REMOVE_SHM_BUFFER, (uint32_t)(COOKIE >> 32),
		      (uint32_t)COOKIE, 0, 0, 0, 0);
}

static bool is_rpc(uint64_t a0)
{
	return (uint32_t)a0 >= NW_RPC_ALLOC &&
	       (uint32_t)a0 != NW_UNKNOWN_FUNCTION;
}

/* Serve requests until the interrupt, the RPC to die at, or the end. */
static bool proceed(struct smc_args *regs, unsigned int rpcs)
{
	guest.abandon = true;
	while (is_rpc(regs->a[0])) {
		rpcs_seen |= 1u << (regs->a[0] & 0xf);
		if (regs->a[0] == NW_RPC_FOREIGN_INTR || rpcs-- == 0)
			return true;
		nw_serve(&guest, regs);
	}
	return false;
}

/*
 * With two others made first, nothing is kept ready, and the next guest gets
 * the calls of the one that died.
 */
static void die_and_be_made_again(uint32_t a3)
{
	for (unsigned int i = 2; i < 4; i++)
		assert_int_equal(announce(NW_VM_CREATED, GUEST + i), NW_OK);
	assert_int_equal(announce(NW_VM_DESTROYED, GUEST), NW_OK);
	for (unsigned int i = 0; i < COUNT; i++)
		assert_false(sim_tlb_names_page(deadly_pages[i]));
	assert_int_equal(level_now(), level);
	assert_int_equal(
		nw_smc(&guest, NW_RETURN_FROM_RPC, 0, 0, a3, 0, 0, 0).a[0],
		NW_ENOTAVAIL);
	assert_int_equal(announce(NW_VM_CREATED, GUEST), NW_OK);
	assert_int_equal(
		nw_smc(&guest, NW_RETURN_FROM_RPC, 0, 0, a3, 0, 0, 0).a[0],
		NW_ERESUME);
	for (unsigned int i = 2; i < 4; i++)
		assert_int_equal(announce(NW_VM_DESTROYED, GUEST + i), NW_OK);
}

static void check_dead(uint32_t a3)
{
	die_and_be_made_again(a3);
	for (unsigned int i = 0; i < CALLS; i++) {
		assert_int_equal(level_now(), level);
		nw_unregister(&hypervisor, 1);
	}
	assert_int_equal(corpse_owed_bytes(tee_shm()), 0);
	assert_int_equal(level_now(), level);
	assert_int_equal(world_leaf_count(), leaves);
	assert_int_equal(sim_tlb_stale_count(), 0);
}

/* One life; false: its call was over before that. */
static bool live_and_die(const struct scene *scene, unsigned int point,
			 unsigned int rpcs)
{
	struct smc_args regs;
	bool stopped;

	begin(scene);
	sim_interrupt_after(point);
	regs = call(scene);
	stopped = proceed(&regs, rpcs);
	sim_interrupt_after(0);
	check_dead((uint32_t)regs.a[3]);
	return stopped;
}

static void die_everywhere(const struct scene *scene)
{
	unsigned int point = 1;
	unsigned int rpcs = 0;

	while (point <= POINTS && live_and_die(scene, point, POINTS))
		point++;
	if (scene->waits_for_good)
		return;
	assert_in_range(point, 1, POINTS);
	while (live_and_die(scene, 0, rpcs))
		rpcs++;
}

static void every_call(void **state)
{
	static const struct scene scenes[] = {
		{ NULL, message_register, false, false },
		{ NULL, message_register, true, false },
		{ NULL, message_replace, false, false },
		{ NULL, message_unregister, false, false },
		{ NULL, message_unregister, true, false },
		{ hold_it, message_unregister, false, false },
		{ NULL, message_open, false, false },
		{ NULL, message_close, false, false },
		{ hold_it, message_close, false, false },
		{ NULL, message_checksum, false, false },
		{ hold_it, message_held_sum, false, true },
		{ hold_and_unregister, message_held_sum, false, false },
		{ NULL, message_copy, false, false },
		{ NULL, message_rpc_fill, false, false },
		{ NULL, message_stats, false, false },
		{ NULL, message_reverse, false, false },
		{ NULL, message_fill, false, false },
		{ NULL, message_hold, false, false },
		{ hold_it, message_release, false, false },
		{ use_it, message_cancelling, false, false },
		{ NULL, message_get_budget, false, false },
		{ another_corpse, message_register, false, false },
	};

	(void)state;
	rpcs_seen = 0;
	for (unsigned int lists = 0; lists < 2; lists++) {
		guest.lends_lists = lists != 0;
		for (unsigned int i = 0; i < sizeof(scenes) / sizeof(*scenes);
		     i++)
			die_everywhere(&scenes[i]);
	}
	/* ALLOC, FREE, FOREIGN_INTR and CMD. */
	assert_int_equal(rpcs_seen, 1u << 0 | 1u << 2 | 1u << 4 | 1u << 5);
}

/* It waits for a call that nobody resumes, as long as its guest lives. */
static void waiting_calls(void **state)
{
	static const struct scene scenes[] = {
		{ use_it, message_unregister, false, true },
		{ use_it, message_unregister, true, true },
		{ use_it, message_close, false, true },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(scenes) / sizeof(*scenes); i++)
		for (unsigned int point = 0; point < 12; point++)
			assert_true(live_and_die(&scenes[i], point, POINTS));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_call),
		CASE(waiting_calls),
	};

	trace_any_number("there are more points with some formats");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
