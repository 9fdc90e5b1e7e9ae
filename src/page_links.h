/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two loops that run once for each scattered page. They do the plain case
 * only and stop at the first page that is anything else: the caller then takes
 * the long way for that one. Index lock held; neither can fail.
 */
#ifndef SRC_PAGE_LINKS_H
#define SRC_PAGE_LINKS_H

#include "pa_index.h"

/* A stretch of a leaf table. */
struct link_span {
	struct table *leaf;
	unsigned int slot;
	uint32_t count;
};

/* The longest span from `slot` on, at most `count` descriptors. */
static inline struct link_span link_span_at(struct table *leaf,
					    unsigned int slot, uint32_t count)
{
	uint32_t fit = PT_ENTRY_COUNT - slot;

	return (struct link_span){ leaf, slot, count < fit ? count : fit };
}

/*
 * Map and link the pages in `words`, as many as fit the span. Stops at a page
 * that is not in a granule full of RAM, whose list is not there, that is not
 * aligned, that may begin more than a page (map_size.h), or that is mapped
 * already, by whomever. Answers how many it entered; *expected is the page that
 * would continue the last one, *runs counts those that did not continue the one
 * before.
 */
uint32_t page_links_enter(struct pa_index *index, struct link_span span,
			  const uint64_t *words, pa_t *expected,
			  uint32_t *runs);

/*
 * Map and link a group of pages, each by a link of its own; answers how many.
 * The group at `pa`, in entry's granule, is mapped nowhere, and there is room
 * for its first page (pa_index_has_room()): the others need no more.
 */
uint32_t page_links_enter_group(struct pa_index *index,
				struct granule_entry *entry, pa_t pa,
				struct table *leaf, unsigned int slot);

/*
 * Unmap and unlink the pages of the span, in which no group is cut, up to one
 * that stands for a whole granule, or that is not mapped any more. Answers how
 * many.
 */
uint32_t page_links_leave(struct pa_index *index, struct link_span span);

#endif
