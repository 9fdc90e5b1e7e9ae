// SPDX-License-Identifier: BSD-2-Clause
/*
 * A guest of Xen that does what its creator ordered, with the memory service,
 * and says in the shared page how far it came.
 */
#include "service.h"

#include <abi/optee_smc.h>

#define PREEMPT_ROUND_LIMIT 10000u

int main(void);

static void use_service(uint32_t session)
{
	register_buffer(0, BUFFER_PAGES);
	use_buffer(session, 0, 0x5a);
	rpc_fill(session, 0x17);
	unregister_buffer(0);
	close_session(session);
}

static void hold_everything(uint32_t session)
{
	for (uint32_t i = 0; i < BUFFER_COUNT; i++) {
		register_buffer(i, BUFFER_PAGES);
		fill(session, i, (uint8_t)i);
	}
}

/* A fill takes a while, and the order ends it at the first interruption. */
static void wait_for_interrupt(uint32_t session)
{
	register_buffer(0, BUFFER_PAGES);
	for (uint32_t i = 0; i < PREEMPT_ROUND_LIMIT; i++)
		fill(session, 0, (uint8_t)i);
}

static _Noreturn void loop(void)
{
	for (;; report()->rounds++) {
		uint32_t index = report()->rounds % BUFFER_COUNT;

		register_buffer(index, BUFFER_PAGES);
		unregister_buffer(index);
	}
}

static bool may_go_on(void)
{
	return ((volatile struct report *)report())->go != 0;
}

static void note_refusal(bool was_told)
{
	if (was_told)
		end(STATE_FAILED);
	report()->rounds++;
	report()->state = STATE_REFUSED;
}

/* All that there is, however often that is refused; what it has, it can use. */
static void grow(uint32_t session)
{
	for (uint32_t i = 0; i < BUFFER_COUNT; i++) {
		bool was_told = may_go_on();

		while (register_is_refused(i, BUFFER_PAGES)) {
			note_refusal(was_told);
			for (uint32_t j = 0; j < i; j++)
				use_buffer(session, j, (uint8_t)(i + j));
			was_told = may_go_on();
		}
		report()->held = i + 1;
	}
}

static bool nested_refused;

/* A second call while the first waits for this to return. */
static void nest(void)
{
	struct message *message = message_begin_nested(MSG_CMD_OPEN_SESSION, 2);
	bool was_told = may_go_on();

	open_set(message);
	on_alloc = NULL;
	nested_refused = message_is_refused(message, STEP_NESTED,
					    SMC_ETHREAD_LIMIT, TEE_ERROR_BUSY);
	on_alloc = nest;
	if (nested_refused)
		note_refusal(was_told);
}

static void nest_until_allowed(uint32_t session)
{
	on_alloc = nest;
	do
		rpc_fill(session, 1);
	while (nested_refused);
	on_alloc = NULL;
}

int main(void)
{
	uint32_t session;

	report()->state = STATE_RUNNING;
	get_capabilities();
	session = open_session();
	switch (report()->order) {
	case ORDER_SERVICE:
		use_service(session);
		break;
	case ORDER_HOLD:
		hold_everything(session);
		break;
	case ORDER_SUSPEND:
		rpc_fill(session, 1);
		end(STATE_FAILED);
	case ORDER_PREEMPT:
		wait_for_interrupt(session);
		end(STATE_FAILED);
	case ORDER_LOOP:
		loop();
	case ORDER_GROW:
		grow(session);
		break;
	case ORDER_NEST:
		nest_until_allowed(session);
		break;
	case ORDER_POWER_OFF:
		hold_everything(session);
		rpc_fill(session, 1);
		end(STATE_FAILED);
	default:
		end(STATE_FAILED);
	}
	end(STATE_FINISHED);
}
