// SPDX-License-Identifier: BSD-2-Clause
/* Changing descriptors that are in use; see pt_split.h. */
#include "pt_split.h"

#include <dynshm/fault.h>

#include "slot.h"
#include "space.h"

/* Descriptors that are changed at once: two groups, so that some fit anyhow. */
#define REPLACE_MAX (2 * PT_GROUP_COUNT)

/* Descriptors, and what they become. */
struct replacement {
	struct pt_run run;
	bool direct; /* old and new ones may be known at the same time */
	pte_t next[REPLACE_MAX];
};

/*
 * The handler of faults must see the mark when it may see what is behind it,
 * and what follows when it does not see the mark any more.
 */
static void mark_begin(struct shm_passing *passing, const struct pt_run *run)
{
	uint64_t size = pt_run_pages(run) << SHM_PAGE_SHIFT;

	__atomic_store_n(&passing->first, run->first, __ATOMIC_RELAXED);
	__atomic_store_n(&passing->last, run->first + size - 1,
			 __ATOMIC_RELAXED);
	__atomic_store_n(&passing->sequence, passing->sequence + 1,
			 __ATOMIC_RELEASE);
	cpu_publish_tables();
}

static void mark_end(struct shm_passing *passing)
{
	__atomic_store_n(&passing->sequence, passing->sequence + 1,
			 __ATOMIC_RELEASE);
}

static void store_next(const struct replacement *r)
{
	struct table *table = r->run.table;
	unsigned int index = table_index(table, r->run.first);

	for (uint32_t i = 0; i < r->run.count; i++)
		table_store(table, index + i, r->next[i]);
}

static void invalidate(const struct pt_run *run)
{
	tlb_begin();
	pt_run_invalidate(run);
	tlb_end();
}

static void replace(const struct replacement *r)
{
	struct shm_passing *passing = &r->run.table->owner->shm->passing;

	if (r->direct) {
		store_next(r);
		invalidate(&r->run);
		return;
	}
	mark_begin(passing, &r->run);
	pt_run_store_invalid(&r->run);
	invalidate(&r->run);
	store_next(r);
	cpu_publish_tables();
	mark_end(passing);
}

bool shm_fault_is_passing(const struct shm *shm, va_t va, bool write)
{
	const struct shm_passing *passing = &shm->passing;
	uint32_t sequence =
		__atomic_load_n(&passing->sequence, __ATOMIC_ACQUIRE);

	if (sequence % 2 != 0 &&
	    va >= __atomic_load_n(&passing->first, __ATOMIC_RELAXED) &&
	    va <= __atomic_load_n(&passing->last, __ATOMIC_RELAXED))
		return true;
	if (cpu_translates(va, write))
		return true; /* it is there by now */
	/* Or it was, and the next one has begun since. */
	return __atomic_load_n(&passing->sequence, __ATOMIC_ACQUIRE) !=
	       sequence;
}

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

/* Make single descriptors of the group around `va`, if it is in one. */
static void ungroup(struct table *table, va_t va)
{
	struct replacement r = {
		.run = { table, va & ~(pt_group_span(table->level) - 1),
			 PT_GROUP_COUNT },
		.direct = PT_GROUP_IS_HINT && table->owner->shm->live_split,
	};
	unsigned int index = table_index(table, r.run.first);
	va_t at = r.run.first;

	if (!pte_is_group(pte_load(&table->entries[table_index(table, va)]),
			  table->level))
		return;
	for (unsigned int i = 0; i < PT_GROUP_COUNT; i++) {
		pte_t pte = pte_load(&table->entries[index + i]);

		r.next[i] =
			make_single(table, pte, at, attributes_of(table, pte));
		at += table_entry_span(table->level);
	}
	replace(&r);
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
	struct replacement r = {
		.run = { table, leaf->first, 1 },
		.direct = table->owner->shm->live_split,
	};
	/* NOLINTEND(clang-analyzer-core.NullDereference) */
	unsigned int slot = table_index(leaf, va);
	pte_t pte;
	pte_t attributes;
	pa_t pa;

	ungroup(table, va);
	pte = pte_load(&table->entries[table_index(table, va)]);
	attributes = attributes_of(table, pte);
	pa = pte_address(pte, table->level);
	pt_fill(leaf, 0, slot, pa, attributes);
	pt_fill(leaf, slot, PT_ENTRY_COUNT - slot,
		pa + ((pa_t)slot << SHM_PAGE_SHIFT), attributes);
	leaf->live = PT_ENTRY_COUNT;
	leaf->parent = table;
	/* No walker may see the link before what is in the table. */
	cpu_publish_tables();
	r.next[0] = table_descriptor(table->owner->shm, leaf);
	replace(&r);
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
	if (needs_table(owner, va)) {
		divide(table, va, *spare);
		*spare = NULL;
	} else if ((va & (pt_group_span(table->level) - 1)) != 0) {
		ungroup(table, va);
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
	enum shm_status st = space_create_leaf(owner, va, &leaf);

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

uint32_t pt_run_retype(const struct pt_run *run, enum shm_memtype type)
{
	struct table *table = run->table;
	unsigned int index = table_index(table, run->first);
	uint64_t span = table_entry_span(table->level);
	uint32_t fit =
		REPLACE_MAX - (uint32_t)(run->first / span % PT_GROUP_COUNT);
	struct replacement r = { .run = *run, .direct = true };

	if (r.run.count > fit)
		r.run.count = fit;
	for (uint32_t i = 0; i < r.run.count; i++) {
		pte_t pte = pte_load(&table->entries[index + i]);

		r.next[i] = retyped(table, pte, run->first + i * span, type);
		if (shm_memtype_base(pte_memtype(pte, table->level,
						 table->attributes)) !=
		    shm_memtype_base(type))
			r.direct = false;
	}
	replace(&r);
	return r.run.count;
}
