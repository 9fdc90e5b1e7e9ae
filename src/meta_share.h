/* SPDX-License-Identifier: BSD-2-Clause */
/* What the pool asks of shares at each allocation. Its lock is held. */
#ifndef SRC_META_SHARE_H
#define SRC_META_SHARE_H

#include <dynshm/meta_pool.h>

/* Pages set aside that no cache has drawn, for one of the caches. */
static inline uint32_t cache_reserve(const struct meta_cache *cache)
{
	return cache->set_aside > cache->drawn ? cache->set_aside - cache->drawn
					       : 0;
}

static inline uint32_t pool_reserve(const struct meta_pool *pool)
{
	return pool->unmet_pages + cache_reserve(&pool->small) +
	       cache_reserve(&pool->large) + cache_reserve(&pool->basic);
}

/* The share has a page, or an object of this cache, left. */
bool share_has_page(const struct meta_share *share);
bool share_has_object(const struct meta_pool *pool,
		      const struct meta_share *share,
		      const struct meta_cache *cache);

/* One is drawn, or comes back; a share of NULL is nobody's. */
void share_draw_page(struct meta_pool *pool, struct meta_share *share);
void share_return_page(struct meta_pool *pool, struct meta_share *share);
void share_draw_object(struct meta_pool *pool, struct meta_share *share,
		       const struct meta_cache *cache);
void share_return_object(struct meta_pool *pool, struct meta_share *share,
			 const struct meta_cache *cache);

#endif
