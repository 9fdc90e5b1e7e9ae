// SPDX-License-Identifier: BSD-2-Clause
/* Page lists are written where the normal world would write them. */
#include "world.h"

#include "tap.h"

#define LISTS	   UINT64_C(0x41000000)
#define LIST_ROOM  UINT64_C(0x100000) /* for the pages of one list */
#define LIST_COUNT 511u

struct shm shm;

void world_start(void)
{
	static const struct pa_range ram = { RAM_FIRST, RAM_END - 1 };
	struct shm_config config = {
		.pool = (void *)(uintptr_t)SECURE_POOL,
		.pool_pa = SECURE_POOL,
		.pool_size = SECURE_POOL_END - SECURE_POOL,
		.ram = &ram,
		.ram_count = 1,
		.calls_per_guest = 2,
		/* One of them takes all there is (supply_test.c). */
		.guest_tables = 1024,
	};

	machine_config(&config);
	if (shm_init(&shm, &config) != SHM_OK)
		tap_bail("the manager does not start");
}

pa_t world_list(unsigned int number, pa_t first, pa_t step, uint64_t count)
{
	pa_t start = LISTS + number * LIST_ROOM;
	volatile uint64_t *word = (volatile uint64_t *)(uintptr_t)start;

	for (uint64_t i = 0; i < count; i++) {
		/* The last word of a page says where the next one is. */
		if (((uintptr_t)word & SHM_PAGE_MASK) ==
		    LIST_COUNT * sizeof(*word)) {
			*word = (uintptr_t)(word + 1);
			word++;
		}
		*word++ = first + i * step;
	}
	return start;
}

struct region *world_register(struct guest *guest, uint64_t cookie, pa_t list,
			      uint64_t pages, enum shm_status *st)
{
	struct region_request request = { cookie, pages * SHM_PAGE_SIZE, 0 };
	struct region *replaced = NULL;
	struct region *region;
	struct page_list reader;

	*st = region_create(guest->holdings, &request, &region);
	if (*st != SHM_OK)
		return NULL;
	page_list_init(&reader, guest->holdings, 0, list, pages);
	do
		*st = region_map_slice(region, &reader);
	while (*st == SHM_INTERRUPTED);
	call_page_unmap(guest->holdings, 0, CALL_PAGE_LIST);
	if (*st == SHM_OK)
		*st = region_commit(region, false, &replaced);
	if (*st == SHM_OK)
		return region;
	world_unregister(region);
	return NULL;
}

void world_unregister(struct region *region)
{
	region_leave(region);
	world_take_apart(region);
}

void world_take_apart(struct region *region)
{
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
}

struct guest *world_guest(uint16_t id)
{
	struct guest *guest;

	if (guest_create(&shm, id, &guest) != SHM_OK ||
	    guest_prepare(&shm, guest) != SHM_OK)
		tap_bail("no guest can be made");
	return guest;
}

void world_cut_off(struct guest *guest)
{
	while (guest_cut_off(&shm, guest) == SHM_INTERRUPTED)
		;
}

void world_bury(struct guest *guest)
{
	world_cut_off(guest);
	guest_destroy(&shm, guest);
	while (corpse_drain(&shm) == SHM_INTERRUPTED)
		;
}

struct translation world_translate(va_t va, bool write)
{
	struct translation cpu = cpu_translate(va, write);
	struct translation soft = soft_translate(va, write);

	equal(cpu.ok, soft.ok);
	equal(cpu_translates(va, write), soft.ok);
	equal(cpu.status, soft.status);
	equal(cpu.pa, soft.pa);
	equal(cpu.non_secure, soft.non_secure);
	check(cpu.memory == soft.memory || cpu.memory == MEMORY_UNSAID);
	return soft;
}
