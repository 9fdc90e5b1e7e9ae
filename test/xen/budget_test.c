// SPDX-License-Identifier: BSD-2-Clause
/*
 * Guests that are refused over their budget. dom0 sets it with shmctl, and
 * works as before while the guest is refused again and again; the guest lives,
 * uses what it has, and gets the rest once it may.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <client/memory.h>
#include <test/linux/tap.h>

#include "guests.h"

#define OVER_BUDGET 7u /* last library error in STATS */
#define WORK_ROUNDS 25u
#define WORK_PAGES  16u
#define WORK_SIZE   (WORK_PAGES * MEMORY_PAGE_SIZE)
#define WAIT_STEPS  1500u
#define WAIT_US	    20000u

enum resource {
	PAGES = 0,
	REGIONS = 1,
	CALLS = 5,
};

static struct service service;
static uint8_t *memory;

/* As a person would. */
static bool set_ceiling(const struct domain *domain, const char *resource,
			uint32_t share, const char *ceiling)
{
	char command[80];

	snprintf(command, sizeof(command), "shmctl budget %u %s %u %s",
		 domain_client(domain), resource, share, ceiling);
	/* NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe): its own words */
	return system(command) == 0;
}

static struct service_budget budget_of(const struct domain *domain,
				       enum resource what)
{
	struct service_budget budget = { 0 };

	tap_success(service_get_budget(&service,
				       (uint16_t)domain_client(domain), what,
				       &budget),
		    "dom0 reads the guest's budget");
	return budget;
}

/* Register, fill, sum and unregister; false if any of it fails. */
static bool work(uint8_t first)
{
	struct tee_shm shm;
	uint64_t sum = 0;
	uint64_t wanted = 0;
	bool ok = tee_ok(service_register(&service, memory, WORK_SIZE, &shm));

	if (!ok)
		return false;
	ok = tee_ok(service_fill(&service, memref_whole(&shm), first)) &&
	     tee_ok(service_checksum(&service, memref_whole(&shm), &sum));
	tee_unregister(&shm);
	for (uint32_t i = 0; i < WORK_SIZE; i++)
		wanted += (uint8_t)(first + i);
	return ok && sum == wanted;
}

/* The guest is refused before, meanwhile and after. */
static void claim_others_work(const struct domain *domain, const char *what)
{
	const volatile struct report *report = domain->report;
	uint32_t rounds = report->rounds;
	uint32_t done = 0;

	while (done < WORK_ROUNDS && work((uint8_t)done))
		done++;
	tap_claim(done == WORK_ROUNDS,
		  "%s: dom0 registers, calls and unregisters meanwhile", what);
	for (uint32_t i = 0; i < WAIT_STEPS && report->rounds < rounds + 2; i++)
		usleep(WAIT_US);
	tap_claim(report->rounds >= rounds + 2,
		  "%s: the guest was refused meanwhile", what);
	tap_note("%u refusals before, %u now", rounds, report->rounds);
}

static void claim_refusal(const struct domain *domain, const char *what)
{
	struct stats_record account = guest_account(domain);

	tap_claim(account.state == 0, "%s: the guest lives", what);
	tap_claim(account.refusals > 0 && account.last_error == OVER_BUDGET,
		  "%s: STATS names the refusal", what);
}

/* Refused with so many of its buffers, which it fills and sums. */
static void test_growth(const char *what, const char *resource, uint32_t share,
			const char *ceiling, uint32_t held)
{
	struct domain domain = guest_make(ORDER_GROW, 0);
	uint64_t pages = (uint64_t)held * BUFFER_PAGES;
	struct stats_record account;

	tap_claim(set_ceiling(&domain, resource, share, ceiling),
		  "%s: dom0 sets a ceiling", what);
	domain_start(&domain);
	guest_claim_state(&domain, STATE_REFUSED, what);
	claim_refusal(&domain, what);
	claim_others_work(&domain, what);
	account = guest_account(&domain);
	tap_claim(account.regions == held && account.pages == pages &&
			  domain.report->held == held,
		  "%s: it has what it had", what);
	tap_claim(set_ceiling(&domain, resource, 0, "max"),
		  "%s: dom0 takes the ceiling away", what);
	domain.report->go = 1;
	guest_claim_state(&domain, STATE_FINISHED, "then it gets everything");
	account = guest_account(&domain);
	tap_claim(account.regions == BUFFER_COUNT &&
			  account.pages == BUFFER_COUNT * BUFFER_PAGES,
		  "%s: STATS shows all of it", what);
	guest_kill(&domain, what);
}

static void test_pages(void)
{
	test_growth("refused over its pages", "pages", 2, "389", 3);
}

static void test_regions(void)
{
	test_growth("refused over its regions", "regions", 0, "5", 5);
}

static void test_shown(void)
{
	struct domain domain = guest_make(ORDER_GROW, 0);
	struct service_budget budget;
	struct stats_record account;

	tap_claim(set_ceiling(&domain, "pages", 7, "300") &&
			  set_ceiling(&domain, "regions", 1, "9"),
		  "dom0 sets two ceilings");
	domain_start(&domain);
	guest_claim_state(&domain, STATE_REFUSED, "the first one refuses");
	budget = budget_of(&domain, PAGES);
	tap_claim(budget.share == 7 && budget.ceiling == 300 &&
			  budget.used == 2 * BUFFER_PAGES &&
			  budget.highest == 2 * BUFFER_PAGES,
		  "it shows share, ceiling, use and the highest of pages");
	budget = budget_of(&domain, REGIONS);
	tap_claim(budget.share == 1 && budget.ceiling == 9 && budget.used == 2,
		  "and of regions");
	account = guest_account(&domain);
	tap_claim(account.budget_pages == 300 &&
			  account.budget_metadata == UINT64_MAX,
		  "STATS has the ceilings of pages and metadata");
	guest_kill(&domain, "killed while it is refused");
}

/* One call waits in an RPC, in which another one is made. */
static void test_calls(void)
{
	static const char what[] = "refused over its calls";
	struct domain domain = guest_make(ORDER_NEST, 0);
	struct service_budget budget;

	tap_claim(set_ceiling(&domain, "calls", 1, "1"),
		  "%s: dom0 sets a ceiling", what);
	domain_start(&domain);
	guest_claim_state(&domain, STATE_REFUSED, what);
	claim_others_work(&domain, what);
	tap_claim(guest_account(&domain).state == 0,
		  "%s: the guest lives, and its first call ends well", what);
	budget = budget_of(&domain, CALLS);
	tap_claim(budget.ceiling == 1 && budget.highest == 1,
		  "it never had more than one call in flight");
	tap_claim(set_ceiling(&domain, "calls", 1, "2"),
		  "%s: dom0 allows another", what);
	domain.report->go = 1;
	guest_claim_state(&domain, STATE_FINISHED, "then both are made");
	budget = budget_of(&domain, CALLS);
	tap_claim(budget.ceiling == 2 && budget.highest == 2,
		  "it had two calls in flight then");
	guest_kill(&domain, what);
}

int main(void)
{
	if (!tee_ok(service_init(&service)))
		tap_bail("dom0 reaches the memory service");
	memory = memory_alloc(WORK_SIZE);
	guests_begin();
	test_pages();
	test_regions();
	test_shown();
	test_calls();
	guests_end();
	memory_free(memory, WORK_SIZE);
	service_fini(&service);
	return tap_done();
}
