/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual address space by areas, each with the gap behind it: the search for
 * a place, cutting it out of its gap and giving it back.
 *
 * There are two changes only, and windows are made of them too. To carve is
 * to put an area into a gap, which is thereby split in front and behind; to
 * absorb is to take an area out, so that its bytes and its gap join the gap in
 * front. A window's head is an area without bytes.
 */
#include <dynshm/va_pool.h>

#include "rbtree_inline.h"

static inline uint64_t max_gap_below(const struct rb_node *node)
{
	return node ? va_area_of(node)->max_gap : 0;
}

/* The summary function of the area tree. */
static bool update_max_gap(struct rb_node *node)
{
	struct va_area *area = va_area_of(node);
	uint64_t left = max_gap_below(node->child[RB_LEFT]);
	uint64_t right = max_gap_below(node->child[RB_RIGHT]);
	uint64_t max = area->gap;

	if (max < left)
		max = left;
	if (max < right)
		max = right;
	if (area->max_gap == max)
		return false;
	area->max_gap = max;
	return true;
}

static bool area_starts_by(const struct rb_node *node, const void *va)
{
	return va_area_of(node)->range.first <= *(const va_t *)va;
}

static bool window_starts_by(const struct rb_node *node, const void *va)
{
	return va_window_of(node)->range.first <= *(const va_t *)va;
}

/* The last area that starts at or before `va`: a head comes before an area. */
static struct va_area *area_at_or_before(const struct va_pool *pool, va_t va)
{
	return va_area_of(rb_find_last(&pool->areas, area_starts_by, &va));
}

static struct va_window *window_at_or_before(const struct va_pool *pool,
					     va_t va)
{
	struct rb_node *node;

	node = rb_find_last(&pool->windows, window_starts_by, &va);
	return node ? va_window_of(node) : NULL;
}

static struct va_window *next_window(const struct va_window *window)
{
	struct rb_node *node = rb_next(&window->node);

	return node ? va_window_of(node) : NULL;
}

/* True when `low` ends where `high` begins. Either may be NULL. */
static bool windows_touch(const struct va_window *low,
			  const struct va_window *high)
{
	return low != NULL && high != NULL &&
	       high->range.first - low->range.last == 1;
}

/* Let `area` take `range`, which may be empty, out of the gap of `before`. */
static void carve(struct va_pool *pool, struct va_area *before,
		  struct va_range range, struct va_area *area)
{
	va_t gap_last = before->range.last + before->gap;

	area->range = range;
	area->gap = gap_last - range.last;
	before->gap = range.first - before->range.last - 1;
	rb_inline_insert(&pool->areas, update_max_gap,
			 rb_slot_after(&pool->areas, &before->node),
			 &area->node, &before->node);
}

/* Add the bytes and the gap of `area` to the gap in front of it. */
static void absorb(struct va_pool *pool, struct va_area *area)
{
	struct va_area *before = va_area_of(rb_prev(&area->node));

	before->gap += va_range_size(area->range) + area->gap;
	rb_inline_erase(&pool->areas, update_max_gap, &area->node,
			&before->node);
}

/* The lowest area in a subtree with a gap of `size`; one must be there. */
static struct va_area *lowest_gap(struct rb_node *node, uint64_t size)
{
	for (;;) {
		if (max_gap_below(node->child[RB_LEFT]) >= size)
			node = node->child[RB_LEFT];
		else if (va_area_of(node)->gap >= size)
			return va_area_of(node);
		else
			node = node->child[RB_RIGHT];
	}
}

static struct va_area *first_gap(const struct va_pool *pool, uint64_t size)
{
	if (max_gap_below(pool->areas.root) < size)
		return NULL;
	return lowest_gap(pool->areas.root, size);
}

/* The next area after `area` with a gap of `size`, or NULL. */
static struct va_area *next_gap(const struct va_area *area, uint64_t size)
{
	const struct rb_node *node = &area->node;
	const struct rb_node *from;

	for (;;) {
		if (max_gap_below(node->child[RB_RIGHT]) >= size)
			return lowest_gap(node->child[RB_RIGHT], size);
		do {
			from = node;
			node = rb_parent(node);
			if (node == NULL)
				return NULL;
		} while (node->child[RB_RIGHT] == from);
		if (va_area_of(node)->gap >= size)
			return va_area_of(node);
	}
}

/* Bytes from the start of the gap to the first suitable address. */
static inline uint64_t lead_in(const struct va_area *before,
			       const struct va_request *request)
{
	uint64_t gap_first = before->range.last + 1;

	return (request->offset - gap_first) & (request->align - 1);
}

/* True when `size` bytes at or after `want` could lie in the gap. */
static bool gap_reaches(const struct va_area *before, va_t want, uint64_t size)
{
	va_t gap_last = before->range.last + before->gap;

	return before->gap >= size && gap_last >= want &&
	       gap_last - want >= size - 1;
}

/*
 * The lowest gap that holds the request. When one of sufficient size does not,
 * its first suitable address `want` lies too far behind: nothing fits before
 * that address, so the search goes on with the first gap that reaches behind
 * it. If that is a miss too, it begins after `want`, so that the next address
 * to want is at least `align` higher.
 */
static struct va_area *find_gap(const struct va_pool *pool,
				const struct va_request *request)
{
	struct va_area *before = first_gap(pool, request->size);
	uint32_t tries = 0;

	while (before != NULL) {
		uint64_t lead = lead_in(before, request);
		va_t want = before->range.last + 1 + lead;

		if (lead <= before->gap - request->size)
			return before;
		if (++tries == request->max_tries || want < lead)
			return NULL;
		before = area_at_or_before(pool, want);
		if (!gap_reaches(before, want, request->size))
			before = next_gap(before, request->size);
	}
	return NULL;
}

static enum shm_status check_request(const struct va_request *request)
{
	if (request->size == 0 || !shm_page_aligned(request->size))
		return SHM_BAD_SIZE;
	if (request->align < SHM_PAGE_SIZE ||
	    (request->align & (request->align - 1)) != 0 ||
	    request->offset >= request->align ||
	    !shm_page_aligned(request->offset))
		return SHM_BAD_ADDRESS;
	return SHM_OK;
}

/* The owner's lock is held; statistics are read without it. */
static void reserved_set(struct va_pool *pool, uint64_t size)
{
	__atomic_store_n(&pool->reserved_size, size, __ATOMIC_RELAXED);
}

enum shm_status va_pool_reserve(struct va_pool *pool,
				const struct va_request *request,
				struct va_area *area)
{
	enum shm_status status = check_request(request);
	struct va_area *before;
	struct va_range range;

	if (status != SHM_OK)
		return status;
	before = find_gap(pool, request);
	if (before == NULL)
		return SHM_NO_VA;
	range.first = before->range.last + 1 + lead_in(before, request);
	range.last = range.first + (request->size - 1);
	carve(pool, before, range, area);
	reserved_set(pool, pool->reserved_size + request->size);
	return SHM_OK;
}

void va_pool_release(struct va_pool *pool, struct va_area *area)
{
	reserved_set(pool, pool->reserved_size - va_range_size(area->range));
	absorb(pool, area);
}

/* The rest becomes a gap for a moment, and is carved out of that. */
void va_pool_split(struct va_pool *pool, struct va_area *area, va_t at,
		   struct va_area *rest)
{
	struct va_range range = { at, area->range.last };

	area->gap += va_range_size(range);
	area->range.last = at - 1;
	carve(pool, area, range, rest);
}

void va_pool_init(struct va_pool *pool)
{
	rb_init(&pool->areas, update_max_gap);
	rb_init(&pool->windows, NULL);
	pool->reserved_size = 0;
	pool->window_size = 0;
}

bool va_pool_has_window(const struct va_pool *pool, struct va_range range)
{
	struct va_window *low = window_at_or_before(pool, range.last);

	return low != NULL && va_ranges_overlap(low->range, range);
}

/* A head starts out with the whole window as its gap; seams then go. */
enum shm_status va_pool_add_window(struct va_pool *pool,
				   struct va_window *window,
				   struct va_range range)
{
	struct va_window *low = window_at_or_before(pool, range.last);
	struct va_window *high;
	struct va_area *before = area_at_or_before(pool, range.first);
	struct va_area *head = &window->head;

	if (range.first == 0 || range.last < range.first ||
	    !shm_page_aligned(range.first) || !shm_page_aligned(range.last + 1))
		return SHM_BAD_ADDRESS;
	if (va_pool_has_window(pool, range))
		return SHM_CONFLICT;

	window->range = range;
	rb_insert_at(&pool->windows,
		     rb_slot_after(&pool->windows, low ? &low->node : NULL),
		     &window->node);
	pool->window_size += va_range_size(range);

	head->range = (struct va_range){ range.first, range.first - 1 };
	head->gap = va_range_size(range);
	rb_insert_at(&pool->areas,
		     rb_slot_after(&pool->areas, before ? &before->node : NULL),
		     &head->node);
	high = next_window(window);
	if (windows_touch(window, high))
		absorb(pool, &high->head);
	if (windows_touch(low, window))
		absorb(pool, head);
	return SHM_OK;
}

/* The reverse: bring the seams back, and the head's gap is the window. */
enum shm_status va_pool_remove_window(struct va_pool *pool,
				      struct va_window *window)
{
	struct va_range range = window->range;
	struct va_area *before = area_at_or_before(pool, range.last);
	struct va_window *high = next_window(window);

	/* Were there an area in the window, then `before` would be one. */
	if (before->range.last >= range.first)
		return SHM_BAD_STATE;
	if (windows_touch(window, high))
		carve(pool, before,
		      (struct va_range){ high->range.first, range.last },
		      &high->head);
	if (before == &window->head) {
		rb_erase(&pool->areas, &before->node);
	} else {
		before->gap -= va_range_size(range);
		rb_propagate(&pool->areas, &before->node);
	}
	rb_erase(&pool->windows, &window->node);
	pool->window_size -= va_range_size(range);
	return SHM_OK;
}

struct va_area *va_pool_find(const struct va_pool *pool, va_t va)
{
	struct va_area *area = area_at_or_before(pool, va);

	return area != NULL && area->range.last >= va ? area : NULL;
}

uint64_t va_pool_largest_gap(const struct va_pool *pool)
{
	return max_gap_below(pool->areas.root);
}

static struct va_area *skip_heads(struct rb_node *node)
{
	while (node != NULL && va_area_is_head(va_area_of(node)))
		node = rb_next(node);
	return va_area_of(node);
}

struct va_area *va_pool_first_area(const struct va_pool *pool)
{
	return skip_heads(rb_first(&pool->areas));
}

struct va_area *va_pool_next_area(const struct va_area *area)
{
	return skip_heads(rb_next(&area->node));
}
