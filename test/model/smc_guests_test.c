// SPDX-License-Identifier: BSD-2-Clause
/*
 * Guests as a hypervisor makes and destroys them, whatever they are in the
 * middle of: suspended, running on another core, or sharing granules of memory
 * with a guest that stays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/tee.h>
#include <cmocka.h>
#include <dynshm/usage.h>
#include <string.h>

#include "sim/normal_world.h"

#define POOL_SIZE (UINT64_C(4) << 20)
#define COOKIE	  UINT64_C(0xffff000012345680)
#define COUNT	  700u
#define GUEST	  7u
#define NEIGHBOUR 8u

static struct nw hypervisor;
static struct nw guest;
static pa_t pages[COUNT];
static pa_t others[COUNT];
/* Stacks of what is kept ready may lie elsewhere later, so no more than this.
 */
struct level {
	uint64_t free_bytes;
	uint64_t leaves;
	uint64_t stale;
};

static struct level at_start;

static struct level level(void)
{
	return (struct level){
		.free_bytes = meta_pool_free_bytes(&tee_shm()->pool),
		.leaves = world_leaf_count(),
		.stale = sim_tlb_stale_count(),
	};
}

static int set_up(void **state)
{
	(void)state;
	nw_start(&hypervisor, POOL_SIZE);
	guest = hypervisor;
	guest.client = GUEST;
	world_scatter(pages, COUNT);
	assert_int_equal(nw_create(&hypervisor, GUEST), NW_OK);
	nw_settle(&hypervisor, 10);
	at_start = level();
	return 0;
}

static int tear_down(void **state)
{
	struct level now;

	(void)state;
	sim_set_read_hook(NULL, NULL);
	sim_interrupt_after(0);
	nw_destroy(&hypervisor, NEIGHBOUR);
	nw_destroy(&hypervisor, GUEST);
	for (unsigned int i = 0; i < COUNT; i++)
		assert_false(sim_tlb_names_page(pages[i]));
	assert_int_equal(nw_create(&hypervisor, GUEST), NW_OK);
	nw_settle(&hypervisor, 10);
	now = level();
	assert_memory_equal(&now, &at_start, sizeof(now));
	return sim_check_violations() ? 0 : -1;
}

static uint32_t register_all(struct nw *nw)
{
	return nw_register(nw, COOKIE, pages, COUNT, 0, COUNT * SHM_PAGE_SIZE);
}

static uint32_t register_others(struct nw *nw)
{
	return nw_register(nw, COOKIE, others, COUNT, 0, COUNT * SHM_PAGE_SIZE);
}

/* Leave a call of the guest in the middle of a registration. */
static struct smc_args suspend_a_registration(uint64_t cookie)
{
	pa_t list = world_write_list(20, pages, COUNT);
	struct smc_args regs;

	sim_interrupt_after(4);
	regs = nw_smc(&guest, NW_ADD_SHM_BUFFER, 0, (uint32_t)list, 0,
		      COUNT * SHM_PAGE_SIZE, (uint32_t)(cookie >> 32),
		      (uint32_t)cookie);
	sim_interrupt_after(0);
	assert_int_equal(regs.a[0], NW_RPC_FOREIGN_INTR);
	return regs;
}

static void guests_are_told_apart_by_their_id(void **state)
{
	struct nw nobody = guest;

	(void)state;
	nobody.client = 9;
	assert_int_equal(register_all(&guest), 0);
	assert_int_equal(register_all(&hypervisor), 0);
	assert_int_equal(nw_unregister(&guest, COOKIE), 0);
	assert_int_equal(nw_unregister(&guest, COOKIE), NW_BAD_PARAMETERS);
	assert_int_equal(nw_unregister(&hypervisor, COOKIE), 0);
	assert_int_equal(
		nw_call(&nobody, NW_REMOVE_SHM_BUFFER, 0, 1, 0, 0, 0, 0),
		NW_ENOTAVAIL);
	assert_int_equal(nw_smc(&guest, NW_VM_CREATED, 9, 0, 0, 0, 0, 0).a[0],
			 NW_ENOTAVAIL);
	assert_int_equal(nw_smc(&guest, NW_VM_DESTROYED, 8, 0, 0, 0, 0, 0).a[0],
			 NW_ENOTAVAIL);
	assert_int_equal(nw_create(&hypervisor, 0), NW_ENOTAVAIL);
	assert_int_equal(nw_create(&hypervisor, 0x10000 | GUEST), NW_ENOTAVAIL);
	assert_int_equal(nw_destroy(&hypervisor, 0), NW_OK);
	assert_int_equal(nw_destroy(&hypervisor, 9), NW_OK);
	assert_int_equal(nw_destroy(&hypervisor, 0x10000 | GUEST), NW_OK);
	assert_int_equal(nw_unregister(&guest, COOKIE), NW_BAD_PARAMETERS);
}

static void creating_a_guest_again_needs_it_to_be_idle(void **state)
{
	struct smc_args regs;
	uint32_t session;

	(void)state;
	assert_int_equal(nw_create(&hypervisor, GUEST), NW_OK);
	session = nw_open(&guest);
	assert_int_not_equal(session, 0);
	assert_int_equal(nw_create(&hypervisor, GUEST), NW_ENOTAVAIL);
	assert_int_equal(nw_close(&guest, session), 0);
	assert_int_equal(nw_create(&hypervisor, GUEST), NW_OK);
	assert_int_equal(register_all(&guest), 0);
	assert_int_equal(nw_create(&hypervisor, GUEST), NW_ENOTAVAIL);
	assert_int_equal(nw_unregister(&guest, COOKIE), 0);
	regs = suspend_a_registration(COOKIE);
	assert_int_equal(nw_create(&hypervisor, GUEST), NW_ENOTAVAIL);
	assert_int_equal(nw_finish(&guest, &regs), NW_OK);
}

static bool find_corpse(struct shm_usage *corpse)
{
	return usage_find_corpse(tee_shm(), 0, corpse);
}

/* What was forming had not been counted as runs yet. */
static void death_in_the_middle_of_a_registration(void **state)
{
	struct shm_usage corpse;
	struct smc_args regs;

	(void)state;
	assert_int_not_equal(nw_open(&guest), 0);
	assert_int_equal(register_all(&guest), 0);
	regs = suspend_a_registration(COOKIE + 1);
	(void)suspend_a_registration(COOKIE + 2);
	assert_int_equal(nw_destroy(&hypervisor, GUEST), NW_OK);
	for (unsigned int i = 0; i < COUNT; i++)
		assert_false(sim_tlb_names_page(pages[i]));
	regs = nw_smc(&guest, NW_RETURN_FROM_RPC, 0, 0, (uint32_t)regs.a[3], 0,
		      0, 0);
	assert_int_equal(regs.a[0], NW_ENOTAVAIL);
	while (find_corpse(&corpse)) {
		assert_in_range(corpse.runs, 0, COUNT);
		if (corpse.used[RESOURCE_REGIONS] == 0)
			assert_int_equal(corpse.runs, 0);
		corpse_drain(tee_shm());
	}
}

struct death {
	unsigned int reads;
	uint32_t answers[2];
	uint32_t created;
	uint32_t entered;
	bool seen;
	struct shm_usage usage;
};

/* On another core, while the guest's call reads its list. */
static void die_meanwhile(void *arg, pa_t word)
{
	struct death *death = arg;

	(void)word;
	if (++death->reads != 20)
		return;
	sim_core_set(1);
	death->answers[0] = nw_destroy(&hypervisor, GUEST);
	death->seen =
		usage_find_guest(tee_shm(), GUEST, NULL, NULL, &death->usage);
	death->answers[1] = nw_destroy(&hypervisor, GUEST);
	death->created = nw_create(&hypervisor, GUEST);
	death->entered = (uint32_t)nw_smc(&guest, NW_EXCHANGE_CAPABILITIES, 0,
					  0, 0, 0, 0, 0)
				 .a[0];
	sim_core_set(0);
}

static void death_while_a_call_runs_waits_for_it(void **state)
{
	pa_t list = world_write_list(0, pages, COUNT);
	struct death death = { 0 };
	struct smc_args regs;

	(void)state;
	sim_core_set(0);
	sim_set_read_hook(die_meanwhile, &death);
	regs = nw_smc(&guest, NW_ADD_SHM_BUFFER, 0, (uint32_t)list, 0,
		      COUNT * SHM_PAGE_SIZE, 0, 1);
	sim_set_read_hook(NULL, NULL);
	assert_int_equal(regs.a[0], NW_OK);
	assert_int_equal(death.answers[0], NW_EBUSY);
	assert_int_equal(death.answers[1], NW_EBUSY);
	assert_int_equal(death.created, NW_ENOTAVAIL);
	assert_int_equal(death.entered, NW_ENOTAVAIL);
	assert_true(death.seen);
	assert_true(death.usage.is_leaving);
	/* The core that left has finished it. */
	for (unsigned int i = 0; i < COUNT; i++)
		assert_false(sim_tlb_names_page(pages[i]));
	assert_int_equal(nw_destroy(&hypervisor, GUEST), NW_OK);
	assert_int_equal(
		nw_smc(&guest, NW_RETURN_FROM_RPC, 0, 0, 0, 0, 0, 0).a[0],
		NW_ENOTAVAIL);
}

/* Who stays pays for the granules that the dead began to use. */
static void shared_granules_outlive_who_came_first(void **state)
{
	struct nw neighbour = guest;
	struct shm_usage usage;
	uint64_t alone;

	(void)state;
	neighbour.client = NEIGHBOUR;
	/* Pages of its own, in the same granules. */
	for (unsigned int i = 0; i < COUNT; i++)
		others[i] = pages[i] + SHM_PAGE_SIZE;
	assert_int_equal(nw_create(&hypervisor, NEIGHBOUR), NW_OK);
	assert_int_equal(register_others(&neighbour), 0);
	assert_true(usage_find_guest(tee_shm(), NEIGHBOUR, NULL, NULL, &usage));
	alone = usage.used[RESOURCE_METADATA];
	assert_int_equal(nw_unregister(&neighbour, COOKIE), 0);

	assert_int_equal(register_all(&guest), 0);
	assert_int_equal(register_others(&neighbour), 0);
	assert_true(usage_find_guest(tee_shm(), NEIGHBOUR, NULL, NULL, &usage));
	assert_true(usage.used[RESOURCE_METADATA] < alone);
	assert_int_equal(nw_destroy(&hypervisor, GUEST), NW_OK);
	nw_settle(&hypervisor, 10);
	assert_false(find_corpse(&usage));
	assert_true(usage_find_guest(tee_shm(), NEIGHBOUR, NULL, NULL, &usage));
	assert_int_equal(usage.used[RESOURCE_METADATA], alone);
	assert_int_equal(nw_unregister(&neighbour, COOKIE), 0);
}

static uint32_t borrow(struct nw *nw, uint32_t session)
{
	struct nw_param params[4] = { { NW_VALUE_IN, 100, 1, 0 },
				      { NW_VALUE_OUT, 0, 0, 0 } };

	return nw_invoke(nw, session, NW_RPC_FILL, params);
}

/* A hypervisor is there when it makes a guest, and not when it only asks. */
static void a_probe_is_no_hypervisor(void **state)
{
	struct nw nw;
	uint32_t session;

	(void)state;
	nw_start(&nw, POOL_SIZE);
	session = nw_open(&nw);
	/* As Xen asks, and what else it might. */
	assert_int_equal(nw_destroy(&nw, 0), NW_OK);
	assert_int_equal(nw_destroy(&nw, GUEST), NW_OK);
	assert_int_equal(nw_create(&nw, 0), NW_ENOTAVAIL);
	assert_int_equal(nw_create(&nw, 0x10000), NW_ENOTAVAIL);
	nw.client = GUEST;
	assert_int_equal(nw_create(&nw, GUEST), NW_ENOTAVAIL);
	nw.client = 0;
	/* Only while there is none, guest 0 lends by addresses alone. */
	assert_int_equal(borrow(&nw, session), 0);
	assert_int_equal(nw_create(&nw, GUEST), NW_OK);
	assert_int_equal(borrow(&nw, session), NW_OUT_OF_MEMORY);
	nw.lends_lists = true;
	assert_int_equal(borrow(&nw, session), 0);
	/* That is remembered. */
	assert_int_equal(nw_destroy(&nw, GUEST), NW_OK);
	nw.lends_lists = false;
	assert_int_equal(borrow(&nw, session), NW_OUT_OF_MEMORY);
	nw_start(&hypervisor, POOL_SIZE);
	assert_int_equal(nw_create(&hypervisor, GUEST), NW_OK);
	nw_settle(&hypervisor, 10);
	at_start = level();
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_probe_is_no_hypervisor),
		CASE(guests_are_told_apart_by_their_id),
		CASE(creating_a_guest_again_needs_it_to_be_idle),
		CASE(death_in_the_middle_of_a_registration),
		CASE(death_while_a_call_runs_waits_for_it),
		CASE(shared_granules_outlive_who_came_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
