// SPDX-License-Identifier: BSD-2-Clause
/*
 * The smallest kernel that could use the library: what it has to give, and a
 * buffer of the normal world from its registration to its end. It is compiled
 * and linked as an installed library's user would, and not run.
 */
#include <dynshm/region.h>

#define POOL_SIZE (UINT64_C(1) << 20)
/* A processor with 32-bit addresses has less to give. */
#define VA_BITS (sizeof(void *) == 4 ? 32 : 48)
#define WINDOW	(UINT64_C(1) << (VA_BITS == 32 ? 30 : 40))

static uint8_t pool[POOL_SIZE] __attribute__((aligned(4096)));
/* Of short descriptors; the others need less. */
#define ROOT_SIZE 16384

static pte_t root[ROOT_SIZE / sizeof(pte_t)] __attribute__((aligned(16384)));
static struct shm shm;

enum shm_status embedder_start(const struct pa_range *ram, size_t ram_count)
{
	struct shm_config config = {
		.pool = pool,
		.pool_pa = (uintptr_t)pool,
		.pool_size = POOL_SIZE,
		.ram = ram,
		.ram_count = ram_count,
		.root = root,
		.va_bits = VA_BITS,
		.window = { WINDOW, 3 * WINDOW - 1 },
		.calls_per_guest = 2,
	};

	return shm_init(&shm, &config);
}

/* The first word of a page of the normal world, or 0. */
uint64_t embedder_peek(uint16_t guest_id, pa_t page)
{
	struct region_request request = { .cookie = 1, .size = SHM_PAGE_SIZE };
	struct guest *guest = guest_find(&shm, guest_id);
	struct region *region, *replaced;
	struct page_list list;
	uint64_t word = 0;

	if (guest == NULL || guest_prepare(&shm, guest) != SHM_OK ||
	    region_create(guest->holdings, &request, &region) != SHM_OK)
		return 0;
	page_list_init_contiguous(&list, page, 1);
	if (region_map_slice(region, &list) == SHM_OK &&
	    region_commit(region, false, &replaced) == SHM_OK &&
	    !access_read(&word, region_address(region, 0), sizeof(word)))
		word = 0;
	region_leave(region);
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
	return word;
}

void *memset(void *to, int byte, size_t size)
{
	volatile uint8_t *at = to;

	while (size-- > 0)
		*at++ = (uint8_t)byte;
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	volatile uint8_t *at = to;
	const uint8_t *next = from;

	while (size-- > 0)
		*at++ = *next++;
	return to;
}
