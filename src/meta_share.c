// SPDX-License-Identifier: BSD-2-Clause
/*
 * Promises, and how many pages have to stay free to keep them; meta_pool.h
 * says why that is enough.
 */
#include "meta_share.h"

static uint32_t unmet_pages(const struct meta_share *share)
{
	return share->pages > share->pages_used
		       ? share->pages - share->pages_used
		       : 0;
}

/* Who drew more than he is promised now has that until he gives it back. */
static uint64_t claimed_bytes(const struct meta_share *share)
{
	return share->bytes > share->bytes_used ? share->bytes
						: share->bytes_used;
}

static void cache_promise(struct meta_cache *cache, uint64_t promised)
{
	uint32_t page = cache->per_page * cache->object_size;

	if (cache->promised == promised)
		return;
	cache->promised = promised;
	cache->set_aside = (uint32_t)cpu_divide(promised + page - 1, page);
}

/* Everything that this share adds to the reserve, or takes out of it. */
static void count_in(struct meta_pool *pool, const struct meta_share *share)
{
	uint64_t bytes = pool->small.promised + claimed_bytes(share);

	cache_promise(&pool->small, bytes);
	cache_promise(&pool->large, bytes);
	if (share->base)
		cache_promise(&pool->basic,
			      pool->basic.promised + pool->basic.object_size);
	pool->unmet_pages += unmet_pages(share);
}

static void count_out(struct meta_pool *pool, const struct meta_share *share)
{
	uint64_t bytes = pool->small.promised - claimed_bytes(share);

	cache_promise(&pool->small, bytes);
	cache_promise(&pool->large, bytes);
	if (share->base)
		cache_promise(&pool->basic,
			      pool->basic.promised - pool->basic.object_size);
	pool->unmet_pages -= unmet_pages(share);
}

bool share_has_page(const struct meta_share *share)
{
	return share != NULL && share->pages_used < share->pages;
}

bool share_has_object(const struct meta_pool *pool,
		      const struct meta_share *share,
		      const struct meta_cache *cache)
{
	if (share == NULL)
		return false;
	if (cache == &pool->basic)
		return share->base && !share->base_used;
	return (cache == &pool->small || cache == &pool->large) &&
	       share->bytes_used < share->bytes &&
	       cache->object_size <= share->bytes - share->bytes_used;
}

void share_draw_page(struct meta_pool *pool, struct meta_share *share)
{
	share->pages_used++;
	pool->unmet_pages--;
}

void share_return_page(struct meta_pool *pool, struct meta_share *share)
{
	if (share == NULL)
		return;
	share->pages_used--;
	pool->unmet_pages += share->pages_used < share->pages;
}

/* Beyond the share, too: what is inherited. */
void share_draw_object(struct meta_pool *pool, struct meta_share *share,
		       const struct meta_cache *cache)
{
	uint64_t claimed;

	if (share == NULL)
		return;
	if (cache == &pool->basic) {
		share->base_used = true;
		return;
	}
	claimed = claimed_bytes(share);
	share->bytes_used += cache->object_size;
	claimed = claimed_bytes(share) - claimed;
	cache_promise(&pool->small, pool->small.promised + claimed);
	cache_promise(&pool->large, pool->large.promised + claimed);
}

void share_return_object(struct meta_pool *pool, struct meta_share *share,
			 const struct meta_cache *cache)
{
	uint64_t claimed;

	if (share == NULL)
		return;
	if (cache == &pool->basic) {
		share->base_used = false;
		return;
	}
	claimed = claimed_bytes(share);
	share->bytes_used -= cache->object_size;
	claimed -= claimed_bytes(share);
	cache_promise(&pool->small, pool->small.promised - claimed);
	cache_promise(&pool->large, pool->large.promised - claimed);
}

static bool grows(const struct meta_share *from, const struct meta_share *to)
{
	return unmet_pages(to) > unmet_pages(from) ||
	       claimed_bytes(to) > claimed_bytes(from) ||
	       (to->base && !from->base);
}

bool meta_share_set(struct meta_pool *pool, struct meta_share *share,
		    uint32_t pages, uint32_t bytes, bool base)
{
	struct meta_share old;
	bool ok;
	cpu_irq_t irq;

	/* More than there is; sums of less cannot overflow. */
	if (pages > pool->page_count)
		return false;
	irq = spin_lock(&pool->lock);
	old = *share;
	count_out(pool, share);
	share->pages = pages;
	share->bytes = bytes;
	share->base = base;
	count_in(pool, share);
	ok = !grows(&old, share) || pool_reserve(pool) <= pool->free_pages;
	if (!ok) {
		count_out(pool, share);
		*share = old;
		count_in(pool, share);
	}
	spin_unlock(&pool->lock, irq);
	return ok;
}

void meta_share_renew(struct meta_pool *pool, struct meta_share **named)
{
	struct meta_share *share = *named;
	cpu_irq_t irq = spin_lock(&pool->lock);

	*named = NULL;
	if (share != NULL) {
		count_out(pool, share);
		share->pages_used = 0;
		share->bytes_used = 0;
		share->base_used = false;
		count_in(pool, share);
	}
	spin_unlock(&pool->lock, irq);
}
