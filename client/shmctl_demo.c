// SPDX-License-Identifier: BSD-2-Clause
/*
 * shmctl demo: ordinary memory of growing size is shared, worked on by the
 * secure world, checked byte by byte by Linux, and taken back.
 */
#include "shmctl.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "memory.h"
#include "pattern.h"
#include "progress.h"
#include "stats.h"

/* Above this the copy goes between the halves of one buffer. */
#define TWO_BUFFERS_MAX (64 * MIB)
#define FILL_FIRST	7

static const uint64_t default_sizes[] = { 4 * KIB, MIB, 16 * MIB, 64 * MIB,
					  512 * MIB };

struct demo {
	struct service service;
	struct stats stats;
	struct stats_record before;
	char doing[64]; /* what the progress line says */
};

struct buffer {
	uint8_t *memory;
	uint64_t size;
	struct tee_shm shm;
};

static void usage(FILE *to)
{
	fprintf(to,
		"usage: shmctl demo [--plain] [SIZE...]\n"
		"Share a buffer of each SIZE (default: 4K 1M 16M 64M 512M) "
		"with the secure world,\nhave it checksum, fill, copy and "
		"reverse it, and check every byte in Linux.\n\n"
		"  --plain   progress as lines, also on a terminal\n");
}

static uint64_t begin(struct demo *demo, uint64_t size, const char *step)
{
	char text[SIZE_TEXT];

	snprintf(demo->doing, sizeof(demo->doing), "%s of %s", step,
		 size_text(size, text));
	progress_begin(demo->doing);
	return clock_ticks();
}

/* Ends what begin() began: its cost in ticks, or 0 when it failed. */
static uint64_t end(struct demo *demo, struct tee_result result, uint64_t start)
{
	uint64_t ticks = clock_ticks() - start;

	progress_end();
	return report(result, demo->doing) ? ticks : 0;
}

static bool buffer_share(struct demo *demo, struct buffer *buffer)
{
	uint64_t pages =
		(buffer->size + MEMORY_PAGE_SIZE - 1) / MEMORY_PAGE_SIZE;
	uint64_t runs = memory_run_count(buffer->memory, buffer->size);
	uint64_t start = begin(demo, buffer->size, "register");
	struct tee_result result = service_register(
		&demo->service, buffer->memory, buffer->size, &buffer->shm);
	uint64_t ticks = end(demo, result, start);
	char note[64];

	if (ticks == 0)
		return false;
	snprintf(note, sizeof(note), "%" PRIu64 " page%s, %" PRIu64 " run%s",
		 pages, pages == 1 ? "" : "s", runs, runs == 1 ? "" : "s");
	report_step(buffer->size, "register", ticks, note);
	return true;
}

static bool buffer_init(struct demo *demo, struct buffer *buffer, uint64_t size)
{
	buffer->size = size;
	buffer->memory = memory_alloc(size);
	if (!buffer->memory) {
		fprintf(stderr, "shmctl: Linux has no memory of that size\n");
		return false;
	}
	/* Pages come with the first touch, which is not part of the cost. */
	begin(demo, size, "preparing");
	pattern_scramble(buffer->memory, size, size);
	progress_end();
	if (buffer_share(demo, buffer))
		return true;
	memory_free(buffer->memory, size);
	return false;
}

static void buffer_fini(struct demo *demo, struct buffer *buffer)
{
	uint64_t start = begin(demo, buffer->size, "unregister");
	uint64_t ticks;

	tee_unregister(&buffer->shm);
	ticks = end(demo, (struct tee_result){ 0 }, start);
	report_step(buffer->size, "unregister", ticks, "");
	memory_free(buffer->memory, buffer->size);
}

/* Check what a step wrote and print its line. */
static bool check(struct demo *demo, const uint8_t *memory, uint64_t size,
		  int direction, const char *step, uint64_t ticks)
{
	uint8_t first = FILL_FIRST;
	uint64_t wrong;
	char note[64] = "every byte checked in Linux";

	if (ticks == 0)
		return false;
	if (direction < 0)
		first = (uint8_t)(FILL_FIRST + size - 1);
	begin(demo, size, "checking");
	wrong = pattern_check(memory, size, first, direction);
	progress_end();
	if (wrong != size)
		snprintf(note, sizeof(note),
			 "WRONG: byte %" PRIu64 " is 0x%02x", wrong,
			 memory[wrong]);
	report_step(size, step, ticks, note);
	return wrong == size;
}

static bool demo_checksum(struct demo *demo, struct buffer *buffer)
{
	uint64_t start = begin(demo, buffer->size, "CHECKSUM");
	uint64_t theirs;
	uint64_t ours;
	struct tee_result result = service_checksum(
		&demo->service, memref_whole(&buffer->shm), &theirs);
	uint64_t ticks = end(demo, result, start);
	char note[64];

	if (ticks == 0)
		return false;
	begin(demo, buffer->size, "checking");
	ours = pattern_sum(buffer->memory, buffer->size);
	progress_end();
	snprintf(note, sizeof(note), "%" PRIu64 ", %s Linux finds", theirs,
		 ours == theirs ? "as" : "NOT what");
	report_step(buffer->size, "CHECKSUM", ticks, note);
	return ours == theirs;
}

static bool demo_fill(struct demo *demo, struct buffer *buffer)
{
	uint64_t start = begin(demo, buffer->size, "FILL");
	struct tee_result result = service_fill(
		&demo->service, memref_whole(&buffer->shm), FILL_FIRST);
	uint64_t ticks = end(demo, result, start);

	return check(demo, buffer->memory, buffer->size, 1, "FILL", ticks);
}

/* From the first half to the second. */
static bool copy_between_halves(struct demo *demo, struct buffer *buffer)
{
	uint64_t half = buffer->size / 2;
	uint64_t second = buffer->size - half;
	uint64_t start = begin(demo, half, "COPY");
	struct tee_result result = service_copy(
		&demo->service, (struct memref){ &buffer->shm, 0, half },
		(struct memref){ &buffer->shm, second, half });
	uint64_t ticks = end(demo, result, start);

	return check(demo, buffer->memory + second, half, 1, "COPY", ticks);
}

static bool copy_to_another(struct demo *demo, struct buffer *buffer)
{
	struct buffer other;
	struct tee_result result;
	uint64_t start;
	bool ok;

	if (!buffer_init(demo, &other, buffer->size))
		return false;
	start = begin(demo, buffer->size, "COPY");
	result = service_copy(&demo->service, memref_whole(&buffer->shm),
			      memref_whole(&other.shm));
	ok = check(demo, other.memory, other.size, 1, "COPY",
		   end(demo, result, start));
	buffer_fini(demo, &other);
	return ok;
}

static bool demo_reverse(struct demo *demo, struct buffer *buffer)
{
	uint64_t start;
	struct tee_result result;

	pattern_write(buffer->memory, buffer->size, FILL_FIRST, 1);
	start = begin(demo, buffer->size, "REVERSE");
	result = service_reverse(&demo->service, memref_whole(&buffer->shm));
	return check(demo, buffer->memory, buffer->size, -1, "REVERSE",
		     end(demo, result, start));
}

static bool demo_size(struct demo *demo, uint64_t size)
{
	struct buffer buffer;
	bool ok;

	if (!buffer_init(demo, &buffer, size))
		return false;
	ok = demo_checksum(demo, &buffer) && demo_fill(demo, &buffer) &&
	     (size > TWO_BUFFERS_MAX ? copy_between_halves(demo, &buffer)
				     : copy_to_another(demo, &buffer)) &&
	     demo_reverse(demo, &buffer);
	buffer_fini(demo, &buffer);
	return ok;
}

/*
 * The driver registers a page for its arguments when it starts and keeps it;
 * that one and the buffer for STATS were there before the demo.
 */
static bool demo_conclude(struct demo *demo)
{
	const struct stats_record *now;
	uint64_t own = stats_own_pages(&demo->stats);

	if (!report(stats_read(&demo->stats), "STATS"))
		return false;
	now = stats_first(&demo->stats);
	printf("\nStill mapped, says STATS:   regions     pages\n"
	       "  of the demo               %9u %9" PRIu64
	       "\n"
	       "  the buffer for STATS      %9u %9" PRIu64
	       "\n"
	       "  the driver's own          %9u %9" PRIu64 "\n\n",
	       now->regions - demo->before.regions,
	       now->pages - demo->before.pages, 1u, own,
	       demo->before.regions - 1, demo->before.pages - own);
	return now->regions == demo->before.regions &&
	       now->pages == demo->before.pages;
}

static bool demo_run(struct demo *demo, const uint64_t *size, size_t count)
{
	bool ok = true;

	if (!report(stats_init(&demo->stats, &demo->service), "STATS buffer"))
		return false;
	ok = report(stats_read(&demo->stats), "STATS");
	if (ok)
		demo->before = *stats_first(&demo->stats);
	for (size_t i = 0; ok && i < count; i++)
		ok = demo_size(demo, size[i]);
	ok = ok && demo_conclude(demo);
	stats_fini(&demo->stats);
	return ok;
}

int shmctl_demo(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "plain", no_argument, NULL, 'p' },
		{ 0 },
	};
	uint64_t size[16];
	size_t count = 0;
	struct demo demo;
	bool ok;
	int option;

	while ((option = getopt_long(argc, argv, "hp", options, NULL)) != -1) {
		if (option == '?')
			return EXIT_USAGE;
		if (option == 'h') {
			usage(stdout);
			return 0;
		}
		progress_set_plain(true);
	}
	for (; optind < argc && count < 16; count++) {
		size[count] = size_parse(argv[optind++]);
		if (size[count] == 0)
			return EXIT_USAGE;
	}
	if (count == 0) {
		count = sizeof(default_sizes) / sizeof(default_sizes[0]);
		memcpy(size, default_sizes, sizeof(default_sizes));
	}
	if (!report(service_init(&demo.service), "opening the memory service"))
		return 1;
	ok = demo_run(&demo, size, count);
	service_fini(&demo.service);
	printf("%s\n", ok ? "all of it was right" : "FAILED");
	return ok ? 0 : 1;
}
