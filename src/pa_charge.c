// SPDX-License-Identifier: BSD-2-Clause
/*
 * Who pays for a granule. Its bookkeeping is charged to the owner whose page
 * came first. When that owner is buried while others still map pages there,
 * one of them takes the charge over.
 */
#include "pa_index.h"

/*
 * Granules looked at under one hold of the lock. Handing one on takes a look at
 * up to all heads of a chunk, so that it counts for more.
 */
#define SLICE	     64u
#define HAND_ON_COST 8u

static pa_link_t first_head(const struct granule *granule)
{
	for (unsigned int i = 0; i < HEAD_CHUNK_COUNT; i++) {
		if (granule->heads_used[i] == 0)
			continue;
		for (unsigned int j = 0; j < HEAD_CHUNK_HEADS; j++)
			if (granule->heads[i]->heads[j] != 0)
				return granule->heads[i]->heads[j];
	}
	return 0;
}

static struct account *find_heir(const struct pa_index *index,
				 const struct granule *granule)
{
	pa_link_t link = granule->whole;

	if (link == 0)
		link = first_head(granule);
	return pa_link_table(index->pool, link)->account;
}

static uint64_t granule_bytes(const struct pa_index *index,
			      const struct granule *granule)
{
	uint64_t bytes = index->granule_cache.object_size;

	for (unsigned int i = 0; i < HEAD_CHUNK_COUNT; i++)
		if (granule->heads[i] != NULL)
			bytes += index->heads_cache.object_size;
	return bytes;
}

static void hand_on_granule(struct pa_index *index, struct granule *granule)
{
	struct account *heir = find_heir(index, granule);

	account_move(granule->payer, heir, RESOURCE_METADATA,
		     granule_bytes(index, granule));
	granule->payer = heir;
}

bool pa_index_hand_on(struct pa_index *index, const struct account *payer,
		      uint64_t *next)
{
	uint64_t count = index->gib_count * GIB_GRANULES;
	cpu_irq_t irq = spin_lock(&index->lock);

	for (unsigned int i = 0; i < SLICE && *next < count; i++, ++*next) {
		struct granule_entry *gib = index->gibs[*next / GIB_GRANULES];
		struct granule *granule;

		if (gib == NULL) {
			*next += GIB_GRANULES - 1;
			continue;
		}
		granule = gib[*next % GIB_GRANULES].granule;
		if (granule == NULL || granule->payer != payer)
			continue;
		hand_on_granule(index, granule);
		i += HAND_ON_COST - 1;
	}
	spin_unlock(&index->lock, irq);
	return *next < count;
}
