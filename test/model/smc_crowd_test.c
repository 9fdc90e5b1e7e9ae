/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thousand guests at once, in random order: each has one region and one
 * session at most, which a table here keeps in mind, and dies at any moment,
 * with a call suspended or not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/tee.h>
#include <cmocka.h>
#include <dynshm/usage.h>
#include <string.h>

#include "model/random.h"
#include "sim/normal_world.h"
#include "sim/trace.h"

#define POOL_SIZE (UINT64_C(30) << 20)
#define COOKIE	  UINT64_C(0xffff000012345680)
#define GUESTS	  1000u
#define STEPS	  30000u
#define PAGES	  3u

struct resident {
	struct nw nw;
	bool alive;
	bool registered;
	bool suspended;
	uint32_t session;
	struct smc_args call; /* suspended */
	pa_t pages[PAGES];
};

static struct nw hypervisor;
static struct resident residents[GUESTS];
static uint64_t deaths;

static uint32_t announce(uint32_t function, uint32_t id)
{
	return (uint32_t)nw_smc(&hypervisor, function, id, 0, 0, 0, 0, 0).a[0];
}

/* Neighbours share granules, and some of them pages' worth of them. */
static void name_residents(void)
{
	for (unsigned int i = 0; i < GUESTS; i++) {
		residents[i] = (struct resident){ .nw = hypervisor };
		residents[i].nw.client = 1 + i * 61;
		for (unsigned int j = 0; j < PAGES; j++)
			residents[i].pages[j] =
				WORLD_HIGH_PA +
				(pa_t)((i + j * GUESTS) * 5 % 4096) *
					SHM_PAGE_SIZE;
	}
}

static void begin(struct resident *r)
{
	assert_int_equal(announce(NW_VM_CREATED, r->nw.client), NW_OK);
	r->session = nw_open(&r->nw);
	assert_int_not_equal(r->session, 0);
	r->alive = true;
}

static void end(struct resident *r)
{
	assert_int_equal(announce(NW_VM_DESTROYED, r->nw.client), NW_OK);
	for (unsigned int i = 0; r->registered && i < PAGES; i++)
		assert_false(sim_tlb_names_page(r->pages[i]));
	r->alive = false;
	r->registered = false;
	r->suspended = false;
	deaths++;
}

static void toggle_region(struct resident *r)
{
	if (r->registered)
		assert_int_equal(nw_unregister(&r->nw, COOKIE), 0);
	else
		assert_int_equal(nw_register(&r->nw, COOKIE, r->pages, PAGES, 0,
					     PAGES * SHM_PAGE_SIZE),
				 0);
	r->registered = !r->registered;
}

static void sum(struct resident *r)
{
	uint8_t byte = (uint8_t)(r->nw.client % 251);
	struct nw_param params[4] = { { NW_RMEM_IN, 0, PAGES * SHM_PAGE_SIZE,
					COOKIE },
				      { NW_VALUE_OUT, 0, 0, 0 } };
	uint32_t ret;

	for (unsigned int i = 0; i < PAGES; i++)
		memset(sim_pointer(r->pages[i]), byte, SHM_PAGE_SIZE);
	ret = nw_invoke(&r->nw, r->session, NW_CHECKSUM, params);
	assert_int_equal(ret, r->registered ? 0 : NW_BAD_PARAMETERS);
	if (r->registered)
		assert_int_equal(params[1].a, byte * PAGES * SHM_PAGE_SIZE);
}

/* A registration by another cookie, given up half way or gone on with. */
static void toggle_call(struct resident *r)
{
	pa_t list = world_write_list(20, r->pages, PAGES);

	if (r->suspended) {
		r->call.a[0] = NW_RPC_FOREIGN_INTR;
		assert_int_equal(nw_finish(&r->nw, &r->call), NW_OK);
		assert_int_equal(nw_unregister(&r->nw, COOKIE + 1), 0);
		r->suspended = false;
		return;
	}
	sim_interrupt_after(1);
	r->call = nw_smc(&r->nw, NW_ADD_SHM_BUFFER, 0, (uint32_t)list, 0,
			 PAGES * SHM_PAGE_SIZE, (uint32_t)(COOKIE >> 32),
			 (uint32_t)COOKIE + 1);
	sim_interrupt_after(0);
	r->suspended = r->call.a[0] == NW_RPC_FOREIGN_INTR;
	if (!r->suspended)
		assert_int_equal(nw_unregister(&r->nw, COOKIE + 1), 0);
}

static void step(struct random *random)
{
	struct resident *r = &residents[random_below(random, GUESTS)];

	if (!r->alive) {
		begin(r);
		return;
	}
	switch (random_below(random, 12)) {
	case 0:
		end(r);
		break;
	case 1:
	case 2:
	case 3:
	case 4:
		toggle_region(r);
		break;
	case 5:
	case 6:
		toggle_call(r);
		break;
	case 7:
		assert_int_equal(announce(NW_VM_CREATED, r->nw.client),
				 NW_ENOTAVAIL);
		break;
	default:
		sum(r);
		break;
	}
}

/* Two that are ready and lie where they did when this began. */
static void settle(void)
{
	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < 80; i++)
			nw_unregister(&hypervisor, 1);
		for (unsigned int i = 0; i < 2; i++)
			assert_int_equal(announce(round == 0 ? NW_VM_CREATED
							     : NW_VM_DESTROYED,
						  0xFFF0 + i),
					 NW_OK);
	}
}

static void a_thousand_guests_come_and_go(void **state)
{
	struct random random = random_start("crowd", 0x5eed);
	uint64_t free_bytes;

	(void)state;
	nw_start(&hypervisor, POOL_SIZE);
	assert_int_equal(announce(NW_VM_CREATED, 1), NW_OK);
	assert_int_equal(announce(NW_VM_DESTROYED, 1), NW_OK);
	settle();
	free_bytes = meta_pool_free_bytes(&tee_shm()->pool);
	name_residents();
	trace_each(1000);
	for (unsigned int i = 0; i < GUESTS; i++)
		begin(&residents[i]);
	for (unsigned int i = 0; i < STEPS; i++)
		step(&random);
	assert_in_range(deaths, STEPS / 24, STEPS);
	for (unsigned int i = 0; i < GUESTS; i++)
		if (residents[i].alive)
			end(&residents[i]);
	settle();
	assert_int_equal(corpse_owed_bytes(tee_shm()), 0);
	assert_int_equal(meta_pool_free_bytes(&tee_shm()->pool), free_bytes);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_true(sim_check_violations());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thousand_guests_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
