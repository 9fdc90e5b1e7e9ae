/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random histories of three guests: registering in slices that interleave,
 * looking up, holding, unregistering, dying. After each step all that can be
 * seen is compared with the model.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/random.h"
#include "model/region_model.h"
#include "sim/trace.h"
#include "sim/world.h"

#define POOL_SIZE  (UINT64_C(4) << 20)
#define SEEDS	   12
#define STEPS	   500
#define ALL_SLICES 4000u /* more than any region takes */

static struct model model;

static const uint64_t cookies[] = {
	1, 2, 3, UINT64_C(0xffff000012345678), UINT64_MAX, UINT64_C(1) << 32,
};

/* Any page that may be shared, edges more often than others. */
static pa_t random_page(struct random *random)
{
	static const pa_t edges[] = {
		WORLD_RAM_PA,
		WORLD_RESERVED_PA - SHM_PAGE_SIZE,
		WORLD_RAM2_PA,
		WORLD_RAM3_PA,
		WORLD_RAM3_END - SHM_PAGE_SIZE,
		WORLD_HIGH_PA,
		WORLD_HIGH_END - SHM_PAGE_SIZE,
	};
	uint64_t page = random_below(random, 4096) << SHM_PAGE_SHIFT;

	switch (random_below(random, 4)) {
	case 0:
		return edges[random_below(random, 7)];
	case 1:
		return WORLD_HIGH_PA + page;
	case 2:
		return WORLD_RAM3_PA + page % (WORLD_RAM3_END - WORLD_RAM3_PA);
	}
	return WORLD_RAM_PA + page;
}

/*
 * Most regions keep to the pages that are their guest's own; the others take
 * whatever there is, and so pages that the hypervisor would have to move.
 */
static pa_t own_page(pa_t page, unsigned int guest)
{
	pa_t first = page < WORLD_RAM3_PA ? WORLD_RAM_PA : WORLD_HIGH_PA;
	uint64_t count = (page < WORLD_RAM3_PA ? WORLD_RESERVED_PA - first
					       : WORLD_HIGH_END - first) >>
			 SHM_PAGE_SHIFT;
	/* The same wherever the highest RAM is. */
	pa_t place = page >= WORLD_HIGH_PA ? page - WORLD_HIGH_PA : page;
	uint64_t number = (place >> SHM_PAGE_SHIFT) % (count / MODEL_GUESTS);

	return first + ((number * MODEL_GUESTS + guest) << SHM_PAGE_SHIFT);
}

/* Likewise for runs: two whole granules and more for each guest. */
static pa_t own_run(pa_t page, unsigned int guest)
{
	uint64_t third = (WORLD_LISTS_PA - WORLD_RAM2_PA) / MODEL_GUESTS &
			 ~SHM_PAGE_MASK;
	uint64_t at = (page - WORLD_RAM2_PA) % (third - 1100 * SHM_PAGE_SIZE);

	return WORLD_RAM2_PA + guest * third + (at & ~SHM_PAGE_MASK);
}

/* Scattered pages, runs, and runs that fill whole granules of 2 MiB. */
static void random_pages(struct random *random, struct model_region *region,
			 uint64_t count)
{
	bool own = random_below(random, 6) != 0;
	uint64_t i = 0;

	while (i < count) {
		uint64_t run = 1;
		pa_t page = random_page(random);

		if (own)
			page = own_page(page, region->guest);
		if (random_below(random, 3) == 0) {
			run = 1 + random_below(random, 1100);
			page = WORLD_RAM2_PA +
			       (random_below(random, 2048) << SHM_PAGE_SHIFT);
			if (own)
				page = own_run(page, region->guest);
			if (random_below(random, 2) == 0)
				page = (page + 0x1fffff) & ~UINT64_C(0x1fffff);
		}
		for (; run > 0 && i < count; run--, page += SHM_PAGE_SIZE)
			region->pages[i++] = page;
	}
}

static void random_create(struct random *random)
{
	struct model_region *region = model_free_region(&model);
	uint64_t count = 1 + random_below(random, 8);

	if (region == NULL)
		return;
	if (random_below(random, 4) == 0)
		count = 500 + random_below(random, MODEL_MAX_PAGES - 500);
	region->guest = (unsigned int)random_below(random, MODEL_GUESTS);
	random_pages(random, region, count);
	region->cookie = cookies[random_below(random, 6)];
	region->offset = (uint32_t)random_below(random, SHM_PAGE_SIZE);
	region->size = (count << SHM_PAGE_SHIFT) - region->offset -
		       (count == 1 ? 0 : random_below(random, 100));
	/* Calls of one guest that form regions at once use one list each. */
	for (unsigned int i = 0; i < MODEL_REGIONS; i++) {
		struct model_region *other = &model.regions[i];

		if (other->region != NULL && other->guest == region->guest &&
		    other->state == REGION_FORMING)
			return;
	}
	model_create(&model, region);
}

static struct model_region *random_region(struct random *random)
{
	struct model_region *region =
		&model.regions[random_below(random, MODEL_REGIONS)];

	return region->region == NULL ? NULL : region;
}

static void random_advance(struct random *random)
{
	struct model_region *region = random_region(random);
	unsigned int slices = 1 + (unsigned int)random_below(random, 30);

	if (region == NULL)
		return;
	if (model.whole)
		slices = ALL_SLICES;
	if (region->state == REGION_FORMING && random_below(random, 12) == 0) {
		model_give_up(&model, region);
		return;
	}
	while (slices-- > 0 && region->region != NULL) {
		if (region->state == REGION_LEAVING && region->calls == 0) {
			model_take_apart(&model, region);
		} else if (region->state == REGION_FORMING &&
			   model_map_slice(&model, region)) {
			model_commit(&model, region);
			return;
		}
	}
}

static void random_session_step(struct random *random)
{
	struct model_session *session =
		&model.sessions[random_below(random, MODEL_SESSIONS)];
	struct model_region *region = random_region(random);

	if (session->session == NULL)
		model_open_session(&model, (unsigned int)random_below(
						   random, MODEL_GUESTS));
	else if (region != NULL && region->guest == session->guest &&
		 region->state == REGION_REGISTERED)
		model_hold(&model, session, region);
	else if (random_below(random, 3) != 0)
		model_release(&model, session);
	else
		model_close_session(&model, session);
}

static void random_step(struct random *random)
{
	unsigned int guest = (unsigned int)random_below(random, MODEL_GUESTS);
	uint64_t cookie = cookies[random_below(random, 6)];
	struct model_region *region = random_region(random);

	sim_core_set((unsigned int)random_below(random, SIM_CORE_COUNT));
	switch (random_below(random, 16)) {
	case 0 ... 3:
		random_create(random);
		break;
	case 4 ... 8:
		random_advance(random);
		break;
	case 9:
		model_get(&model, guest, cookie);
		break;
	case 10:
		if (region != NULL && region->calls != 0)
			model_put(&model, region);
		break;
	case 11:
		model_unregister(&model, guest, cookie);
		break;
	case 12:
		if (region != NULL && region->state == REGION_REGISTERED)
			model_touch(&model, region);
		break;
	case 13:
		random_session_step(random);
		break;
	case 14:
		if (random_below(random, 8) == 0)
			model_cut_off(&model, guest);
		break;
	case 15:
		(void)corpse_drain(&model.shm);
		break;
	}
}

static void run_histories(bool whole)
{
	trace_by_hand(true);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct random random = random_start("regions", seed);

		world_set_tlb_ranges(seed % 2 == 0);
		model_start(&model, POOL_SIZE);
		model.whole = whole;
		for (unsigned int step = 0; step < STEPS; step++) {
			random_step(&random);
			model_check(&model);
		}
		model_finish(&model);
	}
	trace_by_hand(false);
}

static void random_histories_agree_with_the_model(void **state)
{
	(void)state;
	run_histories(false);
}

/* How far a slice comes depends on the format, where the last one ends not. */
static void histories_without_slices_agree_with_the_model(void **state)
{
	(void)state;
	run_histories(true);
}

/* Invariant 9: the longest critical section does not depend on the size. */
static void critical_sections_do_not_grow_with_the_region(void **state)
{
	uint64_t work[2];

	(void)state;
	world_set_tlb_ranges(false);
	model_start(&model, POOL_SIZE);
	for (unsigned int large = 0; large < 2; large++) {
		struct model_region *region = model_free_region(&model);
		uint64_t count = large ? MODEL_MAX_PAGES : 520;

		for (uint64_t i = 0; i < count; i++)
			region->pages[i] =
				WORLD_RAM2_PA + ((i * 7) << SHM_PAGE_SHIFT);
		region->guest = 1;
		region->cookie = 77;
		region->offset = 0;
		region->size = count << SHM_PAGE_SHIFT;
		sim_masked_work_reset();
		assert_true(model_create(&model, region));
		while (!model_map_slice(&model, region))
			;
		model_commit(&model, region);
		model_unregister(&model, 1, 77);
		while (region->region != NULL)
			model_take_apart(&model, region);
		work[large] = sim_masked_work();
	}
	model_finish(&model);
	/* Slices end at different places, so not to the last operation. */
	assert_in_range(work[1], 1, work[0] + work[0] / 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_histories_agree_with_the_model),
		cmocka_unit_test(histories_without_slices_agree_with_the_model),
		cmocka_unit_test(critical_sections_do_not_grow_with_the_region),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
