/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cores at once: host threads make calls of one guest in parallel, each with
 * cookies of its own and now and then a shared one, and are interrupted at
 * random; or each for a guest of its own, and they take pages from each other.
 * The locks of the library and the interface are the real ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/tee.h>
#include <cmocka.h>
#include <dynshm/usage.h>
#include <string.h>

#include "model/random.h"
#include "sim/cores.h"
#include "sim/normal_world.h"
#include "sim/trace.h"

#define POOL_SIZE (UINT64_C(2) << 20)
#define ROUNDS	  150u
#define COUNT	  300u
#define SHARED	  UINT64_C(0x5000)

struct core {
	struct nw nw;
	struct random random;
	const char *wrong; /* what went wrong first */
	unsigned int number;
	uint32_t session;
	uint32_t function; /* by which messages are sent */
	unsigned int lost; /* rounds that ended with 'region gone' */
};

static struct core cores[SIM_CORE_COUNT];

/* The message goes by a page of the core's own. */
static uint32_t send(struct core *core, struct nw_message *message)
{
	pa_t page = NW_ARGUMENT(core->number);
	uint32_t a0;

	nw_write(core->number, message);
	if (core->function == NW_CALL_WITH_RPC_ARG)
		core->nw.rpc_argument = page + NW_ARGUMENT_SIZE(message->count);
	do
		a0 = nw_call(&core->nw, core->function, (uint32_t)(page >> 32),
			     (uint32_t)page, 0, 0, 0, 0);
	while (a0 == NW_ETHREAD_LIMIT);
	if (a0 != NW_OK)
		core->wrong = "a0";
	nw_read(core->number, message);
	return message->ret;
}

static uint32_t send_tmem(struct core *core, uint64_t cookie, pa_t list,
			  uint64_t size)
{
	struct nw_message message = { .cmd = NW_REGISTER, .count = 1 };

	message.params[0] =
		(struct nw_param){ NW_REGISTERABLE, list, size, cookie };
	return send(core, &message);
}

static uint32_t send_unregister(struct core *core, uint64_t cookie)
{
	struct nw_message message = { .cmd = NW_UNREGISTER, .count = 1 };

	message.params[0] = (struct nw_param){ NW_RMEM_IN, 0, 0, cookie };
	return send(core, &message);
}

static uint32_t send_checksum(struct core *core, uint64_t cookie, uint64_t size,
			      uint64_t *sum)
{
	struct nw_message message = { .cmd = NW_INVOKE,
				      .func = NW_CHECKSUM,
				      .session = core->session,
				      .count = 2 };

	message.count = 4;
	message.params[0] = (struct nw_param){ NW_RMEM_IN, 0, size, cookie };
	message.params[1].attr = NW_VALUE_OUT;
	(void)send(core, &message);
	*sum = message.params[1].a;
	return message.ret;
}

static void one_round(struct core *core)
{
	uint64_t mine = 1 + core->number;
	uint64_t count = 1 + random_below(&core->random, COUNT);
	pa_t pages[COUNT];
	uint64_t sum = 0;
	pa_t list;

	/* Pages overlap with those of the others: one guest may do that. */
	for (uint64_t i = 0; i < count; i++)
		pages[i] = WORLD_RAM_PA + (random_below(&core->random, 3000)
					   << SHM_PAGE_SHIFT);
	list = world_write_list(core->number * 8, pages, count);
	if (random_below(&core->random, 4) == 0)
		sim_interrupt_after(1 + random_below(&core->random, 50));
	if (send_tmem(core, mine, list, count * SHM_PAGE_SIZE) != 0)
		core->wrong = "register";
	(void)send_tmem(core, SHARED, list, SHM_PAGE_SIZE);
	if (send_checksum(core, mine, count * SHM_PAGE_SIZE, &sum) != 0 ||
	    sum != count * SHM_PAGE_SIZE * 3)
		core->wrong = "checksum";
	(void)send_checksum(core, SHARED, SHM_PAGE_SIZE, &sum);
	(void)send_unregister(core, SHARED);
	if (send_unregister(core, mine) != 0)
		core->wrong = "unregister";
}

static void *run_core(void *arg)
{
	struct core *core = arg;

	sim_core_set(core->number);
	for (unsigned int i = 0; i < ROUNDS && core->wrong == NULL; i++)
		one_round(core);
	return NULL;
}

static void run_all(uint32_t function, bool hidden)
{
	struct nw_look before;
	struct nw_look after;
	struct nw nw;

	sim_hide_machine(hidden);
	nw_start(&nw, POOL_SIZE);
	memset(sim_pointer(WORLD_RAM_PA), 3, 3000 * SHM_PAGE_SIZE);
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		cores[i] = (struct core){
			.number = i,
			.nw = nw,
			.random = random_start("core", i + 1),
			.session = nw_open(&nw),
			.function = function,
		};
	before = nw_look();
	cores_run(run_core, cores, sizeof(cores[0]));
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		assert_ptr_equal(cores[i].wrong, NULL);
	sim_interrupt_after(0);
	(void)nw_unregister(&nw, SHARED);
	after = nw_look();
	assert_memory_equal(&before, &after, sizeof(before));
	assert_true(sim_check_violations());
	sim_hide_machine(false);
}

static void cores_work_side_by_side(void **state)
{
	(void)state;
	run_all(NW_CALL_WITH_ARG, false);
}

static void cores_order_all_by_locks_of_their_own(void **state)
{
	(void)state;
	run_all(NW_CALL_WITH_ARG, true);
}

/* Whoever waits for another does so asleep, and would not wake by itself. */
static void cores_wake_each_other(void **state)
{
	(void)state;
	run_all(NW_CALL_WITH_RPC_ARG, true);
}

/* Each answer is right, or says that another guest has got a page of it. */
static void one_round_of_many(struct core *core)
{
	uint64_t count = 1 + random_below(&core->random, COUNT);
	uint64_t first = random_below(&core->random, 3000);
	pa_t pages[COUNT];
	uint64_t sum = 0;
	uint32_t ret;

	/* Mostly in a part of the memory that is the core's own. */
	if (random_below(&core->random, 4) != 0)
		first = core->number * 750 + first % 400;
	for (uint64_t i = 0; i < count; i++)
		pages[i] = WORLD_RAM_PA +
			   ((first + i * 7 % COUNT) % 3000 << SHM_PAGE_SHIFT);
	if (random_below(&core->random, 4) == 0)
		sim_interrupt_after(1 + random_below(&core->random, 50));
	ret = send_tmem(core, 1,
			world_write_list(core->number * 8, pages, count),
			count * SHM_PAGE_SIZE);
	core->lost += ret == NW_TARGET_DEAD;
	if (ret == NW_TARGET_DEAD)
		return;
	if (ret != 0)
		core->wrong = "register";
	ret = send_checksum(core, 1, count * SHM_PAGE_SIZE, &sum);
	core->lost += ret == NW_TARGET_DEAD;
	if (ret != NW_TARGET_DEAD &&
	    (ret != 0 || sum != count * SHM_PAGE_SIZE * 3))
		core->wrong = "checksum";
	if (send_unregister(core, 1) != 0)
		core->wrong = "unregister";
}

static void *run_guest(void *arg)
{
	struct core *core = arg;

	sim_core_set(core->number);
	for (unsigned int i = 0; i < 2 * ROUNDS && core->wrong == NULL; i++)
		one_round_of_many(core);
	return NULL;
}

static uint32_t set_guest(struct nw *nw, uint32_t function, uint32_t id)
{
	return (uint32_t)nw_smc(nw, function, id, 0, 0, 0, 0, 0).a[0];
}

static void start_guest(struct nw *nw, unsigned int number)
{
	struct core *core = &cores[number];

	assert_int_equal(set_guest(nw, NW_VM_CREATED, number + 1), NW_OK);
	*core = (struct core){
		.number = number,
		.nw = *nw,
		.random = random_start("guest", number + 1),
		.function = NW_CALL_WITH_ARG,
	};
	core->nw.client = number + 1;
	core->session = nw_open(&core->nw);
	assert_int_not_equal(core->session, 0);
}

static void guests_take_pages_from_each_other(void **state)
{
	unsigned int lost = 0;
	uint64_t revoked = 0;
	struct shm_usage usage;
	struct nw nw;

	(void)state;
	nw_start(&nw, 2 * POOL_SIZE);
	memset(sim_pointer(WORLD_RAM_PA), 3, 3000 * SHM_PAGE_SIZE);
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		start_guest(&nw, i);
	cores_run(run_guest, cores, sizeof(cores[0]));
	sim_interrupt_after(0);
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++) {
		assert_ptr_equal(cores[i].wrong, NULL);
		lost += cores[i].lost;
		assert_true(
			usage_find_guest(tee_shm(), i + 1, NULL, NULL, &usage));
		revoked += usage.revoked;
		assert_int_equal(usage.used[RESOURCE_REGIONS], 0);
		assert_int_equal(usage.used[RESOURCE_PAGES], 0);
	}
	assert_in_range(revoked, 10, UINT32_MAX);
	assert_in_range(lost, 1, revoked);
	assert_int_equal(sim_tlb_stale_count(), 0);
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		assert_int_equal(set_guest(&nw, NW_VM_DESTROYED, i + 1), NW_OK);
	assert_true(sim_check_violations());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cores_work_side_by_side),
		cmocka_unit_test(cores_order_all_by_locks_of_their_own),
		cmocka_unit_test(cores_wake_each_other),
		cmocka_unit_test(guests_take_pages_from_each_other),
	};

	trace_leave_out("which core comes first is not fixed");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
