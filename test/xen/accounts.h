/* SPDX-License-Identifier: BSD-2-Clause */
/* What the secure world says of all guests; dom0 is the one that may ask. */
#ifndef TEST_XEN_ACCOUNTS_H
#define TEST_XEN_ACCOUNTS_H

#include <client/stats.h>

struct accounts {
	struct service service;
	struct stats stats;
};

/* Both bail out of the test when they fail. */
void accounts_init(struct accounts *accounts);
void accounts_read(struct accounts *accounts);
void accounts_fini(struct accounts *accounts);

/* In the last reading; NULL: no such guest is alive. */
const struct stats_record *accounts_of(const struct accounts *accounts,
				       uint32_t guest);

/* The levels of the last reading. */
struct stats_record accounts_totals(const struct accounts *accounts);

/* Read, and claim that the levels are `before`: nothing is left of guests. */
void accounts_claim_same(struct accounts *accounts,
			 const struct stats_record *before, const char *after);

#endif
