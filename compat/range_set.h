/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small set of physical addresses as ranges: sorted, and no two of them
 * overlap or touch. Addresses lie below 2^48, so that nothing here wraps.
 */
#ifndef COMPAT_RANGE_SET_H
#define COMPAT_RANGE_SET_H

#include <dynshm/addr.h>

/* How many pieces the RAM can be in. */
#ifndef RANGE_SET_MAX
#define RANGE_SET_MAX 64
#endif

struct range_set {
	struct pa_range range[RANGE_SET_MAX];
	unsigned int count;
};

/* Both return false, with the set unchanged, when it would need more ranges. */
bool range_set_add(struct range_set *set, struct pa_range range);
bool range_set_subtract(struct range_set *set, struct pa_range range);

/* Trim every range inwards to whole pages; those without one go. */
void range_set_trim(struct range_set *set);

/* Whether one range of the set contains all of `range`. */
bool range_set_contains(const struct range_set *set, struct pa_range range);

#endif
