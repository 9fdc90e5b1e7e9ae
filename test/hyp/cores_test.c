// SPDX-License-Identifier: BSD-2-Clause
/* Guests made, at work and killed on all cores at once. */
#include "vm.h"

#define COOKIE	 UINT64_C(0xffff000099990000)
#define STEPS	 2000u
#define OWN	 6u /* guests of a core */
#define ROUNDS	 100u
#define BIG	 20000u /* pages: a sum of some slices */
#define TRIES	 200u
#define PATIENCE 2000000u

struct life {
	uint32_t id;
	uint64_t list;
	uint64_t cookie;
	uint32_t session;
	bool alive;
	bool registered;
	bool suspended;
	struct call call;
	struct wire_arg *arg;
};

static struct life lives[CORE_COUNT][OWN];

static void prepare_lives(void)
{
	for (unsigned int core = 0; core < CORE_COUNT; core++)
		for (unsigned int i = 0; i < OWN; i++) {
			uint8_t *page = pages_take(1);

			bytes_set(page, (uint8_t)(core * OWN + i + 1), PAGE);
			lives[core][i] = (struct life){
				.id = 1 + core + i * CORE_COUNT,
				.list = list_run(address_of(page), 1),
				.cookie = COOKIE,
				.arg = pages_take(1),
			};
		}
}

static void life_begins(struct life *life)
{
	caller_set(0);
	equal(vm_create(life->id), A0_OK);
	caller_set(life->id);
	life->session = session_open();
	check(life->session != 0);
	life->alive = true;
}

static void life_ends(struct life *life)
{
	caller_set(0);
	equal(vm_destroy(life->id), A0_OK);
	if (life->suspended)
		equal(vm_resume(&life->call), A0_ENOTAVAIL);
	life->alive = false;
	life->registered = false;
	life->suspended = false;
}

static void life_registers(struct life *life)
{
	if (life->registered)
		equal(shm_unregister(life->cookie), RET_OK);
	else
		equal(shm_register(life->cookie, life->list, PAGE), RET_OK);
	life->registered = !life->registered;
}

static void life_sums(const struct life *life, uint8_t byte)
{
	uint32_t ret;
	uint64_t sum = checksum(life->session, life->cookie, 0, PAGE, &ret);

	equal(ret, life->registered ? RET_OK : RET_BAD_PARAMETERS);
	if (life->registered)
		equal(sum, (uint64_t)byte * PAGE);
}

static void life_waits(struct life *life)
{
	if (life->suspended)
		return;
	arg_rpc_fill(life->arg, life->session, PAGE, 1);
	call_set(&life->call, FID_CALL_WITH_ARG, life->arg);
	equal(call_step(&life->call), A0_RPC_ALLOC);
	life->suspended = true;
}

/* No page to lend: the call ends. */
static void life_wakes(struct life *life)
{
	if (!life->suspended)
		return;
	call_reply_alloc(&life->call, 0, 0);
	equal(call_step(&life->call), A0_OK);
	equal(life->arg->ret, RET_OUT_OF_MEMORY);
	life->suspended = false;
}

static void one_step(struct life *life, uint32_t choice, uint8_t byte)
{
	if (!life->alive) {
		life_begins(life);
		return;
	}
	caller_set(life->id);
	switch (choice % 8) {
	case 0:
		life_ends(life);
		break;
	case 1:
	case 2:
		life_registers(life);
		break;
	case 3:
		life_waits(life);
		break;
	case 4:
		life_wakes(life);
		break;
	case 5:
		caller_set(0);
		equal(vm_create(life->id), A0_ENOTAVAIL); /* has a session */
		break;
	default:
		life_sums(life, byte);
		break;
	}
}

static void live_at_random(void *arg)
{
	unsigned int core = target_core();
	uint32_t seed = *(uint32_t *)arg + core;

	for (unsigned int i = 0; i < STEPS; i++) {
		uint32_t choice = random_next(&seed);
		unsigned int n = (choice >> 8) % OWN;

		one_step(&lives[core][n], choice >> 16,
			 (uint8_t)(core * OWN + n + 1));
	}
	for (unsigned int n = 0; n < OWN; n++)
		if (lives[core][n].alive)
			life_ends(&lives[core][n]);
	caller_set(0);
}

/* The same on all cores. */
static void on_all(void (*work)(void *), void *arg)
{
	unsigned int count = cores_present();

	for (unsigned int core = 1; core < count; core++)
		core_run(core, work, arg);
	work(arg);
	for (unsigned int core = 1; core < count; core++)
		core_wait(core);
}

static void own_guests(void)
{
	uint32_t seed = 0x5eed0003;

	print("# seed %x\n", seed);
	check(cores_present() > 1);
	prepare_lives();
	on_all(live_at_random, &seed);
}

/* A place where all cores meet, so that they go on at the same moment. */
static void meet(volatile uint32_t *count, uint32_t round)
{
	__atomic_fetch_add(count, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(count, __ATOMIC_ACQUIRE) <
	       round * cores_present())
		;
}

#define ALL_IN_USE (NO_MESSAGE + A0_ETHREAD_LIMIT)

static volatile uint32_t meeting;

/*
 * Every other time, one core alone destroys it: were it there twice, one of
 * them would be left.
 */
static void create_and_destroy_one(void *arg)
{
	uint32_t round = 0;
	uint32_t ret;
	uint32_t a0;

	(void)arg;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		meet(&meeting, ++round);
		/* All but one find it there, without anything, or busy. */
		a0 = vm_create(GUEST);
		check(a0 == A0_OK || a0 == A0_ENOTAVAIL);
		meet(&meeting, ++round);
		caller_set(GUEST);
		ret = shm_unregister(1);
		check(ret == RET_BAD_PARAMETERS || ret == ALL_IN_USE);
		meet(&meeting, ++round);
		caller_set(0);
		if (i % 2 != 0) {
			a0 = vm_destroy(GUEST);
			check(a0 == A0_OK || a0 == A0_EBUSY);
		} else if (target_core() == 0) {
			equal(vm_destroy(GUEST), A0_OK);
		}
		meet(&meeting, ++round);
		caller_set(GUEST);
		equal(smc_simple(FID_ENABLE_SHM_CACHE, 0), A0_ENOTAVAIL);
		caller_set(0);
	}
}

static void one_id(void)
{
	meeting = 0;
	on_all(create_and_destroy_one, NULL);
}

/* A long sum on another core, until its guest is no more. */
struct runner {
	struct call call;
	uint32_t last;
};

static void run_until_refused(void *arg)
{
	struct runner *runner = arg;

	caller_set(GUEST);
	do {
		runner->last = call_enter(&runner->call);
	} while (runner->last == A0_RPC_FOREIGN);
	caller_set(0);
}

static void set_sum(struct call *call, struct wire_arg *arg)
{
	uint32_t session = session_open();

	arg_set(arg, CMD_INVOKE, 2);
	arg->session = session;
	arg->func = MEM_CHECKSUM;
	arg_param(arg, 0, RMEM_IN, 0, BIG * PAGE, COOKIE);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	call_set(call, FID_CALL_WITH_ARG, arg);
}

struct seen {
	uint32_t busy;
	uint32_t draining;
};

/* What the dying one is answered, and what is said of it meanwhile. */
static void kill_it(struct seen *seen, const struct call *call)
{
	uint32_t tries = 0;
	uint32_t a0 = vm_destroy(GUEST);

	if (a0 == A0_EBUSY) {
		struct wire_arg *arg = core_arg();
		uint32_t created = vm_create(GUEST);

		seen->busy++;
		seen->draining += created == A0_ENOTAVAIL;
		check(created == A0_ENOTAVAIL || created == A0_OK);
		if (created == A0_ENOTAVAIL) {
			caller_set(GUEST);
			equal(vm_resume(call), A0_ENOTAVAIL);
			arg_set(arg, CMD_UNREGISTER, 0);
			equal(message(arg), NO_MESSAGE + A0_ENOTAVAIL);
			equal(arg->ret, RET_TARGET_DEAD);
			equal(smc_simple(FID_EXCHANGE_CAPABILITIES, 0),
			      A0_ENOTAVAIL);
			caller_set(0);
		}
	}
	while (a0 == A0_EBUSY && tries++ < PATIENCE)
		a0 = vm_destroy(GUEST);
	equal(a0, A0_OK);
}

static void busy_guest(void)
{
	static struct runner runner;
	uint64_t data = address_of(pages_take(BIG));
	uint64_t list = list_run(data, BIG);
	struct wire_arg *arg = pages_take(1);
	struct seen seen = { 0, 0 };

	for (unsigned int i = 0; i < TRIES && seen.draining < 3; i++) {
		vm_begin(GUEST);
		equal(shm_register(COOKIE, list, BIG * PAGE), RET_OK);
		set_sum(&runner.call, arg);
		caller_set(0);
		core_run(1, run_until_refused, &runner);
		wait_us(500 + 100 * (i % 7));
		kill_it(&seen, &runner.call);
		core_wait(1);
		check(runner.last == A0_ENOTAVAIL || runner.last == A0_ERESUME);
		vm_begin(GUEST);
		vm_works(COOKIE);
		vm_end(GUEST);
	}
	check(seen.busy >= seen.draining);
	check(seen.draining >= 3);
}

static const struct test tests[] = {
	{ "all cores make, use and kill guests of their own", own_guests },
	{ "one id, created and destroyed by all cores at once", one_id },
	{ "a guest at work on another core dies when that leaves", busy_guest },
};

GROUP(many_cores, tests);
