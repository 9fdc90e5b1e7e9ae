// SPDX-License-Identifier: BSD-2-Clause
/*
 * Writing descriptors. For each page of secure memory the machine knows
 * whether a walk can reach it as a table, through the tables or through a walk
 * cache that has not been told to forget, and for which addresses. A change in
 * such a table is a change of the regime and is checked.
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
	const uint64_t *first;
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

static uint64_t *place_word(const void *table)
{
	struct sim_range *range = sim_secure_range_of(table);

	if (range == NULL)
		return NULL;
	return &range->places[((uintptr_t)table - (uintptr_t)range->memory) >>
			      SHM_PAGE_SHIFT];
}

/* Bit 0: there is a place; bits 2:1 the level, above that the prefix. */
static bool decode_place(const uint64_t *word, struct sim_place *first)
{
	if (word == NULL || *word == 0)
		return false;
	*first = (struct sim_place){ (unsigned int)(*word >> 1) & 3,
				     *word >> 3 };
	return true;
}

bool sim_table_place(pa_t table, struct sim_place *first)
{
	return decode_place(place_word(sim_table_at(table)), first);
}

static void note_written(const uint64_t *first, size_t count)
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

void sim_tables_ordered(unsigned int core)
{
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

	for (size_t i = 0; i < written_count; i++) {
		bool handed_over = written[i].releases <
				   sim_core_releases(written[i].core);

		if (written[i].core != core && !handed_over)
			written[kept++] = written[i];
	}
	written_count = kept;
}

bool sim_slot_is_unpublished(const uint64_t *slot)
{
	for (size_t i = 0; i < written_count; i++) {
		if (slot >= written[i].first &&
		    slot < written[i].first + written[i].count)
			return true;
	}
	return false;
}

/* Anything in the table that this core wrote and no barrier followed? */
static bool table_is_unordered(const uint64_t *table)
{
	for (size_t i = 0; i < written_count; i++) {
		const struct written *run = &written[i];

		if (run->core == sim_core() && !run->ordered &&
		    run->first < table + SIM_TABLE_ENTRIES &&
		    table < run->first + run->count)
			return true;
	}
	return false;
}

static void adopt_table(const uint64_t *table, struct sim_place first);

/* A valid descriptor became reachable. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are levels. */
static void adopt(uint64_t desc, struct sim_place place)
{
	struct sim_place below = { place.level + 1, place.prefix << 9 };
	const uint64_t *table;

	sim_tlb_adopted(place, desc);
	if (!sim_desc_is_table(desc, place.level))
		return;
	table = sim_table_at(sim_desc_address(desc));
	if (table == NULL) {
		sim_violation("table descriptor %#llx names no secure memory",
			      (unsigned long long)desc);
		return;
	}
	if (table_is_unordered(table))
		sim_violation(
			"table %#llx is hung in before its descriptors "
			"were published",
			(unsigned long long)sim_desc_address(desc));
	adopt_table(table, below);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are levels. */
static void adopt_table(const uint64_t *table, struct sim_place first)
{
	uint64_t *word = place_word(table);
	uint64_t value = first.prefix << 3 | first.level << 1 | 1;

	if (*word != 0 && *word != value)
		sim_violation(
			"table %#llx is used again while walk caches "
			"know it as that of another place",
			(unsigned long long)sim_address(table));
	*word = value;
	for (unsigned int i = 0; i < SIM_TABLE_ENTRIES; i++) {
		if (sim_desc_valid(table[i]))
			adopt(table[i], (struct sim_place){ first.level,
							    first.prefix + i });
	}
}

void sim_tables_attach_root(const void *root)
{
	adopt_table(root, (struct sim_place){ 0, 0 });
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are levels. */
void sim_table_forget(pa_t pa, bool deep)
{
	uint64_t *table = sim_table_at(pa);
	uint64_t *word = place_word(table);
	struct sim_place first;

	if (!decode_place(word, &first))
		return;
	*word = 0;
	for (unsigned int i = 0; deep && i < SIM_TABLE_ENTRIES; i++) {
		if (sim_desc_is_table(table[i], first.level))
			sim_table_forget(sim_desc_address(table[i]), true);
	}
}

static void change(uint64_t *slot, uint64_t next, struct sim_place place)
{
	uint64_t old = *slot;
	bool both_valid = sim_desc_valid(old) && sim_desc_valid(next);

	__atomic_store_n(slot, next, __ATOMIC_RELEASE);
	if (old == next || (both_valid && sim_desc_alike(old, next)))
		return;
	if (both_valid)
		sim_violation(
			"live descriptor %#llx became %#llx without a "
			"break (va %#llx)",
			(unsigned long long)old, (unsigned long long)next,
			(unsigned long long)place.prefix
				<< sim_level_shift(place.level));
	if (sim_desc_valid(old))
		sim_tlb_disowned(place, old);
	if (sim_desc_valid(next))
		adopt(next, place);
}

static void store_run(uint64_t *slot, uint64_t first, uint64_t step,
		      size_t count)
{
	uint64_t *table = (uint64_t *)((uintptr_t)slot & ~SHM_PAGE_MASK);
	size_t index = (size_t)(slot - table);
	struct sim_place base;
	bool live = decode_place(place_word(table), &base);

	if (sim_secure_range_of(slot) == NULL || ((uintptr_t)slot & 7) != 0 ||
	    count > SIM_TABLE_ENTRIES - index) {
		sim_violation("descriptors written outside a table");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		uint64_t next = first + step * i;

		if (live)
			change(&slot[i], next,
			       (struct sim_place){ base.level,
						   base.prefix + index + i });
		else
			slot[i] = next;
	}
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

void cpu_clear_page(void *page)
{
	struct sim_place place;

	sim_enter();
	if (((uintptr_t)page & SHM_PAGE_MASK) != 0 ||
	    sim_secure_range_of(page) == NULL)
		sim_violation("a page is cleared that is not one of ours");
	else if (decode_place(place_word(page), &place))
		sim_violation(
			"page %#llx is cleared while a walk may still "
			"go through it",
			(unsigned long long)sim_address(page));
	memset(page, 0, SHM_PAGE_SIZE);
	note_written(page, SIM_TABLE_ENTRIES);
	sim_work(SIM_TABLE_ENTRIES);
	sim_leave();
}
