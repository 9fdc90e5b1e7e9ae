// SPDX-License-Identifier: BSD-2-Clause
/*
 * Page lists that nobody wrote on purpose, for the one reader of them. A list
 * is accepted if and only if each word that was read names shareable RAM; what
 * is then mapped is what was read; and nothing is left when it goes.
 */
#include "fuzz_input.h"

#include <dynshm/region.h>

#define POOL_SIZE  (UINT64_C(512) << 10)
#define TRACE_POOL (UINT64_C(8) << 20)
#define LIST_PAGES 4u
#define MAX_PAGES  1200u
#define MAX_SEEN   (MAX_PAGES + 1) /* an offset may add a page */

static struct shm shm;
static struct guest *guest;

/* What the reader saw, in the order in which it looked. */
static struct {
	uint64_t words[MAX_SEEN];
	uint64_t count;
	struct fuzz_input *changes; /* NULL: lists stay as they are */
} seen;

static bool is_ram_page(uint64_t word)
{
	return (word & SHM_PAGE_MASK) == 0 && sim_kind_of(word) == SIM_RAM;
}

/* Change words now and then just before they are read; note the entries. */
static void look_at_word(void *arg, pa_t pa)
{
	uint64_t *word = sim_pointer(pa);

	(void)arg;
	if (seen.changes != NULL && (fuzz_take(seen.changes, 1) & 0xf8) == 0xf8)
		*word = fuzz_page(seen.changes);
	if (pa % SHM_PAGE_SIZE / 8 != WORLD_LIST_ENTRIES &&
	    seen.count < MAX_SEEN)
		seen.words[seen.count++] = *word;
}

static bool all_seen_are_ram(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		if (!is_ram_page(seen.words[i]))
			return false;
	return seen.count == count;
}

/* A few words of a list, the rest neighbours or repeats of the one before. */
static void fill_lists(struct fuzz_input *in)
{
	for (unsigned int i = 0; i < LIST_PAGES; i++) {
		pa_t page = WORLD_LISTS_PA + i * SHM_PAGE_SIZE;
		uint64_t *words = sim_pointer(page);
		pa_t next = fuzz_page(in);
		uint64_t step = (fuzz_take(in, 1) & 3) << SHM_PAGE_SHIFT;
		uint64_t link = fuzz_take(in, 1);

		for (unsigned int j = 0; j < WORLD_LIST_ENTRIES; j++) {
			words[j] = next;
			next += step;
		}
		for (uint64_t j = fuzz_take(in, 1) & 15; j > 0; j--)
			words[fuzz_take(in, 2) % WORLD_LIST_ENTRIES] =
				fuzz_page(in);
		words[WORLD_LIST_ENTRIES] =
			link < 200   ? page + SHM_PAGE_SIZE
			: link < 250 ? WORLD_LISTS_PA +
					       link % LIST_PAGES * SHM_PAGE_SIZE
				     : fuzz_page(in);
	}
}

static void check_mapping(const struct region *region)
{
	for (uint64_t i = 0; i < region_pages(region); i++) {
		va_t va = region->area.range.first + i * SHM_PAGE_SIZE;
		struct sim_mapping leaf = sim_walk(va);

		fuzz_require(leaf.size != 0);
		fuzz_require(leaf.ns && !leaf.executable);
		fuzz_require(sim_walk_pa(va) == seen.words[i]);
	}
	fuzz_require(world_leaf_count() == region_pages(region));
}

static void take_apart(struct region *region)
{
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
}

static void register_once(struct fuzz_input *in)
{
	struct region_request request = {
		.cookie = 1,
		.size = 1 + fuzz_take(in, 3) % (MAX_PAGES * SHM_PAGE_SIZE),
		.offset = (uint32_t)fuzz_take(in, 2) & SHM_PAGE_MASK,
	};
	bool change = fuzz_take(in, 1) & 1;
	struct page_list list;
	struct region *region;
	struct region *replaced;
	enum shm_status st;

	st = region_create(guest->holdings, &request, &region);
	if (st != SHM_OK) {
		fuzz_require(st != SHM_BAD_ADDRESS);
		return;
	}
	seen.count = 0;
	seen.changes = change ? in : NULL;
	page_list_init(&list, guest->holdings, 0, WORLD_LISTS_PA,
		       region_pages(region));
	do
		st = region_map_slice(region, &list);
	while (st == SHM_INTERRUPTED);
	call_page_unmap(guest->holdings, 0, CALL_PAGE_LIST);
	seen.changes = NULL;
	if (st == SHM_OK)
		fuzz_require(all_seen_are_ram(region_pages(region)));
	if (st == SHM_OK && region_commit(region, false, &replaced) == SHM_OK) {
		check_mapping(region);
		region_get_to_leave(guest->holdings, 1, &region);
	} else {
		region_leave(region);
	}
	take_apart(region);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint64_t free_bytes;

	world_start(&shm, fuzz_is_traced() ? TRACE_POOL : POOL_SIZE, 2);
	fuzz_require(guest_create(&shm, 1, &guest) == SHM_OK);
	fuzz_require(guest_prepare(&shm, guest) == SHM_OK);
	free_bytes = meta_pool_free_bytes(&shm.pool);
	sim_set_read_hook(look_at_word, NULL);
	for (unsigned int i = 0; i < 4 && in.left > 0; i++) {
		fill_lists(&in);
		if (fuzz_take(&in, 1) > 250)
			sim_page_set_dead(WORLD_LISTS_PA + i * SHM_PAGE_SIZE,
					  true);
		register_once(&in);
		fuzz_require(world_leaf_count() == 0);
		fuzz_require(sim_tlb_stale_count() == 0);
		fuzz_require(meta_pool_free_bytes(&shm.pool) == free_bytes);
		fuzz_require(va_pool_check(&guest->holdings->spaces[0]) ==
			     NULL);
		fuzz_require(sim_violation_count() == 0);
	}
	return 0;
}
