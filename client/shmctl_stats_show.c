// SPDX-License-Identifier: BSD-2-Clause
/* The accounts as a table for people or as JSON for programs. */
#include "shmctl_stats.h"

#include <inttypes.h>

#include <dynshm/status.h>

static const char *const state_names[] = { "live", "draining", "corpse" };

static const char *const error_names[SHM_STATUS_COUNT] = {
	[SHM_OK] = "-",
	[SHM_BAD_ADDRESS] = "bad-address",
	[SHM_BAD_SIZE] = "bad-size",
	[SHM_BAD_ATTRIBUTE] = "bad-attribute",
	[SHM_NO_VA] = "no-va",
	[SHM_NO_TABLE] = "no-table",
	[SHM_NO_METADATA] = "no-metadata",
	[SHM_OVER_BUDGET] = "over-budget",
	[SHM_CONFLICT] = "conflict",
	[SHM_UNKNOWN_COOKIE] = "unknown-cookie",
	[SHM_COOKIE_IN_USE] = "cookie-in-use",
	[SHM_REGION_GONE] = "region-gone",
	[SHM_UNKNOWN_GUEST] = "unknown-guest",
	[SHM_INTERRUPTED] = "interrupted",
	[SHM_BAD_STATE] = "bad-state",
	[SHM_IN_USE] = "in-use",
};

static const char *state_name(uint32_t state)
{
	return state < 3 ? state_names[state] : "?";
}

static const char *error_name(uint32_t error)
{
	return error < SHM_STATUS_COUNT && error_names[error]
		       ? error_names[error]
		       : "?";
}

/* Five significant places at most: "14.6Mi", "812", "-" for no limit. */
static const char *short_number(uint64_t value, char text[SIZE_TEXT])
{
	static const char unit[] = " KMGTPE";
	double scaled = (double)value;
	unsigned int i = 0;

	if (value == UINT64_MAX) {
		snprintf(text, SIZE_TEXT, "-");
		return text;
	}
	while (scaled >= 10000 && i < 6) {
		scaled /= 1024;
		i++;
	}
	if (i == 0)
		snprintf(text, SIZE_TEXT, "%" PRIu64, value);
	else
		snprintf(text, SIZE_TEXT, "%.1f%ci", scaled, unit[i]);
	return text;
}

static void print_heading(FILE *to)
{
	fprintf(to,
		"%-7s %-9s %7s %7s %8s %8s %8s %7s %9s %8s %7s %5s %8s %8s "
		"%8s %8s  %s\n",
		"GUEST", "STATE", "REGIONS", "(peak)", "PAGES", "(peak)",
		"RUNS", "TABLES", "METADATA", "VIRTUAL", "OWED", "CALLS",
		"SESSIONS", "REVOKED", "REFUSED", "BUDGET", "LAST ERROR");
}

static void print_row(FILE *to, const struct stats_record *r)
{
	char guest[12] = "totals";
	char calls[24];
	char text[8][SIZE_TEXT];

	if (r->guest != STATS_TOTALS)
		snprintf(guest, sizeof(guest), "%u", r->guest);
	snprintf(calls, sizeof(calls), "%u+%u", r->calls_active,
		 r->calls_suspended);
	fprintf(to,
		"%-7s %-9s %7u %7u %8s %8s %8u %7u %9s %8s %7s %5s %8u %8u %8s "
		"%8s  %s\n",
		guest, state_name(r->state), r->regions, r->regions_high,
		short_number(r->pages, text[0]),
		short_number(r->pages_high, text[1]), r->runs, r->tables,
		short_number(r->metadata_size, text[2]),
		short_number(r->virtual_size, text[3]),
		short_number(r->owed_size, text[4]), calls, r->sessions,
		r->revoked, short_number(r->refusals, text[5]),
		short_number(r->budget_pages, text[6]),
		error_name(r->last_error));
}

void stats_print_table(FILE *to, const struct stats *stats)
{
	const struct stats_record *first = stats_first(stats);
	char text[2][SIZE_TEXT];

	print_heading(to);
	for (uint32_t i = 0; i < stats->count; i++)
		print_row(to, &stats->record[i]);
	if (first->guest == STATS_TOTALS)
		fprintf(to, "pool: %sB free, %sB owed by the dead\n",
			short_number(first->pool_free_size, text[0]),
			short_number(first->owed_size, text[1]));
	fprintf(to,
		"CALLS: running + suspended. BUDGET: pages. Of what is mapped, 1 "
		"region of %" PRIu64 " pages is this reader's.\n",
		stats_own_pages(stats));
}

/* A key and its value; no limit is null. */
static void print_json_limit(FILE *to, const char *key, uint64_t limit)
{
	if (limit == UINT64_MAX)
		fprintf(to, ",\"%s\":null", key);
	else
		fprintf(to, ",\"%s\":%" PRIu64, key, limit);
}

static void print_json_record(FILE *to, const struct stats_record *r)
{
	if (r->guest == STATS_TOTALS)
		fprintf(to, "{\"guest\":\"totals\"");
	else
		fprintf(to, "{\"guest\":%u", r->guest);
	fprintf(to,
		",\"state\":\"%s\",\"regions\":%u,\"regions_high\":%u,"
		"\"pages\":%" PRIu64 ",\"pages_high\":%" PRIu64
		",\"runs\":%u,"
		"\"tables\":%u,\"metadata_bytes\":%" PRIu64,
		state_name(r->state), r->regions, r->regions_high, r->pages,
		r->pages_high, r->runs, r->tables, r->metadata_size);
	fprintf(to,
		",\"calls_active\":%u,\"calls_suspended\":%u,\"sessions\":%u,"
		"\"revoked_regions\":%u,\"refusals\":%" PRIu64
		",\"last_error\":",
		r->calls_active, r->calls_suspended, r->sessions, r->revoked,
		r->refusals);
	if (r->last_error == SHM_OK)
		fprintf(to, "null");
	else
		fprintf(to, "\"%s\"", error_name(r->last_error));
	print_json_limit(to, "budget_pages", r->budget_pages);
	print_json_limit(to, "budget_metadata_bytes", r->budget_metadata);
	fprintf(to,
		",\"owed_bytes\":%" PRIu64 ",\"pool_free_bytes\":%" PRIu64
		",\"virtual_bytes\":%" PRIu64 "}",
		r->owed_size, r->pool_free_size, r->virtual_size);
}

void stats_print_json(FILE *to, const struct stats *stats)
{
	fprintf(to,
		"{\"own_regions\":1,\"own_pages\":%" PRIu64 ",\"records\":[",
		stats_own_pages(stats));
	for (uint32_t i = 0; i < stats->count; i++) {
		if (i > 0)
			fputc(',', to);
		print_json_record(to, &stats->record[i]);
	}
	fprintf(to, "]}\n");
}
