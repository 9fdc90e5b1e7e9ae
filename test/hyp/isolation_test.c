// SPDX-License-Identifier: BSD-2-Clause
/* Guests that know each other's names for everything, and get nowhere. */
#include "vm.h"

#define COOKIE UINT64_C(0xffff000055550000)
#define ALICE  0x31u
#define BOB    0x8031u
#define PAGES  3u

struct party {
	uint32_t id;
	uint8_t *data;
	uint64_t list;
	uint32_t session;
};

static struct party alice = { .id = ALICE };
static struct party bob = { .id = BOB };

/* A region by the same cookie, with bytes of its own, and some sessions. */
static void settle_in(struct party *party, uint8_t byte, unsigned int sessions)
{
	vm_begin(party->id);
	party->data = pages_take(PAGES);
	party->list = list_run(address_of(party->data), PAGES);
	bytes_set(party->data, byte, PAGES * PAGE);
	equal(shm_register(COOKIE, party->list, PAGES * PAGE), RET_OK);
	for (unsigned int i = 0; i < sessions; i++)
		party->session = session_open();
	check(party->session != 0);
}

static void both_settle_in(void)
{
	settle_in(&alice, 1, 5);
	settle_in(&bob, 2, 1);
	check(alice.session != bob.session);
}

static void both_leave(void)
{
	vm_end(alice.id);
	vm_end(bob.id);
}

static uint64_t sum_of(const struct party *party)
{
	uint64_t sum;
	uint32_t ret;

	caller_set(party->id);
	sum = checksum(party->session, COOKIE, 0, PAGES * PAGE, &ret);
	equal(ret, RET_OK);
	return sum;
}

static void cookies(void)
{
	uint32_t ret;

	both_settle_in();
	equal(sum_of(&alice), PAGES * PAGE);
	equal(sum_of(&bob), 2 * PAGES * PAGE);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
	equal(buffer_remove(COOKIE), A0_EBADADDR);
	(void)checksum(bob.session, COOKIE, 0, PAGE, &ret);
	equal(ret, RET_BAD_PARAMETERS);
	equal(sum_of(&alice), PAGES * PAGE);
	both_leave();
}

static void sessions(void)
{
	struct wire_arg *arg;
	uint32_t ret;

	both_settle_in();
	(void)checksum(alice.session, COOKIE, 0, PAGE, &ret); /* as Bob */
	equal(ret, RET_BAD_PARAMETERS);
	equal(session_close(alice.session), RET_BAD_PARAMETERS);
	arg = core_arg();
	arg_set(arg, CMD_CANCEL, 0);
	arg->session = alice.session;
	equal(message(arg), RET_BAD_PARAMETERS);
	equal(sum_of(&alice), PAGES * PAGE);
	both_leave();
}

static void set_sum(struct call *call, const struct party *party)
{
	struct wire_arg *arg = pages_take(1);

	caller_set(party->id);
	arg_set(arg, CMD_INVOKE, 2);
	arg->session = party->session;
	arg->cancel_id = 77;
	arg->func = MEM_CHECKSUM;
	arg_param(arg, 0, RMEM_IN, 0, PAGES * PAGE, COOKIE);
	arg_param(arg, 1, VALUE_OUT, 0, 0, 0);
	call_set(call, FID_CALL_WITH_ARG, arg);
}

/* What Bob cancels is a call of his own by the same names, if anything. */
static void cancelling(void)
{
	struct call call;
	struct wire_arg *arg;

	settle_in(&bob, 2, 1);
	settle_in(&alice, 1, 1);
	equal(alice.session, bob.session);
	set_sum(&call, &alice);
	equal(vm_enter_slice(&call), A0_RPC_FOREIGN);
	caller_set(bob.id);
	arg = core_arg();
	arg_set(arg, CMD_CANCEL, 0);
	arg->session = bob.session;
	arg->cancel_id = 77;
	equal(message(arg), RET_OK);
	caller_set(alice.id);
	equal(call_finish(&call), A0_OK);
	equal(call.arg->ret, RET_OK);
	equal(call.arg->param[1].a, PAGES * PAGE);
	both_leave();
}

static void resume_as(const struct call *call, uint32_t who, uint32_t want)
{
	struct call stolen = *call;

	for (uint64_t a3 = call->x[3]; a3 < call->x[3] + 3; a3++) {
		stolen.x[3] = a3;
		stolen.x[7] = who;
		equal(vm_resume(&stolen), want);
	}
}

static void suspended_calls(void)
{
	struct call call;

	both_settle_in();
	set_sum(&call, &alice);
	equal(vm_enter_slice(&call), A0_RPC_FOREIGN);
	resume_as(&call, bob.id, A0_ERESUME);
	resume_as(&call, 0, A0_ERESUME);
	resume_as(&call, ALICE + 1, A0_ENOTAVAIL);
	resume_as(&call, 0x10000 | ALICE, A0_ENOTAVAIL);
	equal(call_finish(&call), A0_OK);
	equal(call.arg->ret, RET_OK);
	both_leave();
}

static uint32_t close_inside(uint32_t who)
{
	uint64_t x[8] = { FID_CALL_WITH_REGD_ARG,
			  COOKIE >> 32,
			  (uint32_t)COOKIE,
			  0,
			  0,
			  0,
			  0,
			  who };

	smc(x);
	return (uint32_t)x[0];
}

/* Of Alice, named by Bob, who has a region by that cookie or none. */
static void registered_arguments(void)
{
	struct wire_arg *arg;

	both_settle_in();
	arg = (struct wire_arg *)(void *)alice.data;
	arg_set(arg, CMD_CLOSE, 0);
	arg->session = 1;
	/* His is full of twos, and so are many parameters. */
	equal(close_inside(bob.id), A0_EBADADDR);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(close_inside(bob.id), A0_EBADADDR);
	equal(arg->ret, 0x5EED);
	equal(close_inside(alice.id), A0_OK);
	equal(arg->ret, RET_OK);
	both_leave();
}

/* One page of arguments, sent for the one and then for the other. */
static void only_a7_decides(void)
{
	static const uint32_t senders[] = { BOB, ALICE };
	struct wire_arg *arg = pages_take(1);

	both_settle_in();
	arg_unregister(arg, COOKIE);
	for (unsigned int i = 0; i < 2; i++) {
		caller_set(senders[i]);
		equal(message(arg), RET_OK);
		equal(message(arg), RET_BAD_PARAMETERS);
	}
	both_leave();
}

static void epochs_and_deaths(void)
{
	struct wire_arg *arg;

	both_settle_in();
	arg = invoke_set(bob.session, MEM_HOLD);
	arg_param(arg, 0, RMEM_INOUT, 0, 0, COOKIE);
	equal(message(arg), RET_OK);
	caller_set(alice.id);
	equal(smc_simple(FID_EXCHANGE_CAPABILITIES, 0), A0_OK);
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
	equal(sum_of(&bob), 2 * PAGES * PAGE);
	vm_end(alice.id);
	equal(sum_of(&bob), 2 * PAGES * PAGE);
	arg = invoke_set(bob.session, MEM_HELD_SUM);
	arg_param(arg, 0, VALUE_OUT, 0, 0, 0);
	equal(message(arg), RET_OK);
	equal(arg->param[0].a, 2 * PAGES * PAGE);
	vm_end(bob.id);
}

#define CONTROL 1u

static void accounts(void)
{
	struct stats_record records[8];
	uint32_t total;

	both_settle_in();
	equal(stats_read(0, records, 8, &total), 1); /* as Bob */
	equal(total, 1);
	equal(records[0].guest, BOB);
	equal(records[0].pages, PAGES + 1); /* and where records go to */
	equal(records[0].sessions, 2);
	equal(records[0].pool_free, 0);
	vm_begin(CONTROL);
	equal(stats_read(0, records, 8, &total), 5);
	equal(records[0].guest, UINT32_MAX);
	check(records[0].pool_free != 0);
	equal(records[1].guest, 0);
	equal(records[2].guest, CONTROL);
	equal(records[3].guest, ALICE);
	equal(records[4].guest, BOB);
	equal(records[3].sessions, 5);
	equal(records[3].pages, PAGES);
	vm_end(CONTROL);
	both_leave();
}

/* A buffer that Bob lends is nothing that Alice could be given back. */
static void caches(void)
{
	struct wire_arg *arg = pages_take(1);
	struct call call;

	both_settle_in();
	arg_rpc_fill(arg, bob.session, PAGE, 1);
	call_set(&call, FID_CALL_WITH_ARG, arg);
	equal(call_step(&call), A0_RPC_ALLOC);
	call_serve(&call);
	equal(call_step(&call), A0_RPC_CMD);
	caller_set(alice.id);
	equal(smc_simple(FID_ENABLE_SHM_CACHE, 0), A0_OK);
	equal(smc_simple(FID_DISABLE_SHM_CACHE, 0), A0_ENOTAVAIL);
	caller_set(bob.id);
	equal(call_finish(&call), A0_OK);
	equal(arg->ret, RET_OK);
	both_leave();
}

static const struct test tests[] = {
	{ "equal cookies of two guests never meet", cookies },
	{ "a session is of no use to another guest", sessions },
	{ "a guest cancels its own calls only", cancelling },
	{ "a suspended call is resumed by its own guest only",
	  suspended_calls },
	{ "an argument in registered memory is its guest's only",
	  registered_arguments },
	{ "whose call it is depends on a7 and on no memory", only_a7_decides },
	{ "an epoch or a life that ends is one guest's only",
	  epochs_and_deaths },
	{ "a lent buffer is given back to nobody but its guest", caches },
	{ "the control guest sees all accounts, others their own", accounts },
};

GROUP(isolation, tests);
