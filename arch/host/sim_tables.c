// SPDX-License-Identifier: BSD-2-Clause
/*
 * Writing descriptors. For each chunk of secure memory, a table or a part of
 * the first one, the machine knows whether a walk can reach it as a table,
 * through the tables or through a walk cache that has not been told to forget,
 * and for which addresses. A change in such a table is a change of the regime
 * and is checked.
 *
 * It also keeps what was written and not yet published by a barrier: such a
 * descriptor must not be used, nor a table that holds it be hung in.
 */
#include <cpu.h>
#include <stdlib.h>
#include <string.h>

#include "sim_internal.h"

/* A run of descriptors, written by a core and not yet published. */
struct written {
	const sim_desc_t *first;
	size_t count;
	unsigned int core;
	bool ordered; /* a barrier came, but not yet for its own accesses */
	uint64_t releases; /* locks the core had released before it */
};

static struct written *written;
static size_t written_size;
static size_t written_count;

void sim_tables_reset(void)
{
	written_count = 0;
}

/* Descriptors in a chunk. */
#define CHUNK_ENTRIES (SIM_CHUNK_BYTES / sizeof(sim_desc_t))

static uint64_t *place_word(const void *table)
{
	struct sim_range *range = sim_secure_range_of(table);

	if (range == NULL)
		return NULL;
	return &range->places[((uintptr_t)table - (uintptr_t)range->memory) /
			      SIM_CHUNK_BYTES];
}

/*
 * Bit 0: there is a place; bits 2:1 the level, 3 the world, above that the
 * prefix.
 */
static uint64_t encode_place(struct sim_place first)
{
	return first.prefix << 4 | (uint64_t)first.ns_table << 3 |
	       first.level << 1 | 1;
}

static bool decode_place(const uint64_t *word, struct sim_place *first)
{
	if (word == NULL || *word == 0)
		return false;
	*first = (struct sim_place){ (unsigned int)(*word >> 1) & 3, *word >> 4,
				     *word >> 3 & 1 };
	return true;
}

bool sim_table_place(pa_t table, struct sim_place *first)
{
	return decode_place(place_word(sim_table_at(table)), first);
}

bool sim_slot_place(const sim_desc_t *slot, struct sim_place *place)
{
	size_t index = (uintptr_t)slot % SIM_CHUNK_BYTES / sizeof(*slot);

	if (!decode_place(place_word(slot), place) ||
	    index >= sim_table_entries(place->level))
		return false;
	place->prefix += index;
	return true;
}

static void note_written(const sim_desc_t *first, size_t count)
{
	unsigned int core = sim_core();
	struct written *last =
		written_count == 0 ? NULL : &written[written_count - 1];

	if (last != NULL && last->core == core && !last->ordered &&
	    last->releases == sim_core_releases(core) &&
	    last->first + last->count == first) {
		last->count += count;
		return;
	}
	if (written_count == written_size) {
		written_size = written_size * 2 + 64;
		written = realloc(written, written_size * sizeof(*written));
		if (written == NULL)
			abort();
	}
	written[written_count++] = (struct written){ first, count, core, false,
						     sim_core_releases(core) };
}

/* Walkers may make one TLB entry of a group; a barrier lets them see it. */
static void check_groups(unsigned int core)
{
	for (size_t i = 0; i < written_count; i++) {
		const struct written *run = &written[i];

		for (size_t j = 0; run->core == core && j < run->count; j++)
			if (j == 0 ||
			    (uintptr_t)&run->first[j] %
					    (SIM_GROUP * sizeof(sim_desc_t)) ==
				    0)
				sim_check_group(&run->first[j]);
	}
}

void sim_tables_ordered(unsigned int core)
{
	check_groups(core);
	for (size_t i = 0; i < written_count; i++)
		written[i].ordered |= written[i].core == core;
}

/*
 * What another core wrote before it released a lock, all observers can see; a
 * barrier of this core is then enough for its own walks.
 */
void sim_tables_published(unsigned int core)
{
	size_t kept = 0;

	check_groups(core);
	for (size_t i = 0; i < written_count; i++) {
		bool handed_over = written[i].releases <
				   sim_core_releases(written[i].core);

		if (written[i].core != core && !handed_over)
			written[kept++] = written[i];
	}
	written_count = kept;
}

bool sim_slot_is_unpublished(const sim_desc_t *slot, bool *by_other)
{
	for (size_t i = 0; i < written_count; i++) {
		*by_other = written[i].core != sim_core();
		if (slot >= written[i].first &&
		    slot < written[i].first + written[i].count)
			return true;
	}
	return false;
}

/* Anything in the table that this core wrote and no barrier followed? */
static bool table_is_unordered(const sim_desc_t *table)
{
	for (size_t i = 0; i < written_count; i++) {
		const struct written *run = &written[i];

		if (run->core == sim_core() && !run->ordered &&
		    run->first < table + CHUNK_ENTRIES &&
		    table < run->first + run->count)
			return true;
	}
	return false;
}

static void adopt_table(const sim_desc_t *table, struct sim_place first);

/* A valid descriptor became reachable. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are levels. */
static void adopt(sim_desc_t desc, struct sim_place place)
{
	const sim_desc_t *table;
	pa_t pa = sim_desc_address(desc, place.level);

	sim_tlb_adopted(place, desc);
	if (!sim_desc_is_table(desc, place.level))
		return;
	table = sim_table_at(pa);
	if (table == NULL) {
		sim_violation("table descriptor %#llx names no secure memory",
			      (unsigned long long)desc);
		return;
	}
	if (table_is_unordered(table))
		sim_violation(
			"table %#llx is hung in before its descriptors "
			"were published",
			(unsigned long long)pa);
	adopt_table(table, sim_place_below(place, desc));
}

static void adopt_chunk(const sim_desc_t *chunk, struct sim_place first)
{
	uint64_t *word = place_word(chunk);
	uint64_t value = encode_place(first);

	if (*word != 0 && *word != value)
		sim_violation(
			"table %#llx is used again while walk caches "
			"know it as that of another place",
			(unsigned long long)sim_address(chunk));
	*word = value;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are levels. */
static void adopt_table(const sim_desc_t *table, struct sim_place first)
{
	unsigned int count = sim_table_entries(first.level);

	for (unsigned int i = 0; i < count; i++) {
		if (i % CHUNK_ENTRIES == 0)
			adopt_chunk(table + i, sim_place_next(first, i));
		if (sim_desc_valid(table[i]))
			adopt(table[i], sim_place_next(first, i));
	}
}

void sim_tables_attach_root(const void *root)
{
	adopt_table(root, sim_place_of(0, SIM_FIRST_LEVEL));
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are levels. */
void sim_table_forget(pa_t pa, bool deep)
{
	sim_desc_t *table = sim_table_at(pa);
	uint64_t *word = place_word(table);
	struct sim_place first;

	if (!decode_place(word, &first))
		return;
	*word = 0;
	for (unsigned int i = 0; deep && i < CHUNK_ENTRIES; i++) {
		if (sim_desc_is_table(table[i], first.level))
			sim_table_forget(
				sim_desc_address(table[i], first.level), true);
	}
}

static void change(sim_desc_t *slot, sim_desc_t next, struct sim_place place)
{
	sim_desc_t old = *slot;
	bool both_valid = sim_desc_valid(old) && sim_desc_valid(next);
	bool live = both_valid && sim_is_live_split(place, old, next);

	__atomic_store_n(slot, next, __ATOMIC_RELEASE);
	if (old == next ||
	    (both_valid && sim_desc_alike(old, next, place.level)))
		return;
	if (both_valid && !live)
		sim_violation(
			"live descriptor %#llx became %#llx without a "
			"break (va %#llx)",
			(unsigned long long)old, (unsigned long long)next,
			(unsigned long long)place.prefix
				<< sim_level_shift(place.level));
	if (sim_desc_valid(old))
		sim_tlb_disowned(place, old, live);
	if (sim_desc_valid(next))
		adopt(next, place);
}

/* The whole run lies in secure memory, and ends with its page at the latest. */
static bool run_is_in_memory(const sim_desc_t *slot, size_t count)
{
	uintptr_t first = (uintptr_t)slot;
	uintptr_t last = (uintptr_t)(slot + count) - 1;

	return sim_secure_range_of(slot) != NULL &&
	       first % sizeof(*slot) == 0 &&
	       (count == 0 || (first ^ last) <= SHM_PAGE_MASK);
}

static void store_one(sim_desc_t *slot, sim_desc_t next)
{
	struct sim_place place;

	if (sim_slot_place(slot, &place))
		change(slot, next, place);
	else if (*place_word(slot) != 0)
		sim_violation("descriptors written outside a table");
	else
		*slot = next;
}

static void store_run(sim_desc_t *slot, sim_desc_t first, sim_desc_t step,
		      size_t count)
{
	if (!run_is_in_memory(slot, count)) {
		sim_violation("descriptors written outside a table");
		return;
	}
	for (size_t i = 0; i < count; i++)
		store_one(&slot[i], first + step * (sim_desc_t)i);
	note_written(slot, count);
	sim_work(count);
}

void pte_store(pte_t *slot, pte_t value)
{
	pte_store_run(slot, value, 0, 1);
}

void pte_store_run(pte_t *slot, pte_t first, pte_t step, size_t count)
{
	sim_enter();
	store_run(slot, first, step, count);
	sim_leave();
}

void pte_clear_run(pte_t *slot, size_t count)
{
	pte_store_run(slot, 0, 0, count);
}

static bool page_is_table(const uint8_t *page)
{
	struct sim_place place;
	bool found = false;

	for (size_t at = 0; at < SHM_PAGE_SIZE; at += SIM_CHUNK_BYTES)
		found = found || decode_place(place_word(page + at), &place);
	return found;
}

void cpu_clear_page(void *page)
{
	sim_enter();
	if (((uintptr_t)page & SHM_PAGE_MASK) != 0 ||
	    sim_secure_range_of(page) == NULL)
		sim_violation("a page is cleared that is not one of ours");
	else if (page_is_table(page))
		sim_violation(
			"page %#llx is cleared while a walk may still "
			"go through it",
			(unsigned long long)sim_address(page));
	memset(page, 0, SHM_PAGE_SIZE);
	note_written(page, SHM_PAGE_SIZE / sizeof(sim_desc_t));
	sim_work(SHM_PAGE_SIZE / sizeof(uint64_t));
	sim_leave();
}
