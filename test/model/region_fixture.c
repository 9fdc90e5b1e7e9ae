/* SPDX-License-Identifier: BSD-2-Clause */
/* See region_fixture.h. */
#include "model/region_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sim/world.h"

struct shm shm;
struct guest *guest;
pa_t pages[COUNT];
static uint64_t free_at_start;

struct look look(void)
{
	struct look now = {
		.free_bytes = meta_pool_free_bytes(&shm.pool),
		.tables = world_tables_hash(),
		.window_bytes = shm.small_slots.reserved_size +
				shm.large_slots.reserved_size,
		.stale = sim_tlb_stale_count(),
		.first = guest->holdings->all,
	};

	memcpy(now.used, guest->holdings->account.used, sizeof(now.used));
	return now;
}

void assert_unchanged(const struct look *before)
{
	struct look now = look();

	assert_memory_equal(&now, before, sizeof(now));
	assert_null(va_pool_check(&guest->holdings->spaces[0]));
	assert_true(sim_check_violations());
}

/* The whole life of a call that registers. */
enum shm_status register_list(uint64_t cookie, pa_t list, uint64_t size)
{
	struct region_request request = { cookie, size, 0 };
	struct page_list reader;
	struct region *region;
	struct region *replaced = NULL;
	enum shm_status st;

	st = region_create(guest->holdings, &request, &region);
	if (st != SHM_OK)
		return st;
	page_list_init(&reader, guest->holdings, 0, list, region_pages(region));
	do
		st = region_map_slice(region, &reader);
	while (st == SHM_INTERRUPTED);
	if (st == SHM_OK)
		st = region_commit(region, false, &replaced);
	if (st != SHM_OK) {
		region_leave(region);
		replaced = region;
	}
	while (replaced != NULL &&
	       region_take_apart(replaced) == SHM_INTERRUPTED)
		;
	call_page_unmap(guest->holdings, 0, CALL_PAGE_LIST);
	return st;
}

enum shm_status register_pages(uint64_t cookie)
{
	return register_list(cookie, world_write_list(0, pages, COUNT),
			     COUNT * SHM_PAGE_SIZE);
}

void unregister(uint64_t cookie)
{
	struct region *region;

	assert_int_equal(region_get_to_leave(guest->holdings, cookie, &region),
			 SHM_OK);
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
}

/* Scattered pages, a whole granule, and a run that ends at a hole. */
int set_up(void **state)
{
	(void)state;
	world_start(&shm, POOL_SIZE, 2);
	free_at_start = meta_pool_free_bytes(&shm.pool);
	assert_int_equal(guest_create(&shm, 3, &guest), SHM_OK);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
	for (uint64_t i = 0; i < COUNT; i++) {
		if (i < 400)
			pages[i] = WORLD_RAM_PA + i * 9 * SHM_PAGE_SIZE;
		else if (i < 1000)
			pages[i] = WORLD_HIGH_PA + (i - 400) * SHM_PAGE_SIZE;
		else
			pages[i] = WORLD_RAM3_END - (COUNT - i) * SHM_PAGE_SIZE;
	}
	return 0;
}

int tear_down(void **state)
{
	(void)state;
	guest_cut_off(&shm, guest);
	guest_destroy(&shm, guest);
	while (corpse_drain(&shm) != SHM_OK)
		;
	assert_int_equal(meta_pool_free_bytes(&shm.pool), free_at_start);
	assert_int_equal(world_leaf_count(), 0);
	return sim_check_violations() ? 0 : -1;
}
