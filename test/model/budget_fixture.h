/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hypervisor, its control guest, which has a session, and two guests more;
 * the budgets that the control guest sets for them.
 */
#ifndef TEST_MODEL_BUDGET_FIXTURE_H
#define TEST_MODEL_BUDGET_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/tee.h>
#include <cmocka.h>
#include <dynshm/usage.h>

#include "sim/normal_world.h"
#include "sim/trace.h"

#define POOL_SIZE (UINT64_C(2) << 20)
#define CONTROL	  1u
#define GREEDY	  7u
#define NEIGHBOUR 8u
#define MAX	  UINT64_MAX

enum {
	PAGES,
	REGIONS,
	TABLES,
	METADATA,
	SESSIONS,
	CALLS,
	RESOURCES
};

static struct nw hypervisor;
static struct nw control;
static struct nw greedy;
static struct nw neighbour;
static uint32_t session; /* the control guest's */

static inline int set_up(void **state)
{
	trace_go_on();
	(void)state;
	nw_start(&hypervisor, POOL_SIZE);
	control = hypervisor;
	control.client = CONTROL;
	greedy = hypervisor;
	greedy.client = GREEDY;
	neighbour = hypervisor;
	neighbour.client = NEIGHBOUR;
	assert_int_equal(nw_create(&hypervisor, CONTROL), NW_OK);
	session = nw_open(&control);
	assert_int_not_equal(session, 0);
	assert_int_equal(nw_create(&hypervisor, GREEDY), NW_OK);
	(void)nw_unregister(&control, 1); /* a spare for the next one */
	assert_int_equal(nw_create(&hypervisor, NEIGHBOUR), NW_OK);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	return sim_check_violations() ? 0 : -1;
}

static inline uint32_t set_by(struct nw *who, uint32_t by, uint64_t guest,
			      uint64_t what, uint64_t share, uint64_t ceiling)
{
	struct nw_param params[4] = {
		{ NW_VALUE_IN, guest, what, 0 },
		{ NW_VALUE_IN, share, ceiling, 0 },
	};

	return nw_invoke(who, by, NW_SET_BUDGET, params);
}

static inline uint32_t set(uint64_t guest, uint64_t what, uint64_t share,
			   uint64_t ceiling)
{
	return set_by(&control, session, guest, what, share, ceiling);
}

static inline struct shm_usage usage_of(uint32_t guest)
{
	struct shm_usage usage;

	assert_true(usage_find_guest(tee_shm(), guest, NULL, NULL, &usage));
	assert_int_equal(usage.guest, guest);
	return usage;
}

static inline pa_t page(unsigned int n)
{
	return WORLD_HIGH_PA + (pa_t)n * SHM_PAGE_SIZE;
}

static inline uint32_t register_one(struct nw *who, uint64_t cookie,
				    unsigned int n)
{
	pa_t pa = page(n);

	return nw_register(who, cookie, &pa, 1, 0, SHM_PAGE_SIZE);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
