// SPDX-License-Identifier: BSD-2-Clause
/*
 * Cores that find the windows full at the same time: what one of them opens is
 * there for all, and no more is opened than their regions need.
 */
#include "model/growth_fixture.h"

#include "model/random.h"
#include "sim/cores.h"
#include "sim/trace.h"

#define POOL   (UINT64_C(16) << 20)
#define ROUNDS 150u
#define HELD   6u

struct core {
	struct random random;
	struct guest *guest;
	const char *wrong; /* what went wrong first */
	unsigned int number;
	struct region *held[HELD];
};

static struct shm shm;
static struct core cores[SIM_CORE_COUNT];
static uint64_t level;

static int set_up(void **state)
{
	struct shm_config config;

	(void)state;
	world_start_machine(POOL);
	config = growth_config(POOL, 2);
	assert_int_equal(shm_init(&shm, &config), SHM_OK);
	level = meta_pool_free_bytes(&shm.pool);
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++) {
		cores[i] = (struct core){
			.number = i,
			.random = random_start("core", i + 1),
		};
		assert_int_equal(
			guest_create(&shm, (uint16_t)(i + 1), &cores[i].guest),
			SHM_OK);
		assert_int_equal(guest_prepare(&shm, cores[i].guest), SHM_OK);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++) {
		while (guest_cut_off(&shm, cores[i].guest) == SHM_INTERRUPTED)
			;
		guest_destroy(&shm, cores[i].guest);
	}
	while (corpse_drain(&shm) != SHM_OK)
		;
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	return sim_check_violations() ? 0 : -1;
}

/* A region with some pages, which lead to where they should. */
static struct region *begin(struct core *core)
{
	uint64_t first = 1 + core->number * 600;
	struct region *region;
	struct sim_mapping leaf;
	va_t va;

	if (begin_region(core->guest->holdings, REGION, first, &region) !=
	    SHM_OK) {
		core->wrong = "create";
		return NULL;
	}
	va = region->area.range.first;
	leaf = sim_walk(va);
	if (leaf.size == 0 ||
	    leaf.pa + (va - leaf.va) != WORLD_RAM_PA + first * SHM_PAGE_SIZE)
		core->wrong = "map";
	return region;
}

static void end(struct region **region)
{
	if (*region != NULL)
		end_region(*region);
	*region = NULL;
}

static void start(struct core *core)
{
	sim_core_set(core->number);
	sim_interrupts_open(true);
}

static void *come_and_go(void *arg)
{
	struct core *core = arg;

	start(core);
	for (unsigned int i = 0; i < ROUNDS && core->wrong == NULL; i++) {
		struct region **place =
			&core->held[random_below(&core->random, HELD)];

		if (*place != NULL)
			end(place);
		else
			*place = begin(core);
	}
	for (unsigned int i = 0; i < HELD; i++)
		end(&core->held[i]);
	return NULL;
}

static void *take_all(void *arg)
{
	struct core *core = arg;

	start(core);
	for (unsigned int i = 0; i < HELD && core->wrong == NULL; i++)
		core->held[i] = begin(core);
	return NULL;
}

static void run_cores(void *(*run)(void *core))
{
	cores_run(run, cores, sizeof(cores[0]));
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		assert_ptr_equal(cores[i].wrong, NULL);
}

/* Windows are one stretch, and all that comes and goes is of one size. */
static void cores_that_find_windows_full_share_what_opens(void **state)
{
	uint64_t small = WORLD_IS_SMALL ? SIM_CORE_COUNT * LEAF_SPAN : GIB;
	uint64_t need = small + SIM_CORE_COUNT * HELD * REGION;
	uint64_t grown = (need - FIRST + STEP - 1) / STEP * STEP;

	(void)state;
	run_cores(come_and_go);
	assert_in_range(opened(&shm), FIRST + STEP, FIRST + grown);
	run_cores(take_all);
	assert_int_equal(opened(&shm), FIRST + grown);
	assert_null(va_pool_check(&shm.small_slots));
	assert_null(va_pool_check(&shm.large_slots));
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		for (unsigned int j = 0; j < HELD; j++)
			end(&cores[i].held[j]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			cores_that_find_windows_full_share_what_opens, set_up,
			tear_down),
	};

	trace_leave_out("which core comes first is not fixed");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
