// SPDX-License-Identifier: BSD-2-Clause
/* shmctl big: one buffer of huge pages, as large as Linux can register. */
#include "shmctl.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "memory.h"
#include "pattern.h"
#include "progress.h"

#define FILL_FIRST 3

static bool step_end(struct tee_result result, uint64_t size, const char *step,
		     uint64_t start, const char *note)
{
	uint64_t ticks = clock_ticks() - start;

	progress_end();
	if (report(result, step))
		report_step(size, step, ticks, note);
	return tee_ok(result);
}

static bool fill_and_check(const struct service *service,
			   const struct tee_shm *shm, const uint8_t *memory,
			   uint64_t size)
{
	uint64_t start;
	uint64_t wrong;
	struct tee_result result;

	progress_begin("FILL");
	start = clock_ticks();
	result = service_fill(service, memref_whole(shm), FILL_FIRST);
	if (!step_end(result, size, "FILL", start, ""))
		return false;
	progress_begin("checking every byte");
	start = clock_ticks();
	wrong = pattern_check(memory, size, FILL_FIRST, 1);
	if (wrong == size)
		return step_end(result, size, "check", start,
				"every byte is right");
	progress_end();
	printf("byte %" PRIu64 " is 0x%02x, which is wrong\n", wrong,
	       memory[wrong]);
	return false;
}

static bool share(const struct service *service, const uint8_t *memory,
		  uint64_t size)
{
	struct tee_result result;
	struct tee_shm shm;
	uint64_t start;
	char note[64];
	bool ok;

	snprintf(note, sizeof(note), "%" PRIu64 " runs",
		 memory_run_count(memory, size));
	progress_begin("register");
	start = clock_ticks();
	result = service_register(service, memory, size, &shm);
	if (!step_end(result, size, "register", start, note))
		return false;
	ok = fill_and_check(service, &shm, memory, size);
	progress_begin("unregister");
	start = clock_ticks();
	tee_unregister(&shm);
	return step_end(result, size, "unregister", start, "") && ok;
}

static int run(uint64_t size)
{
	struct service service;
	uint8_t *memory;
	bool ok;

	if (!report(service_init(&service), "opening the memory service"))
		return 1;
	progress_begin("getting huge pages");
	memory = memory_alloc_huge(size);
	progress_end();
	if (memory)
		ok = share(&service, memory, size);
	else
		ok = report((struct tee_result){ .err = ENOMEM }, "memory");
	service_fini(&service);
	memory_release_huge();
	return ok ? 0 : 1;
}

int shmctl_big(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "plain", no_argument, NULL, 'p' },
		{ 0 },
	};
	uint64_t size;
	int option;

	while ((option = getopt_long(argc, argv, "hp", options, NULL)) != -1) {
		if (option == '?')
			return EXIT_USAGE;
		if (option == 'h') {
			printf("usage: shmctl big [--plain] SIZE\nShare SIZE "
			       "bytes of huge-page memory, fill them, check "
			       "every byte.\n\n  --plain   progress as lines, "
			       "also on a terminal\n");
			return 0;
		}
		progress_set_plain(true);
	}
	if (optind != argc - 1) {
		fprintf(stderr, "shmctl: big takes one size; try --help\n");
		return EXIT_USAGE;
	}
	size = size_parse(argv[optind]);
	return size ? run(size) : EXIT_USAGE;
}
