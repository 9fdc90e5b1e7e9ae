// SPDX-License-Identifier: BSD-2-Clause
/*
 * Long calls come back: of their own accord within a millisecond, sooner when
 * an interrupt waits for the normal world. Emulated cores lose time to others
 * on the machine, so a bound on time holds for one entry in four;
 * bench/target has the exact ones.
 */
#include "call.h"
#include "tap.h"

#define COOKIE	    UINT64_C(0xffff0000a0001000)
#define LARGE	    UINT64_C(0x10000000) /* several milliseconds to map */
#define TOLERANCE   250u		 /* microseconds */
#define MAX_CALLS   50u
#define MAX_ENTRIES 100000u /* of one call */

static uint32_t session;
static uint64_t data;

static void begin(void)
{
	session = session_open();
	data = address_of(pages_take(LARGE / PAGE));
	equal(shm_register(COOKIE, list_run(data, LARGE / PAGE), LARGE),
	      RET_OK);
}

static void end(void)
{
	equal(shm_unregister(COOKIE), RET_OK);
	equal(session_close(session), RET_OK);
}

static void set_sum(struct call *call, uint64_t size)
{
	struct wire_arg *arg = pages_take(1);

	arg_set(arg, CMD_INVOKE, 2);
	arg->session = session;
	arg_param(arg, 0, RMEM_IN, 0, size, COOKIE);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	call_set(call, FID_CALL_WITH_RPC_ARG, arg);
}

static void set_register(struct call *call, uint64_t pages)
{
	struct wire_arg *arg = pages_take(1);

	arg_register(arg, COOKIE + 1, list_scatter(data, pages), pages * PAGE);
	call_set(call, FID_CALL_WITH_RPC_ARG, arg);
}

static void within_a_millisecond(struct call *call)
{
	uint64_t limit = ticks_in_us(1000 + TOLERANCE);
	uint64_t early = ticks_in_us(300);
	unsigned int entries = 0, late = 0, too_soon = 0;
	uint32_t a0;

	do {
		call->longest = 0;
		a0 = call_enter(call);
		entries++;
		late += call->longest > limit;
		too_soon += a0 == A0_RPC_FOREIGN && call->longest < early;
	} while (a0 == A0_RPC_FOREIGN);
	equal(a0, A0_OK);
	equal(call->arg->ret, RET_OK);
	check(entries > 3);
	check(late * 4 <= entries * 3);
	check(too_soon * 10 <= entries); /* nobody interrupts it */
	print("# %u entries, %u late, %u early\n", entries, late, too_soon);
}

static void one_millisecond(void)
{
	struct call call;

	begin();
	set_sum(&call, LARGE);
	within_a_millisecond(&call);
	set_register(&call, LARGE / PAGE);
	within_a_millisecond(&call);
	equal(shm_unregister(COOKIE + 1), RET_OK);
	end();
}

/* With an interrupt that stays pending, a piece of work is done each time. */
static void with_pending(struct call *call)
{
	uint32_t before = irq_seen[0].count[1];
	unsigned int entries = 0;
	uint32_t a0;

	irq_mask();
	gic_send(0, 1);
	do {
		a0 = call_enter(call);
	} while (a0 == A0_RPC_FOREIGN && ++entries < MAX_ENTRIES);
	equal(irq_seen[0].count[1], before);
	irq_unmask();
	equal(irq_seen[0].count[1], before + 1);
	if (!equal(a0, A0_OK))
		a0 = call_finish(call);
	check(call->foreign > 10);
	print("# %u entries with an interrupt pending\n", entries);
}

static void pending_interrupt(void)
{
	struct call call;

	begin();
	set_sum(&call, 1000000);
	with_pending(&call);
	equal(call.arg->ret, RET_OK);
	set_register(&call, 20000);
	with_pending(&call);
	equal(call.arg->ret, RET_OK);
	equal(shm_unregister(COOKIE + 1), RET_OK);
	end();
}

/* Another core makes interrupts for this one while it is away. */
struct sender {
	volatile bool stop;
	void (*send)(void);
};

static void send_sgi(void)
{
	gic_send(0, 1);
}

static void send_often(void *arg)
{
	struct sender *sender = arg;

	/* One that sleeps is run soon when it wakes, on a busy machine, too. */
	while (!sender->stop) {
		timer_start(150);
		core_sleep();
		sender->send();
	}
}

struct cuts {
	unsigned int entries;
	unsigned int cut;   /* long before a call returns by itself */
	unsigned int taken; /* and the interrupt came right behind */
};

static void count_cuts(struct call *call, uint32_t irq, struct cuts *cuts)
{
	uint64_t early = ticks_in_us(500);
	uint32_t a0;

	do {
		uint32_t before;

		call->longest = 0;
		irq_mask();
		before = irq_seen[0].count[irq];
		a0 = call_enter(call);
		irq_unmask();
		cuts->entries++;
		if (a0 != A0_RPC_FOREIGN || call->longest > early)
			continue;
		cuts->cut++;
		cuts->taken += irq_seen[0].count[irq] != before;
	} while (a0 == A0_RPC_FOREIGN);
	equal(a0, A0_OK);
	equal(call->arg->ret, RET_OK);
}

/* How often depends on when the build machine runs the other core. */
static void ends_sooner(void (*set)(struct call *call, uint64_t size),
			uint64_t size, uint32_t irq)
{
	struct cuts cuts = { 0, 0, 0 };
	uint64_t mark = pages_mark();
	struct call call;

	for (unsigned int i = 0; i < MAX_CALLS && cuts.cut < 3; i++) {
		set(&call, size);
		count_cuts(&call, irq, &cuts);
		pages_reset(mark);
	}
	check(cuts.cut >= 3);
	equal(cuts.taken, cuts.cut);
	print("# %u of %u entries cut short by interrupt %u\n", cuts.cut,
	      cuts.entries, irq);
}

static void from_elsewhere(void (*send)(void), uint32_t irq)
{
	static struct sender sender;

	if (cores_present() < 2) {
		tap_skip("one core");
		return;
	}
	sender.stop = false;
	sender.send = send;
	begin();
	core_run(1, send_often, &sender);
	ends_sooner(set_sum, LARGE, irq);
	ends_sooner(set_register, LARGE / PAGE, irq);
	sender.stop = true;
	core_wait(1);
	equal(shm_unregister(COOKIE + 1), RET_OK);
	end();
}

static void sgi(void)
{
	from_elsewhere(send_sgi, 1);
}

static void uart(void)
{
	gic_enable_uart();
	from_elsewhere(uart_raise, IRQ_UART);
	uart_lower();
}

/* The normal world's timer is stopped while it is away, and not lost. */
static void timer(void)
{
	uint32_t before = irq_seen[0].count[IRQ_TIMER];
	struct call call;

	begin();
	timer_start(100);
	set_sum(&call, LARGE);
	equal(call_enter(&call), A0_RPC_FOREIGN);
	wait_us(200);
	equal(irq_seen[0].count[IRQ_TIMER], before + 1);
	equal(call_finish(&call), A0_OK);
	end();
}

static void enter_elsewhere(void *arg)
{
	(void)call_enter(arg);
}

/* A long call that goes on on another core after each return. */
static void ping_pong(void)
{
	struct call calls[2];
	unsigned int core = 0;

	if (cores_present() < 2) {
		tap_skip("one core");
		return;
	}
	begin();
	bytes_set((void *)(uintptr_t)data, 2, LARGE);
	set_sum(&calls[0], LARGE);
	set_register(&calls[1], LARGE / PAGE);
	for (unsigned int i = 0; i < 2; i++) {
		struct call *call = &calls[i];

		do {
			if (core == 0) {
				(void)call_enter(call);
			} else {
				core_run(core, enter_elsewhere, call);
				core_wait(core);
			}
			core = (core + 1) % cores_present();
		} while (call->x[0] == FID_RETURN_FROM_RPC);
		equal(call->x[0], A0_OK);
		equal(call->arg->ret, RET_OK);
		check(call->foreign > 2);
	}
	equal(calls[0].arg->param[1].a, 2 * LARGE);
	equal(shm_unregister(COOKIE + 1), RET_OK);
	end();
}

static const struct test tests[] = {
	{ "long_call_returns_within_a_millisecond", one_millisecond },
	{ "call_gets_on_while_an_interrupt_stays_pending", pending_interrupt },
	{ "interrupt_from_another_core_ends_an_entry", sgi },
	{ "interrupt_of_a_device_ends_an_entry", uart },
	{ "timer_of_the_normal_world_is_not_lost", timer },
	{ "long_call_moves_between_cores", ping_pong },
};

GROUP(preemption, tests);
