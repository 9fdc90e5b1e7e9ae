/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The metadata pool: the only allocator there is. It hands out zeroed pages
 * (translation tables, call stacks) and zeroed objects of fixed size (through
 * caches) from one stretch of secure memory given at init. Nothing is ever
 * added to it, every page of a cache that holds no object goes back, so the
 * free level tells exactly whether anything leaked.
 *
 * Shares. An owner may have been promised so many pages and so many bytes of
 * objects, whatever others do; beyond that it takes what is left. Each page
 * knows whether it was drawn on a promise: that of a table, of its owner; a
 * page of a cache, in which then all objects were. The pool keeps
 *
 *	free pages + promised pages that the dead hold  >=  reserve
 *	reserve = promised pages not drawn yet
 *		+ per cache: pages for all promised bytes, less those it has
 *
 * and that makes the promises true:
 *  - A promised page is drawn: both sides lose one.
 *  - A promised object finds room in a page of its cache, or there is none. In
 *    the latter case all objects in them fill them, and what they and the
 *    new one come to is at most all promised bytes, so the cache has fewer
 *    pages than were set aside for it: it takes one, and both sides lose one.
 *  - Anything else takes a page only if the right side stays satisfied by free
 *    pages alone, and never a place in a page that promises were drawn on.
 *  - What is given back adds the same to both sides, or to the left one only.
 *  - A new promise is made only if it can be kept like that.
 * Because objects of any type share one of two sizes, and each size has pages
 * set aside for all promised bytes, it does not matter who frees what in which
 * order: a page that stays half empty counts for its own size.
 *
 * The dead are outside of this: what they still hold was promised again to
 * whoever has their place. So a refusal is final only when they have been
 * buried (corpse_drain()). One thing outlives its owner: a granule of pa_index
 * that others use as well. It is then counted as theirs, even if that is more
 * than they were promised; the reserve grows, and until it is covered nobody
 * gets anything beyond his share.
 *
 * Locking: each call takes the pool's own lock, the innermost of all.
 * Cost: O(1); a page is cleared outside the lock.
 */
#ifndef DYNSHM_META_POOL_H
#define DYNSHM_META_POOL_H

#include <cpu.h>
#include <dynshm/addr.h>

/* The two sizes of objects that owners are charged for. */
#define META_SMALL_SIZE 176u /* regions, sessions, granules, tables */
#define META_LARGE_SIZE 256u /* slots, heads and cells of pa_index */

/*
 * What an owner was promised, and how much of that it has drawn. Under the
 * pool's lock. `bytes` are of small and large objects; `base` is one of the
 * pool's basic objects.
 */
struct meta_share {
	uint32_t pages;
	uint32_t pages_used;
	uint32_t bytes;
	uint32_t bytes_used;
	bool base;
	bool base_used;
};

/* Bookkeeping of one page; an array of them stands at the pool's start. */
struct meta_page {
	/* What each of its parts is for: a table, or the page's cache. */
	void *owner[PT_TABLES_PER_PAGE];
	void *first_free; /* cache page: first free object in it */
	uint32_t next;	  /* page number, 0 = end of list */
	uint32_t prev;
	uint16_t used; /* cache page: objects handed out */
	bool promised; /* drawn on a share, or for objects that are */
};

/* Objects of one size. Under the pool's lock. */
struct meta_cache {
	uint32_t object_size; /* bytes, a multiple of 8 */
	uint32_t per_page;
	uint32_t partial[2]; /* first page with room, 0 = none; [promised] */
	uint64_t promised;   /* bytes in all shares */
	uint32_t set_aside;  /* pages that these come to */
	uint32_t drawn;	     /* pages it has for them */
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
	uint32_t free_pages;
	uint32_t unmet_pages; /* promised and not drawn */
	uint64_t free_bytes;  /* not handed out, as pages or objects */
	struct meta_cache small;
	struct meta_cache large;
	struct meta_cache basic; /* what every owner begins with */
#ifdef DYNSHM_FAULT_INJECTION
	uint32_t fail_after; /* 0 off; n: the n-th allocation from now fails */
#endif
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

/*
 * Pages beyond the reserve. Below 0: promises are kept by what the dead hold.
 */
int64_t meta_pool_room(struct meta_pool *pool);

/*
 * A zeroed page, or NULL. `owner` can be read back from its address. `share`:
 * where the share is named that it may be drawn on, or NULL; the same when it
 * is given back. It is looked at with the lock held.
 */
void *meta_page_alloc(struct meta_pool *pool, void *owner,
		      struct meta_share *const *share);
void meta_page_free(struct meta_pool *pool, void *page,
		    struct meta_share *const *share);

/* `object_size` at most a page; rounded up to 8. */
void meta_cache_init(struct meta_cache *cache, size_t object_size);

/* A zeroed object, or NULL. `share` as above. */
void *meta_object_alloc(struct meta_pool *pool, struct meta_cache *cache,
			struct meta_share *const *share);
void meta_object_free(struct meta_pool *pool, struct meta_cache *cache,
		      void *object, struct meta_share *const *share);

/* An object is another owner's from now on. */
void meta_object_move(struct meta_pool *pool, const struct meta_cache *cache,
		      const void *object, struct meta_share *const *from,
		      struct meta_share *const *to);

/*
 * Promise so much, in place of what was promised before. False: it cannot be
 * set aside; nothing has changed then. Never false when nothing grows. Who has
 * drawn more than that already keeps it, and draws no more.
 */
bool meta_share_set(struct meta_pool *pool, struct meta_share *share,
		    uint32_t pages, uint32_t bytes, bool base);

/*
 * The owner that *named is for dies, or starts over: *named is NULL from here
 * on, and what it named is whole again.
 */
void meta_share_renew(struct meta_pool *pool, struct meta_share **named);

/*
 * A zeroed object of a cache that has an owner as pages have. Objects of a page
 * are pages, and smaller ones are whole parts of a page. The memory of
 * translation tables comes from here.
 */
void *meta_part_alloc(struct meta_pool *pool, struct meta_cache *cache,
		      void *owner, struct meta_share *const *share);
void meta_part_free(struct meta_pool *pool, struct meta_cache *cache,
		    void *part, struct meta_share *const *share);

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
