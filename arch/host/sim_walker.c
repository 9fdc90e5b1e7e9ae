// SPDX-License-Identifier: BSD-2-Clause
/*
 * An independent reader of translation tables: it decodes descriptors by the
 * bit positions of the architecture manual, in its own words, so that a mistake
 * in pt_format.h cannot hide in the tests.
 */
#include "sim_internal.h"

#define VA_BITS		48

#define LEAF_ATTR_SHIFT 2
#define LEAF_NS		(UINT64_C(1) << 5)
#define LEAF_AP_EL0	(UINT64_C(1) << 6)
#define LEAF_AP_RO	(UINT64_C(1) << 7)
#define LEAF_SH_SHIFT	8
#define LEAF_AF		(UINT64_C(1) << 10)
#define LEAF_NG		(UINT64_C(1) << 11)
#define LEAF_CONTIGUOUS (UINT64_C(1) << 52)
#define LEAF_PXN	(UINT64_C(1) << 53)
#define LEAF_UXN	(UINT64_C(1) << 54)

static const uint64_t *root_table;

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

const uint64_t *sim_mmu_root(void)
{
	return root_table;
}

uint64_t *sim_table_at(pa_t pa)
{
	return sim_kind_of(pa) == SIM_SECURE ? sim_pointer(pa) : NULL;
}

struct sim_mapping sim_decode_leaf(uint64_t desc, unsigned int level,
				   uint64_t prefix)
{
	uint64_t size = UINT64_C(1) << sim_level_shift(level);

	return (struct sim_mapping){
		.va = prefix << sim_level_shift(level),
		.pa = sim_desc_address(desc) & ~(size - 1),
		.size = size,
		.level = level,
		.attr = (unsigned int)(desc >> LEAF_ATTR_SHIFT) & 7,
		.share = (unsigned int)(desc >> LEAF_SH_SHIFT) & 3,
		.ns = desc & LEAF_NS,
		.read_only = desc & LEAF_AP_RO,
		.user = desc & LEAF_AP_EL0,
		.accessed = desc & LEAF_AF,
		.not_global = desc & LEAF_NG,
		.executable =
			(desc & (LEAF_PXN | LEAF_UXN)) != (LEAF_PXN | LEAF_UXN),
		.contiguous = desc & LEAF_CONTIGUOUS,
	};
}

/* A leaf the architecture gives a meaning to. */
static bool desc_is_leaf(uint64_t desc, unsigned int level)
{
	if (!sim_desc_valid(desc))
		return false;
	if (level == SIM_LAST_LEVEL)
		return desc & 2;
	return level != 0 && !(desc & 2);
}

struct sim_mapping sim_walk(va_t va)
{
	const uint64_t *table = root_table;

	if (table == NULL || va >> VA_BITS != 0)
		return (struct sim_mapping){ .va = va };
	for (unsigned int level = 0;; level++) {
		uint64_t prefix = va >> sim_level_shift(level);
		uint64_t desc = table[prefix % SIM_TABLE_ENTRIES];

		if (desc_is_leaf(desc, level))
			return sim_decode_leaf(desc, level, prefix);
		table = NULL;
		if (sim_desc_is_table(desc, level))
			table = sim_table_at(sim_desc_address(desc));
		if (table == NULL)
			return (struct sim_mapping){ .va = va, .level = level };
	}
}

/* The address range that an entry of a table translates. */
static struct va_range entry_range(unsigned int level, uint64_t prefix)
{
	va_t first = prefix << sim_level_shift(level);

	return (struct va_range){
		first, first + (UINT64_C(1) << sim_level_shift(level)) - 1
	};
}

struct leaf_visit {
	struct va_range range;
	sim_leaf_fn *visit;
	void *arg;
};

/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are levels. */
static bool visit_table(const struct leaf_visit *visit, const uint64_t *table,
			unsigned int level, uint64_t prefix)
{
	for (unsigned int i = 0; i < SIM_TABLE_ENTRIES; i++, prefix++) {
		struct sim_mapping leaf;
		const uint64_t *next;

		if (!sim_desc_valid(table[i]) ||
		    !va_ranges_overlap(entry_range(level, prefix),
				       visit->range))
			continue;
		if (desc_is_leaf(table[i], level)) {
			leaf = sim_decode_leaf(table[i], level, prefix);
			if (!visit->visit(visit->arg, &leaf))
				return false;
			continue;
		}
		next = sim_table_at(sim_desc_address(table[i]));
		if (next == NULL || level == SIM_LAST_LEVEL)
			sim_violation(
				"descriptor %#llx of level %u, prefix "
				"%#llx leads nowhere",
				(unsigned long long)table[i], level,
				(unsigned long long)prefix);
		else if (!visit_table(visit, next, level + 1, prefix << 9))
			return false;
	}
	return true;
}

bool sim_walk_leaves(struct va_range range, sim_leaf_fn *visit, void *arg)
{
	struct leaf_visit how = { range, visit, arg };

	return root_table == NULL || visit_table(&how, root_table, 0, 0);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are levels. */
static uint64_t count_tables(const uint64_t *table, unsigned int level)
{
	uint64_t count = 1;

	for (unsigned int i = 0; i < SIM_TABLE_ENTRIES; i++) {
		const uint64_t *next;

		if (!sim_desc_is_table(table[i], level))
			continue;
		next = sim_table_at(sim_desc_address(table[i]));
		if (next != NULL)
			count += count_tables(next, level + 1);
	}
	return count;
}

uint64_t sim_table_count(void)
{
	return root_table == NULL ? 0 : count_tables(root_table, 0);
}
