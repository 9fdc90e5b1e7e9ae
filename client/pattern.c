// SPDX-License-Identifier: BSD-2-Clause
/* Patterns and sums, fast enough for half a gigabyte on an emulator. */
#include "pattern.h"

#include <string.h>

/* The patterns repeat after 256 bytes, so one block stands for all. */
#define BLOCK_SIZE 4096u

static void make_block(uint8_t block[BLOCK_SIZE], uint8_t first, int step)
{
	for (unsigned int i = 0; i < BLOCK_SIZE; i++)
		block[i] = (uint8_t)(first + (int)i * step);
}

static uint64_t piece(uint64_t size, uint64_t at)
{
	return size - at < BLOCK_SIZE ? size - at : BLOCK_SIZE;
}

void pattern_write(uint8_t *memory, uint64_t size, uint8_t first, int step)
{
	uint8_t block[BLOCK_SIZE];

	make_block(block, first, step);
	for (uint64_t at = 0; at < size; at += BLOCK_SIZE)
		memcpy(memory + at, block, piece(size, at));
}

uint64_t pattern_check(const uint8_t *memory, uint64_t size, uint8_t first,
		       int step)
{
	uint8_t block[BLOCK_SIZE];

	make_block(block, first, step);
	for (uint64_t at = 0; at < size; at += BLOCK_SIZE) {
		if (memcmp(memory + at, block, piece(size, at)) == 0)
			continue;
		for (uint64_t i = 0; i < BLOCK_SIZE; i++) {
			if (memory[at + i] != block[i])
				return at + i;
		}
	}
	return size;
}

void pattern_scramble(uint8_t *memory, uint64_t size, uint64_t seed)
{
	uint64_t state = seed * 2 + 1;

	for (uint64_t at = 0; at < size; at += sizeof(state)) {
		uint64_t left = size - at;

		state = state * 6364136223846793005u + 1442695040888963407u;
		memcpy(memory + at, &state,
		       left < sizeof(state) ? left : sizeof(state));
	}
}

uint64_t pattern_sum(const uint8_t *memory, uint64_t size)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < size; i++)
		sum += memory[i];
	return sum;
}
