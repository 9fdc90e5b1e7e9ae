// SPDX-License-Identifier: BSD-2-Clause
/*
 * Streaming a page list. The list page in use is mapped at the call's own list
 * page; the next one takes its place only when another entry is needed from
 * it, since the last link of a list may point anywhere.
 */
#include <dynshm/page_list.h>

#include <dynshm/guest.h>

#include "pa_index.h"
#include "page_run.h"

#define WORD_SIZE sizeof(uint64_t)

/* The word that tells whether a run begins. */
#define PAGE_LIST_PEEK 1u

void page_list_init(struct page_list *list, struct holdings *owner,
		    unsigned int call, pa_t pa, uint64_t pages)
{
	list->owner = owner;
	list->call = call;
	list->contiguous = false;
	list->next = pa;
	list->index = PAGE_LIST_ENTRIES; /* nothing is mapped yet */
	list->left = pages;
	list->run.count = 0;
	list->expected = SHM_PAGE_MASK; /* no page */
	list->at = 0;
	list->count = 0;
}

void page_list_init_contiguous(struct page_list *list, pa_t pa, uint64_t pages)
{
	page_list_init(list, NULL, 0, pa, pages);
	list->contiguous = true;
}

static void fill_contiguous(struct page_list *list, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		list->slice[i] = list->next;
		list->next += SHM_PAGE_SIZE;
	}
}

static va_t word_address(const struct page_list *list)
{
	return call_page_address(list->owner, list->call, CALL_PAGE_LIST) +
	       list->index * WORD_SIZE;
}

/* Map the next list page and read the link that it ends with. */
static enum shm_status turn_page(struct page_list *list)
{
	enum shm_status st = call_page_map(list->owner, list->call,
					   CALL_PAGE_LIST, list->next);

	if (st != SHM_OK)
		return st;
	list->index = PAGE_LIST_ENTRIES;
	if (list->left > PAGE_LIST_ENTRIES &&
	    !access_read(&list->next, word_address(list), WORD_SIZE))
		return SHM_REGION_GONE;
	list->index = 0;
	return SHM_OK;
}

/* Pages that the run, which is up to the one expected, has still room for. */
static uint32_t run_room(const struct page_list *list)
{
	return (uint32_t)((0 - list->expected) & (GRANULE_SIZE - 1)) >>
	       SHM_PAGE_SHIFT;
}

static void run_lengthen(struct page_list *list, uint32_t count)
{
	list->run.count += count;
	list->expected += (pa_t)count << SHM_PAGE_SHIFT;
}

/* There is more to read for the run. */
static bool run_goes_on(const struct page_list *list)
{
	return list->at == list->count && list->left != 0 &&
	       run_room(list) != 0;
}

bool page_list_extend_run(struct page_list *list)
{
	uint32_t room = run_room(list);
	uint32_t count = list->count - list->at;

	if (count > room)
		count = room;
	if (count != 0) {
		count = page_run_count(&list->slice[list->at], count,
				       list->expected);
		list->at += count;
		run_lengthen(list, count);
	}
	return run_goes_on(list);
}

static uint32_t smaller(uint32_t a, uint64_t b)
{
	return a < b ? a : (uint32_t)b;
}

/* The next words, `most` at most, are in the slice. */
static enum shm_status fill_slice(struct page_list *list, uint32_t most)
{
	uint32_t count = smaller(most, list->left);

	if (list->contiguous) {
		fill_contiguous(list, count);
	} else {
		count = smaller(count, PAGE_LIST_ENTRIES - list->index);
		if (!access_read(list->slice, word_address(list),
				 count * WORD_SIZE))
			return SHM_REGION_GONE;
		list->index += count;
	}
	list->left -= count;
	list->at = 0;
	list->count = count;
	return SHM_OK;
}

/*
 * Read on in a run: what goes on with it is not kept, and what does not is the
 * slice.
 */
static enum shm_status skip_row(struct page_list *list, uint32_t count)
{
	uint32_t left = count;
	uint32_t other = 0;

	if (!access_read_row(list->slice, word_address(list), &left,
			     list->expected))
		return SHM_REGION_GONE;
	if (left != 0)
		other = left < ACCESS_GROUP ? 1 : ACCESS_GROUP;
	run_lengthen(list, count - left);
	list->index += count - left + other;
	list->left -= count - left + other;
	list->at = 0;
	list->count = other;
	return SHM_OK;
}

static void skip_contiguous(struct page_list *list, uint32_t count)
{
	run_lengthen(list, count);
	list->next += (pa_t)count << SHM_PAGE_SHIFT;
	list->left -= count;
}

/* There is a run, and it may go on. */
static enum shm_status read_on(struct page_list *list)
{
	uint32_t count = smaller(run_room(list), list->left);

	if (!list->contiguous)
		return skip_row(
			list, smaller(count, PAGE_LIST_ENTRIES - list->index));
	skip_contiguous(list, count);
	return SHM_OK;
}

/* Behind a granule mostly comes another, of which little has to be kept. */
static uint32_t slice_size(const struct page_list *list)
{
	return (list->expected & (GRANULE_SIZE - 1)) == 0 ? PAGE_LIST_PEEK
							  : PAGE_LIST_SLICE;
}

static enum shm_status read_more(struct page_list *list)
{
	if (!list->contiguous && list->index == PAGE_LIST_ENTRIES) {
		enum shm_status st = turn_page(list);

		if (st != SHM_OK)
			return st;
	}
	return list->run.count != 0 ? read_on(list)
				    : fill_slice(list, slice_size(list));
}

/* A run takes no more pieces of the list than the words of a granule are. */
enum shm_status page_list_fill(struct page_list *list)
{
	enum shm_status st = SHM_OK;
	unsigned int pieces = 0;

	if (list->run.count == 0) {
		if (list->at != list->count || list->left == 0)
			return SHM_OK;
		return read_more(list);
	}
	while (st == SHM_OK && run_goes_on(list)) {
		st = read_more(list);
		pieces++;
		if (st == SHM_OK)
			page_list_extend_run(list);
	}
	return st == SHM_OK && pieces > 1 ? SHM_INTERRUPTED : st;
}
