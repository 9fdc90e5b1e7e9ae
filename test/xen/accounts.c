// SPDX-License-Identifier: BSD-2-Clause
/* The accounts of all guests, by name and in comparison. */
#include "accounts.h"

#include <inttypes.h>

#include <test/linux/tap.h>

void accounts_init(struct accounts *accounts)
{
	if (!tee_ok(service_init(&accounts->service)) ||
	    !tee_ok(stats_init(&accounts->stats, &accounts->service)))
		tap_bail("dom0 reaches the memory service");
	accounts_read(accounts);
}

void accounts_read(struct accounts *accounts)
{
	if (!tee_ok(stats_read(&accounts->stats)))
		tap_bail("dom0 reads the accounts");
}

void accounts_fini(struct accounts *accounts)
{
	stats_fini(&accounts->stats);
	service_fini(&accounts->service);
}

const struct stats_record *accounts_of(const struct accounts *accounts,
				       uint32_t guest)
{
	for (uint32_t i = 1; i < accounts->stats.count; i++) {
		const struct stats_record *record = &accounts->stats.record[i];

		if (record->guest == guest && record->state == 0)
			return record;
	}
	return NULL;
}

struct stats_record accounts_totals(const struct accounts *accounts)
{
	return *stats_first(&accounts->stats);
}

void accounts_claim_same(struct accounts *accounts,
			 const struct stats_record *before, const char *after)
{
	struct stats_record now;

	accounts_read(accounts);
	now = accounts_totals(accounts);
	tap_claim(now.regions == before->regions &&
			  now.pages == before->pages &&
			  now.sessions == before->sessions &&
			  now.calls_suspended == before->calls_suspended,
		  "%s: nothing is mapped that was not before", after);
	tap_claim(now.pool_free_size + now.owed_size ==
			  before->pool_free_size + before->owed_size,
		  "%s: the secure pool is as full as before", after);
	tap_note("pool %" PRIu64 " free + %" PRIu64 " owed, before %" PRIu64
		 " + %" PRIu64,
		 now.pool_free_size, now.owed_size, before->pool_free_size,
		 before->owed_size);
}
