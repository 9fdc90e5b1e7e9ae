/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fuzzer's bytes as a stream of choices; zeroes once they are used up. The
 * choices are made so that what is nearly right is likely.
 */
#ifndef TEST_FUZZ_FUZZ_INPUT_H
#define TEST_FUZZ_FUZZ_INPUT_H

#include "sim/world.h"

#include <stdio.h>
#include <stdlib.h>

struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

static inline uint64_t fuzz_take(struct fuzz_input *in, unsigned int bytes)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < bytes && in->left > 0; i++, in->left--)
		value |= (uint64_t)*in->at++ << (8 * i);
	return value;
}

/*
 * Whether others with another format of tables will do the same: then nothing
 * must stop half way or run out, which depends on tables.
 */
static inline bool fuzz_is_traced(void)
{
	return getenv("TRACE") != NULL;
}

/* The address of a page: RAM more often than not. */
static inline pa_t fuzz_page(struct fuzz_input *in)
{
	static const pa_t bases[] = {
		WORLD_RAM_PA,	   WORLD_RAM2_PA,  WORLD_RAM3_PA,
		WORLD_HIGH_PA,	   WORLD_LISTS_PA, WORLD_HIGH_PA + 0x200000,
		WORLD_RESERVED_PA, WORLD_POOL_PA,  WORLD_DEVICE_PA,
		WORLD_RAM2_END,	   WORLD_RAM3_END, WORLD_HIGH_END,
	};
	uint8_t kind = (uint8_t)fuzz_take(in, 1);
	uint64_t page = fuzz_take(in, 1) << SHM_PAGE_SHIFT;

	if (kind == 255)
		return fuzz_take(in, 8);
	if (kind >= 240)
		return bases[kind % 12] + page - SHM_PAGE_SIZE;
	if (kind >= 232)
		return bases[kind % 6] + page + kind;
	return bases[kind % 6] + page;
}

static inline void fuzz_fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	sim_check_violations();
	abort();
}

#define fuzz_require(what)                \
	do {                              \
		if (!(what))              \
			fuzz_fail(#what); \
	} while (0)

#endif
