// SPDX-License-Identifier: BSD-2-Clause
/*
 * Translation tables as objects, and the upper levels that slots hang from.
 * Upper tables belong to the kernel and are freed when they become empty.
 */
#include "table.h"

#include <dynshm/guest.h>

_Static_assert(sizeof(struct table) <= META_SMALL_SIZE, "a small object");

/* Accounts count a table as the leaf tables that would fit its memory. */
static uint64_t cost_of(unsigned int level)
{
	return level == PT_LEAF_LEVEL ? 1 : PT_TABLES_PER_PAGE;
}

static pte_t *entries_alloc(struct shm *shm, struct table *table,
			    struct meta_share *const *share)
{
	pte_t *entries;

	if (table->level != PT_LEAF_LEVEL)
		return meta_page_alloc(&shm->pool, table, share);
	entries = meta_part_alloc(&shm->pool, &shm->leaf_cache, table, share);
	/* As pages are, so that walkers are sure to see it empty. */
	if (entries != NULL && PT_TABLES_PER_PAGE > 1)
		pte_clear_run(entries, PT_ENTRY_COUNT);
	return entries;
}

enum shm_status table_init(struct shm *shm, struct account *account,
			   unsigned int level, va_t first, uint32_t count,
			   struct table *table)
{
	enum shm_status st =
		account_charge(account, RESOURCE_TABLES, cost_of(level));

	if (st != SHM_OK)
		return st;
	*table = (struct table){
		.first = first,
		.account = account,
		.level = (uint8_t)level,
		.count = (uint16_t)count,
	};
	table->entries = entries_alloc(shm, table, &account->share);
	if (table->entries != NULL)
		return SHM_OK;
	account_refund(account, RESOURCE_TABLES, cost_of(level));
	return SHM_NO_TABLE;
}

enum shm_status table_create(struct shm *shm, struct account *account,
			     unsigned int level, va_t first, uint32_t count,
			     struct table **out)
{
	struct meta_pool *pool = &shm->pool;
	enum shm_status st;
	struct table *table = account_alloc(account, pool, &pool->small, &st);

	if (table == NULL)
		return st;
	st = table_init(shm, account, level, first, count, table);
	if (st == SHM_OK)
		*out = table;
	else
		account_free(account, pool, &pool->small, table);
	return st;
}

void table_destroy(struct shm *shm, struct table *table)
{
	struct account *account = table->account;
	uint64_t cost = cost_of(table->level);

	if (table->level == PT_LEAF_LEVEL)
		meta_part_free(&shm->pool, &shm->leaf_cache, table->entries,
			       &account->share);
	else
		meta_page_free(&shm->pool, table->entries, &account->share);
	if (!table->embedded)
		account_free(account, &shm->pool, &shm->pool.small, table);
	account_refund(account, RESOURCE_TABLES, cost);
}

void table_destroy_list(struct shm *shm, struct table *list)
{
	while (list != NULL) {
		struct table *next = list->next;

		table_destroy(shm, list);
		list = next;
	}
}

/*
 * Upper tables are made top down, each hung in empty, so that a failure leaves
 * at most an empty chain; table_detach() of nothing below takes it away.
 */
static void drop_empty(struct table *upper, struct tlb_batch *batch)
{
	while (upper->live == 0 && upper->parent != NULL) {
		struct table *parent = upper->parent;

		table_clear_child(parent, table_index(parent, upper->first),
				  upper);
		tlb_batch_add_table(batch, upper);
		tlb_batch_free_table(batch, upper);
		upper = parent;
	}
}

static void forget_empty_uppers(struct shm *shm, struct table *upper)
{
	struct tlb_batch batch;

	tlb_batch_init(&batch);
	drop_empty(upper, &batch);
	tlb_batch_finish(shm, &batch);
}

/* The table of `level` around `va`, made if need be; its parents as well. */
static enum shm_status find_upper(struct shm *shm, va_t va, unsigned int level,
				  struct table **out)
{
	struct table *upper = &shm->root;

	while (upper->level < level) {
		unsigned int index = table_index(upper, va);
		struct table *child = table_child(shm, upper, index);

		if (child == NULL) {
			uint64_t span = table_entry_span(upper->level);
			enum shm_status st = table_create(
				shm, &shm->kernel->account, upper->level + 1u,
				va & ~(span - 1), 0, &child);

			if (st != SHM_OK) {
				forget_empty_uppers(shm, upper);
				return st;
			}
			table_set_child(shm, upper, index, child);
		}
		upper = child;
	}
	*out = upper;
	return SHM_OK;
}

enum shm_status table_attach(struct shm *shm, struct table *table)
{
	bool directory = table->count != 0;
	struct table *upper;
	enum shm_status st = find_upper(
		shm, table->first, directory ? table->level : table->level - 1u,
		&upper);
	unsigned int index;

	if (st != SHM_OK)
		return st;
	index = table_index(upper, table->first);
	if (!directory) {
		table_set_child(shm, upper, index, table);
		return SHM_OK;
	}
	table->mirror = &upper->entries[index];
	table->parent = upper;
	upper->live++; /* so that it stays */
	return SHM_OK;
}

void table_detach(struct table *table, struct tlb_batch *batch)
{
	struct table *upper = table->parent;

	if (table->mirror != NULL) {
		table->mirror = NULL;
		table->parent = NULL;
		upper->live--;
	} else {
		table_clear_child(upper, table_index(upper, table->first),
				  table);
		tlb_batch_add_table(batch, table);
	}
	drop_empty(upper, batch);
}
