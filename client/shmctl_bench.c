// SPDX-License-Identifier: BSD-2-Clause
/*
 * shmctl bench: what sharing costs in instructions and in secure RAM, beside
 * what it is meant to cost. It reports; it does not judge.
 */
#include "shmctl.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "bench.h"
#include "memory.h"

/* 60,000 regions, and what else is open. */
#define FILES 70000

static void usage(FILE *to)
{
	fprintf(to,
		"usage: shmctl bench [--json]\n"
		"Measure registering and unregistering. Times are virtual "
		"nanoseconds: executed\ninstructions when QEMU runs with "
		"-icount shift=0,sleep=off (make bench-linux),\nin steps of "
		"16. Rows are median, least and target; the targets are those "
		"of the\nwhole round trip from user space.\n");
}

void bench_row(struct bench *bench, const char *what, struct spread measured,
	       const char *unit, double target)
{
	bench->row_count++;
	if (bench->json) {
		printf("%s{\"what\":\"%s\",\"unit\":\"%s\",\"median\":%.4g",
		       bench->row_count > 1 ? "," : "", what, unit,
		       measured.median);
		if (measured.least > 0)
			printf(",\"least\":%.4g", measured.least);
		if (target > 0)
			printf(",\"target\":%.6g", target);
		printf("}");
		fflush(stdout);
		return;
	}
	if (bench->row_count == 1)
		printf("%-58s %11s %11s %9s\n", "", "median", "least",
		       "target");
	printf("%-58s %11.*f", what, measured.median < 100 ? 2 : 0,
	       measured.median);
	if (measured.least > 0)
		printf(" %11.*f", measured.least < 100 ? 2 : 0, measured.least);
	else
		printf(" %11s", "");
	if (target > 0)
		printf(" %9.*f %-12s %s\n", target < 10 ? 2 : 0, target, unit,
		       measured.median <= target ? "reached" : "missed");
	else
		printf(" %9s %s\n", "", unit);
	fflush(stdout);
}

void bench_fail(struct bench *bench, const char *what, struct tee_result why)
{
	bench->failed = true;
	report(why, what);
}

static void run(struct bench *bench)
{
	if (!memory_raise_limits(FILES))
		bench_fail(bench, "raising the limit of open files",
			   (struct tee_result){ .err = errno });
	bench_round_trips(bench);
	bench_space(bench);
	bench_crowd(bench);
}

int shmctl_bench(int argc, char **argv)
{
	static const struct option known[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	struct bench bench = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "hj", known, NULL)) != -1) {
		if (option == '?')
			return EXIT_USAGE;
		if (option == 'h') {
			usage(stdout);
			return 0;
		}
		bench.json = true;
	}
	if (!report(service_init(&bench.service), "opening the memory service"))
		return 1;
	if (!report(stats_init(&bench.stats, &bench.service), "STATS buffer"))
		return 1;
	if (bench.json)
		printf("{\"rows\":[");
	run(&bench);
	if (bench.json)
		printf("]}\n");
	stats_fini(&bench.stats);
	service_fini(&bench.service);
	return bench.failed ? 1 : 0;
}
