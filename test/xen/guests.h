/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guests at work, and claims about them and what is left of them: all in
 * comparison to how it was at the beginning.
 */
#ifndef TEST_XEN_GUESTS_H
#define TEST_XEN_GUESTS_H

#include <client/stats.h>

#include "domain.h"

/*
 * Reads the accounts, after a first guest has moved what does not move again.
 * Nothing can be tested when this fails.
 */
void guests_begin(void);
void guests_end(void);

/* A guest that has its order, and one that runs, too. */
struct domain guest_make(enum order order, uint32_t argument);
struct domain guest_start(enum order order, uint32_t argument);

/* Claim that it gets so far, in time; if not, say how far it is. */
bool guest_claim_state(const struct domain *domain, enum state state,
		       const char *claim);
void guest_note(const struct domain *domain);

/* Its account as it is now, with zeros if there is none. */
struct stats_record guest_account(const struct domain *domain);

/* Destroy it, and claim that nothing is left of it. */
void guest_kill(struct domain *domain, const char *how);

#endif
