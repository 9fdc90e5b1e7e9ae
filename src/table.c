// SPDX-License-Identifier: BSD-2-Clause
/*
 * Translation tables as objects, and the upper levels that slots hang from.
 * Upper tables belong to the kernel and are freed when they become empty.
 */
#include "table.h"

#include <dynshm/guest.h>

enum shm_status table_create(struct shm *shm, struct account *account,
			     unsigned int level, va_t first, struct table **out)
{
	struct meta_cache *cache = &shm->table_cache;
	struct table *table;
	enum shm_status st = account_charge(account, RESOURCE_TABLES, 1);

	if (st != SHM_OK)
		return st;
	st = account_charge(account, RESOURCE_METADATA, cache->object_size);
	if (st != SHM_OK)
		goto refund_table;
	st = SHM_NO_TABLE;
	table = meta_object_alloc(&shm->pool, cache);
	if (table == NULL)
		goto refund_metadata;
	table->entries = meta_page_alloc(&shm->pool, table);
	if (table->entries == NULL)
		goto free_object;
	table->account = account;
	table->level = (uint8_t)level;
	table->first = first;
	*out = table;
	return SHM_OK;
free_object:
	meta_object_free(&shm->pool, cache, table);
refund_metadata:
	account_refund(account, RESOURCE_METADATA, cache->object_size);
refund_table:
	account_refund(account, RESOURCE_TABLES, 1);
	return st;
}

void table_destroy(struct shm *shm, struct table *table)
{
	struct account *account = table->account;

	meta_page_free(&shm->pool, table->entries);
	meta_object_free(&shm->pool, &shm->table_cache, table);
	account_refund(account, RESOURCE_METADATA,
		       shm->table_cache.object_size);
	account_refund(account, RESOURCE_TABLES, 1);
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
static void drop_empty(struct table *upper, struct table **dead)
{
	while (upper->live == 0 && upper->parent != NULL) {
		struct table *parent = upper->parent;

		table_clear_child(parent, table_index(parent, upper->first),
				  upper);
		upper->next = *dead;
		*dead = upper;
		upper = parent;
	}
}

static void forget_empty_uppers(struct shm *shm, struct table *upper)
{
	struct table *dead = NULL;

	drop_empty(upper, &dead);
	if (dead == NULL)
		return;
	tlb_begin();
	tlb_invalidate_all();
	tlb_end();
	table_destroy_list(shm, dead);
}

enum shm_status table_attach(struct shm *shm, struct table *table)
{
	struct table *upper = &shm->root;

	while (upper->level + 1u < table->level) {
		unsigned int index = table_index(upper, table->first);
		struct table *child = table_child(shm, upper, index);

		if (child == NULL) {
			unsigned int level = upper->level + 1u;
			/* No table lies below the leaf level. */
			/* NOLINTNEXTLINE(clang-analyzer-core.*) */
			va_t span = UINT64_C(1) << pt_level_shift(upper->level);
			enum shm_status st = table_create(
				shm, &shm->kernel->account, level,
				table->first & ~(span - 1), &child);

			if (st != SHM_OK) {
				forget_empty_uppers(shm, upper);
				return st;
			}
			table_set_child(shm, upper, index, child);
		}
		upper = child;
	}
	table_set_child(shm, upper, table_index(upper, table->first), table);
	return SHM_OK;
}

void table_detach(struct shm *shm, struct table *table, struct table **dead)
{
	struct table *upper = table->parent;

	(void)shm;
	table_clear_child(upper, table_index(upper, table->first), table);
	drop_empty(upper, dead);
}
