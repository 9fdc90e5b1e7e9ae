/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the model knows of pages that pass from one guest to another: who has
 * to lose a region by it, and that no page stays mapped for two.
 */
#include "model/region_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sim/world.h"

/* A byte for each page of all RAM that the world has. */
#define LOW_PAGES  ((WORLD_RAM3_END - WORLD_RAM_PA) >> SHM_PAGE_SHIFT)
#define HIGH_PAGES ((WORLD_HIGH_END - WORLD_HIGH_PA) >> SHM_PAGE_SHIFT)

static uint8_t notes[LOW_PAGES + HIGH_PAGES];

enum {
	NOBODY,
	LISTED,
	MAPPED
};

static uint8_t *note_of(pa_t page)
{
	if (page >= WORLD_HIGH_PA) {
		assert_in_range(page, WORLD_HIGH_PA, WORLD_HIGH_END - 1);
		return &notes[LOW_PAGES +
			      ((page - WORLD_HIGH_PA) >> SHM_PAGE_SHIFT)];
	}
	assert_in_range(page, WORLD_RAM_PA, WORLD_RAM3_END - 1);
	return &notes[(page - WORLD_RAM_PA) >> SHM_PAGE_SHIFT];
}

/* The most that is noted of any page which the region still had mapped. */
static uint8_t most_noted(const struct model_region *region)
{
	uint8_t most = NOBODY;

	for (uint64_t i = region->region->unmapped; i < region->region->mapped;
	     i++)
		if (*note_of(region->pages[i]) > most)
			most = *note_of(region->pages[i]);
	return most;
}

static void note_loss(struct model *model, struct model_region *region)
{
	uint8_t most = most_noted(region);

	if (region->revoked)
		return;
	if (most == MAPPED)
		assert_true(region->region->revoked);
	if (!region->region->revoked)
		return;
	assert_int_not_equal(most, NOBODY);
	region->revoked = true;
	model->revoked[region->guest]++;
}

void model_note_moved(struct model *model, const struct model_region *region,
		      uint64_t first)
{
	memset(notes, NOBODY, sizeof(notes));
	for (uint64_t i = first; i < region->page_count; i++)
		*note_of(region->pages[i]) = LISTED;
	for (uint64_t i = first; i < region->region->mapped; i++)
		*note_of(region->pages[i]) = MAPPED;
	for (unsigned int i = 0; i < MODEL_REGIONS; i++) {
		struct model_region *other = &model->regions[i];

		if (other->region != NULL && other->guest != region->guest)
			note_loss(model, other);
	}
}

static void note_owner(const struct model_region *region)
{
	va_t va = region->region->area.range.first;

	for (uint64_t i = region->region->unmapped; i < region->region->mapped;
	     i++) {
		uint8_t *note = note_of(region->pages[i]);

		if (sim_walk(va + (i << SHM_PAGE_SHIFT)).size == 0)
			continue;
		if (*note != NOBODY)
			assert_int_equal(*note, region->guest + 1);
		*note = (uint8_t)(region->guest + 1);
	}
}

void model_check_owners(const struct model *model)
{
	memset(notes, NOBODY, sizeof(notes));
	for (unsigned int i = 0; i < MODEL_REGIONS; i++)
		if (model->regions[i].region != NULL)
			note_owner(&model->regions[i]);
}
