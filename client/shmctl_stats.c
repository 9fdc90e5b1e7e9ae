// SPDX-License-Identifier: BSD-2-Clause
/* shmctl stats: the accounts, once, again and again, or in place. */
#include "shmctl_stats.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "shmctl_live.h"

struct options {
	bool json;
	bool plain;
	unsigned int seconds; /* between readings; 0: one reading */
};

static void usage(FILE *to)
{
	fprintf(to,
		"usage: shmctl stats [--json] [--watch[=SECONDS]] [--plain]\n"
		"Show what the secure world maps, for whom. A guest sees its "
		"own account only.\n\n"
		"  --json    one JSON object a reading\n"
		"  --watch   again every second, or every SECONDS, until "
		"interrupted; on a\n"
		"            terminal in place, until q is pressed\n"
		"  --plain   never in place\n");
}

static bool show(struct stats *stats, const struct options *options)
{
	do {
		if (!report(stats_read(stats), "STATS"))
			return false;
		if (options->json)
			stats_print_json(stdout, stats);
		else
			stats_print_table(stdout, stats);
		fflush(stdout);
	} while (options->seconds != 0 && sleep(options->seconds) == 0);
	return true;
}

static struct tee_result draw(struct stats *stats)
{
	struct tee_result result = stats_read(stats);
	char *text = NULL;
	size_t size = 0;
	FILE *table;

	if (!tee_ok(result))
		return result;
	table = open_memstream(&text, &size);
	if (!table)
		return (struct tee_result){ .err = ENOMEM };
	stats_print_table(table, stats);
	fclose(table);
	live_draw(text, size);
	free(text);
	return result;
}

static bool show_in_place(struct stats *stats, unsigned int seconds)
{
	struct tee_result result;

	live_begin();
	do
		result = draw(stats);
	while (tee_ok(result) && live_wait(seconds));
	live_end();
	return report(result, "STATS");
}

static bool is_in_place(const struct options *options)
{
	return options->seconds != 0 && !options->json && !options->plain &&
	       live_is_possible();
}

static bool run(const struct options *options)
{
	struct service service;
	struct stats stats;
	bool ok;

	if (!report(service_init(&service), "opening the memory service"))
		return false;
	ok = report(stats_init(&stats, &service), "STATS buffer");
	if (ok) {
		ok = is_in_place(options)
			     ? show_in_place(&stats, options->seconds)
			     : show(&stats, options);
		stats_fini(&stats);
	}
	service_fini(&service);
	return ok;
}

static bool parse_seconds(const char *text, unsigned int *seconds)
{
	unsigned long value;
	char *end;

	*seconds = 1;
	if (!text)
		return true;
	value = strtoul(text, &end, 10);
	*seconds = (unsigned int)value;
	if (end != text && *end == '\0' && value >= 1 && value <= 86400)
		return true;
	fprintf(stderr,
		"shmctl: '%s' is not a number of seconds from 1 to 86400\n",
		text);
	return false;
}

int shmctl_stats(int argc, char **argv)
{
	static const struct option known[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ "plain", no_argument, NULL, 'p' },
		{ "watch", optional_argument, NULL, 'w' },
		{ 0 },
	};
	struct options options = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "hjpw::", known, NULL)) !=
	       -1) {
		if (option == '?')
			return EXIT_USAGE;
		if (option == 'h') {
			usage(stdout);
			return 0;
		}
		options.json |= option == 'j';
		options.plain |= option == 'p';
		if (option == 'w' && !parse_seconds(optarg, &options.seconds))
			return EXIT_USAGE;
	}
	return run(&options) ? 0 : 1;
}
