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
static sim_tlb_hook *end_hook;
static void *end_arg;

void sim_set_tlb_hook(sim_tlb_hook *hook, void *arg)
{
	end_hook = hook;
	end_arg = arg;
}

void sim_tlb_reset(void)
{
	end_hook = NULL;
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

bool sim_tlbi_covers(const struct sim_stale *stale)
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

static bool invalidate_one(void *arg, struct sim_stale *stale)
{
	(void)arg;
	if (sim_tlbi_covers(stale))
		forget(stale);
	return true;
}

/* What this core changed and the bracket did not cover stays for good. */
static bool no_longer_pending(void *arg, struct sim_stale *stale)
{
	(void)arg;
	if (stale->core == sim_core() && sim_tlbi_covers(stale))
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
	if (end_hook != NULL)
		end_hook(end_arg);
	for (size_t i = 0; i < bracket->count; i++)
		counts.wasted += sim_tlbi_perform(&bracket->operations[i]) == 0;
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
