// SPDX-License-Identifier: BSD-2-Clause
/* Calls of one guest that wait for each other; notify.h has the rules. */
#include "notify.h"

#include "optee_msg.h"
#include "rpc.h"

/* Linux, without asynchronous notifications, takes keys below 256. */
_Static_assert(CALLS_PER_GUEST < 255, "notify_key() is 8 bits and not 0");

void notify_ready(struct call *call)
{
	__atomic_store_n(&call->can_wake, true, __ATOMIC_RELEASE);
}

bool notify_can_wait(const struct call *call)
{
	struct guest_calls *calls = call->siblings;
	bool ready = true;
	cpu_irq_t irq = spin_lock(&calls->lock);

	for (unsigned int i = 0; i < CALLS_PER_GUEST; i++) {
		const struct call *other = calls->calls[i];

		if (other->state != CALL_FREE &&
		    !__atomic_load_n(&other->can_wake, __ATOMIC_ACQUIRE))
			ready = false;
	}
	spin_unlock(&calls->lock, irq);
	return ready;
}

void notify_wait(struct call *call)
{
	/* Where it cannot be asked or refuses, this must not become a loop. */
	if (!rpc_notify(call, MSG_RPC_NOTIFY_WAIT, notify_key(call)))
		call_wait(call);
}

void notify_wake(struct call *call, uint8_t key)
{
	if (key != 0)
		(void)rpc_notify(call, MSG_RPC_NOTIFY_SEND, key);
}
