// SPDX-License-Identifier: BSD-2-Clause
/* Lives by the hundred thousand, and whether anything adds up. */
#include "vm.h"

#define COOKIE	 UINT64_C(0xffff000088880000)
#define CYCLES	 100000u
#define PROGRESS 25000u
#define ID_MASK	 0x7FFFu
#define SCATTER	 64u

static uint64_t page_list;
static uint64_t scattered;
static struct wire_arg *waiting; /* of calls that are never resumed */

/* Some of what a guest can leave behind: more of them little than much. */
static void leave_something(uint32_t choice)
{
	struct call call;
	uint32_t session;

	if (choice % 4 != 0)
		return;
	equal(shm_register(COOKIE, page_list, PAGE), RET_OK);
	if (choice % 16 != 0)
		return;
	session = session_open();
	check(session != 0);
	equal(shm_register(COOKIE + 1, scattered, SCATTER * PAGE), RET_OK);
	if (choice % 32 != 0)
		return;
	arg_rpc_fill(waiting, session, PAGE, 1);
	call_set(&call, FID_CALL_WITH_ARG, waiting);
	equal(call_step(&call), A0_RPC_ALLOC);
}

static void cycles(void)
{
	uint64_t level = vm_pool_level();
	uint32_t seed = 0x5eed0001;

	uint64_t begin = ticks();

	print("# seed %x\n", seed);
	page_list = list_run(address_of(pages_take(1)), 1);
	scattered = list_scatter(address_of(pages_take(SCATTER)), SCATTER);
	waiting = pages_take(1);
	for (uint32_t i = 1; i <= CYCLES; i++) {
		uint32_t id = 1 + (random_next(&seed) >> 8 & ID_MASK);

		vm_begin(id);
		leave_something(i);
		vm_end(id);
		if (i % PROGRESS == 0) {
			print("# %u lives, %lu s\n", i,
			      (ticks() - begin) / ticks_per_second());
			equal(vm_pool_level(), level);
		}
	}
}

/* Those that are there at once, and what each of them has got to. */
enum stage {
	NOBODY,
	CREATED,
	REGISTERED,
	HOLDING,
	WAITING, /* in a call that is never resumed */
};

/* With two calls each. */
#define CROWD_MOST  1000u
#define CROWD_BYTES 13312u
#define CALL_BYTES  48u /* what each stack takes beside itself */
#define BYTE(i)	    ((uint8_t)((i)*7 + 1))

struct member {
	uint16_t id;
	uint8_t stage;
	uint32_t session;
};

static struct member members[CROWD_MOST];
static uint64_t crowd_data;
static uint32_t crowd;

/* An order of ids that no tree likes better than another. */
static void name_members(uint32_t *seed)
{
	for (uint32_t i = 0; i < crowd; i++)
		members[i] = (struct member){ .id = (uint16_t)(1 + 61 * i) };
	for (uint32_t i = crowd - 1; i > 0; i--) {
		uint32_t j = random_next(seed) % (i + 1);
		uint16_t id = members[i].id;

		members[i].id = members[j].id;
		members[j].id = id;
	}
}

static void member_sums(const struct member *member)
{
	uint32_t i = (uint32_t)(member - members);
	uint32_t ret;

	equal(checksum(member->session, COOKIE, 0, PAGE, &ret),
	      (uint64_t)BYTE(i) * PAGE);
	equal(ret, RET_OK);
}

static void member_registers(struct member *member)
{
	uint64_t pa = crowd_data + (uint64_t)(member - members) * PAGE;
	uint8_t *page = (uint8_t *)(uintptr_t)pa;

	bytes_set(page, BYTE(member - members), PAGE);
	*list_entry(page_list, 0) = pa;
	equal(shm_register(COOKIE, page_list, PAGE), RET_OK);
}

static void member_holds(const struct member *member)
{
	struct wire_arg *arg = invoke_set(member->session, MEM_HOLD);

	arg_param(arg, 0, RMEM_INOUT, 0, PAGE, COOKIE);
	equal(message(arg), RET_OK);
}

static void member_waits(const struct member *member)
{
	struct call call;

	arg_rpc_fill(waiting, member->session, PAGE, 1);
	call_set(&call, FID_CALL_WITH_ARG, waiting);
	equal(call_step(&call), A0_RPC_ALLOC);
}

/* One step further in its life, or one more call at the end of it. */
static void go_on(struct member *member)
{
	caller_set(member->id);
	switch (member->stage) {
	case NOBODY:
		caller_set(0);
		equal(vm_create(member->id), A0_OK);
		break;
	case CREATED:
		member_registers(member);
		break;
	case REGISTERED:
		member->session = session_open();
		check(member->session != 0);
		member_sums(member);
		member_holds(member);
		break;
	case HOLDING:
		member_sums(member);
		member_waits(member);
		break;
	default:
		member_sums(member);
		break;
	}
	if (member->stage != WAITING)
		member->stage++;
	caller_set(0);
}

/* In an order of their own, and those who are left go on meanwhile. */
static void die_one_by_one(uint32_t *seed)
{
	for (uint32_t left = crowd; left > 0; left--) {
		uint32_t i = random_next(seed) % crowd;

		while (members[i].stage == NOBODY)
			i = (i + 1) % crowd;
		vm_end(members[i].id);
		members[i].stage = NOBODY;
		i = random_next(seed) % crowd;
		if (members[i].stage != NOBODY)
			go_on(&members[i]);
	}
}

/* All get to `stage`, in an order of their own. */
static void all_go_on(uint32_t *seed, uint8_t stage)
{
	uint32_t behind = crowd * (stage - members[0].stage);

	while (behind > 0) {
		uint32_t i = random_next(seed) % crowd;

		while (members[i].stage >= stage)
			i = (i + 1) % crowd;
		go_on(&members[i]);
		behind--;
	}
}

/*
 * Each with its first mapping; then with a session, a reference, a call that
 * never ends, and another one beside it. Other numbers of stacks are for
 * another number of guests, and for what they are more than two.
 */
static void crowds(void)
{
	uint32_t seed = 0x5eed0002;
	uint32_t stacks = vm_thread_count();
	uint64_t level = vm_pool_level();
	uint64_t bytes;

	crowd = stacks == 2 ? CROWD_MOST : 500;
	print("# seed %x, %u guests\n", seed, crowd);
	page_list = list_run(address_of(pages_take(1)), 1);
	crowd_data = address_of(pages_take(crowd));
	waiting = pages_take(1);
	name_members(&seed);
	all_go_on(&seed, REGISTERED);
	bytes = (level - vm_pool_level()) / crowd;
	print("# %lu bytes a guest\n", bytes);
	check(bytes <= CROWD_BYTES + (stacks - 2) * (PAGE + CALL_BYTES));
	all_go_on(&seed, WAITING);
	for (uint32_t i = 0; i < crowd; i++)
		go_on(&members[i]);
	die_one_by_one(&seed);
}

#define REGIONS	     60000u
#define REGION_BYTES 224u

/* In the image in which the crowd has room, too. */
static void regions(void)
{
	uint64_t level = vm_pool_level();
	uint64_t list = list_run(address_of(pages_take(1)), 1);
	uint64_t data = address_of(pages_take(REGIONS));
	uint64_t bytes;

	if (vm_thread_count() != 2)
		return;
	vm_begin(1);
	for (uint32_t i = 0; i < REGIONS; i++) {
		*list_entry(list, 0) = data + (uint64_t)i * PAGE;
		equal(shm_register(COOKIE + i, list, PAGE), RET_OK);
	}
	bytes = (level - vm_pool_level()) / REGIONS;
	print("# %lu bytes a region\n", bytes);
	check(bytes <= REGION_BYTES);
	vm_end(1);
}

static const struct test tests[] = {
	{ "a hundred thousand lives leave nothing", cycles },
	{ "a crowd lives at once and dies in no order", crowds },
	{ "sixty thousand regions live at once", regions },
};

GROUP(numbers, tests);
