// SPDX-License-Identifier: BSD-2-Clause
/*
 * A fuzz target without a fuzzer: inputs from files, and then random ones that
 * are the same each time. For traces, which are compared between formats.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/random.h"

#define MAX_INPUT 1024u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_file(const char *name)
{
	static uint8_t data[MAX_INPUT];
	FILE *file = fopen(name, "rb");
	size_t size;

	if (file == NULL) {
		perror(name);
		exit(EXIT_FAILURE);
	}
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	(void)LLVMFuzzerTestOneInput(data, size);
}

/* Bytes of any value, or mostly small ones, which name things more often. */
static void run_random(uint64_t seed)
{
	struct random random = random_start("input", seed);
	size_t size = 64 + (size_t)random_below(&random, MAX_INPUT - 64);
	uint64_t limit = random_below(&random, 2) == 0 ? 256 : 96;
	uint8_t data[MAX_INPUT];

	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)random_below(&random, limit);
	(void)LLVMFuzzerTestOneInput(data, size);
}

int main(int argc, char **argv)
{
	uint64_t count;

	if (argc < 2) {
		fprintf(stderr, "usage: %s RANDOM-INPUTS [FILE...]\n", argv[0]);
		return EXIT_FAILURE;
	}
	count = strtoull(argv[1], NULL, 10);
	for (int i = 2; i < argc; i++)
		run_file(argv[i]);
	for (uint64_t seed = 1; seed <= count; seed++)
		run_random(seed);
	printf("%" PRIu64 " random inputs and %d files\n", count, argc - 2);
	return EXIT_SUCCESS;
}
