/* SPDX-License-Identifier: BSD-2-Clause */
/* Neighbouring pages in lists. */
#ifndef SRC_PAGE_RUN_H
#define SRC_PAGE_RUN_H

#include <dynshm/page_list.h>

/* How many of `count` words name neighbouring pages from `next` on. */
static inline uint32_t page_run_count(const uint64_t *words, uint32_t count,
				      pa_t next)
{
	const uint64_t *word = words;
	const uint64_t *end = words + count;
	const uint64_t *fours_end = end - count % 4;

	while (word != fours_end && word[0] == next &&
	       word[1] == next + SHM_PAGE_SIZE &&
	       word[2] == next + 2 * SHM_PAGE_SIZE &&
	       word[3] == next + 3 * SHM_PAGE_SIZE) {
		next += 4 * SHM_PAGE_SIZE;
		word += 4;
	}
	while (word < end && *word == next) {
		next += SHM_PAGE_SIZE;
		word++;
	}
	return (uint32_t)(word - words);
}

/*
 * Lengthen the run by the words of the slice that continue it, up to the end of
 * its granule of 2 MiB (pa_index.h): of a run that is mapped in part, only the
 * rest is left, which begins later. True: it may go on in the next slice.
 */
bool page_list_extend_run(struct page_list *list);

#endif
