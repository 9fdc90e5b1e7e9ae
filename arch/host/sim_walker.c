// SPDX-License-Identifier: BSD-2-Clause
/*
 * An independent reader of translation tables. It decodes descriptors by
 * sim_format.h and sim_leaf.c, so that a mistake in pt_format.h cannot hide in
 * the tests.
 */
#include "sim_internal.h"

static const sim_desc_t *root_table;

void sim_mmu_reset(void)
{
	root_table = NULL;
}

void sim_mmu_set_root(const void *root)
{
	sim_enter();
	root_table = root;
	sim_tables_attach_root(root);
	sim_leave();
}

const sim_desc_t *sim_mmu_root(void)
{
	return root_table;
}

sim_desc_t *sim_table_at(pa_t pa)
{
	return sim_kind_of(pa) == SIM_SECURE ? sim_pointer(pa) : NULL;
}

struct sim_mapping sim_walk(va_t va)
{
	struct sim_place place = sim_place_of(va, SIM_FIRST_LEVEL);
	const sim_desc_t *table = root_table;

	if (table == NULL || va >> SIM_VA_BITS != 0)
		return (struct sim_mapping){ .va = va };
	for (;;) {
		sim_desc_t desc = table[sim_place_index(place)];

		if (sim_desc_is_leaf(desc, place.level))
			return sim_decode_leaf(desc, place);
		table = NULL;
		if (sim_desc_is_table(desc, place.level))
			table = sim_table_at(
				sim_desc_address(desc, place.level));
		if (table == NULL)
			return (struct sim_mapping){ .va = va,
						     .level = place.level };
		place.ns_table = sim_place_below(place, desc).ns_table;
		place.level++;
		place.prefix = va >> sim_level_shift(place.level);
	}
}

/* The address range that an entry of a table translates. */
static struct va_range entry_range(struct sim_place place)
{
	unsigned int level = place.level;
	va_t first = place.prefix << sim_level_shift(level);

	return (struct va_range){
		first, first + (UINT64_C(1) << sim_level_shift(level)) - 1
	};
}

struct leaf_visit {
	struct va_range range;
	sim_leaf_fn *visit;
	void *arg;
};

/* Of a group that is one, the first descriptor stands for all. */
static bool stands_for_itself(sim_desc_t desc, struct sim_place place)
{
	return !SIM_GROUP_IS_ONE || !sim_desc_in_group(desc, place.level) ||
	       place.prefix % SIM_GROUP == 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are levels. */
static bool visit_table(const struct leaf_visit *visit, const sim_desc_t *table,
			struct sim_place place)
{
	unsigned int count = sim_table_entries(place.level);

	for (unsigned int i = 0; i < count; i++, place.prefix++) {
		struct sim_mapping leaf;
		const sim_desc_t *next;

		if (!sim_desc_valid(table[i]) ||
		    !va_ranges_overlap(entry_range(place), visit->range) ||
		    !stands_for_itself(table[i], place))
			continue;
		if (sim_desc_is_leaf(table[i], place.level)) {
			leaf = sim_decode_leaf(table[i], place);
			if (!visit->visit(visit->arg, &leaf))
				return false;
			continue;
		}
		next = sim_table_at(sim_desc_address(table[i], place.level));
		if (next == NULL || place.level == SIM_LAST_LEVEL)
			sim_violation(
				"descriptor %#llx of level %u, prefix "
				"%#llx leads nowhere",
				(unsigned long long)table[i], place.level,
				(unsigned long long)place.prefix);
		else if (!visit_table(visit, next,
				      sim_place_below(place, table[i])))
			return false;
	}
	return true;
}

bool sim_walk_leaves(struct va_range range, sim_leaf_fn *visit, void *arg)
{
	struct leaf_visit how = { range, visit, arg };

	return root_table == NULL ||
	       visit_table(&how, root_table, sim_place_of(0, SIM_FIRST_LEVEL));
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are levels. */
static uint64_t count_tables(const sim_desc_t *table, unsigned int level)
{
	uint64_t count = 1;

	for (unsigned int i = 0; i < sim_table_entries(level); i++) {
		const sim_desc_t *next;

		if (!sim_desc_is_table(table[i], level))
			continue;
		next = sim_table_at(sim_desc_address(table[i], level));
		if (next != NULL)
			count += count_tables(next, level + 1);
	}
	return count;
}

uint64_t sim_table_count(void)
{
	return root_table == NULL ? 0
				  : count_tables(root_table, SIM_FIRST_LEVEL);
}
