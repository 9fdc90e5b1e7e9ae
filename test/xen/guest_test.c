// SPDX-License-Identifier: BSD-2-Clause
/*
 * Guests that use the memory service through Xen, and what is left of those
 * that are killed at bad moments.
 */
#include <unistd.h>

#include <test/linux/tap.h>

#include "guests.h"

#define LOOP_ROUNDS 20u

static void test_service(void)
{
	struct domain domain = guest_start(ORDER_SERVICE, 0);

	guest_claim_state(&domain, STATE_FINISHED,
			  "a guest fills and sums memory through Xen");
	guest_kill(&domain, "a guest that is done");
}

static void test_two(void)
{
	struct domain one = guest_start(ORDER_HOLD, 0);
	struct domain two = guest_start(ORDER_HOLD, 0);

	guest_claim_state(&one, STATE_FINISHED, "one guest fills 16 buffers");
	guest_claim_state(&two, STATE_FINISHED,
			  "so does another, at the same time");
	tap_claim(guest_account(&one).regions == BUFFER_COUNT &&
			  guest_account(&one).pages ==
				  BUFFER_COUNT * BUFFER_PAGES,
		  "the account of the one shows them");
	tap_claim(guest_account(&two).regions == BUFFER_COUNT &&
			  guest_account(&two).pages ==
				  BUFFER_COUNT * BUFFER_PAGES,
		  "the account of the other, too");
	tap_claim(domain_destroy(&one), "the one is killed holding them");
	tap_claim(guest_account(&one).regions == 0, "its buffers are gone");
	tap_claim(guest_account(&two).regions == BUFFER_COUNT,
		  "those of the other are there");
	guest_kill(&two, "killed holding 16 buffers");
}

static void test_suspended(uint32_t index, const char *how)
{
	struct domain domain = guest_start(ORDER_SUSPEND, index);

	guest_claim_state(&domain, STATE_STOPPED, how);
	tap_claim(guest_account(&domain).calls_suspended == 1,
		  "%s: its call is suspended", how);
	guest_kill(&domain, how);
}

static void test_preempted(void)
{
	struct domain domain = guest_start(ORDER_PREEMPT, 0);

	guest_claim_state(&domain, STATE_STOPPED,
			  "killed in an interrupted call");
	tap_claim(guest_account(&domain).calls_suspended == 1,
		  "killed in an interrupted call: it is suspended");
	guest_kill(&domain, "killed in an interrupted call");
}

static void test_loop(void)
{
	struct domain domain = guest_start(ORDER_LOOP, 0);
	const volatile struct report *report = domain.report;

	for (uint32_t i = 0; i < 1000 && report->rounds < LOOP_ROUNDS &&
			     report->state != STATE_FAILED;
	     i++)
		usleep(10000);
	if (!tap_claim(report->rounds >= LOOP_ROUNDS,
		       "a guest registers and unregisters"))
		guest_note(&domain);
	guest_kill(&domain, "killed while it does");
}

int main(void)
{
	guests_begin();
	test_service();
	test_two();
	test_suspended(0, "killed in ALLOC of an argument");
	test_suspended(1, "killed in ALLOC of memory");
	test_suspended(2, "killed in FREE of memory");
	test_suspended(3, "killed in FREE of an argument");
	test_preempted();
	for (int i = 0; i < 3; i++)
		test_loop();
	guests_end();
	return tap_done();
}
