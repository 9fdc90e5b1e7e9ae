// SPDX-License-Identifier: BSD-2-Clause
/* Changing descriptors that are in use; see pt_split.h. */
#include "pt_split.h"

#include "gib.h"
#include "map_size.h"
#include "slot.h"
#include "space.h"

/* Descriptors that are changed at once: two groups, so that some fit anyhow. */
#define CHANGE_MAX (2 * PT_GROUP_COUNT)

static pte_t attributes_of(const struct table *table, pte_t pte)
{
	return pte_attributes(
		       pte_memtype(pte, table->level, table->attributes)) |
	       pte_software(pte, table->level);
}

/* A descriptor by itself for what `pte` has at `va`. */
static pte_t make_single(const struct table *table, pte_t pte, va_t va,
			 pte_t attributes)
{
	pa_t pa = table_page_address(pte, table->level, va);

	return table->level == PT_LEAF_LEVEL ? pte_make_page(pa, attributes)
					     : pte_make_block(pa, attributes);
}

void pt_split_group(struct table *table, va_t va)
{
	pte_t next[PT_GROUP_COUNT];
	struct pt_replacement r = {
		.run = { table, va & ~(pt_group_span(table->level) - 1),
			 PT_GROUP_COUNT },
		.next = next,
		.direct = PT_GROUP_IS_HINT && table->owner->shm->live_split,
	};
	unsigned int index = table_index(table, r.run.first);
	va_t at = r.run.first;

	if (!pte_is_group(pte_load(&table->entries[table_index(table, va)]),
			  table->level))
		return;
	for (unsigned int i = 0; i < PT_GROUP_COUNT; i++) {
		pte_t pte = pte_load(&table->entries[index + i]);

		next[i] =
			make_single(table, pte, at, attributes_of(table, pte));
		at += table_entry_span(table->level);
	}
	pt_replace(table->owner->shm, &r);
}

static bool is_block(const struct table *table, va_t va)
{
	pte_t pte = pte_load(&table->entries[table_index(table, va)]);

	return table->level != PT_LEAF_LEVEL && pte_is_valid(pte) &&
	       !pte_is_table(pte, table->level);
}

/*
 * Put `leaf` in the place of the block around `va`. A group in it ends there,
 * so that it need not be split in turn.
 */
static void divide(struct table *table, va_t va, struct table *leaf)
{
	/* Whoever made the leaf has looked whether that failed. */
	/* NOLINTBEGIN(clang-analyzer-core.NullDereference) */
	const pte_t next = table_descriptor(table->owner->shm, leaf);
	struct pt_replacement r = {
		.run = { table, leaf->first, 1 },
		.next = &next,
		.direct = table->owner->shm->live_split,
	};
	/* NOLINTEND(clang-analyzer-core.NullDereference) */
	unsigned int slot = table_index(leaf, va);
	pte_t pte;
	pte_t attributes;
	pa_t pa;

	pt_split_group(table, va);
	pte = pte_load(&table->entries[table_index(table, va)]);
	attributes = attributes_of(table, pte);
	pa = pte_address(pte, table->level);
	pt_fill(leaf, 0, slot, pa, attributes);
	pt_fill(leaf, slot, PT_ENTRY_COUNT - slot,
		pa + ((pa_t)slot << SHM_PAGE_SHIFT), attributes);
	leaf->live = PT_ENTRY_COUNT;
	leaf->parent = table;
	pt_replace(table->owner->shm, &r);
}

/* In the middle of a block. */
static bool needs_table(struct holdings *owner, va_t va)
{
	const struct table *table = space_find_table(owner, va);

	return table != NULL && is_block(table, va) &&
	       (va & (table_entry_span(table->level) - 1)) != 0;
}

/* Let descriptors end in front of `va`; *spare is used if it is needed. */
static void split_at(struct holdings *owner, va_t va, struct table **spare)
{
	struct table *table = space_find_table(owner, va);

	if (table == NULL)
		return;
	if ((va & (GIB_SIZE - 1)) != 0)
		gib_split(table);
	if (needs_table(owner, va)) {
		divide(table, va, *spare);
		*spare = NULL;
	} else if ((va & (pt_group_span(table->level) - 1)) != 0) {
		pt_split_group(table, va);
	}
}

enum shm_status pt_split_at_ends(struct holdings *owner, struct va_range range)
{
	va_t end = range.last + 1;
	bool first = needs_table(owner, range.first);
	struct table *spare[2] = { NULL, NULL };
	enum shm_status st = SHM_OK;

	if (first)
		st = space_create_leaf(owner, range.first, &spare[0]);
	if (st == SHM_OK && needs_table(owner, end) &&
	    !(first && end < spare[0]->first + LEAF_SIZE))
		st = space_create_leaf(owner, end, &spare[1]);
	if (st != SHM_OK) {
		if (spare[0] != NULL)
			table_destroy(owner->shm, spare[0]);
		return st;
	}
	split_at(owner, range.first, &spare[0]);
	split_at(owner, end, &spare[1]);
	return SHM_OK;
}

enum shm_status pt_split_block(struct holdings *owner, va_t va)
{
	struct table *table = space_find_table(owner, va);
	struct table *leaf;
	enum shm_status st;

	if (gib_is_block(table)) {
		gib_split(table);
		return SHM_OK;
	}
	st = space_create_leaf(owner, va, &leaf);
	if (st == SHM_OK)
		divide(table, leaf->first, leaf);
	return st;
}

/* What a descriptor is with another type; an invalid one stays so. */
static pte_t retyped(const struct table *table, pte_t pte, va_t va,
		     enum shm_memtype type)
{
	unsigned int level = table->level;
	pte_t attributes = pte_attributes(type) | pte_software(pte, level);

	if (!pte_is_valid(pte))
		return pte;
	if (pte_is_group(pte, level))
		return pte_make_group(pte_address(pte, level), attributes,
				      level);
	return make_single(table, pte, va, attributes);
}

/* Whether only permissions change. */
static bool is_same_memory(const struct table *table, pte_t pte,
			   enum shm_memtype type)
{
	return !pte_is_valid(pte) ||
	       shm_memtype_base(
		       pte_memtype(pte, table->level, table->attributes)) ==
		       shm_memtype_base(type);
}

/* All that a block of 1 GiB stands for, which no walker sees itself. */
static uint32_t retype_gib(struct table *table, enum shm_memtype type)
{
	pte_t first = pte_load(&table->entries[0]);
	pa_t pa = pte_address(first, table->level);
	pte_t attributes = pte_attributes(type);

	pt_fill(table, 0, PT_ENTRY_COUNT, pa, attributes);
	gib_change(table, pte_make_block(pa, attributes),
		   is_same_memory(table, first, type));
	return PT_ENTRY_COUNT;
}

uint32_t pt_run_retype(const struct pt_run *run, enum shm_memtype type)
{
	struct table *table = run->table;
	unsigned int index = table_index(table, run->first);
	uint64_t span = table_entry_span(table->level);
	uint32_t fit =
		CHANGE_MAX - (uint32_t)(run->first / span % PT_GROUP_COUNT);
	pte_t next[CHANGE_MAX];
	struct pt_replacement r = { .run = *run, .direct = true, .next = next };

	if (gib_is_block(table))
		return retype_gib(table, type);
	if (r.run.count > fit)
		r.run.count = fit;
	for (uint32_t i = 0; i < r.run.count; i++) {
		pte_t pte = pte_load(&table->entries[index + i]);

		next[i] = retyped(table, pte, run->first + i * span, type);
		if (!is_same_memory(table, pte, type))
			r.direct = false;
	}
	pt_replace(table->owner->shm, &r);
	return r.run.count;
}
