/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random histories of a guest's regions that are runs of 16 MiB and more, and
 * so have groups of blocks or sections, and blocks of 1 GiB. They may overlap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/blocks_fixture.h"
#include "model/random.h"
#include "sim/trace.h"

#define SEEDS	4u
#define STEPS	50u
#define REGIONS 4u
#define SAMPLES 512u

/* What the guest has; size 0: nothing. */
static struct {
	pa_t pa;
	uint64_t size;
} runs[REGIONS];

/* Of pages, or of what may be one descriptor or group. */
static uint64_t random_multiple(struct random *random, uint64_t limit)
{
	static const uint64_t units[] = { KIB(4), KIB(64), MIB(1),
					  MIB(2), MIB(16), MIB(32) };
	uint64_t unit = units[random_below(random, 6)];

	return random_below(random, limit / unit + 1) * unit;
}

static bool is_alone(unsigned int i)
{
	for (unsigned int j = 0; j < REGIONS; j++)
		if (j != i && runs[j].size != 0 &&
		    runs[j].pa < runs[i].pa + runs[i].size &&
		    runs[i].pa < runs[j].pa + runs[j].size)
			return false;
	return true;
}

static void random_register(struct random *random, unsigned int i)
{
	/* Short addresses have no room for four of these, nor such blocks. */
	bool large = random_below(random, 4) == 0 && !WORLD_IS_SMALL;
	uint64_t least = large ? GIB(1) : MIB(16);
	uint64_t count;

	runs[i].size = least + random_multiple(random, MIB(48));
	runs[i].pa =
		BLOCKS_PA + random_multiple(random, BLOCKS_SIZE - runs[i].size);
	/* Often as a GiB should lie. */
	if (large && random_below(random, 2) == 0)
		runs[i].pa = BLOCKS_PA;
	count = blocks_run(0, runs[i].pa, runs[i].size);
	assert_int_equal(blocks_register(COOKIE + i, count), SHM_OK);
	/* A page that is mapped twice is in no group. */
	if (is_alone(i))
		blocks_check_sizes(blocks_region(COOKIE + i), 0, runs[i].size);
}

static void die(void)
{
	while (guest_cut_off(&shm, guest) == SHM_INTERRUPTED)
		;
	for (unsigned int i = 0; i < REGIONS; i++)
		runs[i].size = 0;
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
	while (corpse_drain(&shm) != SHM_OK)
		;
}

/* About so many pages of each, the last one, and no others. */
static void check(void)
{
	uint64_t expected = 0;

	for (unsigned int i = 0; i < REGIONS; i++) {
		uint64_t count = runs[i].size >> SHM_PAGE_SHIFT;
		const struct region *region;

		if (count == 0)
			continue;
		region = blocks_region(COOKIE + i);
		for (uint64_t at = 0; at < count; at += count / SAMPLES)
			assert_int_equal(sim_walk_pa(region_address(
						 region, at << SHM_PAGE_SHIFT)),
					 runs[i].pa + (at << SHM_PAGE_SHIFT));
		assert_int_equal(
			sim_walk_pa(region_address(region, runs[i].size - 1)),
			runs[i].pa + runs[i].size - 1);
		expected += count;
	}
	assert_int_equal(world_leaf_count(), expected);
	assert_int_equal(
		account_used(&guest->holdings->account, RESOURCE_PAGES),
		expected);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_true(sim_check_violations());
}

static void random_histories_of_long_runs(void **state)
{
	struct look before = look();

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct random random = random_start("runs", seed);

		for (unsigned int step = 0; step < STEPS; step++) {
			unsigned int i =
				(unsigned int)random_below(&random, REGIONS);

			if (random_below(&random, 20) == 0) {
				die();
			} else if (runs[i].size == 0) {
				random_register(&random, i);
			} else {
				unregister(COOKIE + i);
				runs[i].size = 0;
			}
			check();
		}
		die();
		assert_unchanged(&before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(random_histories_of_long_runs,
						blocks_set_up,
						blocks_tear_down),
	};

	trace_leave_out(
		"it fills what room there is, which formats have more or less of");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
