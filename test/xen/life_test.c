// SPDX-License-Identifier: BSD-2-Clause
/*
 * Guests that Xen makes and destroys, without a single instruction of theirs.
 *
 * usage: life_test CYCLES
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <test/linux/tap.h>

#include "accounts.h"
#include "domain.h"
#include "hypercall.h"

/* Guests kept ready take their share of the pool at the first of these. */
#define WARM_UP 4u

/* Their ids differ: Xen takes the next one each time. */
static uint32_t cycle(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct domain domain;

		if (!domain_create(&domain)) {
			tap_note("creating: %s", strerror(errno));
			return i;
		}
		if (!domain_destroy(&domain)) {
			tap_note("destroying: %s", strerror(errno));
			return i;
		}
	}
	return count;
}

static void test_one(struct accounts *accounts)
{
	struct domain domain;
	uint32_t client;

	if (!domain_create(&domain))
		tap_bail("Xen creates a guest");
	client = domain_client(&domain);
	accounts_read(accounts);
	tap_claim(accounts_of(accounts, client) != NULL,
		  "the secure world knows a guest that Xen has created");
	tap_claim(domain_destroy(&domain), "Xen destroys it");
	accounts_read(accounts);
	tap_claim(accounts_of(accounts, client) == NULL,
		  "the secure world knows no guest that Xen has destroyed");
}

int main(int argc, char **argv)
{
	uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100;
	struct accounts accounts;
	struct stats_record before;

	if (!hypercall_init())
		tap_bail("dom0 may make hypercalls");
	accounts_init(&accounts);
	tap_claim(accounts_of(&accounts, 1) != NULL, "dom0 is guest 1");
	test_one(&accounts);
	cycle(WARM_UP);
	accounts_read(&accounts);
	before = accounts_totals(&accounts);
	tap_claim(cycle(count) == count, "%u guests live and die", count);
	accounts_claim_same(&accounts, &before, "after all of them");
	accounts_fini(&accounts);
	return tap_done();
}
