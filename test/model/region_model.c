/* SPDX-License-Identifier: BSD-2-Clause */
/* The model's operations. What must hold after each is in region_check.c. */
#include "model/region_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sim/world.h"

static const uint16_t guest_ids[MODEL_GUESTS] = { 0, 5, 0x7ff0 };

static struct holdings *holdings_of(struct model *model, unsigned int guest)
{
	return model->guests[guest]->holdings;
}

void model_start(struct model *model, uint64_t pool_size)
{
	*model = (struct model){ 0 };
	world_start(&model->shm, pool_size, MODEL_CALLS);
	model->free_at_start = meta_pool_free_bytes(&model->shm.pool);
	model->bytes_at_start =
		model->free_at_start + holdings_bytes(model->shm.kernel);
	for (unsigned int i = 0; i < MODEL_GUESTS; i++) {
		assert_int_equal(guest_create(&model->shm, guest_ids[i],
					      &model->guests[i]),
				 SHM_OK);
		assert_int_equal(guest_prepare(&model->shm, model->guests[i]),
				 SHM_OK);
	}
}

struct model_region *model_free_region(struct model *model)
{
	for (unsigned int i = 0; i < MODEL_REGIONS; i++)
		if (model->regions[i].region == NULL)
			return &model->regions[i];
	return NULL;
}

struct model_region *model_find(struct model *model, unsigned int guest,
				uint64_t cookie)
{
	for (unsigned int i = 0; i < MODEL_REGIONS; i++) {
		struct model_region *region = &model->regions[i];

		if (region->region != NULL && region->guest == guest &&
		    region->cookie == cookie &&
		    region->state == REGION_REGISTERED)
			return region;
	}
	return NULL;
}

/* Whether some other region keeps this cookie from being used now. */
static bool cookie_is_taken(struct model *model,
			    const struct model_region *wanted, bool at_commit)
{
	for (unsigned int i = 0; i < MODEL_REGIONS; i++) {
		struct model_region *other = &model->regions[i];

		if (other->region == NULL || other == wanted ||
		    other->guest != wanted->guest || other->gave_up ||
		    other->cookie != wanted->cookie || wanted->cookie == 0)
			continue;
		if (other->state == REGION_FORMING && at_commit)
			continue;
		if (other->state != REGION_REGISTERED || other->calls != 0 ||
		    other->sessions != 0)
			return true;
	}
	return false;
}

bool model_create(struct model *model, struct model_region *region)
{
	struct region_request request = { region->cookie, region->size,
					  region->offset };
	bool taken = cookie_is_taken(model, region, false);
	unsigned int at = (unsigned int)(region - model->regions);
	enum shm_status st = region_create(holdings_of(model, region->guest),
					   &request, &region->region);

	assert_int_equal(st, taken ? SHM_COOKIE_IN_USE : SHM_OK);
	if (st != SHM_OK) {
		region->region = NULL;
		return false;
	}
	region->state = REGION_FORMING;
	region->gave_up = false;
	region->revoked = false;
	region->calls = 0;
	region->sessions = 0;
	region->page_count = region_page_count(region->size, region->offset);
	region->list_call = at % MODEL_CALLS;
	page_list_init(
		&region->list, holdings_of(model, region->guest),
		region->list_call,
		world_write_list(at * 8, region->pages, region->page_count),
		region->page_count);
	return true;
}

bool model_map_slice(struct model *model, struct model_region *region)
{
	struct model_call_page *page =
		&model->call_pages[region->guest][region->list_call];
	uint64_t before = region->region->mapped;
	enum shm_status st = region_map_slice(region->region, &region->list);

	if (region->revoked) {
		assert_int_equal(st, SHM_REGION_GONE);
		assert_int_equal(region->region->mapped, before);
		model_give_up(model, region);
		return false;
	}
	assert_true(st == SHM_OK || st == SHM_INTERRUPTED);
	model_note_moved(model, region, before);
	/* The list page that is read stands in the call's own page. */
	page->mapped = true;
	page->pa =
		sim_walk(call_page_address(holdings_of(model, region->guest),
					   region->list_call, CALL_PAGE_LIST))
			.pa;
	assert_in_range(page->pa, WORLD_LISTS_PA, WORLD_RAM2_END - 1);
	if (st != SHM_OK)
		return false;
	call_page_unmap(holdings_of(model, region->guest), region->list_call,
			CALL_PAGE_LIST);
	page->mapped = false;
	return true;
}

static void forget_region(struct model *model, struct model_region *region)
{
	for (unsigned int i = 0; i < MODEL_SESSIONS; i++) {
		if (model->sessions[i].held != region)
			continue;
		model->sessions[i].held = NULL;
		model->sessions[i].lost = true;
	}
	region->region = NULL;
}

void model_give_up(struct model *model, struct model_region *region)
{
	region_leave(region->region);
	call_page_unmap(holdings_of(model, region->guest), region->list_call,
			CALL_PAGE_LIST);
	model->call_pages[region->guest][region->list_call].mapped = false;
	region->state = REGION_LEAVING;
	region->gave_up = true;
}

static uint64_t count_runs(const struct model_region *region)
{
	uint64_t runs = 1;

	for (uint64_t i = 1; i < region->page_count; i++)
		runs += region->pages[i] !=
			region->pages[i - 1] + SHM_PAGE_SIZE;
	return runs;
}

void model_commit(struct model *model, struct model_region *region)
{
	struct model_region *old =
		model_find(model, region->guest, region->cookie);
	bool taken = cookie_is_taken(model, region, true);
	struct region *replaced;
	enum shm_status st = region_commit(region->region, false, &replaced);
	enum shm_status expected = taken ? SHM_COOKIE_IN_USE : SHM_OK;

	if (region->revoked)
		expected = SHM_REGION_GONE;
	assert_int_equal(st, expected);
	if (st != SHM_OK) {
		model_give_up(model, region);
		return;
	}
	region->state = REGION_REGISTERED;
	assert_int_equal(region->region->runs, count_runs(region));
	assert_ptr_equal(replaced, old == NULL ? NULL : old->region);
	if (old == NULL)
		return;
	old->state = REGION_LEAVING;
	old->gave_up = true;
}

bool model_get(struct model *model, unsigned int guest, uint64_t cookie)
{
	struct model_region *expected = model_find(model, guest, cookie);
	struct region *region;
	enum shm_status st =
		region_get(holdings_of(model, guest), cookie, &region);

	if (expected == NULL || cookie == 0) {
		assert_int_equal(st, SHM_UNKNOWN_COOKIE);
		return false;
	}
	if (expected->revoked) {
		assert_int_equal(st, SHM_REGION_GONE);
		return false;
	}
	assert_int_equal(st, SHM_OK);
	assert_ptr_equal(region, expected->region);
	expected->calls++;
	return true;
}

void model_put(struct model *model, struct model_region *region)
{
	(void)model;
	region_put(region->region);
	region->calls--;
	assert_int_equal(region_is_used(region->region), region->calls != 0);
}

void model_unregister(struct model *model, unsigned int guest, uint64_t cookie)
{
	struct model_region *expected = model_find(model, guest, cookie);
	struct region *region;
	enum shm_status st =
		region_get_to_leave(holdings_of(model, guest), cookie, &region);

	if (expected == NULL || cookie == 0) {
		assert_int_equal(st, SHM_UNKNOWN_COOKIE);
		return;
	}
	assert_int_equal(st, SHM_OK);
	assert_ptr_equal(region, expected->region);
	expected->state = REGION_LEAVING;
}

/* Some region is half unmapped; TLBs may still know what it had. */
static bool anything_half_gone(const struct model *model)
{
	for (unsigned int i = 0; i < MODEL_REGIONS; i++) {
		const struct region *region = model->regions[i].region;

		if (region != NULL && region->unmapped != 0)
			return true;
	}
	return false;
}

void model_take_apart(struct model *model, struct model_region *region)
{
	enum shm_status st = region_take_apart(region->region);

	if (st == SHM_INTERRUPTED)
		return;
	assert_int_equal(st, SHM_OK);
	forget_region(model, region);
	if (!anything_half_gone(model))
		assert_int_equal(sim_tlb_stale_count(), 0);
}

void model_touch(struct model *model, struct model_region *region)
{
	uint64_t last = region->size - 1;
	va_t va = region_address(region->region, last);
	uint64_t at = region->offset + last;
	uint8_t *byte = sim_pointer(region->pages[at >> SHM_PAGE_SHIFT] +
				    (at & SHM_PAGE_MASK));
	uint8_t value = (uint8_t)(region->cookie ^ at);
	uint8_t seen = 0;

	(void)model;
	if (sim_walk(va).size == 0) {
		assert_true(region->revoked);
		assert_false(access_write(va, &value, 1));
		assert_false(access_read(&seen, va, 1));
		return;
	}
	assert_true(access_write(va, &value, 1));
	assert_int_equal(*byte, value);
	*byte = (uint8_t)~value;
	assert_true(access_read(&seen, va, 1));
	assert_int_equal(seen, (uint8_t)~value);
}

void model_cut_off(struct model *model, unsigned int guest)
{
	guest_cut_off(&model->shm, model->guests[guest]);
	assert_int_equal(sim_tlb_stale_count(), 0);
	for (unsigned int i = 0; i < MODEL_SESSIONS; i++)
		if (model->sessions[i].guest == guest)
			model->sessions[i] = (struct model_session){ 0 };
	for (unsigned int i = 0; i < MODEL_REGIONS; i++)
		if (model->regions[i].guest == guest)
			model->regions[i].region = NULL;
	for (unsigned int i = 0; i < MODEL_CALLS; i++)
		model->call_pages[guest][i].mapped = false;
	model->revoked[guest] = 0;
	assert_int_equal(guest_prepare(&model->shm, model->guests[guest]),
			 SHM_OK);
}

void model_finish(struct model *model)
{
	struct shm *shm = &model->shm;
	unsigned int slices = 0;

	for (unsigned int i = 0; i < MODEL_GUESTS; i++) {
		guest_cut_off(shm, model->guests[i]);
		guest_destroy(shm, model->guests[i]);
	}
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_int_equal(meta_pool_free_bytes(&shm->pool) +
				 corpse_owed_bytes(shm),
			 model->free_at_start);
	while (corpse_drain(shm) != SHM_OK)
		assert_in_range(++slices, 1, 100000);
	assert_int_equal(corpse_owed_bytes(shm), 0);
	assert_int_equal(meta_pool_free_bytes(&shm->pool),
			 model->free_at_start);
	assert_int_equal(sim_table_count(), 1);
	assert_true(sim_check_violations());
}
