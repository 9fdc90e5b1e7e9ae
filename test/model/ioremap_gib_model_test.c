/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random histories of long device ranges, of GiBs where there is room, whose
 * parts go and change at ends of any size of descriptor.
 */
#include "model/gib_fixture.h"

#include "model/random.h"
#include "sim/trace.h"

#define SEEDS 4u
#define STEPS 300u
/* All that is mapped at once has to fit the address space. */
#define WINDOW (WORLD_IS_SMALL ? 24 * BLOCK : 3 * GIB)

static struct io_model model;

/* A multiple of some size of descriptor, below the limit. */
static uint64_t random_multiple(struct random *random, uint64_t limit)
{
	const uint64_t sizes[] = { PAGE, GROUP, BLOCK, BLOCK_GROUP, GIB };
	uint64_t size = sizes[random_below(random, 5)];

	return size >= limit ? 0 : random_below(random, limit / size) * size;
}

static enum shm_memtype random_type(struct random *random)
{
	static const enum shm_memtype types[] = {
		SHM_MEM_DEVICE,
		SHM_MEM_DEVICE | SHM_MEM_READ_ONLY,
		SHM_MEM_DEVICE_NGNRNE,
	};

	return types[random_below(random, 8) / 3];
}

static void random_map(struct random *random)
{
	uint64_t from = random_multiple(random, WINDOW);
	uint64_t end = WINDOW - random_multiple(random, WINDOW - from);

	io_model_map(&model,
		     (unsigned int)random_below(random, IO_MODEL_OWNERS),
		     DEVICE + from, end - from, random_type(random));
}

static void random_part(struct random *random, struct io_model_mapping *mapping)
{
	uint64_t size = mapping->count * PAGE;
	uint64_t from = random_multiple(random, size);
	uint64_t end = size - random_multiple(random, size - from);

	if (random_below(random, 2) == 0)
		io_model_unmap_part(&model, mapping, from / PAGE,
				    (end - from) / PAGE);
	else
		io_model_change_part(&model, mapping, from / PAGE,
				     (end - from) / PAGE, random_type(random));
}

static void random_step(struct random *random)
{
	struct io_model_mapping *mapping =
		&model.mappings[random_below(random, IO_MODEL_MAPPINGS)];
	uint64_t what = random_below(random, 64);

	if (mapping->references == 0 && what < 40)
		random_map(random);
	else if (mapping->references == 0 || what == 63)
		(void)corpse_drain(&model.shm);
	else if (what == 62)
		io_model_cut_off(&model,
				 1 + (unsigned int)random_below(
					     random, IO_MODEL_OWNERS - 1));
	else if (what < 16)
		io_model_unmap(&model, mapping,
			       random_below(random, mapping->count * PAGE));
	else
		random_part(random, mapping);
}

static void random_histories_agree_with_the_model(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct random random = random_start("windows", seed);

		sim_set_live_split(seed % 2 == 0);
		world_set_tlb_ranges(seed % 4 < 2);
		io_model_start(&model, POOL_SIZE);
		add_device();
		for (unsigned int step = 0; step < STEPS; step++) {
			sim_core_set((unsigned int)random_below(
				&random, SIM_CORE_COUNT));
			random_step(&random);
			io_model_check(&model);
		}
		io_model_finish(&model);
	}
	sim_set_live_split(false);
	world_set_tlb_ranges(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_histories_agree_with_the_model),
	};

	trace_leave_out("short addresses have no room for more than a GiB");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
