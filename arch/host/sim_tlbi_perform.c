// SPDX-License-Identifier: BSD-2-Clause
/* What one invalidation takes out of TLBs and walk caches. */
#include "sim_internal.h"

static struct va_range range_of(struct sim_place place)
{
	unsigned int shift = sim_level_shift(place.level);
	va_t first = place.prefix << shift;

	return (struct va_range){ first, first + (UINT64_C(1) << shift) - 1 };
}

/*
 * A detached table leaves the walk caches as soon as one address below it is
 * invalidated; the entries of the other addresses stay where they are.
 */
static void forget_table(const struct sim_stale *stale,
			 const struct sim_tlbi *operation)
{
	struct sim_stale gone = *stale;
	pa_t pa = sim_desc_address(gone.desc, gone.place.level);
	const sim_desc_t *table = sim_table_at(pa);
	struct sim_place below = sim_place_below(gone.place, gone.desc);
	unsigned int count = sim_table_entries(below.level);

	for (unsigned int i = 0; i < count; i++, below.prefix++) {
		bool is_table = sim_desc_is_table(table[i], below.level);

		if (!sim_desc_valid(table[i]))
			continue;
		/* Tables below are looked at when their level comes. */
		if (is_table || !sim_tlbi_reaches(operation, below, false))
			sim_stale_add(below, table[i], gone.core, gone.bracket,
				      gone.pending);
	}
	sim_stale_remove(gone.place);
	/* The tables below keep their places until they go in turn. */
	sim_table_forget(pa, false);
}

bool sim_tlbi_reaches(const struct sim_tlbi *operation, struct sim_place place,
		      bool is_table)
{
	unsigned int level = operation->level;

	if (!va_ranges_overlap(range_of(place), operation->range))
		return false;
	if (is_table)
		return !operation->leaf_only &&
		       (level == 0 || place.level < level);
	return level == 0 || place.level == level;
}

/* One operation on its way through the entries. */
struct visit {
	const struct sim_tlbi *operation;
	unsigned int level;
	uint64_t hits;
};

static bool invalidate_entry(void *arg, struct sim_stale *stale)
{
	struct visit *visit = arg;
	bool is_table;

	if (stale->place.level != visit->level || !sim_tlbi_covers(stale))
		return true;
	is_table = sim_desc_is_table(stale->desc, stale->place.level);
	if (!sim_tlbi_reaches(visit->operation, stale->place, is_table))
		return true;
	visit->hits++;
	if (is_table)
		forget_table(stale, visit->operation);
	else
		sim_stale_remove(stale->place);
	return true;
}

/* Level by level, as a table that goes uncovers what is below it. */
uint64_t sim_tlbi_perform(const struct sim_tlbi *operation)
{
	struct visit visit = { operation, SIM_FIRST_LEVEL, 0 };
	struct va_range range = operation->range;

	for (; visit.level <= SIM_LAST_LEVEL; visit.level++) {
		struct sim_stale *stale;

		if (va_range_size(range) > SHM_PAGE_SIZE) {
			sim_stale_each(invalidate_entry, &visit);
			continue;
		}
		stale = sim_stale_find(sim_place_of(range.first, visit.level));
		if (stale != NULL)
			invalidate_entry(&visit, stale);
	}
	return visit.hits;
}
