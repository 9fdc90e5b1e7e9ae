// SPDX-License-Identifier: BSD-2-Clause
/*
 * Who pays for a granule, and for each chunk of its heads: the owner whose
 * page came there first. When that owner is buried while others still map
 * pages there, one of them takes the charge over.
 */
#include "pa_index.h"

/*
 * Granules looked at under one hold of the lock. Handing one on takes a look at
 * up to all heads of a chunk or of each, so that it counts for more.
 */
#define SLICE	     64u
#define HAND_ON_COST 8u

static struct account *link_account(const struct pa_index *index,
				    pa_link_t link)
{
	return pa_link_table(index->pool, link)->account;
}

/* A chunk that exists has at least one list. */
static pa_link_t first_head(const struct head_chunk *chunk)
{
	for (unsigned int i = 0; i < HEAD_CHUNK_HEADS; i++)
		if (chunk->heads[i] != 0)
			return chunk->heads[i];
	return 0;
}

static void hand_on_heads(struct pa_index *index, struct granule *granule,
			  unsigned int i)
{
	struct account *heir =
		link_account(index, first_head(granule->heads[i]));

	account_move(granule->heads_payer[i], heir, index->pool,
		     &index->pool->large, granule->heads[i]);
	granule->heads_payer[i] = heir;
}

/* To who has come to pay for heads in it, of which there are some. */
static void hand_on_self(struct pa_index *index, struct granule *granule)
{
	struct account *heir = NULL;

	for (unsigned int i = 0; heir == NULL && i < HEAD_CHUNK_COUNT; i++)
		if (granule->heads[i] != NULL)
			heir = granule->heads_payer[i];
	account_move(granule->payer, heir, index->pool, &index->pool->small,
		     granule);
	granule->payer = heir;
}

/* Hand on what `payer` pays for here. True: there was something. */
static bool hand_on_granule(struct pa_index *index, struct granule *granule,
			    const struct account *payer)
{
	bool any = false;

	for (unsigned int i = 0; i < HEAD_CHUNK_COUNT; i++) {
		if (granule->heads[i] == NULL ||
		    granule->heads_payer[i] != payer)
			continue;
		hand_on_heads(index, granule, i);
		any = true;
	}
	if (granule->payer != payer)
		return any;
	hand_on_self(index, granule);
	return true;
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
		if (granule != NULL && hand_on_granule(index, granule, payer))
			i += HAND_ON_COST - 1;
	}
	spin_unlock(&index->lock, irq);
	return *next < count;
}
