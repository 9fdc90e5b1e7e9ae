// SPDX-License-Identifier: BSD-2-Clause
/* Guests at work, and what the secure world says of them. */
#include "guests.h"

#include <errno.h>
#include <string.h>

#include <test/linux/tap.h>

#include "accounts.h"
#include "hypercall.h"

static struct accounts accounts;
static struct stats_record before;

void guest_note(const struct domain *domain)
{
	const struct report *report = domain->report;

	tap_note(
		"guest %u: state %u after step %u, a0 0x%x, ret 0x%x, rpc "
		"0x%x %u, %u RPCs, %u rounds",
		domain_client(domain), report->state, report->step,
		report->result, report->answer, report->rpc, report->rpc_cmd,
		report->rpc_count, report->rounds);
}

struct domain guest_make(enum order order, uint32_t argument)
{
	struct domain domain;

	if (!domain_create(&domain) || !domain_load(&domain, order, argument)) {
		tap_note("%s", strerror(errno));
		tap_bail("a guest is created");
	}
	return domain;
}

struct domain guest_start(enum order order, uint32_t argument)
{
	struct domain domain = guest_make(order, argument);

	if (!domain_start(&domain)) {
		tap_note("%s", strerror(errno));
		tap_bail("a guest starts");
	}
	return domain;
}

bool guest_claim_state(const struct domain *domain, enum state state,
		       const char *claim)
{
	bool ok = tap_claim(domain_wait(domain, state), "%s", claim);

	if (!ok)
		guest_note(domain);
	return ok;
}

struct stats_record guest_account(const struct domain *domain)
{
	const struct stats_record *record;

	accounts_read(&accounts);
	record = accounts_of(&accounts, domain_client(domain));
	return record ? *record : (struct stats_record){ 0 };
}

void guest_kill(struct domain *domain, const char *how)
{
	uint32_t client = domain_client(domain);

	tap_claim(domain_destroy(domain), "%s: Xen destroys it", how);
	accounts_read(&accounts);
	tap_claim(accounts_of(&accounts, client) == NULL,
		  "%s: its account is gone", how);
	accounts_claim_same(&accounts, &before, how);
}

/* The first guest moves levels that stay: the spare ones are made. */
void guests_begin(void)
{
	struct domain domain;

	if (!hypercall_init())
		tap_bail("dom0 may make hypercalls");
	accounts_init(&accounts);
	domain = guest_start(ORDER_SERVICE, 0);
	domain_wait(&domain, STATE_FINISHED);
	domain_destroy(&domain);
	accounts_read(&accounts);
	before = accounts_totals(&accounts);
}

void guests_end(void)
{
	accounts_fini(&accounts);
}
