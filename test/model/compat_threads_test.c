// SPDX-License-Identifier: BSD-2-Clause
/*
 * Cores at once add, find and remove late mappings by OP-TEE's API: devices and
 * RAM, the same ranges and ranges in one another. What the additions were
 * counted to is what the cores say that they have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/compat_map_fixture.h"
#include "model/random.h"
#include "sim/cores.h"
#include "sim/trace.h"

#define ROUNDS 600u
#define HELD   6u

struct place {
	enum teecore_memtypes type;
	pa_t pa;
	size_t size;
};

static const struct place places[] = {
	{ MEM_AREA_IO_SEC, WORLD_DEVICE_PA, PAGE },
	{ MEM_AREA_IO_SEC, WORLD_DEVICE_PA + 0x40, 8 },
	{ MEM_AREA_IO_SEC, WORLD_DEVICE_PA, 3 * PAGE },
	{ MEM_AREA_IO_NSEC, WORLD_HIGH_PA + 0x123, 2 * PAGE },
	{ MEM_AREA_IO_NSEC, WORLD_HIGH_PA, PAGE },
	{ MEM_AREA_RAM_NSEC, WORLD_HIGH_PA + PAGE, 5 * PAGE },
};

#define PLACES (sizeof(places) / sizeof(places[0]))

struct addition {
	const struct place *place;
	uint8_t *va; /* NULL: none */
};

struct core {
	struct random random;
	const char *wrong; /* what went wrong first */
	unsigned int number;
	struct addition held[HELD];
};

/* Others may have the place at other addresses, and give those up. */
static void look_at(struct core *core, const struct addition *at)
{
	const struct place *place = at->place;
	uintptr_t found =
		(uintptr_t)phys_to_virt(place->pa, place->type, place->size);

	if (virt_to_phys(at->va) != place->pa ||
	    virt_to_phys(at->va + place->size - 1) !=
		    place->pa + (place->size - 1))
		core->wrong = "translation";
	if (found == 0 || (found - place->pa) % PAGE != 0)
		core->wrong = "look-up";
	if (walk(at->va).ns != (place->type != MEM_AREA_IO_SEC))
		core->wrong = "world";
}

static void take_or_give_back(struct core *core)
{
	struct addition *at = &core->held[random_below(&core->random, HELD)];

	if (at->va != NULL) {
		look_at(core, at);
		if (core_mmu_remove_mapping(at->place->type, at->va,
					    at->place->size) != 0)
			core->wrong = "removal";
		at->va = NULL;
		return;
	}
	at->place = &places[random_below(&core->random, PLACES)];
	at->va = core_mmu_add_mapping(at->place->type, at->place->pa,
				      at->place->size);
	if (at->va == NULL)
		core->wrong = "addition";
	else
		look_at(core, at);
}

static void *run_core(void *arg)
{
	struct core *core = arg;

	sim_core_set(core->number);
	sim_interrupts_open(true);
	for (unsigned int i = 0; i < ROUNDS && core->wrong == NULL; i++)
		take_or_give_back(core);
	return NULL;
}

/* As often as they hold it, and not once more; *va is where it was. */
static unsigned int remove_all(struct core *cores, const struct place *place,
			       uint8_t **va)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < SIM_CORE_COUNT * HELD; i++) {
		struct addition *at = &cores[i / HELD].held[i % HELD];

		if (at->va == NULL || at->place != place)
			continue;
		if (count++ != 0)
			assert_ptr_equal(at->va, *va);
		*va = at->va;
		look_at(&cores[0], at);
		assert_ptr_equal(cores[0].wrong, NULL);
	}
	for (unsigned int i = 0; i < count; i++)
		assert_int_equal(
			core_mmu_remove_mapping(place->type, *va, place->size),
			0);
	return count;
}

static void assert_not_there(const struct place *place, uint8_t *va)
{
	assert_int_equal(core_mmu_remove_mapping(place->type, va, place->size),
			 GENERIC);
}

/* The fixture looks at the pool and at the tables when all is gone. */
static void additions_of_all_cores_are_counted(void **state)
{
	static struct core cores[SIM_CORE_COUNT];
	uint8_t *va[PLACES];
	unsigned int left = 0;

	(void)state;
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		cores[i] = (struct core){
			.number = i,
			.random = random_start("core", i + 1),
		};
	cores_run(run_core, cores, sizeof(cores[0]));
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		assert_ptr_equal(cores[i].wrong, NULL);
	for (unsigned int i = 0; i < PLACES; i++) {
		unsigned int count = remove_all(cores, &places[i], &va[i]);

		if (count != 0)
			assert_not_there(&places[i], va[i]);
		left += count;
	}
	for (unsigned int i = 0; i < PLACES; i++)
		assert_null(phys_to_virt(places[i].pa, places[i].type, 1));
	assert_in_range(left, 1, SIM_CORE_COUNT * HELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			additions_of_all_cores_are_counted, start, end),
	};

	trace_leave_out("which core comes first is not fixed");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
