/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one reader of page lists that the normal world wrote. Format (OP-TEE's
 * message interface, non-contiguous buffers): a list page holds 511 physical
 * addresses of 4 KiB pages and, in its last word, the address of the next
 * list page, which means something only if more entries follow.
 *
 * Each word is read once, into secure memory; only the copy is looked at. A
 * list is streamed in slices of PAGE_LIST_SLICE words, whatever its length,
 * and a list that loops is one that repeats. Words that only go on with a run
 * are compared as they are read, and not kept.
 */
#ifndef DYNSHM_PAGE_LIST_H
#define DYNSHM_PAGE_LIST_H

#include <dynshm/addr.h>
#include <dynshm/status.h>

struct holdings;

#define PAGE_LIST_ENTRIES 511u /* in one list page; the link comes after */
#define PAGE_LIST_SLICE	  171u

/* Neighbouring pages found so far, not yet mapped. */
struct page_run {
	pa_t first;
	uint32_t count; /* 0: none */
};

struct page_list {
	struct holdings *owner; /* whose call page the list is mapped at */
	unsigned int call;
	bool contiguous; /* no list: `next` is the next page itself */
	pa_t next;	 /* list page to be mapped next */
	uint32_t index;	 /* next word in the mapped one */
	uint64_t left;	 /* entries still to be read */
	struct page_run run;
	pa_t expected;	/* the page that would continue the last run */
	uint32_t at;	/* next word of the slice to be looked at */
	uint32_t count; /* words in the slice */
	uint64_t slice[PAGE_LIST_SLICE];
};

/* Read `pages` entries of the list whose first page is at `pa`. */
void page_list_init(struct page_list *list, struct holdings *owner,
		    unsigned int call, pa_t pa, uint64_t pages);

/* No list in memory: `pages` neighbouring pages from `pa` on. */
void page_list_init_contiguous(struct page_list *list, pa_t pa, uint64_t pages);

/* All entries have been read and mapped. */
static inline bool page_list_is_done(const struct page_list *list)
{
	return list->left == 0 && list->at == list->count &&
	       list->run.count == 0;
}

/*
 * Fill the slice with what comes next, if it has been used up. What a run that
 * has begun takes of it is in the run afterwards, and the slice has what comes
 * behind the run, if anything was read of it. SHM_INTERRUPTED: that was as much
 * as can be done at once.
 * SHM_BAD_ADDRESS: a list page is not shareable RAM or not aligned.
 * SHM_REGION_GONE: a list page stopped answering.
 */
enum shm_status page_list_fill(struct page_list *list);

#endif
