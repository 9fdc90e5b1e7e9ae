// SPDX-License-Identifier: BSD-2-Clause
/*
 * Guests that switch themselves off. Xen keeps them until somebody destroys
 * them, so they keep what they have, and no longer.
 *
 * usage: power_test [leave]
 *
 * With "leave" one that holds everything stays behind in the middle of a call,
 * for dom0 to switch the machine off with it.
 */
#include <string.h>
#include <unistd.h>

#include <test/linux/tap.h>

#include "guests.h"

#define WAIT_STEPS 1500u
#define WAIT_US	   20000u

static bool wait_until_off(const struct domain *domain)
{
	for (uint32_t i = 0; i < WAIT_STEPS; i++) {
		if (domain_is_off(domain))
			return true;
		usleep(WAIT_US);
	}
	return false;
}

/* Off in that RPC of a call, with everything registered that Xen allows. */
static void test_off(uint32_t rpc, const char *how)
{
	struct domain domain = guest_start(ORDER_POWER_OFF, rpc);
	struct stats_record account;

	guest_claim_state(&domain, STATE_STOPPED, how);
	tap_claim(wait_until_off(&domain), "%s: Xen sees it go", how);
	account = guest_account(&domain);
	tap_claim(account.regions == BUFFER_COUNT &&
			  account.pages == BUFFER_COUNT * BUFFER_PAGES &&
			  account.calls_suspended == 1,
		  "%s: until it is destroyed, all is there", how);
	guest_kill(&domain, how);
}

static void test_leave(void)
{
	struct domain domain = guest_start(ORDER_SUSPEND, 1);

	guest_claim_state(&domain, STATE_STOPPED,
			  "a guest is in a call when dom0 goes off");
}

int main(int argc, char **argv)
{
	guests_begin();
	if (argc > 1 && strcmp(argv[1], "leave") == 0) {
		test_leave();
	} else {
		test_off(0, "off in ALLOC of an argument");
		test_off(2, "off in FREE of memory");
	}
	guests_end();
	return tap_done();
}
