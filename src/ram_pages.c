// SPDX-License-Identifier: BSD-2-Clause
/* See ram_pages.h. */
#include "ram_pages.h"

/* As many as are in units that are RAM throughout: the loop that counts. */
static uint32_t map_plain(const struct pa_index *index, const uint64_t *words,
			  uint32_t count, pte_t *entries, pte_t attributes)
{
	/* The address has bits of its own: the others need making but once. */
	const pte_t others = pte_make_page(0, attributes);
	/* Stores change none of it; so the compiler may keep it at hand. */
	const uint8_t *const full_units = index->full_units;
	const unsigned int unit_shift = index->unit_shift;
	const pa_t never = index->never;
	const uint64_t *word = words;
	const uint64_t *end = words + count;

	/* Half of the loop is the loop itself. */
#pragma GCC unroll 4
	for (; word != end; word++, entries++) {
		pa_t page = *word;

		if ((page & never) != 0 || pte_is_valid(pte_load(entries)) ||
		    !full_units[page >> unit_shift])
			break;
		pte_store(entries, (pte_t)page | others);
	}
	return (uint32_t)(word - words);
}

uint32_t ram_pages_map(const struct pa_index *index, const uint64_t *words,
		       uint32_t count, pte_t *entries, pte_t attributes)
{
	uint32_t done = map_plain(index, words, count, entries, attributes);

	while (done != count && !pte_is_valid(pte_load(&entries[done])) &&
	       ram_map_has_page(index, words[done])) {
		pte_store(&entries[done],
			  pte_make_page(words[done], attributes));
		done++;
		done += map_plain(index, &words[done], count - done,
				  &entries[done], attributes);
	}
	return done;
}
