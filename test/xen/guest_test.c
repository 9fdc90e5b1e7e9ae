// SPDX-License-Identifier: BSD-2-Clause
/*
 * Guests that use the memory service through Xen, and what is left of those
 * that are killed at bad moments.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <test/linux/tap.h>

#include "accounts.h"
#include "domain.h"
#include "hypercall.h"

#define LOOP_ROUNDS 20u

static struct accounts accounts;
static struct stats_record before;

static void note_report(const struct domain *domain)
{
	const struct report *report = domain->report;

	tap_note(
		"guest %u: state %u after step %u, a0 0x%x, ret 0x%x, rpc "
		"0x%x %u, %u RPCs, %u rounds",
		domain_client(domain), report->state, report->step,
		report->result, report->answer, report->rpc, report->rpc_cmd,
		report->rpc_count, report->rounds);
}

static struct domain start(enum order order, uint32_t argument)
{
	struct domain domain;

	if (!domain_create(&domain) || !domain_load(&domain, order, argument) ||
	    !domain_start(&domain)) {
		tap_note("%s", strerror(errno));
		tap_bail("a guest is created and starts");
	}
	return domain;
}

static bool claim_state(const struct domain *domain, enum state state,
			const char *claim)
{
	bool ok = tap_claim(domain_wait(domain, state), "%s", claim);

	if (!ok)
		note_report(domain);
	return ok;
}

/* The account of that guest, with zeros if there is none. */
static struct stats_record account(const struct domain *domain)
{
	const struct stats_record *record;

	accounts_read(&accounts);
	record = accounts_of(&accounts, domain_client(domain));
	return record ? *record : (struct stats_record){ 0 };
}

static void kill_and_claim(struct domain *domain, const char *how)
{
	uint32_t client = domain_client(domain);

	tap_claim(domain_destroy(domain), "%s: Xen destroys it", how);
	accounts_read(&accounts);
	tap_claim(accounts_of(&accounts, client) == NULL,
		  "%s: its account is gone", how);
	accounts_claim_same(&accounts, &before, how);
}

/* The first guest moves levels that stay: the spare ones are made. */
static void warm_up(void)
{
	struct domain domain = start(ORDER_SERVICE, 0);

	domain_wait(&domain, STATE_FINISHED);
	domain_destroy(&domain);
	accounts_read(&accounts);
	before = accounts_totals(&accounts);
}

static void test_service(void)
{
	struct domain domain = start(ORDER_SERVICE, 0);

	claim_state(&domain, STATE_FINISHED,
		    "a guest fills and sums memory through Xen");
	kill_and_claim(&domain, "a guest that is done");
}

static void test_two(void)
{
	struct domain one = start(ORDER_HOLD, 0);
	struct domain two = start(ORDER_HOLD, 0);

	claim_state(&one, STATE_FINISHED, "one guest fills 16 buffers");
	claim_state(&two, STATE_FINISHED, "so does another, at the same time");
	tap_claim(account(&one).regions == BUFFER_COUNT &&
			  account(&one).pages == BUFFER_COUNT * BUFFER_PAGES,
		  "the account of the one shows them");
	tap_claim(account(&two).regions == BUFFER_COUNT &&
			  account(&two).pages == BUFFER_COUNT * BUFFER_PAGES,
		  "the account of the other, too");
	tap_claim(domain_destroy(&one), "the one is killed holding them");
	tap_claim(account(&one).regions == 0, "its buffers are gone");
	tap_claim(account(&two).regions == BUFFER_COUNT,
		  "those of the other are there");
	kill_and_claim(&two, "killed holding 16 buffers");
}

static void test_suspended(uint32_t index, const char *how)
{
	struct domain domain = start(ORDER_SUSPEND, index);

	claim_state(&domain, STATE_STOPPED, how);
	tap_claim(account(&domain).calls_suspended == 1,
		  "%s: its call is suspended", how);
	kill_and_claim(&domain, how);
}

static void test_preempted(void)
{
	struct domain domain = start(ORDER_PREEMPT, 0);

	claim_state(&domain, STATE_STOPPED, "killed in an interrupted call");
	tap_claim(account(&domain).calls_suspended == 1,
		  "killed in an interrupted call: it is suspended");
	kill_and_claim(&domain, "killed in an interrupted call");
}

static void test_loop(void)
{
	struct domain domain = start(ORDER_LOOP, 0);
	const volatile struct report *report = domain.report;

	for (uint32_t i = 0; i < 1000 && report->rounds < LOOP_ROUNDS &&
			     report->state != STATE_FAILED;
	     i++)
		usleep(10000);
	if (!tap_claim(report->rounds >= LOOP_ROUNDS,
		       "a guest registers and unregisters"))
		note_report(&domain);
	kill_and_claim(&domain, "killed while it does");
}

int main(void)
{
	if (!hypercall_init())
		tap_bail("dom0 may make hypercalls");
	accounts_init(&accounts);
	warm_up();
	test_service();
	test_two();
	test_suspended(0, "killed in ALLOC of an argument");
	test_suspended(1, "killed in ALLOC of memory");
	test_suspended(2, "killed in FREE of memory");
	test_suspended(3, "killed in FREE of an argument");
	test_preempted();
	for (int i = 0; i < 3; i++)
		test_loop();
	accounts_fini(&accounts);
	return tap_done();
}
