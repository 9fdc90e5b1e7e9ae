// SPDX-License-Identifier: BSD-2-Clause
/*
 * Cores at once, and guests that come and go under them: host threads create
 * and destroy the same few guests, call for them, drop calls half way, resume
 * those of others and end epochs, in any order. Beside that each has a guest
 * of its own, which nobody touches: all that it asks for has to succeed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/tee.h>
#include <cmocka.h>
#include <string.h>

#include "model/random.h"
#include "sim/cores.h"
#include "sim/normal_world.h"
#include "sim/trace.h"

#define POOL_SIZE   (UINT64_C(8) << 20)
#define ROUNDS	    200u
#define COUNT	    600u /* pages of a registration, at most: two lists */
#define DATA_PAGES  3000u
#define COOKIE	    UINT64_C(0xffff000012345680)
#define MORTAL	    7u /* and the next: created and destroyed by all */
#define MORTALS	    2u
#define OWN	    20u /* and the next: one for each core */
#define SPARE_DRAIN 12u /* more than are ever kept ready */

struct core {
	struct random random;
	struct nw nw;  /* of whom it plays */
	struct nw own; /* its own guest */
	const char *wrong;
	unsigned int number;
	uint32_t own_session;
};

struct level {
	uint64_t free_bytes;
	uint64_t leaves;
	uint64_t stale;
};

static struct core cores[SIM_CORE_COUNT];

static struct level level(void)
{
	return (struct level){
		.free_bytes = meta_pool_free_bytes(&tee_shm()->pool),
		.leaves = world_leaf_count(),
		.stale = sim_tlb_stale_count(),
	};
}

static uint32_t announce(uint32_t what, uint32_t id)
{
	struct nw hypervisor = { 0 };

	return (uint32_t)nw_smc(&hypervisor, what, id, 0, 0, 0, 0, 0).a[0];
}

static uint64_t random_pages(struct core *core, pa_t *pages, uint64_t limit)
{
	uint64_t count = 1 + random_below(&core->random, limit);

	for (uint64_t i = 0; i < count; i++)
		pages[i] =
			WORLD_RAM_PA + (random_below(&core->random, DATA_PAGES)
					<< SHM_PAGE_SHIFT);
	return count;
}

/* Anything may become of it, but it comes back. */
static void send(struct core *core, struct nw_message *message)
{
	pa_t page = NW_ARGUMENT(SIM_CORE_COUNT + core->number);
	uint32_t a0;

	nw_write(SIM_CORE_COUNT + core->number, message);
	a0 = nw_call(&core->nw, NW_CALL_WITH_ARG, (uint32_t)(page >> 32),
		     (uint32_t)page, 0, 0, 0, 0);
	if (a0 > NW_ENOTAVAIL && a0 != NW_RPC_FOREIGN_INTR)
		core->wrong = "an answer that means nothing";
	nw_read(SIM_CORE_COUNT + core->number, message);
}

static uint64_t any_cookie(struct core *core)
{
	return COOKIE + random_below(&core->random, 3);
}

static void register_some(struct core *core)
{
	struct nw_message message = { .cmd = NW_REGISTER, .count = 1 };
	pa_t pages[COUNT];
	uint64_t count = random_pages(core, pages, COUNT);

	message.params[0] = (struct nw_param){
		NW_REGISTERABLE,
		world_write_list((SIM_CORE_COUNT + core->number) * 4, pages,
				 count),
		count * SHM_PAGE_SIZE, any_cookie(core)
	};
	send(core, &message);
}

static void unregister_some(struct core *core)
{
	struct nw_message message = { .cmd = NW_UNREGISTER, .count = 1 };

	message.params[0].attr = NW_RMEM_IN;
	message.params[0].c = any_cookie(core);
	send(core, &message);
}

/* Sessions count up from 1 in each life of a guest, so small ids hit some. */
static void invoke_some(struct core *core)
{
	static const uint32_t commands[] = { NW_CHECKSUM, NW_HOLD,  NW_HELD_SUM,
					     NW_RELEASE,  NW_STATS, NW_RPC_FILL,
					     NW_FILL };
	struct nw_message message = {
		.cmd = NW_INVOKE,
		.func = commands[random_below(&core->random, 7)],
		.session = (uint32_t)random_below(&core->random, 6),
		.count = 4,
	};
	struct nw_param memory = { NW_RMEM_INOUT, 0, SHM_PAGE_SIZE,
				   any_cookie(core) };
	struct nw_param value = { .attr = NW_VALUE_INOUT };
	bool value_first =
		message.func == NW_STATS || message.func == NW_RPC_FILL;

	message.params[value_first] = memory;
	message.params[!value_first] = value;
	if (message.func == NW_RPC_FILL) {
		value.a = 1 + random_below(&core->random, 10000);
		message.params[0] = message.params[1] = value;
	}
	if (message.func == NW_HELD_SUM)
		message.params[0] = value;
	if (message.func != NW_STATS && message.func != NW_RPC_FILL &&
	    message.func != NW_CHECKSUM && message.func != NW_FILL)
		message.params[1].attr = 0;
	if (message.func == NW_RELEASE)
		message.params[0].attr = 0;
	send(core, &message);
}

static void close_some(struct core *core)
{
	struct nw_message message = {
		.cmd = random_below(&core->random, 2) ? NW_CLOSE : NW_CANCEL,
		.session = (uint32_t)random_below(&core->random, 6),
	};

	send(core, &message);
}

static void open_one(struct core *core)
{
	struct nw_message message = nw_open_message();

	send(core, &message);
}

/* Without a message; the argument lies in a region, too, that may be there. */
static void call_bare(struct core *core)
{
	uint64_t cookie = any_cookie(core);

	(void)nw_call(&core->nw, NW_CALL_WITH_REGD_ARG,
		      (uint32_t)(cookie >> 32), (uint32_t)cookie, 64, 0, 0, 0);
}

/* A call that is somebody else's, perhaps, and running. */
static void resume_any(struct core *core)
{
	(void)nw_call(&core->nw, NW_RETURN_FROM_RPC, 0, 0,
		      (uint32_t)random_below(&core->random, 5), 0, 0, 0);
}

static void play_hypervisor(struct core *core)
{
	uint32_t id = MORTAL + (uint32_t)random_below(&core->random, MORTALS);
	uint32_t a0;

	if (random_below(&core->random, 3) != 0) {
		a0 = announce(NW_VM_CREATED, id);
		if (a0 != NW_OK && a0 != NW_ENOTAVAIL)
			core->wrong = "created";
		return;
	}
	a0 = announce(NW_VM_DESTROYED, id);
	if (a0 != NW_OK && a0 != NW_EBUSY)
		core->wrong = "destroyed";
}

static void play(struct core *core)
{
	static void (*const plays[])(struct core *) = {
		register_some, register_some,	unregister_some, invoke_some,
		invoke_some,   open_one,	close_some,	 call_bare,
		resume_any,    play_hypervisor,
	};
	uint64_t who = random_below(&core->random, MORTALS + 1);

	core->nw.client = who == 0 ? 0 : MORTAL + (uint32_t)who - 1;
	if (random_below(&core->random, 3) == 0)
		sim_interrupt_after(1 + random_below(&core->random, 60));
	if (random_below(&core->random, 24) == 0)
		(void)nw_smc(&core->nw, NW_EXCHANGE_CAPABILITIES, 0, 0, 0, 0, 0,
			     0);
	else
		plays[random_below(&core->random, 10)](core);
}

/* Nothing that the others do may show here. */
static void use_own_guest(struct core *core)
{
	struct nw_param params[4] = { { NW_RMEM_IN, 0, 0, COOKIE },
				      { .attr = NW_VALUE_OUT } };
	pa_t pages[64];
	uint64_t count = 0;

	while (count < 1 + core->number * 20) {
		/* In granules that it shares, but nobody else's pages. */
		pages[count] =
			WORLD_HIGH_PA +
			(count * SIM_CORE_COUNT + core->number) * SHM_PAGE_SIZE;
		count++;
	}
	params[0].b = count * SHM_PAGE_SIZE;
	if (nw_register(&core->own, COOKIE, pages, count, 0,
			count * SHM_PAGE_SIZE) != 0)
		core->wrong = "its own guest cannot register";
	if (nw_invoke(&core->own, core->own_session, NW_CHECKSUM, params) !=
		    0 ||
	    params[1].a != count * SHM_PAGE_SIZE * 3)
		core->wrong = "its own guest sees something else";
	if (nw_unregister(&core->own, COOKIE) != 0)
		core->wrong = "its own guest cannot unregister";
}

static void *run_core(void *arg)
{
	struct core *core = arg;

	sim_core_set(core->number);
	for (unsigned int i = 0; i < ROUNDS && core->wrong == NULL; i++) {
		play(core);
		if (i % 4 == 0)
			use_own_guest(core);
	}
	sim_interrupt_after(0);
	return NULL;
}

/*
 * Nobody is left but guest 0 and the cores' own, nothing is owed, and as many
 * guests are kept ready as ever: those made beyond are used up first.
 */
static void settle(struct nw *nw)
{
	for (unsigned int i = 0; i < MORTALS; i++)
		assert_int_equal(announce(NW_VM_DESTROYED, MORTAL + i), NW_OK);
	for (unsigned int i = 0; i < SPARE_DRAIN; i++)
		assert_int_equal(announce(NW_VM_CREATED, 100 + i), NW_OK);
	for (unsigned int i = 0; i < SPARE_DRAIN; i++)
		assert_int_equal(announce(NW_VM_DESTROYED, 100 + i), NW_OK);
	assert_int_equal(
		nw_smc(nw, NW_EXCHANGE_CAPABILITIES, 0, 0, 0, 0, 0, 0).a[0],
		NW_OK);
	while (corpse_drain(tee_shm()) == SHM_INTERRUPTED)
		;
	/* Guest 0 has its holdings again. */
	(void)nw_unregister(nw, COOKIE);
}

static void start_core(struct nw *nw, unsigned int number)
{
	struct core *core = &cores[number];

	*core = (struct core){ .number = number, .nw = *nw, .own = *nw };
	core->random = random_start("core", number + 1);
	core->nw.abandon = true;
	core->nw.next_buffer += number * UINT64_C(0x100000);
	core->own.page = number;
	core->own.client = OWN + number;
	assert_int_equal(announce(NW_VM_CREATED, OWN + number), NW_OK);
	core->own_session = nw_open(&core->own);
	assert_int_not_equal(core->own_session, 0);
	use_own_guest(core);
	assert_null(core->wrong);
}

static void guests_come_and_go_under_their_calls(void **state)
{
	struct level before;
	struct level after;
	struct nw nw;

	sim_hide_machine(*state != NULL);
	nw_start(&nw, POOL_SIZE);
	memset(sim_pointer(WORLD_HIGH_PA), 3, 256 * SHM_PAGE_SIZE);
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		start_core(&nw, i);
	settle(&nw);
	before = level();
	cores_run(run_core, cores, sizeof(cores[0]));
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		assert_ptr_equal(cores[i].wrong, NULL);
	settle(&nw);
	after = level();
	assert_memory_equal(&before, &after, sizeof(before));
	assert_true(sim_check_violations());
	sim_hide_machine(false);
}

static void guests_come_and_go_by_locks_alone(void **state)
{
	static bool hide = true;

	*state = &hide;
	guests_come_and_go_under_their_calls(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guests_come_and_go_under_their_calls),
		cmocka_unit_test(guests_come_and_go_by_locks_alone),
	};

	trace_leave_out("which core comes first is not fixed");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
