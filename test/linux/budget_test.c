// SPDX-License-Identifier: BSD-2-Clause
/* Budgets from Linux: set below what is needed, seen to refuse, and restored.
 */
#include <client/memory.h>
#include <client/stats.h>

#include "tap.h"

#define GUEST	    0u
#define NO_LIMIT    UINT64_MAX
#define OVER_BUDGET 7u /* last library error in STATS */

enum {
	PAGES,
	REGIONS,
	TABLES,
	METADATA,
	SESSIONS,
	CALLS
};

static struct service service;
static struct stats stats;
static uint8_t *memory;

static struct tee_result set(uint32_t what, uint64_t share, uint64_t ceiling)
{
	return service_set_budget(&service, GUEST, what, share, ceiling);
}

static const struct stats_record *own(void)
{
	if (!tee_ok(stats_read(&stats)) || stats.count < 2)
		tap_bail("the accounts can be read");
	return &stats.record[1];
}

static struct tee_result register_pages(uint64_t pages)
{
	struct tee_shm shm;
	struct tee_result result = service_register(
		&service, memory, pages * MEMORY_PAGE_SIZE, &shm);

	if (tee_ok(result))
		tee_unregister(&shm);
	return result;
}

static struct service_budget get(uint32_t what)
{
	struct service_budget budget;

	if (!tee_ok(service_get_budget(&service, GUEST, what, &budget)))
		tap_bail("the budget can be read");
	return budget;
}

/* Every resource by itself, so that none is taken for another. */
static void read_back(void)
{
	struct service_budget budget;

	for (uint32_t what = PAGES; what <= CALLS; what++) {
		uint64_t share = what == TABLES || what == METADATA ? 0 : 1;

		tap_success(set(what, share, NO_LIMIT - 1 - what),
			    "a share and a ceiling of resource %u are set",
			    what);
	}
	for (uint32_t what = PAGES; what <= CALLS; what++) {
		budget = get(what);
		tap_claim(budget.ceiling == NO_LIMIT - 1 - what &&
				  budget.share ==
					  (what != TABLES && what != METADATA),
			  "and read back");
		tap_claim(budget.highest >= budget.used && budget.used > 0,
			  "some of it is used, and no more than the highest");
		tap_success(set(what, 0, NO_LIMIT), "and taken away");
	}
	tap_claim(get(PAGES).used == own()->pages &&
			  get(REGIONS).used == own()->regions &&
			  get(TABLES).used == own()->tables &&
			  get(METADATA).used == own()->metadata_size &&
			  get(SESSIONS).used == own()->sessions,
		  "what is used is what STATS says");
	tap_claim(get(PAGES).highest == own()->pages_high &&
			  get(REGIONS).highest == own()->regions_high,
		  "so is the highest");
	tap_answer(service_get_budget(&service, 77, PAGES, &budget),
		   TEE_BAD_PARAMETERS, TEE_ORIGIN_APP,
		   "a guest that does not exist has no budget");
	tap_answer(service_get_budget(&service, GUEST, 6, &budget),
		   TEE_BAD_PARAMETERS, TEE_ORIGIN_APP,
		   "nor has a resource that does not");
}

static void limit_pages(void)
{
	uint64_t used = own()->pages;
	uint64_t refusals = own()->refusals;

	tap_success(set(PAGES, 0, used + 2), "two pages more are allowed");
	tap_claim(own()->budget_pages == used + 2, "STATS shows that ceiling");
	tap_success(register_pages(2), "two pages can be registered");
	tap_claim(!tee_ok(register_pages(3)), "three pages cannot");
	tap_claim(own()->refusals > refusals &&
			  own()->last_error == OVER_BUDGET,
		  "STATS says that the budget was the reason");
	tap_claim(own()->pages == used, "nothing is left of it");
	tap_success(set(PAGES, 0, NO_LIMIT), "the ceiling is taken away");
	tap_success(register_pages(3), "three pages can be registered again");
}

static void limit_regions(void)
{
	uint64_t used = own()->regions;

	tap_success(set(REGIONS, 0, used), "no region more is allowed");
	tap_claim(!tee_ok(register_pages(1)), "another one is refused");
	tap_claim(own()->last_error == OVER_BUDGET,
		  "STATS says that the budget was the reason");
	tap_success(set(REGIONS, 0, NO_LIMIT), "any number is allowed");
	tap_success(register_pages(1), "another one is registered");
}

static void refuse_nonsense(void)
{
	tap_answer(set(PAGES, 5, 4), TEE_BAD_PARAMETERS, TEE_ORIGIN_APP,
		   "a share above the ceiling is refused");
	tap_answer(set(6, 0, 4), TEE_BAD_PARAMETERS, TEE_ORIGIN_APP,
		   "so is a resource that does not exist");
	tap_answer(service_set_budget(&service, 77, PAGES, 0, 4),
		   TEE_BAD_PARAMETERS, TEE_ORIGIN_APP,
		   "so is a guest that does not exist");
	tap_answer(set(CALLS, 0, 0), TEE_BAD_PARAMETERS, TEE_ORIGIN_APP,
		   "so is a ceiling that leaves no call");
	tap_answer(set(TABLES, 1 << 24, NO_LIMIT), TEE_OUT_OF_MEMORY,
		   TEE_ORIGIN_APP, "a share that is not there is refused");
	tap_claim(own()->budget_pages == NO_LIMIT &&
			  own()->budget_metadata == NO_LIMIT,
		  "none of it changes a budget");
}

int main(void)
{
	if (!tee_ok(service_init(&service)) ||
	    !tee_ok(stats_init(&stats, &service)))
		tap_bail("the memory service opens");
	memory = memory_alloc(4 * MEMORY_PAGE_SIZE);
	read_back();
	limit_pages();
	limit_regions();
	refuse_nonsense();
	memory_free(memory, 4 * MEMORY_PAGE_SIZE);
	stats_fini(&stats);
	service_fini(&service);
	return tap_done();
}
