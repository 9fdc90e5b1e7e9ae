/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for another call of the same guest to let go of something, asleep in
 * the normal world rather than by coming back again and again. That is only a
 * favour to it: whoever waits looks again after each wake-up, and nothing
 * depends on when, or whether, one comes.
 *
 * Linux sleeps without a time limit, and nothing ends that sleep but the
 * notification. So a call sleeps only while all others in flight came with a
 * buffer to send it from:
 *
 *	while (region_is_used(region)) {
 *		if (notify_can_wait(call) &&
 *		    region_await(region, notify_key(call)))
 *			notify_wait(call);
 *		else
 *			call_wait(call);
 *	}
 *
 * in this order, after look-ups have ceased to find the region. Calls that
 * begin later can then not hold it, and those that could not yet wake anybody
 * have been seen.
 */
#ifndef ABI_NOTIFY_H
#define ABI_NOTIFY_H

#include "call.h"

/* What region_await() and session_await() are to name: unique in its guest. */
static inline uint8_t notify_key(const struct call *call)
{
	return (uint8_t)(call->index + 1);
}

/* The call has a buffer for RPCs that no request can be refused for. */
void notify_ready(struct call *call);

/* Every call of the guest in flight, this one too, is ready. */
bool notify_can_wait(const struct call *call);

/* Sleep until somebody sends this call's key, or the normal world likes. */
void notify_wait(struct call *call);

/* Send a key that a put answered; 0 is nobody's. The call may be suspended. */
void notify_wake(struct call *call, uint8_t key);

#endif
