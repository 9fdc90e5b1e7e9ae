/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The oracle for va_pool: windows and areas in two unsorted arrays, every
 * question answered by looking at all of them.
 */
#ifndef TEST_MODEL_VA_MODEL_H
#define TEST_MODEL_VA_MODEL_H

#include <dynshm/va_pool.h>

#define VA_MODEL_WINDOWS 16
#define VA_MODEL_AREAS	 64

struct va_model {
	struct va_range windows[VA_MODEL_WINDOWS];
	struct va_range areas[VA_MODEL_AREAS];
	unsigned int window_count;
	unsigned int area_count;
};

/* True when a window or an area of the model overlaps `range`. */
bool va_model_hits_window(const struct va_model *model, struct va_range range);
bool va_model_hits_area(const struct va_model *model, struct va_range range);

/* The lowest range that meets the request; false when there is none. */
bool va_model_find(const struct va_model *model,
		   const struct va_request *request, struct va_range *out);

/* Change the model; no questions asked. Removal is by the first address. */
void va_model_add_window(struct va_model *model, struct va_range range);
void va_model_remove_window(struct va_model *model, va_t first);
void va_model_add_area(struct va_model *model, struct va_range range);
void va_model_remove_area(struct va_model *model, va_t first);

/* NULL when the pool has exactly these areas and gaps, else what differs. */
const char *va_model_compare(const struct va_model *model,
			     const struct va_pool *pool);

#endif
