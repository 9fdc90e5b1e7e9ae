/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The invariants of the design, checked against the model after every step:
 * what is mapped, for whom, with which attributes, and what it is charged.
 */
#include "model/region_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/trace.h"
#include "sim/world.h"

/* Invariants 2 and 3 for one descriptor. */
static void check_shared_page(va_t va, pa_t pa)
{
	struct sim_mapping leaf = sim_walk(va);

	assert_int_equal(leaf.pa + (va - leaf.va), pa);
	assert_true(leaf.size != 0 && leaf.ns && leaf.accessed);
	assert_false(leaf.executable || leaf.user || leaf.read_only);
	assert_int_equal(leaf.attr, 0);
	assert_int_equal(leaf.share, 3);
	assert_int_equal(sim_kind_of(pa), SIM_RAM);
}

/* The pages of a region that should have a descriptor now. */
static uint64_t check_region(const struct model_region *model)
{
	const struct region *region = model->region;
	uint64_t first = region->unmapped;
	uint64_t end = region->mapped;
	uint64_t count = 0;

	assert_int_equal(region_pages(region), model->page_count);
	assert_int_equal(region->calls, model->calls);
	assert_int_equal(region->sessions, model->sessions);
	if (model->state == REGION_REGISTERED) {
		if (!model->revoked)
			assert_int_equal(first, 0);
		assert_int_equal(end, model->page_count);
	}
	assert_int_equal(region->revoked, model->revoked);
	for (uint64_t i = first; i < end; i++) {
		va_t va = region->area.range.first + (i << SHM_PAGE_SHIFT);

		/* Which pages of a revoked region are left is its affair. */
		if (model->revoked && sim_walk(va).size == 0)
			continue;
		check_shared_page(va, model->pages[i]);
		count++;
	}
	return count;
}

/* phys_to_virt finds a mapping of each page, of the right guest. */
static void check_index(struct model *model, const struct model_region *region)
{
	uint64_t step = region->page_count / 4 + 1;

	for (uint64_t i = 0; i < region->page_count; i += step) {
		pa_t pa = region->pages[i] | (i & SHM_PAGE_MASK);
		va_t va = pa_index_find(&model->shm.index, pa,
					region->region->owner);

		/* It names the mapping made last; a page may have several. */
		if (va != 0)
			assert_int_equal(sim_walk_pa(va), pa);
	}
}

static void check_account(struct model *model, unsigned int guest)
{
	struct holdings *holdings = model->guests[guest]->holdings;
	uint64_t pages = 0;
	uint64_t regions = 0;
	uint64_t sessions = 0;

	for (unsigned int i = 0; i < MODEL_REGIONS; i++) {
		const struct model_region *region = &model->regions[i];

		if (region->region == NULL || region->guest != guest)
			continue;
		/* Those that have been unmapped count no more. */
		pages += region->page_count - region->region->unmapped;
		regions++;
	}
	for (unsigned int i = 0; i < MODEL_SESSIONS; i++)
		sessions += model->sessions[i].session != NULL &&
			    model->sessions[i].guest == guest;
	assert_int_equal(account_used(&holdings->account, RESOURCE_PAGES),
			 pages);
	assert_int_equal(account_used(&holdings->account, RESOURCE_REGIONS),
			 regions);
	assert_int_equal(account_used(&holdings->account, RESOURCE_SESSIONS),
			 sessions);
	assert_int_equal(holdings->revoked, model->revoked[guest]);
	assert_null(va_pool_check(&holdings->spaces[0]));
}

static uint64_t check_call_pages(struct model *model, unsigned int guest)
{
	struct holdings *holdings = model->guests[guest]->holdings;
	uint64_t count = 0;

	for (unsigned int i = 0; i < MODEL_CALLS; i++) {
		struct model_call_page *page = &model->call_pages[guest][i];

		if (!page->mapped)
			continue;
		check_shared_page(
			call_page_address(holdings, i, CALL_PAGE_LIST),
			page->pa);
		count++;
	}
	return count;
}

/* Invariant 5: each byte is free, owed, or on a living owner's account. */
static void check_pool(struct model *model)
{
	struct shm *shm = &model->shm;
	uint64_t bytes = meta_pool_free_bytes(&shm->pool) +
			 corpse_owed_bytes(shm) + holdings_bytes(shm->kernel);

	for (unsigned int i = 0; i < MODEL_GUESTS; i++)
		bytes += holdings_bytes(model->guests[i]->holdings) +
			 shm->guest_cache.object_size;
	assert_int_equal(bytes, model->bytes_at_start);
}

void model_check(struct model *model)
{
	uint64_t expected = 0;

	check_pool(model);

	for (unsigned int i = 0; i < MODEL_REGIONS; i++) {
		if (model->regions[i].region == NULL)
			continue;
		expected += check_region(&model->regions[i]);
		if (model->regions[i].state == REGION_REGISTERED)
			check_index(model, &model->regions[i]);
	}
	for (unsigned int i = 0; i < MODEL_GUESTS; i++) {
		expected += check_call_pages(model, i);
		check_account(model, i);
	}
	model_check_owners(model);
	/* Areas do not overlap, so every descriptor is one of those above. */
	assert_int_equal(world_leaf_count(), expected);
	assert_null(va_pool_check(&model->shm.small_slots));
	assert_null(va_pool_check(&model->shm.large_slots));
	if (sim_violation_count() != 0)
		sim_check_violations();
	assert_int_equal(sim_violation_count(), 0);
	if (model->whole)
		trace_step(&model->shm, "step", 0);
}
