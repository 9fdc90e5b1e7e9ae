// SPDX-License-Identifier: BSD-2-Clause
/* shmctl: shows what the secure world maps, for whom, and what it costs. */
#include "shmctl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

static const struct command commands[] = {
	{ "demo", shmctl_demo,
	  "share buffers up to 512 MiB and check every byte" },
	{ "stats", shmctl_stats, "show the accounts of the secure world" },
	{ "budget", shmctl_budget, "show what guests may use, or set it" },
	{ "bench", shmctl_bench, "measure what sharing costs" },
	{ "big", shmctl_big, "share one large buffer of huge pages" },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *to)
{
	fprintf(to,
		"usage: shmctl COMMAND [ARGUMENT...]\n"
		"Memory that Linux shares with the secure world.\n\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(to, "  %-8s%s\n", commands[i].name, commands[i].help);
	fprintf(to,
		"\nshmctl COMMAND --help says more. Exit status: 0 all was "
		"right, 1 something was not, 2 wrong usage.\n");
}

const char *size_text(uint64_t size, char text[SIZE_TEXT])
{
	static const char *const unit[] = { "B", "KiB", "MiB" };
	unsigned int i = 0;

	while (i < 2 && size >= KIB && size % KIB == 0) {
		size /= KIB;
		i++;
	}
	snprintf(text, SIZE_TEXT, "%" PRIu64 " %s", size, unit[i]);
	return text;
}

uint64_t size_parse(const char *text)
{
	char *end;
	uint64_t size = strtoull(text, &end, 0);
	unsigned int shift = 0;

	if (*end != '\0') {
		const char *units = "KMG";
		const char *unit = strchr(units, *end);

		if (unit) {
			shift = (unsigned int)(unit - units + 1) * 10;
			end++;
		}
		if (strcmp(end, "iB") == 0 || strcmp(end, "B") == 0)
			end += strlen(end);
	}
	if (*end == '\0' && text[0] != '-' && size != 0 &&
	    size <= UINT64_MAX >> shift)
		return size << shift;
	fprintf(stderr, "shmctl: '%s' is not a size such as 4096, 64M or 2G\n",
		text);
	return 0;
}

bool report(struct tee_result result, const char *what)
{
	char text[128];

	if (tee_ok(result))
		return true;
	fprintf(stderr, "shmctl: %s: %s\n", what,
		tee_result_text(result, text, sizeof(text)));
	return false;
}

void report_step(uint64_t size, const char *step, uint64_t ticks,
		 const char *note)
{
	double seconds = clock_seconds(ticks ? ticks : 1);
	char text[SIZE_TEXT];

	printf("%9s  %-10s %10.3f ms %9.0f MiB/s  %s\n", size_text(size, text),
	       step, seconds * 1e3, (double)size / (double)MIB / seconds, note);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return 0;
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	fprintf(stderr, "shmctl: no command '%s'; try shmctl --help\n",
		argv[1]);
	return EXIT_USAGE;
}
