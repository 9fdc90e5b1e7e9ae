// SPDX-License-Identifier: BSD-2-Clause
/*
 * Streaming a page list. The list page in use is mapped at the call's own list
 * page; the next one takes its place only when another entry is needed from
 * it, since the last link of a list may point anywhere.
 */
#include <dynshm/page_list.h>

#include <dynshm/guest.h>
#include <dynshm/pa_index.h>

#include "page_run.h"

#define WORD_SIZE sizeof(uint64_t)

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

bool page_list_extend_run(struct page_list *list)
{
	struct page_run *run = &list->run;
	pa_t next = run->first + ((pa_t)run->count << SHM_PAGE_SHIFT);
	pa_t end = (run->first | (GRANULE_SIZE - 1)) + 1;
	uint32_t room = (uint32_t)((end - next) >> SHM_PAGE_SHIFT);
	uint32_t count = list->count - list->at;

	if (count > room)
		count = room;
	count = page_run_count(&list->slice[list->at], count, next);
	run->count += count;
	list->at += count;
	list->expected = next + ((pa_t)count << SHM_PAGE_SHIFT);
	return list->at == list->count && list->left != 0 &&
	       list->expected != end;
}

/* There is more to read. */
static enum shm_status fill_slice(struct page_list *list)
{
	uint32_t count = PAGE_LIST_SLICE;

	if (count > list->left)
		count = (uint32_t)list->left;
	if (list->contiguous) {
		fill_contiguous(list, count);
	} else {
		if (list->index == PAGE_LIST_ENTRIES) {
			enum shm_status st = turn_page(list);

			if (st != SHM_OK)
				return st;
		}
		if (count > PAGE_LIST_ENTRIES - list->index)
			count = PAGE_LIST_ENTRIES - list->index;
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

/* A run takes no more than the slices that a granule's words fill. */
enum shm_status page_list_fill(struct page_list *list)
{
	enum shm_status st = SHM_OK;
	unsigned int slices = 0;

	while (st == SHM_OK && list->at == list->count && list->left != 0) {
		st = fill_slice(list);
		slices++;
		if (list->run.count == 0 || !page_list_extend_run(list))
			break;
	}
	return st == SHM_OK && slices > 1 ? SHM_INTERRUPTED : st;
}
