/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The metadata pool: the only allocator there is. It hands out zeroed pages
 * (translation tables, call stacks) and zeroed objects of fixed size (through
 * a cache per type) from one stretch of secure memory given at init. Nothing
 * is ever added to it, every page of a cache that holds no object goes back,
 * so the free level tells exactly whether anything leaked.
 *
 * Locking: each call takes the pool's own lock, the innermost of all.
 * Cost: O(1); a page is cleared outside the lock.
 */
#ifndef DYNSHM_META_POOL_H
#define DYNSHM_META_POOL_H

#include <cpu.h>
#include <dynshm/addr.h>

/* Bookkeeping of one page; an array of them stands at the pool's start. */
struct meta_page {
	/* What each of its parts is for: a table, or the page's cache. */
	void *owner[PT_TABLES_PER_PAGE];
	void *first_free; /* cache page: first free object in it */
	uint32_t next;	  /* page number, 0 = end of list */
	uint32_t prev;
	uint16_t used; /* cache page: objects handed out */
};

struct meta_pool {
	/* Constant after init. */
	uint8_t *base;		 /* page aligned */
	pa_t pa;		 /* of base */
	struct meta_page *pages; /* page_count of them */
	uint32_t page_count;
	/* Under `lock`. */
	struct spinlock lock;
	uint32_t first_free; /* page number, 0 = none */
	uint64_t free_bytes; /* not handed out, as pages or objects */
#ifdef DYNSHM_FAULT_INJECTION
	uint32_t fail_after; /* 0 off; n: the n-th allocation from now fails */
#endif
};

/* Objects of one type, `object_size` bytes each. Under the pool's lock. */
struct meta_cache {
	uint32_t object_size; /* bytes, a multiple of 8 */
	uint32_t per_page;
	uint32_t partial; /* first page with room, 0 = none */
};

/*
 * `base` is page aligned, `pa` its physical address, `size` a multiple of the
 * page size. The memory belongs to the pool from here on.
 */
void meta_pool_init(struct meta_pool *pool, void *base, pa_t pa, uint64_t size);

/*
 * Bytes that are not handed out. Exact to the object, so that it is back at
 * its level whenever everything was given back; a cache page with room left
 * counts by that room.
 */
uint64_t meta_pool_free_bytes(const struct meta_pool *pool);

/*
 * `count` zeroed pages in a row, for tables built at init: they are never
 * given back. NULL when the next free pages are not neighbours.
 */
void *meta_pages_carve(struct meta_pool *pool, uint32_t count);

/* A zeroed page, or NULL. `owner` can be read back from its address. */
void *meta_page_alloc(struct meta_pool *pool, void *owner);
void meta_page_free(struct meta_pool *pool, void *page);

/* `object_size` at most a page; rounded up to 8. */
void meta_cache_init(struct meta_cache *cache, size_t object_size);

/* A zeroed object, or NULL. */
void *meta_object_alloc(struct meta_pool *pool, struct meta_cache *cache);
void meta_object_free(struct meta_pool *pool, struct meta_cache *cache,
		      void *object);

/*
 * A zeroed object of a cache that has an owner as pages have. Objects of a page
 * are pages, and smaller ones are whole parts of a page. The memory of
 * translation tables comes from here.
 */
void *meta_part_alloc(struct meta_pool *pool, struct meta_cache *cache,
		      void *owner);
void meta_part_free(struct meta_pool *pool, struct meta_cache *cache,
		    void *part);

static inline uint32_t meta_page_number(const struct meta_pool *pool,
					const void *address)
{
	return (uint32_t)(((uintptr_t)address - (uintptr_t)pool->base) >>
			  SHM_PAGE_SHIFT);
}

static inline pa_t meta_page_pa(const struct meta_pool *pool, const void *page)
{
	return pool->pa + ((uintptr_t)page - (uintptr_t)pool->base);
}

/* What was named when the memory at this physical address was handed out. */
static inline void *meta_owner(const struct meta_pool *pool, pa_t pa)
{
	const struct meta_page *page =
		&pool->pages[(pa - pool->pa) >> SHM_PAGE_SHIFT];

	return page->owner[(pa & SHM_PAGE_MASK) / PT_TABLE_BYTES];
}

#endif
