// SPDX-License-Identifier: BSD-2-Clause
/* The runner. */
#include "tap.h"

#include "call.h"

/* Failures shown of one test; a loop would print thousands. */
#define SHOWN 5u

static unsigned int number;
static unsigned int failed_tests;
static unsigned int failures; /* of the running test */
static const char *skipped;

static bool note(bool ok)
{
	unsigned int before;

	if (ok)
		return false;
	before = __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
	return before < SHOWN;
}

bool tap_check(bool ok, const char *file, int line, const char *what)
{
	if (note(ok))
		print("# %s:%u: not so: %s\n", file, (unsigned int)line, what);
	return ok;
}

bool tap_equal(uint64_t got, uint64_t want, const char *file, int line,
	       const char *what)
{
	if (note(got == want))
		print("# %s:%u: %s is 0x%lx and not 0x%lx\n", file,
		      (unsigned int)line, what, got, want);
	return got == want;
}

void tap_skip(const char *why)
{
	skipped = why;
}

static void run_one(const struct test *test, uint64_t *level)
{
	uint64_t mark = pages_mark();
	uint64_t after;

	failures = 0;
	skipped = NULL;
	test->run();
	pages_reset(mark);
	program_after_test(failures != 0);
	after = pool_level();
	if (after != *level)
		print("# the pool is at %lu and was at %lu\n", after, *level);
	number++;
	if (failures == 0 && after == *level) {
		print("ok %u - %s%s%s\n", number, test->claim,
		      skipped != NULL ? " # SKIP " : "",
		      skipped != NULL ? skipped : "");
		return;
	}
	print("not ok %u - %s\n", number, test->claim);
	failed_tests++;
	program_after_test(true);
	*level = pool_level();
}

void tap_run(const struct group *group)
{
	uint64_t level = pool_level();

	print("# %s\n", group->name);
	for (unsigned int i = 0; i < group->count; i++)
		run_one(&group->tests[i], &level);
}

unsigned int tap_finish(void)
{
	print("1..%u\n", number);
	return failed_tests;
}
