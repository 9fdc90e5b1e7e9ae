/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual address space that can be reserved and released: which ranges of the
 * windows are taken (areas) and which are free (gaps). It hands out addresses
 * only; nothing is mapped here.
 *
 * One tree holds the areas by address, and each area also records the gap that
 * follows it. Gaps therefore have no objects of their own: a reservation takes
 * no memory beyond the caller's struct va_area, and a release cannot fail. A
 * run of adjacent windows begins with the empty area of its first window, so
 * that even the first gap has an area before it.
 *
 * Windows that touch act as one: a gap and an area may cross the seam. A
 * window can be taken away while no area touches it, whatever its neighbours
 * hold.
 *
 * Ownership: struct va_area and struct va_window live inside the caller's
 * objects and must stay where they are until released or removed. The pool
 * owns no memory, so one that is dropped as a whole (its tables detached) is
 * simply forgotten: walk its areas as long as they live, or va_pool_init() it.
 *
 * Locking: none inside; the caller holds the lock of the pool's owner for every
 * call, look-ups included.
 */
#ifndef DYNSHM_VA_POOL_H
#define DYNSHM_VA_POOL_H

#include <dynshm/addr.h>
#include <dynshm/rbtree.h>
#include <dynshm/status.h>

/* Fields are the pool's from reserve to release; read `range` freely. */
struct va_area {
	struct rb_node node;
	struct va_range range; /* whole pages; empty for a window's head */
	uint64_t gap;	       /* free bytes that follow the range */
	uint64_t max_gap;      /* the largest `gap` in the subtree */
};

struct va_window {
	struct va_area head; /* in the area tree iff no window ends before it */
	struct rb_node node; /* in va_pool.windows */
	struct va_range range;
};

_Static_assert(offsetof(struct va_area, node) == 0, "NULL gives NULL below");

static inline struct va_area *va_area_of(const struct rb_node *node)
{
	return (struct va_area *)(uintptr_t)node;
}

static inline struct va_window *va_window_of(const struct rb_node *node)
{
	return (struct va_window *)((uintptr_t)node -
				    offsetof(struct va_window, node));
}

/* No window holds page 0, so the `last` before a window's `first` exists. */
static inline bool va_area_is_head(const struct va_area *area)
{
	return area->range.last < area->range.first;
}

struct va_pool {
	struct rb_tree areas;	/* by address, summary max_gap */
	struct rb_tree windows; /* by address */
	uint64_t reserved_size; /* bytes in areas */
	uint64_t window_size;	/* bytes in windows */
};

/*
 * What to look for: the lowest range of `size` bytes whose first address is
 * `offset` modulo `align`. So that runs of 2 MiB can be mapped by blocks, ask
 * for align 2 MiB and the offset of the physical address in its 2 MiB.
 */
struct va_request {
	uint64_t size;	    /* bytes, whole pages, not 0 */
	uint64_t align;	    /* bytes, power of two, at least a page */
	uint64_t offset;    /* bytes, whole pages, less than align */
	uint32_t max_tries; /* gaps to look into; 0: until one fits */
};

/* A request for `size` bytes anywhere. */
static inline struct va_request va_request_pages(uint64_t size)
{
	return (struct va_request){ size, SHM_PAGE_SIZE, 0, 0 };
}

/* An empty pool without windows. Whatever it held is forgotten. */
void va_pool_init(struct va_pool *pool);

/*
 * Make `range` available. O(log n).
 * SHM_BAD_ADDRESS: not whole pages, or page 0 is in it (NULL stays invalid).
 * SHM_CONFLICT: overlaps a window of this pool.
 */
enum shm_status va_pool_add_window(struct va_pool *pool,
				   struct va_window *window,
				   struct va_range range);

/* Some window of this pool has an address of `range`. O(log n). */
bool va_pool_has_window(const struct va_pool *pool, struct va_range range);

/*
 * Take a window of this pool away again; it is then the caller's. O(log n).
 * SHM_BAD_STATE: an area lies in it or reaches into it.
 */
enum shm_status va_pool_remove_window(struct va_pool *pool,
				      struct va_window *window);

/*
 * Reserve the lowest range that meets the request; area->range says which.
 * After SHM_OK *area belongs to the pool until va_pool_release().
 * SHM_BAD_SIZE, SHM_BAD_ADDRESS (align or offset): malformed request.
 * SHM_NO_VA: no gap fits, or none among the first `max_tries` that are large
 * enough. After a failure *area and the pool are unchanged.
 *
 * Cost: O(log n) at page alignment, always, as then the first gap that is
 * large enough fits. Beyond that, a gap of sufficient size may hold no suitable
 * address; each such miss costs O(log n), and from one to the next the search
 * moves on by at least `align` bytes. So there are at most
 * min(gaps of at least `size`, bytes the windows span / align + 1) misses, and
 * none in a gap of at least size + align - page. `max_tries` bounds them where
 * time matters more than alignment: then ask again at page alignment.
 */
enum shm_status va_pool_reserve(struct va_pool *pool,
				const struct va_request *request,
				struct va_area *area);

/* Give an area of this pool back. O(log n), allocates nothing, cannot fail. */
void va_pool_release(struct va_pool *pool, struct va_area *area);

/*
 * Make two areas of one of this pool, with no gap between: *rest begins at
 * `at`, a page inside of `area` but not its first. O(log n), allocates nothing,
 * cannot fail.
 */
void va_pool_split(struct va_pool *pool, struct va_area *area, va_t at,
		   struct va_area *rest);

/* The area that contains `va`, or NULL. O(log n). */
struct va_area *va_pool_find(const struct va_pool *pool, va_t va);

/* All areas by address; NULL at the end. */
struct va_area *va_pool_first_area(const struct va_pool *pool);
struct va_area *va_pool_next_area(const struct va_area *area);

/* Bytes of the largest gap; 0 when nothing is free. O(1). */
uint64_t va_pool_largest_gap(const struct va_pool *pool);

/*
 * Invariant 1: areas and gaps do not overlap and together cover the windows;
 * also the summaries and totals. NULL, or what was violated first. O(n).
 */
const char *va_pool_check(const struct va_pool *pool);

#endif
