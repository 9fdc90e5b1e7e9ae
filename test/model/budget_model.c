// SPDX-License-Identifier: BSD-2-Clause
/* See budget_model.h. */
#include "model/budget_model.h"

const struct shm_budget budget_model_defaults[RESOURCE_COUNT] = {
	[RESOURCE_PAGES] = { 0, 1000 },	 [RESOURCE_REGIONS] = { 1, MAX },
	[RESOURCE_TABLES] = { 2, 60 },	 [RESOURCE_METADATA] = { 3000, MAX },
	[RESOURCE_SESSIONS] = { 0, 12 }, [RESOURCE_CALLS] = { CALLS, CALLS },
};

struct owner owners[OWNERS];

static uint64_t divide_up(uint64_t bytes, uint64_t size)
{
	uint64_t per_page = SHM_PAGE_SIZE / size * size;

	return (bytes + per_page - 1) / per_page;
}

int64_t model_reserve(const struct shm *shm, const struct owner *all)
{
	uint64_t base = shm->pool.basic.object_size;
	uint64_t count = 0;
	uint64_t tables = 0;
	uint64_t bytes = 0;

	for (unsigned int i = 0; i < OWNERS; i++) {
		if (!all[i].is_promised)
			continue;
		count++;
		tables += all[i].budget[RESOURCE_TABLES].share;
		bytes += all[i].budget[RESOURCE_METADATA].share;
	}
	if (count != 0) {
		uint64_t kernel = 8 + count * CALLS / 128;

		tables += kernel;
		bytes += kernel * 176;
	}
	return (int64_t)(tables + divide_up(bytes, 176) +
			 divide_up(bytes, 256) + divide_up(count * base, base));
}

bool model_fits(const struct shm *shm, const struct owner *after)
{
	return model_reserve(shm, after) <= (int64_t)shm->pool.free_pages;
}

struct owner *model_with(unsigned int i, struct owner changed)
{
	static struct owner after[OWNERS];

	for (unsigned int j = 0; j < OWNERS; j++)
		after[j] = j == i ? changed : owners[j];
	return after;
}

struct owner model_begin(struct guest *guest, bool is_promised)
{
	struct owner owner = { guest, is_promised, { { 0, 0 } } };

	for (unsigned int i = 0; i < RESOURCE_COUNT; i++) {
		owner.budget[i].ceiling = budget_model_defaults[i].ceiling;
		if (is_promised)
			owner.budget[i].share = budget_model_defaults[i].share;
	}
	return owner;
}

enum shm_status model_judge(const struct shm *shm, unsigned int i,
			    enum resource what, struct shm_budget budget,
			    struct owner *after)
{
	bool is_reserved = what == RESOURCE_TABLES || what == RESOURCE_METADATA;

	*after = owners[i];
	after->budget[what] = budget;
	if (budget.share > budget.ceiling ||
	    (what == RESOURCE_CALLS && budget.ceiling == 0))
		return SHM_BAD_SIZE;
	if (after->guest == NULL)
		return SHM_UNKNOWN_GUEST;
	if (budget.share > UINT32_MAX ||
	    (what == RESOURCE_CALLS && budget.share > CALLS))
		return SHM_NO_METADATA;
	if (!is_reserved || (!owners[i].is_promised && budget.share == 0))
		return SHM_OK;
	after->is_promised = true;
	if (owners[i].is_promised &&
	    budget.share <= owners[i].budget[what].share)
		return SHM_OK;
	return model_fits(shm, model_with(i, *after)) ? SHM_OK
						      : SHM_NO_METADATA;
}
