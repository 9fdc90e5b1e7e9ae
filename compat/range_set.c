// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sets of physical ranges, for the boot core's arithmetic on memory and
 * reservations. Linear: there are few of them, once.
 */
#include "range_set.h"

/* Move the ranges from `from` on to where `to` is. */
static void shift(struct range_set *set, unsigned int from, unsigned int to)
{
	unsigned int count = set->count - from;

	for (unsigned int i = 0; i < count; i++) {
		unsigned int at = to < from ? i : count - 1 - i;

		set->range[to + at] = set->range[from + at];
	}
	set->count = to + count;
}

/* Replace ranges [begin, end) by `pieces` of which there are `count`. */
static bool replace(struct range_set *set, unsigned int begin, unsigned int end,
		    const struct pa_range *pieces, unsigned int count)
{
	if (set->count - (end - begin) + count > RANGE_SET_MAX)
		return false;
	shift(set, end, begin + count);
	for (unsigned int i = 0; i < count; i++)
		set->range[begin + i] = pieces[i];
	return true;
}

bool range_set_add(struct range_set *set, struct pa_range range)
{
	unsigned int begin = 0, end;

	while (begin < set->count && set->range[begin].last + 1 < range.first)
		begin++;
	for (end = begin; end < set->count; end++) {
		struct pa_range *near = &set->range[end];

		if (near->first > range.last + 1)
			break;
		if (near->first < range.first)
			range.first = near->first;
		if (near->last > range.last)
			range.last = near->last;
	}
	return replace(set, begin, end, &range, 1);
}

bool range_set_subtract(struct range_set *set, struct pa_range range)
{
	struct pa_range left[2];
	unsigned int begin = 0, end, count = 0;

	while (begin < set->count && set->range[begin].last < range.first)
		begin++;
	for (end = begin; end < set->count; end++) {
		struct pa_range hit = set->range[end];

		if (hit.first > range.last)
			break;
		if (hit.first < range.first)
			left[count++] =
				(struct pa_range){ hit.first, range.first - 1 };
		if (hit.last > range.last)
			left[count++] =
				(struct pa_range){ range.last + 1, hit.last };
	}
	return replace(set, begin, end, left, count);
}

void range_set_trim(struct range_set *set)
{
	unsigned int at, kept = 0;

	for (at = 0; at < set->count; at++) {
		pa_t first =
			(set->range[at].first + SHM_PAGE_MASK) & ~SHM_PAGE_MASK;
		pa_t end = (set->range[at].last + 1) & ~SHM_PAGE_MASK;

		if (first < end)
			set->range[kept++] =
				(struct pa_range){ first, end - 1 };
	}
	set->count = kept;
}

bool range_set_contains(const struct range_set *set, struct pa_range range)
{
	unsigned int at;

	for (at = 0; at < set->count; at++) {
		if (set->range[at].first <= range.first &&
		    range.last <= set->range[at].last)
			return true;
	}
	return false;
}
