// SPDX-License-Identifier: BSD-2-Clause
/*
 * FEAT_BBM level 2 (Arm ARM D8.16.1): while the processor is told, it may know
 * a mapping in two sizes, if both say the same.
 */
#include <cpu.h>

#include "sim_internal.h"

static bool live_split;

void sim_set_live_split(bool on)
{
	live_split = on;
}

bool cpu_replaces_live(void)
{
	return live_split;
}

static bool same_mapping(const struct sim_mapping *whole,
			 const struct sim_mapping *part)
{
	return part->pa - whole->pa == part->va - whole->va &&
	       part->attr == whole->attr && part->share == whole->share &&
	       part->ns == whole->ns && part->read_only == whole->read_only &&
	       part->user == whole->user && part->accessed == whole->accessed &&
	       part->not_global == whole->not_global &&
	       part->executable == whole->executable;
}

/* Each descriptor of the table, which has no tables below it. */
static bool table_is_same(const struct sim_mapping *whole,
			  const sim_desc_t *table, struct sim_place place)
{
	for (unsigned int i = 0; i < sim_table_entries(place.level); i++) {
		struct sim_place at = sim_place_next(place, i);
		struct sim_mapping part;

		if (!sim_desc_is_leaf(table[i], place.level))
			return false;
		part = sim_decode_leaf(table[i], at);
		if (!same_mapping(whole, &part))
			return false;
	}
	return true;
}

bool sim_is_live_split(struct sim_place place, sim_desc_t old, sim_desc_t next)
{
	struct sim_mapping whole;
	struct sim_mapping part;
	const sim_desc_t *table;

	if (!live_split || !sim_desc_is_leaf(old, place.level))
		return false;
	whole = sim_decode_leaf(old, place);
	if (sim_desc_is_leaf(next, place.level)) {
		part = sim_decode_leaf(next, place);
		return !SIM_GROUP_IS_ONE && same_mapping(&whole, &part);
	}
	table = sim_table_at(sim_desc_address(next, place.level));
	return table != NULL &&
	       table_is_same(&whole, table, sim_place_below(place, next));
}
