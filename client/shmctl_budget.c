// SPDX-License-Identifier: BSD-2-Clause
/* shmctl budget: what guests may use; who may see all of them sets it. */
#include "shmctl.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"

/* By the numbers of the wire contract. */
static const char *const resources[] = { "pages",    "regions",	 "tables",
					 "metadata", "sessions", "calls" };

#define RESOURCES (sizeof(resources) / sizeof(resources[0]))

static void usage(FILE *to)
{
	fprintf(to,
		"usage: shmctl budget\n"
		"       shmctl budget GUEST RESOURCE SHARE CEILING\n"
		"Show what guests may use, or set it. SHARE is what a guest "
		"gets whatever others\n"
		"do, CEILING what it never gets more than.\n\n"
		"  GUEST      its id; 0 without a hypervisor, else domain id "
		"+ 1 under Xen\n"
		"  RESOURCE   pages, regions, tables, metadata (bytes), "
		"sessions or calls\n"
		"  SHARE, CEILING   numbers, with K, M or G behind; max: no "
		"ceiling\n\n"
		"Only the control guest, or Linux without a hypervisor, may "
		"set budgets.\n");
}

/* A number with K, M or G behind, or max. Says what is wrong with it. */
static bool parse_amount(const char *text, uint64_t *amount)
{
	static const char units[] = "KMG";
	const char *unit;
	unsigned int shift = 0;
	char *end;

	*amount = UINT64_MAX;
	if (strcmp(text, "max") == 0)
		return true;
	errno = 0;
	*amount = strtoull(text, &end, 0);
	unit = *end == '\0' ? NULL : strchr(units, *end);
	if (unit) {
		shift = (unsigned int)(unit - units + 1) * 10;
		end++;
	}
	if (end == text || *end != '\0' || text[0] == '-' || errno != 0 ||
	    *amount > UINT64_MAX >> shift) {
		fprintf(stderr,
			"shmctl: '%s' is not an amount such as 100, 64K, 2G "
			"or max\n",
			text);
		return false;
	}
	*amount <<= shift;
	return true;
}

static bool parse_guest(const char *text, uint16_t *guest)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	if (end == text || *end != '\0' || text[0] == '-' ||
	    value > UINT16_MAX) {
		fprintf(stderr,
			"shmctl: '%s' is not a guest's id; shmctl stats lists "
			"them\n",
			text);
		return false;
	}
	*guest = (uint16_t)value;
	return true;
}

static bool parse_resource(const char *text, uint32_t *resource)
{
	for (uint32_t i = 0; i < RESOURCES; i++) {
		if (strcmp(text, resources[i]) == 0) {
			*resource = i;
			return true;
		}
	}
	fprintf(stderr,
		"shmctl: '%s' is not pages, regions, tables, metadata, "
		"sessions or calls\n",
		text);
	return false;
}

struct setting {
	uint16_t guest;
	uint32_t resource;
	uint64_t share;
	uint64_t ceiling;
};

static bool parse_setting(char **argv, struct setting *setting)
{
	if (!parse_guest(argv[0], &setting->guest) ||
	    !parse_resource(argv[1], &setting->resource) ||
	    !parse_amount(argv[2], &setting->share) ||
	    !parse_amount(argv[3], &setting->ceiling))
		return false;
	if (setting->share <= setting->ceiling)
		return true;
	fprintf(stderr,
		"shmctl: a share of %s is above the ceiling of %s; raise the "
		"ceiling or lower the share\n",
		argv[2], argv[3]);
	return false;
}

static const char *advice(struct tee_result result)
{
	if (result.err != 0)
		return NULL;
	switch ((int)result.ret) {
	case TEE_ACCESS_DENIED:
		return "only the control guest (dom0), or Linux without a "
		       "hypervisor, may set budgets";
	case TEE_BAD_PARAMETERS:
		return "there is no such guest, or it would have no call "
		       "left; shmctl stats lists the guests";
	case TEE_OUT_OF_MEMORY:
		return "so much cannot be reserved; lower this share, or "
		       "that of another guest first";
	case TEE_NOT_IMPLEMENTED:
		return "the secure world is older than this tool and has no "
		       "budgets";
	default:
		return NULL;
	}
}

static bool set(const struct service *service, const struct setting *setting)
{
	struct tee_result result =
		service_set_budget(service, setting->guest, setting->resource,
				   setting->share, setting->ceiling);
	const char *what = advice(result);

	if (!report(result, "setting the budget")) {
		if (what)
			fprintf(stderr, "shmctl: %s\n", what);
		return false;
	}
	return true;
}

static void print_limit(uint64_t limit)
{
	if (limit == UINT64_MAX)
		printf(" %14s", "max");
	else
		printf(" %14" PRIu64, limit);
}

static void print_row(const struct stats_record *r)
{
	if (r->guest == STATS_TOTALS || r->state == 2)
		return;
	printf("%-6u %14" PRIu64, r->guest, r->pages);
	print_limit(r->budget_pages);
	printf(" %14" PRIu64, r->metadata_size);
	print_limit(r->budget_metadata);
	printf(" %9" PRIu64 "\n", r->refusals);
}

static bool show(const struct service *service)
{
	struct stats stats;
	bool ok = report(stats_init(&stats, service), "STATS buffer");

	if (!ok)
		return false;
	ok = report(stats_read(&stats), "STATS");
	if (ok) {
		printf("%-6s %14s %14s %14s %14s %9s\n", "GUEST", "PAGES",
		       "of at most", "METADATA", "of at most", "REFUSED");
		for (uint32_t i = 0; i < stats.count; i++)
			print_row(&stats.record[i]);
	}
	stats_fini(&stats);
	return ok;
}

int shmctl_budget(int argc, char **argv)
{
	static const struct option known[] = {
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct setting setting;
	struct service service;
	int option;
	bool ok;

	while ((option = getopt_long(argc, argv, "+h", known, NULL)) != -1) {
		if (option == '?')
			return EXIT_USAGE;
		usage(stdout);
		return 0;
	}
	if (argc - optind != 0 && argc - optind != 4) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (argc != optind && !parse_setting(&argv[optind], &setting))
		return EXIT_USAGE;
	if (!report(service_init(&service), "opening the memory service"))
		return 1;
	ok = argc == optind ? show(&service) : set(&service, &setting);
	service_fini(&service);
	return ok ? 0 : 1;
}
