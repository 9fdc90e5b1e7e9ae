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
	va_t *pages;
};

static struct bracket brackets[SIM_CORE_COUNT];
static struct sim_tlb_counts counts;

void sim_tlb_reset(void)
{
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++) {
		brackets[i].open = false;
		brackets[i].number = 0;
	}
	counts = (struct sim_tlb_counts){ 0 };
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

void tlb_invalidate_va(va_t va)
{
	struct bracket *bracket;

	sim_enter();
	bracket = &brackets[sim_core()];
	if (!bracket->open)
		sim_violation("invalidation outside tlb_begin() and tlb_end()");
	if (bracket->count == bracket->size) {
		bracket->size = bracket->size * 2 + 64;
		bracket->pages =
			realloc(bracket->pages, bracket->size * sizeof(va_t));
		if (bracket->pages == NULL)
			abort();
	}
	bracket->pages[bracket->count++] = va;
	counts.by_va++;
	sim_work(1);
	sim_leave();
}

void tlb_invalidate_all(void)
{
	struct bracket *bracket;

	sim_enter();
	bracket = &brackets[sim_core()];
	if (!bracket->open)
		sim_violation("invalidation outside tlb_begin() and tlb_end()");
	bracket->all = true;
	counts.all++;
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

/*
 * A detached table leaves the walk caches as soon as one address below it is
 * invalidated; the entries of the other addresses stay where they are.
 */
static void forget_table(const struct sim_stale *stale, va_t va)
{
	struct sim_stale gone = *stale;
	pa_t pa = sim_desc_address(gone.desc, gone.place.level);
	const sim_desc_t *table = sim_table_at(pa);
	struct sim_place below = sim_place_below(gone.place, gone.desc);
	unsigned int count = sim_table_entries(below.level);

	for (unsigned int i = 0; i < count; i++, below.prefix++) {
		struct sim_place hit = sim_place_of(va, below.level);

		if (!sim_desc_valid(table[i]))
			continue;
		if (below.prefix != hit.prefix ||
		    sim_desc_is_table(table[i], below.level))
			sim_stale_add(below, table[i], gone.core, gone.bracket,
				      gone.pending);
	}
	sim_stale_remove(gone.place);
	/* The tables below keep their places until they go in turn. */
	sim_table_forget(pa, false);
}

static void invalidate_page(va_t va)
{
	for (unsigned int level = SIM_FIRST_LEVEL; level <= SIM_LAST_LEVEL;
	     level++) {
		struct sim_stale *stale =
			sim_stale_find(sim_place_of(va, level));

		if (stale == NULL || !covered(stale))
			continue;
		if (sim_desc_is_table(stale->desc, level))
			forget_table(stale, va);
		else
			sim_stale_remove(stale->place);
	}
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
	if (bracket->all)
		sim_stale_each(invalidate_one, NULL);
	for (size_t i = 0; i < bracket->count; i++)
		invalidate_page(bracket->pages[i]);
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
