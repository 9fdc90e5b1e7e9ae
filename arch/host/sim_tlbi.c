// SPDX-License-Identifier: BSD-2-Clause
/*
 * Barriers and TLB maintenance. An invalidation covers what this core had
 * changed before its tlb_begin(), takes effect at tlb_end(), and reaches all
 * cores.
 */
#include <cpu.h>
#include <sched.h>
#include <stdlib.h>

#include "sim_internal.h"

/* What one core has asked for since its tlb_begin(). */
struct bracket {
	bool open;
	bool all;
	uint64_t number; /* brackets begun on this core */
	size_t count;
	size_t size;
	struct sim_tlbi *operations;
};

static struct bracket brackets[SIM_CORE_COUNT];
static struct sim_tlb_counts counts;
static bool has_ranges;

void sim_tlb_reset(void)
{
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++) {
		brackets[i].open = false;
		brackets[i].number = 0;
	}
	counts = (struct sim_tlb_counts){ 0 };
	has_ranges = false;
}

void sim_tlb_set_ranges(bool has)
{
	has_ranges = has;
}

bool cpu_has_tlb_ranges(void)
{
	return has_ranges;
}

struct sim_tlb_counts sim_tlb_counts(void)
{
	return counts;
}

void sim_tlb_counts_reset(void)
{
	counts = (struct sim_tlb_counts){ 0 };
}

/* What is cached in another size for these addresses is wrong from now on. */
static void change_under(struct sim_place place)
{
	va_t va = place.prefix << sim_level_shift(place.level);

	for (unsigned int level = SIM_FIRST_LEVEL; level <= place.level;
	     level++) {
		struct sim_stale *stale =
			sim_stale_find(sim_place_of(va, level));

		if (stale != NULL)
			stale->same = false;
	}
}

void sim_tlb_disowned(struct sim_place place, sim_desc_t desc, bool same)
{
	unsigned int core = sim_core();
	struct sim_stale *stale;

	change_under(place);
	sim_stale_add(place, desc, core, brackets[core].number, true);
	stale = sim_stale_find(place);
	stale->same = same && sim_desc_alike(stale->desc, desc, place.level);
}

void cpu_publish_tables(void)
{
	sim_enter();
	sim_tables_published(sim_core());
	sim_leave();
	sim_interrupt_point();
}

void tlb_begin(void)
{
	struct bracket *bracket;

	sim_enter();
	bracket = &brackets[sim_core()];
	if (bracket->open)
		sim_violation("tlb_begin() inside another");
	bracket->open = true;
	bracket->number++;
	counts.brackets++;
	sim_tables_ordered(sim_core());
	sim_leave();
}

static struct bracket *open_bracket(void)
{
	struct bracket *bracket = &brackets[sim_core()];

	if (!bracket->open)
		sim_violation("invalidation outside tlb_begin() and tlb_end()");
	return bracket;
}

static void ask(struct sim_tlbi operation)
{
	struct bracket *bracket = open_bracket();

	if (bracket->count == bracket->size) {
		bracket->size = bracket->size * 2 + 64;
		bracket->operations = realloc(
			bracket->operations, bracket->size * sizeof(operation));
		if (bracket->operations == NULL)
			abort();
	}
	bracket->operations[bracket->count++] = operation;
	sim_work(1);
}

static void ask_address(va_t va, bool leaf_only)
{
	va_t page = va & ~SHM_PAGE_MASK;

	sim_enter();
	ask((struct sim_tlbi){ { page, page | SHM_PAGE_MASK }, leaf_only, 0 });
	counts.by_va++;
	counts.leaf_only += leaf_only;
	sim_leave();
}

void tlb_invalidate_leaf(va_t va)
{
	ask_address(va, true);
}

void tlb_invalidate_va(va_t va)
{
	ask_address(va, false);
}

static void ask_range(uint64_t operand, bool leaf_only)
{
	struct sim_tlbi operation = { .leaf_only = leaf_only };

	sim_enter();
	if (!has_ranges)
		sim_violation("this core has no invalidation of ranges");
	else if (!sim_tlbi_decode_range(operand, &operation))
		sim_violation("range operand %#llx means nothing",
			      (unsigned long long)operand);
	else
		ask(operation);
	counts.ranges++;
	counts.leaf_only += leaf_only;
	sim_leave();
}

void tlb_invalidate_leaf_range(uint64_t operand)
{
	ask_range(operand, true);
}

void tlb_invalidate_range(uint64_t operand)
{
	ask_range(operand, false);
}

void tlb_invalidate_all(void)
{
	sim_enter();
	open_bracket()->all = true;
	counts.all++;
	sim_leave();
}

/* What other cores may hold stays, so it makes nothing good that was not. */
void tlb_invalidate_local(void)
{
	sim_enter();
	counts.local++;
	sim_leave();
}

/* Was the change that made it stale complete before this bracket began? */
static bool covered(const struct sim_stale *stale)
{
	return stale->core != sim_core() ||
	       stale->bracket < brackets[stale->core].number;
}

static void forget(const struct sim_stale *stale)
{
	struct sim_stale gone = *stale;

	sim_stale_remove(gone.place);
	if (sim_desc_is_table(gone.desc, gone.place.level))
		sim_table_forget(sim_desc_address(gone.desc, gone.place.level),
				 true);
}

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

	if (stale->place.level != visit->level || !covered(stale))
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
static void perform(const struct sim_tlbi *operation)
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
	counts.wasted += visit.hits == 0;
}

static bool invalidate_one(void *arg, struct sim_stale *stale)
{
	(void)arg;
	if (covered(stale))
		forget(stale);
	return true;
}

/* What this core changed and the bracket did not cover stays for good. */
static bool no_longer_pending(void *arg, struct sim_stale *stale)
{
	(void)arg;
	if (stale->core == sim_core() && covered(stale))
		stale->pending = false;
	return true;
}

void tlb_end(void)
{
	struct bracket *bracket;

	sim_enter();
	bracket = &brackets[sim_core()];
	if (!bracket->open)
		sim_violation("tlb_end() without tlb_begin()");
	if (!bracket->all && bracket->count == 0)
		sim_violation("barriers of tlb_begin() for nothing");
	for (size_t i = 0; i < bracket->count; i++)
		perform(&bracket->operations[i]);
	if (bracket->all) {
		counts.wasted += sim_tlb_stale_count() == 0;
		sim_stale_each(invalidate_one, NULL);
	}
	sim_stale_each(no_longer_pending, NULL);
	bracket->open = false;
	bracket->all = false;
	bracket->count = 0;
	sim_tables_published(sim_core());
	sim_leave();
	/* Where addresses may be missing for a moment, let others see it. */
	if (sim_has_fault_handler())
		sched_yield();
}
