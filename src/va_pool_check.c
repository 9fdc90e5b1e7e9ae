/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invariant 1 for a pool of virtual ranges, by a walk over everything in it.
 * For tests and debug builds; nothing else depends on this file.
 */
#include <dynshm/va_pool.h>

static struct va_window *next_window(const struct va_window *window)
{
	struct rb_node *node = rb_next(&window->node);

	return node ? va_window_of(node) : NULL;
}

/* The last of the windows that touch each other from `window` on. */
static const struct va_window *end_of_run(const struct va_window *window)
{
	const struct va_window *next = next_window(window);

	while (next != NULL && next->range.first - window->range.last == 1) {
		window = next;
		next = next_window(window);
	}
	return window;
}

static uint64_t max_gap_of(const struct rb_node *node)
{
	return node ? va_area_of(node)->max_gap : 0;
}

static const char *check_area(const struct va_area *area, va_t expected,
			      va_t last)
{
	uint64_t max = area->gap;

	for (int side = RB_LEFT; side <= RB_RIGHT; side++)
		if (max_gap_of(area->node.child[side]) > max)
			max = max_gap_of(area->node.child[side]);
	if (area->max_gap != max)
		return "largest gap below an area is wrong";
	if (area->range.first != expected)
		return "area does not begin where the gap before it ends";
	if (!va_area_is_head(area) && area->range.last > last)
		return "area reaches beyond its windows";
	if (area->gap > last - area->range.last)
		return "gap reaches beyond its windows";
	if (!shm_page_aligned(va_range_size(area->range)) ||
	    !shm_page_aligned(area->gap))
		return "area or gap is not whole pages";
	return NULL;
}

/*
 * One run of windows up to address `last`, whose head is *area. Moves *area on
 * to the head of the next run, or NULL, and adds up the bytes in areas.
 */
static const char *check_run(const struct va_area **area, va_t last,
			     uint64_t *reserved)
{
	va_t expected = (*area)->range.first;
	const char *violation;

	do {
		violation = check_area(*area, expected, last);
		if (violation != NULL)
			return violation;
		*reserved += va_range_size((*area)->range);
		expected = (*area)->range.last + 1 + (*area)->gap;
		*area = va_area_of(rb_next(&(*area)->node));
	} while (*area != NULL && !va_area_is_head(*area));
	if (expected != last + 1)
		return "last gap ends before its windows do";
	return NULL;
}

const char *va_pool_check(const struct va_pool *pool)
{
	const struct va_area *area = va_area_of(rb_first(&pool->areas));
	const struct rb_node *node = rb_first(&pool->windows);
	uint64_t reserved = 0;
	uint64_t total = 0;

	while (node != NULL) {
		const struct va_window *first = va_window_of(node);
		const struct va_window *end = end_of_run(first);
		const char *violation;

		if (area != &first->head ||
		    area->range.first != first->range.first ||
		    !va_area_is_head(area))
			return "run of windows does not begin with its head";
		violation = check_run(&area, end->range.last, &reserved);
		if (violation != NULL)
			return violation;
		total += end->range.last - first->range.first + 1;
		node = rb_next(&end->node);
	}
	if (area != NULL)
		return "area lies outside all windows";
	if (reserved != pool->reserved_size)
		return "reserved size is not that of the areas";
	if (total != pool->window_size)
		return "window size is not that of the windows";
	return NULL;
}
