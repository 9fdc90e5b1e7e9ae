// SPDX-License-Identifier: BSD-2-Clause
/* The runner. */
#include "tap.h"

#include "world.h"

#include <kernel/console.h>

/* Failures shown of one test; a loop would print thousands. */
#define SHOWN 5u

/* Of the running test. */
static unsigned int failures;
static uint64_t kept;

static bool note(bool ok)
{
	return !ok &&
	       __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED) < SHOWN;
}

bool tap_check(bool ok, const char *file, int line, const char *what)
{
	if (note(ok))
		console_printf("# %s:%d: not so: %s\n", file, line, what);
	return ok;
}

bool tap_equal(uint64_t got, uint64_t want, const char *file, int line,
	       const char *what)
{
	if (note(got == want))
		console_printf("# %s:%d: %s is 0x%llx and not 0x%llx\n", file,
			       line, what, (unsigned long long)got,
			       (unsigned long long)want);
	return got == want;
}

void tap_keep(uint64_t bytes)
{
	kept += bytes;
}

void tap_bail(const char *why)
{
	console_printf("Bail out! %s\n", why);
	machine_exit(1);
}

static bool run_one(const struct test *test, unsigned int number)
{
	uint64_t before = meta_pool_free_bytes(&shm.pool);

	failures = 0;
	kept = 0;
	test->run();
	equal(meta_pool_free_bytes(&shm.pool) + kept, before);
	console_printf("%sok %u - %s\n", failures == 0 ? "" : "not ", number,
		       test->claim);
	return failures == 0;
}

unsigned int tap_run(const struct group *const *groups, unsigned int count)
{
	unsigned int number = 0;
	unsigned int failed = 0;

	for (unsigned int i = 0; i < count; i++)
		for (unsigned int j = 0; j < groups[i]->count; j++)
			failed += !run_one(&groups[i]->tests[j], ++number);
	console_printf("1..%u\n", number);
	return failed;
}
