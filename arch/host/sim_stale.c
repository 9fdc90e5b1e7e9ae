// SPDX-License-Identifier: BSD-2-Clause
/*
 * The set of stale entries of TLBs and walk caches, by level and VA prefix. At
 * most one entry for a place: the one that got there first.
 */
#include <stdlib.h>

#include "sim_internal.h"

#define BUCKET_COUNT (1u << 14)

static struct sim_stale *buckets[BUCKET_COUNT];
static uint64_t stale_count;

static struct sim_stale **bucket_of(struct sim_place place)
{
	uint64_t key = place.prefix << 2 | place.level;

	return &buckets[key * UINT64_C(0x9e3779b97f4a7c15) >> 50];
}

static struct sim_stale **link_to(struct sim_place place)
{
	struct sim_stale **link = bucket_of(place);

	while (*link != NULL && ((*link)->place.level != place.level ||
				 (*link)->place.prefix != place.prefix))
		link = &(*link)->next;
	return link;
}

struct sim_stale *sim_stale_find(struct sim_place place)
{
	return stale_count == 0 ? NULL : *link_to(place);
}

void sim_stale_add(struct sim_place place, sim_desc_t desc, unsigned int core,
		   uint64_t bracket, bool pending)
{
	struct sim_stale **link = link_to(place);

	if (*link != NULL)
		return;
	*link = malloc(sizeof(**link));
	if (*link == NULL)
		abort();
	**link = (struct sim_stale){
		.place = place,
		.desc = desc,
		.core = core,
		.bracket = bracket,
		.pending = pending,
	};
	stale_count++;
}

void sim_stale_remove(struct sim_place place)
{
	struct sim_stale **link = link_to(place);
	struct sim_stale *gone = *link;

	if (gone == NULL)
		return;
	*link = gone->next;
	free(gone);
	stale_count--;
}

bool sim_stale_each(sim_stale_fn *visit, void *arg)
{
	if (stale_count == 0)
		return true;
	for (unsigned int i = 0; i < BUCKET_COUNT; i++) {
		struct sim_stale *stale = buckets[i];

		while (stale != NULL) {
			struct sim_stale *next = stale->next;

			if (!visit(arg, stale))
				return false;
			stale = next;
		}
	}
	return true;
}

static bool drop(void *arg, struct sim_stale *stale)
{
	(void)arg;
	sim_stale_remove(stale->place);
	return true;
}

void sim_stale_reset(void)
{
	sim_stale_each(drop, NULL);
}

uint64_t sim_tlb_stale_count(void)
{
	return stale_count;
}
