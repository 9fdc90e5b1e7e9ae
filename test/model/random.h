/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Repeatable random numbers for model tests (splitmix64). Each sequence says
 * its seed on stderr first, so that a failure of any kind, a crash too, can be
 * repeated. Output of programs that pass is not shown.
 */
#ifndef TEST_MODEL_RANDOM_H
#define TEST_MODEL_RANDOM_H

#include <stdint.h>
#include <stdio.h>

struct random {
	uint64_t state;
};

/* Starts a sequence; `what` and `seed` stand last in the output if it fails. */
static inline struct random random_start(const char *what, uint64_t seed)
{
	fprintf(stderr, "# %s: seed %llu\n", what, (unsigned long long)seed);
	return (struct random){ seed };
}

static inline uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* 0 up to limit - 1; limit is not 0. */
static inline uint64_t random_below(struct random *random, uint64_t limit)
{
	return random_next(random) % limit;
}

#endif
