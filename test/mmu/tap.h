/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests as claims, reported as TAP. After each one the pool has to be where it
 * was, whatever the test did.
 */
#ifndef MMU_TAP_H
#define MMU_TAP_H

#include <stdbool.h>
#include <stdint.h>

struct test {
	const char *claim;
	void (*run)(void);
};

struct group {
	const struct test *tests;
	unsigned int count;
};

#define GROUP(variable, list) \
	const struct group variable = { list, sizeof(list) / sizeof((list)[0]) }

/* Note a failure of the running test, which goes on. Both answer `ok`. */
bool tap_check(bool ok, const char *file, int line, const char *what);
bool tap_equal(uint64_t got, uint64_t want, const char *file, int line,
	       const char *what);

#define check(condition) tap_check(condition, __FILE__, __LINE__, #condition)
#define equal(got, want) tap_equal((got), (want), __FILE__, __LINE__, #got)

/* The running test leaves so many bytes of the pool in use, on purpose. */
void tap_keep(uint64_t bytes);

__attribute__((noreturn)) void tap_bail(const char *why);

/* Run them all; answers how many failed. */
unsigned int tap_run(const struct group *const *groups, unsigned int count);

#endif
