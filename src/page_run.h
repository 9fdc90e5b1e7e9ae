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

	while (end - word >= 4 && word[0] == next &&
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

#endif
