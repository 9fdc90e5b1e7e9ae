// SPDX-License-Identifier: BSD-2-Clause
/* shmctl budget: what guests may use; who may see all of them sets it. */
#include "shmctl_budget.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void usage(FILE *to)
{
	fprintf(to,
		"usage: shmctl budget [--json] [GUEST]\n"
		"       shmctl budget GUEST RESOURCE SHARE CEILING\n"
		"Show what guests may use and what they do, or set it. SHARE "
		"is what a guest gets\n"
		"whatever others do, CEILING what it never gets more than. "
		"HIGHEST is the most that\n"
		"was used since the guest began or started over.\n\n"
		"  GUEST      its id; 0 without a hypervisor, else domain id "
		"+ 1 under Xen\n"
		"  RESOURCE   pages, regions, tables, metadata (bytes), "
		"sessions or calls\n"
		"  SHARE, CEILING   numbers, with K, M or G behind; max: no "
		"ceiling\n\n"
		"Only the control guest, or Linux without a hypervisor, may "
		"set budgets and sees\n"
		"all guests; others see themselves.\n");
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
	for (uint32_t i = 0; i < SERVICE_RESOURCES; i++) {
		if (strcmp(text, budget_resources[i]) == 0) {
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

enum arguments {
	SHOW_ALL = 0,
	SHOW_ONE = 1,
	SET = 4,
};

static bool run(int count, const struct setting *setting, bool json)
{
	struct service service;
	bool ok;

	if (!report(service_init(&service), "opening the memory service"))
		return false;
	if (count == SET)
		ok = set(&service, setting);
	else
		ok = budget_show(&service,
				 count == SHOW_ONE ? &setting->guest : NULL,
				 json);
	service_fini(&service);
	return ok;
}

static bool parse(int count, char **argv, struct setting *setting)
{
	switch (count) {
	case SHOW_ALL:
		return true;
	case SHOW_ONE:
		return parse_guest(argv[0], &setting->guest);
	case SET:
		return parse_setting(argv, setting);
	default:
		usage(stderr);
		return false;
	}
}

int shmctl_budget(int argc, char **argv)
{
	static const struct option known[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	struct setting setting = { 0 };
	bool json = false;
	int option;

	while ((option = getopt_long(argc, argv, "+hj", known, NULL)) != -1) {
		if (option == '?')
			return EXIT_USAGE;
		if (option == 'h') {
			usage(stdout);
			return 0;
		}
		json = true;
	}
	if (!parse(argc - optind, &argv[optind], &setting))
		return EXIT_USAGE;
	return run(argc - optind, &setting, json) ? 0 : 1;
}
