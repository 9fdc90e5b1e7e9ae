/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pages that a list names, into descriptors that follow each other: what
 * mapping is, apart from looking after who has what. The table is looked up
 * once for all of them. Whether a page may be mapped is read off a table by
 * address, and not the range that the last one was in: where ranges take turns,
 * that would be a branch that nobody can predict.
 */
#ifndef SRC_RAM_PAGES_H
#define SRC_RAM_PAGES_H

#include "pa_index.h"

/*
 * Map `count` pages, up to a word that is no aligned address of shareable RAM,
 * or whose place has something already. Answers how many were mapped: not to be
 * relied on before cpu_publish_tables(), but walks may have seen them. The lock
 * of the table that `entries` is in is held.
 */
uint32_t ram_pages_map(const struct pa_index *index, const uint64_t *words,
		       uint32_t count, pte_t *entries, pte_t attributes);

#endif
