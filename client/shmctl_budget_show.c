// SPDX-License-Identifier: BSD-2-Clause
/* What guests may use of each resource, and what they do use. */
#include "shmctl_budget.h"

#include <inttypes.h>
#include <stdio.h>

#include "stats.h"

#define STATE_CORPSE 2u

struct guest_budget {
	uint32_t guest;
	uint64_t refusals;
	struct service_budget of[SERVICE_RESOURCES];
};

const char *const budget_resources[SERVICE_RESOURCES] = {
	"pages", "regions", "tables", "metadata", "sessions", "calls"
};

static struct tee_result read_guest(const struct service *service,
				    const struct stats_record *record,
				    struct guest_budget *budget)
{
	struct tee_result result = { 0 };

	budget->guest = record->guest;
	budget->refusals = record->refusals;
	for (uint32_t i = 0; i < SERVICE_RESOURCES && tee_ok(result); i++)
		result = service_get_budget(service, (uint16_t)record->guest, i,
					    &budget->of[i]);
	return result;
}

static void print_amount(uint64_t amount)
{
	if (amount == SERVICE_NO_LIMIT)
		printf(" %14s", "max");
	else
		printf(" %14" PRIu64, amount);
}

static void print_table(const struct guest_budget *budget, bool first)
{
	if (first)
		printf("%-6s %-9s %14s %14s %14s %14s %9s\n", "GUEST",
		       "RESOURCE", "SHARE", "USED", "HIGHEST", "CEILING",
		       "REFUSED");
	for (uint32_t i = 0; i < SERVICE_RESOURCES; i++) {
		const struct service_budget *of = &budget->of[i];

		printf("%-6u %-9s", budget->guest, budget_resources[i]);
		print_amount(of->share);
		print_amount(of->used);
		print_amount(of->highest);
		print_amount(of->ceiling);
		if (i == 0)
			printf(" %9" PRIu64, budget->refusals);
		printf("\n");
	}
}

static void print_json(const struct guest_budget *budget, bool first)
{
	printf("%s{\"guest\":%u,\"refusals\":%" PRIu64, first ? "" : ",",
	       budget->guest, budget->refusals);
	for (uint32_t i = 0; i < SERVICE_RESOURCES; i++) {
		const struct service_budget *of = &budget->of[i];

		printf(",\"%s\":{\"share\":%" PRIu64 ",\"used\":%" PRIu64
		       ",\"highest\":%" PRIu64 ",\"ceiling\":",
		       budget_resources[i], of->share, of->used, of->highest);
		if (of->ceiling == SERVICE_NO_LIMIT)
			printf("null}");
		else
			printf("%" PRIu64 "}", of->ceiling);
	}
	printf("}");
}

/* A guest that dies between two questions is left out. */
static bool show_guest(const struct service *service,
		       const struct stats_record *record, bool json,
		       uint32_t *shown)
{
	struct guest_budget budget;
	struct tee_result result = read_guest(service, record, &budget);

	if (result.err == 0 && result.ret == (uint32_t)TEE_BAD_PARAMETERS)
		return true;
	if (!report(result, "GET_BUDGET"))
		return false;
	if (json)
		print_json(&budget, *shown == 0);
	else
		print_table(&budget, *shown == 0);
	++*shown;
	return true;
}

static bool show_all(const struct service *service, const struct stats *stats,
		     const uint16_t *only, bool json)
{
	uint32_t shown = 0;
	bool ok = true;

	if (json)
		printf("{\"guests\":[");
	for (uint32_t i = 0; ok && i < stats->count; i++) {
		const struct stats_record *record = &stats->record[i];

		if (record->guest != STATS_TOTALS &&
		    record->state != STATE_CORPSE &&
		    (!only || record->guest == *only))
			ok = show_guest(service, record, json, &shown);
	}
	if (json)
		printf("]}\n");
	if (ok && only && shown == 0) {
		fprintf(stderr,
			"shmctl: there is no guest %u that you may see\n",
			*only);
		return false;
	}
	return ok;
}

bool budget_show(const struct service *service, const uint16_t *only, bool json)
{
	struct stats stats;
	bool ok = report(stats_init(&stats, service), "STATS buffer");

	if (!ok)
		return false;
	ok = report(stats_read(&stats), "STATS") &&
	     show_all(service, &stats, only, json);
	stats_fini(&stats);
	return ok;
}
