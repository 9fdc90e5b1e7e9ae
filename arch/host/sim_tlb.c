// SPDX-License-Identifier: BSD-2-Clause
/*
 * The TLBs and walk caches of all cores. They are one set here: every
 * invalidation of the contract reaches all cores, so what any of them may hold
 * is what was ever reachable and has not been invalidated since. What the
 * tables say now is not stored twice; only the difference is (sim_stale.c).
 *
 * A core that changed a descriptor must not use the address until its own
 * invalidation is complete (sim_tlbi.c). Another core may, until then: it
 * cannot know.
 */
#include "sim_internal.h"

/* Devices may be either world's, but no page list may lead to one. */
static bool output_is_allowed(const struct sim_mapping *leaf)
{
	enum sim_kind kind = sim_kind_of(leaf->pa);
	bool cached = leaf->attr == 0;

	if (kind != sim_kind_of(leaf->pa + leaf->size - 1))
		return false;
	return leaf->ns ? kind == SIM_RAM || (kind == SIM_DEVICE && !cached)
			: kind == SIM_SECURE || kind == SIM_DEVICE;
}

static void check_output(struct sim_place place, sim_desc_t desc)
{
	struct sim_mapping leaf = sim_decode_leaf(desc, place);

	if (!output_is_allowed(&leaf))
		sim_violation(
			"va %#llx leads to %#llx as %s memory, which it "
			"is not",
			(unsigned long long)leaf.va,
			(unsigned long long)leaf.pa,
			leaf.ns ? "non-secure" : "secure");
	if (leaf.ns && leaf.executable)
		sim_violation("non-secure page %#llx is executable",
			      (unsigned long long)leaf.pa);
	if (sim_desc_address(desc, place.level) != leaf.pa ||
	    !sim_desc_is_leaf(desc, place.level))
		sim_violation("descriptor %#llx of level %u means nothing",
			      (unsigned long long)desc, place.level);
}

struct overlap {
	struct va_range range;
	unsigned int level;
	bool found;
};

/* A leaf cached for addresses that the new leaf translates as well. */
static bool find_overlap(void *arg, struct sim_stale *stale)
{
	struct overlap *overlap = arg;
	unsigned int shift = sim_level_shift(stale->place.level);
	va_t first = stale->place.prefix << shift;
	struct va_range range = { first, first + (UINT64_C(1) << shift) - 1 };

	if (stale->place.level != overlap->level && !stale->same &&
	    va_ranges_overlap(range, overlap->range) &&
	    !sim_desc_is_table(stale->desc, stale->place.level))
		overlap->found = true;
	return !overlap->found;
}

static bool other_size_cached(struct sim_place place)
{
	unsigned int shift = sim_level_shift(place.level);
	va_t first = place.prefix << shift;
	struct overlap overlap = {
		{ first, first + (UINT64_C(1) << shift) - 1 },
		place.level,
		false,
	};

	/* Larger ones have known places; smaller ones must be looked for. */
	for (unsigned int level = SIM_FIRST_LEVEL; level < place.level;
	     level++) {
		struct sim_stale *stale =
			sim_stale_find(sim_place_of(first, level));

		if (stale != NULL && !stale->same &&
		    !sim_desc_is_table(stale->desc, level))
			return true;
	}
	if (place.level != SIM_LAST_LEVEL)
		sim_stale_each(find_overlap, &overlap);
	return overlap.found;
}

void sim_tlb_adopted(struct sim_place place, sim_desc_t desc)
{
	struct sim_stale *stale = sim_stale_find(place);
	bool table = sim_desc_is_table(desc, place.level);

	if (!table)
		check_output(place, desc);
	if (stale != NULL && stale->place.ns_table == place.ns_table &&
	    sim_desc_alike(stale->desc, desc, place.level)) {
		/* What was cached is right again. */
		sim_stale_remove(place);
		stale = NULL;
	}
	if ((stale != NULL && !stale->same) ||
	    (!table && sim_tlb_stale_count() != 0 && other_size_cached(place)))
		sim_violation(
			"va %#llx gets a new %s while the old entry may "
			"be cached",
			(unsigned long long)place.prefix
				<< sim_level_shift(place.level),
			table ? "table" : "page");
}

/* Which entry answers first: the smallest leaf, then the nearest table. */
static struct sim_stale *find_cached(va_t va)
{
	struct sim_stale *nearest = NULL;

	for (unsigned int level = SIM_LAST_LEVEL + 1;
	     level-- > SIM_FIRST_LEVEL;) {
		struct sim_stale *stale =
			sim_stale_find(sim_place_of(va, level));

		if (stale == NULL)
			continue;
		if (!sim_desc_is_table(stale->desc, level))
			return stale;
		if (nearest == NULL)
			nearest = stale;
	}
	return nearest;
}

static void note_stale_use(va_t va, const struct sim_stale *stale)
{
	if (stale->same || (stale->pending && stale->core != sim_core()))
		return;
	sim_violation("stale TLB entry used: va %#llx, descriptor %#llx",
		      (unsigned long long)va, (unsigned long long)stale->desc);
}

/*
 * What another core has not published may not be seen yet. That is a fault, and
 * a mistake where the kernel has no answer to faults.
 */
static bool may_be_seen(const sim_desc_t *slot, va_t va)
{
	bool by_other;

	if (!sim_slot_is_unpublished(slot, &by_other))
		return true;
	if (by_other && sim_has_fault_handler())
		return false;
	sim_violation("va %#llx used before it was published",
		      (unsigned long long)va);
	return true;
}

bool sim_tlb_translate(va_t va, struct sim_mapping *out)
{
	const struct sim_stale *stale = find_cached(va);
	const sim_desc_t *table = sim_mmu_root();
	struct sim_place place = sim_place_of(va, SIM_FIRST_LEVEL);
	sim_desc_t desc = 0;

	if (va >> SIM_VA_BITS != 0)
		return false;
	if (stale != NULL) {
		note_stale_use(va, stale);
		place = stale->place;
		desc = stale->desc;
	}
	while (table != NULL) {
		const sim_desc_t *slot = &table[sim_place_index(place)];

		if (stale == NULL || place.level != stale->place.level) {
			desc = *slot;
			/* A walk that finds nothing leads nowhere too soon. */
			if (sim_desc_valid(desc) && !may_be_seen(slot, va))
				return false;
		}
		if (!sim_desc_valid(desc))
			return false;
		if (!sim_desc_is_table(desc, place.level)) {
			*out = sim_decode_leaf(desc, place);
			return out->accessed;
		}
		table = sim_table_at(sim_desc_address(desc, place.level));
		place = sim_place_below(place, desc);
		place.prefix = va >> sim_level_shift(place.level);
	}
	return false;
}

struct name_search {
	pa_t page;
	bool found;
};

static bool leaf_names_page(sim_desc_t desc, struct sim_place place, pa_t page)
{
	struct sim_mapping leaf = sim_decode_leaf(desc, place);

	return page >= leaf.pa && page - leaf.pa < leaf.size;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are levels. */
static bool table_names_page(const sim_desc_t *table, struct sim_place place,
			     pa_t page)
{
	unsigned int count = sim_table_entries(place.level);

	for (unsigned int i = 0; i < count; i++, place.prefix++) {
		if (!sim_desc_valid(table[i]))
			continue;
		if (sim_desc_is_table(table[i], place.level)) {
			const sim_desc_t *next = sim_table_at(
				sim_desc_address(table[i], place.level));

			if (next != NULL &&
			    table_names_page(next,
					     sim_place_below(place, table[i]),
					     page))
				return true;
		} else if (leaf_names_page(table[i], place, page)) {
			return true;
		}
	}
	return false;
}

static bool names_page(void *arg, struct sim_stale *stale)
{
	struct name_search *search = arg;
	const sim_desc_t *table;

	if (!sim_desc_is_table(stale->desc, stale->place.level)) {
		search->found = leaf_names_page(stale->desc, stale->place,
						search->page);
		return !search->found;
	}
	table = sim_table_at(sim_desc_address(stale->desc, stale->place.level));
	if (table != NULL)
		search->found = table_names_page(
			table, sim_place_below(stale->place, stale->desc),
			search->page);
	return !search->found;
}

bool sim_tlb_names_page(pa_t page)
{
	struct name_search search = { page, false };

	sim_enter();
	sim_stale_each(names_page, &search);
	sim_leave();
	return search.found;
}

bool sim_tlb_walks_page(pa_t page)
{
	struct sim_place place;

	return sim_table_place(page, &place);
}
