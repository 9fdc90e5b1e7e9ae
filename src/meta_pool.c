// SPDX-License-Identifier: BSD-2-Clause
/*
 * The metadata pool: free pages in a list, objects in pages of their cache.
 * Page number 0 holds the bookkeeping itself and so serves as "none".
 */
#include "meta_share.h"

#ifdef DYNSHM_FAULT_INJECTION
static bool injected_failure(struct meta_pool *pool)
{
	return pool->fail_after != 0 && --pool->fail_after == 0;
}
#else
static bool injected_failure(struct meta_pool *pool)
{
	(void)pool;
	return false;
}
#endif

static void *page_address(struct meta_pool *pool, uint32_t number)
{
	return pool->base + ((uintptr_t)number << SHM_PAGE_SHIFT);
}

void meta_pool_init(struct meta_pool *pool, void *base, pa_t pa, uint64_t size)
{
	uint32_t count = (uint32_t)(size >> SHM_PAGE_SHIFT);
	uint64_t own = count * sizeof(struct meta_page) + SHM_PAGE_MASK;
	uint32_t first = (uint32_t)(own >> SHM_PAGE_SHIFT);

	*pool = (struct meta_pool){
		.base = base,
		.pa = pa,
		.pages = base,
		.page_count = count,
	};
	for (uint32_t i = 0; i < count; i++)
		pool->pages[i] = (struct meta_page){ 0 };
	for (uint32_t i = count; i-- > first;) {
		pool->pages[i].next = pool->first_free;
		pool->first_free = i;
		pool->free_pages++;
		pool->free_bytes += SHM_PAGE_SIZE;
	}
	meta_cache_init(&pool->small, META_SMALL_SIZE);
	meta_cache_init(&pool->large, META_LARGE_SIZE);
}

uint64_t meta_pool_free_bytes(const struct meta_pool *pool)
{
	return __atomic_load_n(&pool->free_bytes, __ATOMIC_RELAXED);
}

int64_t meta_pool_room(struct meta_pool *pool)
{
	cpu_irq_t irq = spin_lock(&pool->lock);
	int64_t room = (int64_t)pool->free_pages - pool_reserve(pool);

	spin_unlock(&pool->lock, irq);
	return room;
}

/* Pool lock held; who asks for the level does not take it. */
static void level_add(struct meta_pool *pool, uint64_t bytes)
{
	__atomic_store_n(&pool->free_bytes, pool->free_bytes + bytes,
			 __ATOMIC_RELAXED);
}

static void level_take(struct meta_pool *pool, uint64_t bytes)
{
	__atomic_store_n(&pool->free_bytes, pool->free_bytes - bytes,
			 __ATOMIC_RELAXED);
}

/* A free page, if the reserve allows or has `set_aside` it. Pool lock held. */
static uint32_t take_page(struct meta_pool *pool, void *owner, bool set_aside)
{
	uint32_t number = pool->first_free;

	if (number == 0)
		return 0;
	if (!set_aside && pool->free_pages <= pool_reserve(pool))
		return 0;
	pool->first_free = pool->pages[number].next;
	pool->free_pages--;
	pool->pages[number] = (struct meta_page){ .used = 0 };
	for (unsigned int i = 0; i < PT_TABLES_PER_PAGE; i++)
		pool->pages[number].owner[i] = owner;
	return number;
}

/* Pool lock held. */
static void give_page(struct meta_pool *pool, uint32_t number)
{
	pool->pages[number] = (struct meta_page){ .next = pool->first_free };
	pool->first_free = number;
	pool->free_pages++;
}

void *meta_pages_carve(struct meta_pool *pool, uint32_t count)
{
	uint32_t first = pool->first_free;

	for (uint32_t i = 0; i < count; i++) {
		if (pool->first_free == 0 || pool->first_free != first + i)
			return NULL;
		take_page(pool, pool, true);
		cpu_clear_page(page_address(pool, first + i));
		pool->free_bytes -= SHM_PAGE_SIZE;
	}
	return page_address(pool, first);
}

/* Pool lock held. */
static uint32_t take_owned_page(struct meta_pool *pool, void *owner,
				struct meta_share *share)
{
	bool promised = share_has_page(share);
	uint32_t number;

	if (injected_failure(pool))
		return 0;
	number = take_page(pool, owner, promised);
	if (number == 0)
		return 0;
	level_take(pool, SHM_PAGE_SIZE);
	pool->pages[number].promised = promised;
	if (promised)
		share_draw_page(pool, share);
	return number;
}

void *meta_page_alloc(struct meta_pool *pool, void *owner,
		      struct meta_share *const *share)
{
	cpu_irq_t irq = spin_lock(&pool->lock);
	uint32_t number =
		take_owned_page(pool, owner, share == NULL ? NULL : *share);

	spin_unlock(&pool->lock, irq);
	if (number == 0)
		return NULL;
	cpu_clear_page(page_address(pool, number));
	return page_address(pool, number);
}

void meta_page_free(struct meta_pool *pool, void *page,
		    struct meta_share *const *share)
{
	uint32_t number = meta_page_number(pool, page);
	cpu_irq_t irq = spin_lock(&pool->lock);

	if (pool->pages[number].promised)
		share_return_page(pool, share == NULL ? NULL : *share);
	give_page(pool, number);
	level_add(pool, SHM_PAGE_SIZE);
	spin_unlock(&pool->lock, irq);
}

void meta_cache_init(struct meta_cache *cache, size_t object_size)
{
	uint32_t size = (uint32_t)(object_size + 7) & ~UINT32_C(7);

	*cache = (struct meta_cache){
		.object_size = size,
		.per_page = (uint32_t)cpu_divide(SHM_PAGE_SIZE, size),
	};
}

static void link_partial(struct meta_pool *pool, struct meta_cache *cache,
			 uint32_t number)
{
	struct meta_page *page = &pool->pages[number];

	page->prev = 0;
	page->next = cache->partial[page->promised];
	if (page->next != 0)
		pool->pages[page->next].prev = number;
	cache->partial[page->promised] = number;
}

static void unlink_partial(struct meta_pool *pool, struct meta_cache *cache,
			   uint32_t number)
{
	struct meta_page *page = &pool->pages[number];

	if (page->next != 0)
		pool->pages[page->next].prev = page->prev;
	if (page->prev != 0)
		pool->pages[page->prev].next = page->next;
	else
		cache->partial[page->promised] = page->next;
}

/* Thread all objects of a fresh page onto its free list. Pool lock held. */
static void carve_page(struct meta_pool *pool, struct meta_cache *cache,
		       uint32_t number)
{
	uint8_t *object = page_address(pool, number);
	void *next = NULL;

	for (uint32_t i = cache->per_page; i-- > 0;) {
		void **slot = (void **)(void *)(object +
						(size_t)i * cache->object_size);

		*slot = next;
		next = slot;
	}
	pool->pages[number].first_free = next;
	link_partial(pool, cache, number);
}

/* A page of the cache with room, for objects drawn on shares or for others. */
static uint32_t find_room(struct meta_pool *pool, struct meta_cache *cache,
			  bool promised)
{
	uint32_t number = cache->partial[promised];

	if (number != 0)
		return number;
	number = take_page(pool, cache, promised && cache_reserve(cache) > 0);
	if (number == 0)
		return 0;
	pool->pages[number].promised = promised;
	cache->drawn += promised;
	carve_page(pool, cache, number);
	return number;
}

static void *take_object(struct meta_pool *pool, struct meta_cache *cache,
			 struct meta_share *share)
{
	bool promised = share_has_object(pool, share, cache);
	uint32_t number = find_room(pool, cache, promised);
	struct meta_page *page;
	void **object;

	if (number == 0)
		return NULL;
	if (promised)
		share_draw_object(pool, share, cache);
	page = &pool->pages[number];
	object = page->first_free;
	/* Not full, so there is one. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	page->first_free = *object;
	page->used++;
	if (page->first_free == NULL)
		unlink_partial(pool, cache, number);
	return object;
}

/* Four words at a time: what is left over is less. */
static void clear_words(uint64_t *words, uint32_t count)
{
	uint32_t i = 0;

	for (; i + 4 <= count; i += 4) {
		words[i] = 0;
		words[i + 1] = 0;
		words[i + 2] = 0;
		words[i + 3] = 0;
	}
	for (; i < count; i++)
		words[i] = 0;
}

void *meta_object_alloc(struct meta_pool *pool, struct meta_cache *cache,
			struct meta_share *const *share)
{
	cpu_irq_t irq = spin_lock(&pool->lock);
	uint64_t *object = NULL;

	if (!injected_failure(pool))
		object =
			take_object(pool, cache, share == NULL ? NULL : *share);
	if (object != NULL)
		level_take(pool, cache->object_size);
	spin_unlock(&pool->lock, irq);
	if (object == NULL)
		return NULL;
	clear_words(object, cache->object_size / 8);
	return object;
}

void meta_object_free(struct meta_pool *pool, struct meta_cache *cache,
		      void *object, struct meta_share *const *share)
{
	uint32_t number = meta_page_number(pool, object);
	struct meta_page *page = &pool->pages[number];
	cpu_irq_t irq = spin_lock(&pool->lock);

	if (page->first_free == NULL)
		link_partial(pool, cache, number);
	*(void **)object = page->first_free;
	page->first_free = object;
	page->used--;
	level_add(pool, cache->object_size);
	if (page->promised)
		share_return_object(pool, share == NULL ? NULL : *share, cache);
	if (page->used == 0) {
		unlink_partial(pool, cache, number);
		cache->drawn -= page->promised;
		give_page(pool, number);
	}
	spin_unlock(&pool->lock, irq);
}

void meta_object_move(struct meta_pool *pool, const struct meta_cache *cache,
		      const void *object, struct meta_share *const *from,
		      struct meta_share *const *to)
{
	uint32_t number = meta_page_number(pool, object);
	cpu_irq_t irq = spin_lock(&pool->lock);

	if (pool->pages[number].promised) {
		share_return_object(pool, *from, cache);
		share_draw_object(pool, *to, cache);
	}
	spin_unlock(&pool->lock, irq);
}
