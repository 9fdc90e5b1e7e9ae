/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests as claims, reported as TAP. After each one the secure world's pool has
 * to be where it was, whatever the test did.
 */
#ifndef TARGET_TAP_H
#define TARGET_TAP_H

#include <stdbool.h>
#include <stdint.h>

struct test {
	const char *claim;
	void (*run)(void);
};

struct group {
	const char *name;
	const struct test *tests;
	unsigned int count;
};

#define GROUP(variable, list)                            \
	const struct group variable = { #variable, list, \
					sizeof(list) / sizeof((list)[0]) }

/* Note a failure of the running test; the test goes on. Answers `ok`. */
bool tap_check(bool ok, const char *file, int line, const char *what);
bool tap_equal(uint64_t got, uint64_t want, const char *file, int line,
	       const char *what);

#define check(condition) tap_check(condition, __FILE__, __LINE__, #condition)
#define equal(got, want) tap_equal((got), (want), __FILE__, __LINE__, #got)

/*
 * By the programs: called after each test. What one left behind that failed is
 * not to fail those that follow.
 */
void program_after_test(bool failed);

/* The running test cannot say anything here, for this reason. */
void tap_skip(const char *why);

void tap_run(const struct group *group);
/* Print the plan; answers how many tests failed. */
unsigned int tap_finish(void);

#endif
