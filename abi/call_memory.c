// SPDX-License-Identifier: BSD-2-Clause
/* What OP-TEE's memory API asks of the call that runs on this core. */
#include "call.h"

#include <compat/platform.h>

_Static_assert(CALL_PARAMS + 1 <= COMPAT_HELD_MAX, "what a call can hold");

static void hold(struct compat_call *out, const struct region *region)
{
	if (region != NULL)
		out->held[out->held_count++] = region;
}

bool compat_get_call(struct compat_call *out)
{
	const struct call *call = call_running();

	if (call == NULL || call->holdings == NULL)
		return false;
	out->holdings = call->holdings;
	out->index = call->index;
	out->held_count = 0;
	hold(out, call->argument.region);
	for (unsigned int i = 0; i < CALL_PARAMS; i++)
		hold(out, call->params[i].region);
	return true;
}
