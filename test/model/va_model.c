/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The oracle for va_pool. Slow and obvious: addresses are tried upwards, and
 * after one that does not do the next try is behind what was in the way.
 */
#include "model/va_model.h"

static const struct va_range *hit(const struct va_range *ranges,
				  unsigned int count, struct va_range range)
{
	for (unsigned int i = 0; i < count; i++)
		if (va_ranges_overlap(ranges[i], range))
			return &ranges[i];
	return NULL;
}

bool va_model_hits_window(const struct va_model *model, struct va_range range)
{
	return hit(model->windows, model->window_count, range) != NULL;
}

bool va_model_hits_area(const struct va_model *model, struct va_range range)
{
	return hit(model->areas, model->area_count, range) != NULL;
}

/* The first byte at or after `va` that is in a window. */
static bool next_in_window(const struct va_model *model, va_t va, va_t *out)
{
	bool found = false;

	for (unsigned int i = 0; i < model->window_count; i++) {
		const struct va_range *window = &model->windows[i];
		va_t first = window->first > va ? window->first : va;

		if (va <= window->last && (!found || first < *out)) {
			*out = first;
			found = true;
		}
	}
	return found;
}

/* True when something stops `range`; then nothing can begin before *next. */
static bool is_stopped(const struct va_model *model, struct va_range range,
		       va_t *next)
{
	const struct va_range *area;
	va_t va = range.first;

	area = hit(model->areas, model->area_count, range);
	if (area != NULL) {
		*next = area->last + 1;
		return true;
	}
	for (;;) {
		const struct va_range *window;
		struct va_range byte = { va, va };

		window = hit(model->windows, model->window_count, byte);
		if (window == NULL) {
			*next = va + 1;
			return true;
		}
		if (window->last >= range.last)
			return false;
		va = window->last + 1;
	}
}

/* The first suitable address at or after `va`; 0 when the space ends first. */
static va_t align_up(va_t va, const struct va_request *request)
{
	va_t start = va / request->align * request->align + request->offset;

	if (start >= va)
		return start;
	return start + request->align >= va ? start + request->align : 0;
}

bool va_model_find(const struct va_model *model,
		   const struct va_request *request, struct va_range *out)
{
	va_t va = 1;

	while (va != 0 && next_in_window(model, va, &va)) {
		struct va_range range;

		va = align_up(va, request);
		if (va == 0 || !va_range_make(va, request->size, &range))
			return false;
		if (!is_stopped(model, range, &va)) {
			*out = range;
			return true;
		}
	}
	return false;
}

void va_model_add_window(struct va_model *model, struct va_range range)
{
	model->windows[model->window_count++] = range;
}

void va_model_add_area(struct va_model *model, struct va_range range)
{
	model->areas[model->area_count++] = range;
}

static void remove_first(struct va_range *ranges, unsigned int *count,
			 va_t first)
{
	unsigned int i = 0;

	while (ranges[i].first != first)
		i++;
	ranges[i] = ranges[--*count];
}

void va_model_remove_window(struct va_model *model, va_t first)
{
	remove_first(model->windows, &model->window_count, first);
}

void va_model_remove_area(struct va_model *model, va_t first)
{
	remove_first(model->areas, &model->area_count, first);
}

const char *va_model_compare(const struct va_model *model,
			     const struct va_pool *pool)
{
	const struct va_area *area = va_pool_first_area(pool);
	unsigned int count = 0;
	uint64_t size = 0;

	for (; area != NULL; area = va_pool_next_area(area)) {
		const struct va_range *same;

		same = hit(model->areas, model->area_count, area->range);
		if (same == NULL || same->first != area->range.first ||
		    same->last != area->range.last)
			return "pool has an area that the model has not";
		if (va_pool_find(pool, same->first) != area ||
		    va_pool_find(pool, same->last) != area)
			return "look-up does not find an area by its ends";
		count++;
	}
	if (count != model->area_count)
		return "model has an area that the pool has not";
	for (unsigned int i = 0; i < model->window_count; i++)
		size += va_range_size(model->windows[i]);
	if (size != pool->window_size)
		return "windows differ";
	return va_pool_check(pool);
}
