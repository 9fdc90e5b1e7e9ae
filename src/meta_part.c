// SPDX-License-Identifier: BSD-2-Clause
/* Parts of pages that are owned as pages are: leaf tables that share one. */
#include <dynshm/meta_pool.h>

static void set_owner(struct meta_pool *pool, const uint8_t *part,
		      uint32_t size, void *owner)
{
	struct meta_page *page = &pool->pages[meta_page_number(pool, part)];
	uint32_t at = (uintptr_t)part & SHM_PAGE_MASK;

	for (uint32_t end = at + size; at < end; at += PT_TABLE_BYTES)
		page->owner[at / PT_TABLE_BYTES] = owner;
}

void *meta_part_alloc(struct meta_pool *pool, struct meta_cache *cache,
		      void *owner, struct meta_share *const *share)
{
	void *part;

	if (cache->object_size == SHM_PAGE_SIZE)
		return meta_page_alloc(pool, owner, share);
	part = meta_object_alloc(pool, cache, share);
	/* The part is ours alone, and so is its place in `owner`. */
	if (part != NULL)
		set_owner(pool, part, cache->object_size, owner);
	return part;
}

void meta_part_free(struct meta_pool *pool, struct meta_cache *cache,
		    void *part, struct meta_share *const *share)
{
	if (cache->object_size == SHM_PAGE_SIZE)
		meta_page_free(pool, part, share);
	else
		meta_object_free(pool, cache, part, share);
}
