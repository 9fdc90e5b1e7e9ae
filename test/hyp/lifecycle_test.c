// SPDX-License-Identifier: BSD-2-Clause
/* What the hypervisor says of its guests, and what it is answered. */
#include "vm.h"

#define COOKIE	UINT64_C(0xffff000012340000)
#define OTHER	0x22u
#define ID_LAST 0xFFFFu

static uint32_t announce_as(uint64_t who, uint32_t function, uint64_t id)
{
	uint64_t x[8] = { function, id, 0, 0, 0, 0, 0, who };

	smc(x);
	return (uint32_t)x[0];
}

static bool exists(uint32_t id)
{
	uint64_t x[8] = { FID_ENABLE_SHM_CACHE, 0, 0, 0, 0, 0, 0, id };

	smc(x);
	check(x[0] == A0_OK || x[0] == A0_ENOTAVAIL);
	return x[0] == A0_OK;
}

static void only_the_hypervisor(void)
{
	static const uint32_t whos[] = { GUEST,	  OTHER,   1,
					 ID_LAST, 0x10000, 0x80000000 };

	equal(vm_create(GUEST), A0_OK);
	for (unsigned int i = 0; i < sizeof(whos) / sizeof(*whos); i++) {
		equal(announce_as(whos[i], FID_VM_CREATED, OTHER),
		      A0_ENOTAVAIL);
		equal(announce_as(whos[i], FID_VM_DESTROYED, GUEST),
		      A0_ENOTAVAIL);
	}
	check(exists(GUEST));
	check(!exists(OTHER));
	/* Only the low halves of registers count. */
	equal(announce_as(UINT64_C(5) << 32, FID_VM_CREATED,
			  UINT64_C(7) << 32 | OTHER),
	      A0_OK);
	check(exists(OTHER));
	equal(vm_destroy(OTHER), A0_OK);
	equal(vm_destroy(GUEST), A0_OK);
}

static void nobodys_ids(void)
{
	static const uint32_t ids[] = { 0, 0x10000, 0x10000 | GUEST,
					0x80000000 | GUEST, UINT32_MAX };

	equal(vm_create(GUEST), A0_OK);
	for (unsigned int i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		equal(vm_create(ids[i]), A0_ENOTAVAIL);
		equal(vm_destroy(ids[i]), A0_OK); /* 0: as Xen probes */
	}
	equal(vm_destroy(OTHER), A0_OK);
	check(exists(GUEST));
	check(exists(0));
	check(!exists(0x10000 | GUEST));
	vm_works(COOKIE);
	equal(vm_destroy(GUEST), A0_OK);
	equal(vm_destroy(GUEST), A0_OK);
}

/* Of somebody who is not there; one argument page shows the result, too. */
static void refused(uint32_t who, uint32_t function)
{
	uint64_t x[8] = { function, 0, 0, 0, 0, 0, 0, who };
	struct wire_arg *arg = core_arg();

	arg_unregister(arg, COOKIE);
	x[2] = (uint32_t)address_of(arg);
	smc(x);
	equal(x[0], A0_ENOTAVAIL);
	if (function == FID_CALL_WITH_ARG || function == FID_CALL_WITH_RPC_ARG)
		equal(arg->ret, RET_TARGET_DEAD);
	else
		equal(arg->ret, 0x5EED);
}

static void unknown_guests(void)
{
	static const uint32_t functions[] = {
		FID_CALL_WITH_ARG,	   FID_CALL_WITH_RPC_ARG,
		FID_CALL_WITH_REGD_ARG,	   FID_ADD_SHM_BUFFER,
		FID_REMOVE_SHM_BUFFER,	   FID_RETURN_FROM_RPC,
		FID_EXCHANGE_CAPABILITIES, FID_ENABLE_SHM_CACHE,
		FID_DISABLE_SHM_CACHE,
	};

	for (unsigned int i = 0; i < sizeof(functions) / sizeof(*functions);
	     i++) {
		refused(GUEST, functions[i]);
		refused(0x10000, functions[i]);
		refused(UINT32_MAX, functions[i]);
	}
}

/* Xen asks these with whatever is in a7. */
static void questions_of_anybody(void)
{
	static const uint32_t functions[] = {
		FID_CALLS_UID,	 FID_CALLS_REVISION,  FID_CALLS_COUNT,
		FID_GET_OS_UUID, FID_GET_OS_REVISION, FID_GET_THREAD_COUNT,
	};

	for (unsigned int i = 0; i < sizeof(functions) / sizeof(*functions);
	     i++) {
		uint64_t x[8] = { functions[i] };
		uint64_t y[8] = { functions[i] };

		for (unsigned int j = 1; j < 8; j++)
			y[j] = UINT64_C(0xdeadbeefcafe0000) + j;
		smc(x);
		smc(y);
		check(x[0] != A0_UNKNOWN && x[0] != A0_ENOTAVAIL);
		for (unsigned int j = 0; j < 4; j++)
			equal(y[j], x[j]);
	}
}

static void duplicates(void)
{
	uint64_t list = list_run(address_of(pages_take(1)), 1);
	struct wire_arg *arg = pages_take(1);
	struct call call;
	uint32_t session;

	vm_begin(GUEST);
	equal(vm_create(GUEST), A0_OK);
	session = session_open();
	equal(vm_create(GUEST), A0_ENOTAVAIL);
	equal(session_close(session), RET_OK);
	equal(vm_create(GUEST), A0_OK);
	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	equal(vm_create(GUEST), A0_ENOTAVAIL);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(vm_create(GUEST), A0_OK);

	session = session_open();
	arg_rpc_fill(arg, session, PAGE, 1);
	call_set(&call, FID_CALL_WITH_ARG, arg);
	equal(call_step(&call), A0_RPC_ALLOC);
	equal(vm_create(GUEST), A0_ENOTAVAIL);
	equal(call_finish(&call), A0_OK);
	equal(arg->ret, RET_OK);
	equal(session_close(session), RET_OK);
	equal(vm_create(GUEST), A0_OK);
	vm_works(COOKIE);
	vm_end(GUEST);
}

static void every_id(void)
{
	for (uint32_t id = 1; id <= ID_LAST; id++) {
		if (!equal(vm_create(id), A0_OK))
			return;
		if (id % 1024 == 1023) {
			caller_set(id);
			vm_works(COOKIE);
			caller_set(0);
			check(!exists(id - 1));
		}
		equal(vm_destroy(id), A0_OK);
		check(!exists(id));
	}
}

/* A thousand at most fit; the lowest, the highest and some between. */
static void many_ids_at_once(void)
{
	uint32_t count = 0;

	for (uint32_t id = 1; id <= ID_LAST; id += 0x3ff) {
		equal(vm_create(id), A0_OK);
		count++;
	}
	for (uint32_t id = 1; id <= ID_LAST; id += 0x3ff) {
		caller_set(id);
		vm_works(COOKIE);
		check(!exists(id + 1));
	}
	caller_set(0);
	equal(count, 65);
	for (uint32_t id = 1; id <= ID_LAST; id += 0x3ff)
		equal(vm_destroy(id), A0_OK);
}

/* What is owed is more than what is free. */
static void creation_beside_a_corpse(void)
{
	uint64_t pages = 60000;
	uint64_t data = address_of(pages_take(pages));
	uint64_t list = list_scatter(data, pages);
	uint64_t cookie = COOKIE;
	uint32_t ret;

	vm_begin(GUEST);
	do {
		ret = shm_register(cookie++, list, pages * PAGE);
	} while (ret == RET_OK && cookie < COOKIE + 100);
	equal(ret, RET_OUT_OF_MEMORY);
	for (unsigned int i = 0; i < 3; i++) {
		equal(vm_destroy(GUEST), A0_OK);
		equal(vm_create(GUEST), A0_OK);
	}
	equal(vm_create(OTHER), A0_OK);
	vm_works(COOKIE);
	/* And again, while the second is the one that is buried. */
	equal(shm_register(COOKIE, list, pages * PAGE), RET_OK);
	equal(vm_destroy(GUEST), A0_OK);
	caller_set(OTHER);
	equal(shm_register(COOKIE, list, pages * PAGE), RET_OK);
	equal(shm_unregister(COOKIE), RET_OK);
	vm_end(OTHER);
	check(!exists(GUEST));
}

static void guest_0_stays(void)
{
	struct call call;
	struct wire_arg *arg = pages_take(1);
	uint64_t page = address_of(pages_take(1));

	vm_begin(GUEST);
	vm_works(COOKIE);
	caller_set(0);
	equal(smc_simple(FID_EXCHANGE_CAPABILITIES, 0), A0_OK);
	vm_works(COOKIE);
	arg_rpc_fill(arg, session_open(), PAGE, 1);
	call_set(&call, FID_CALL_WITH_RPC_ARG, arg);
	equal(call_step(&call), A0_RPC_CMD);
	/* Addresses that nobody translated are no longer taken. */
	call_reply_shm(&call, TMEM_OUT, page, PAGE, COOKIE);
	equal(call_step(&call), A0_RPC_CMD);
	equal(call.rpc->cmd, RPC_SHM_FREE);
	equal(call.rpc->param[0].b, COOKIE);
	equal(call_step(&call), A0_OK);
	equal(arg->ret, RET_OUT_OF_MEMORY);
	equal(session_close(arg->session), RET_OK);
	vm_end(GUEST);
}

static const struct test tests[] = {
	{ "only the hypervisor's word makes and destroys guests",
	  only_the_hypervisor },
	{ "no guest has id 0 or more than 16 bits of id", nobodys_ids },
	{ "whatever an unknown guest calls is refused", unknown_guests },
	{ "questions about the image are answered to anybody",
	  questions_of_anybody },
	{ "a guest is created again only while it has nothing", duplicates },
	{ "each of the 65,535 ids can come and go", every_id },
	{ "ids from all over the range live side by side", many_ids_at_once },
	{ "creation needs nothing that a corpse still holds",
	  creation_beside_a_corpse },
	{ "guest 0 keeps working beside guests", guest_0_stays },
};

GROUP(lifecycle, tests);
