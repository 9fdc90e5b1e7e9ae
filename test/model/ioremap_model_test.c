/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random histories of the kernel and two guests that map and unmap devices, in
 * a range so narrow that they overlap, share and conflict all the time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/io_model.h"
#include "model/random.h"
#include "sim/trace.h"
#include "sim/world.h"

#define POOL_SIZE (UINT64_C(2) << 20)
#define SEEDS	  10u
#define STEPS	  1500u
#define PAGES	  256u /* of the device range */
static struct io_model model;

static enum shm_memtype random_type(struct random *random)
{
	static const enum shm_memtype rare[] = {
		SHM_MEM_DEVICE_NGNRNE,
		SHM_MEM_UNCACHED | SHM_MEM_NO_EXEC,
		SHM_MEM_DEVICE_GRE,
		SHM_MEM_DEVICE | SHM_MEM_NON_SECURE,
		SHM_MEM_DEVICE | SHM_MEM_READ_ONLY,
		SHM_MEM_DEVICE_NGRE | SHM_MEM_NON_SECURE | SHM_MEM_READ_ONLY,
		SHM_MEM_CACHED,
	};

	if (random_below(random, 3) != 0)
		return SHM_MEM_DEVICE;
	return rare[random_below(random, sizeof(rare) / sizeof(rare[0]))];
}

static void random_map(struct random *random)
{
	unsigned int owner =
		random_below(random, 2) == 0
			? 0
			: (unsigned int)random_below(random, IO_MODEL_OWNERS);
	uint64_t size = 1 + random_below(random, 3 * SHM_PAGE_SIZE);
	pa_t pa = WORLD_DEVICE_PA +
		  (random_below(random, PAGES) << SHM_PAGE_SHIFT);

	if (random_below(random, 2) == 0)
		pa += random_below(random, SHM_PAGE_SIZE);
	if (random_below(random, 16) == 0)
		size = 1 + random_below(random, 70 * SHM_PAGE_SIZE);
	if (random_below(random, 40) == 0) {
		pa += WORLD_PCI_PA - WORLD_DEVICE_PA;
		size = 1 + random_below(random, 1300 * SHM_PAGE_SIZE);
	}
	io_model_map(&model, owner, pa, size, random_type(random));
}

static void random_unmap(struct random *random)
{
	struct io_model_mapping *mapping =
		&model.mappings[random_below(random, IO_MODEL_MAPPINGS)];

	if (mapping->references == 0)
		io_model_unmap_nothing(
			&model,
			(unsigned int)random_below(random, IO_MODEL_OWNERS),
			mapping->va != 0 ? mapping->va : WORLD_WINDOW);
	else
		io_model_unmap(
			&model, mapping,
			random_below(random, mapping->count * SHM_PAGE_SIZE));
}

static void random_part(struct random *random)
{
	struct io_model_mapping *mapping =
		&model.mappings[random_below(random, IO_MODEL_MAPPINGS)];
	uint64_t first;
	uint64_t count;

	if (mapping->references == 0)
		return;
	first = random_below(random, mapping->count);
	count = 1 + random_below(random, mapping->count - first);
	if (random_below(random, 2) == 0)
		io_model_unmap_part(&model, mapping, first, count);
	else
		io_model_change_part(&model, mapping, first, count,
				     random_type(random));
}

static void random_histories_agree_with_the_model(void **state)
{
	(void)state;
	trace_by_hand(true);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct random random = random_start("devices", seed);

		sim_set_live_split(seed % 2 == 0);
		io_model_start(&model, POOL_SIZE);
		for (unsigned int step = 0; step < STEPS; step++) {
			uint64_t what = random_below(&random, 64);

			sim_core_set((unsigned int)random_below(
				&random, SIM_CORE_COUNT));
			if (what < 32)
				random_map(&random);
			else if (what < 54)
				random_unmap(&random);
			else if (what < 62)
				random_part(&random);
			else if (what == 62)
				(void)corpse_drain(&model.shm);
			else
				io_model_cut_off(
					&model,
					1 + (unsigned int)random_below(
						    &random,
						    IO_MODEL_OWNERS - 1));
			io_model_check(&model);
		}
		io_model_finish(&model);
	}
	sim_set_live_split(false);
	trace_by_hand(false);
}

/* Each page of the range by itself, over and over, on any core. */
static void ten_thousand_maps_leave_the_level(void **state)
{
	struct random random = random_start("level", 1);
	va_t va[64] = { 0 };
	uint64_t level;

	(void)state;
	io_model_start(&model, POOL_SIZE);
	level = meta_pool_free_bytes(&model.shm.pool);
	for (unsigned int i = 0; i < 10000; i++) {
		unsigned int at = (unsigned int)random_below(&random, 64);
		pa_t pa = WORLD_DEVICE_PA +
			  (random_below(&random, PAGES) << SHM_PAGE_SHIFT);

		sim_core_set(
			(unsigned int)random_below(&random, SIM_CORE_COUNT));
		if (va[at] != 0)
			assert_int_equal(shm_iounmap(&model.shm, va[at]),
					 SHM_OK);
		assert_int_equal(shm_ioremap(&model.shm, pa, SHM_PAGE_SIZE,
					     SHM_MEM_DEVICE, &va[at]),
				 SHM_OK);
		io_model_check_page(va[at], pa, SHM_MEM_DEVICE);
	}
	for (unsigned int i = 0; i < 64; i++)
		assert_int_equal(shm_iounmap(&model.shm, va[i]), SHM_OK);
	assert_int_equal(meta_pool_free_bytes(&model.shm.pool), level);
	io_model_finish(&model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_histories_agree_with_the_model),
		cmocka_unit_test(ten_thousand_maps_leave_the_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
