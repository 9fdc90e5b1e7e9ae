// SPDX-License-Identifier: BSD-2-Clause
/*
 * Guests that die in the middle of a call: of every kind of call, at every RPC
 * and at every look for an interrupt. Each call is begun over and over, by a
 * guest made for it, and taken one entry further each time.
 */
#include "deadly.h"

#define ENTRIES 200u

/* What the guest has beside the call that it dies in. */
static uint64_t data;
static struct call other; /* a call that the one in question waits for */

/* Deaths, by what the call waited for: ALLOC, FREE, FOREIGN_INTR, CMD. */
static uint32_t deaths[6];
static uint32_t deaths_asleep;

static void hold_it(void)
{
	struct wire_arg *arg = invoke_set(deadly_session, MEM_HOLD);

	arg_param(arg, 0, RMEM_INOUT, 0, 0, COOKIE);
	equal(message(arg), RET_OK);
}

/* Held still, but gone. */
static void hold_and_unregister(void)
{
	hold_it();
	equal(shm_unregister(COOKIE), RET_OK);
}

/* A sum that never ends, for the call in question to wait for. */
static void use_it(void)
{
	set_checksum(&other);
	equal(vm_enter_slice(&other), A0_RPC_FOREIGN);
}

/* The same, of a kind that wakes who sleeps until it is over. */
static void use_it_aloud(void)
{
	set_checksum(&other);
	call_set(&other, FID_CALL_WITH_RPC_ARG, other.arg);
	equal(vm_enter_slice(&other), A0_RPC_FOREIGN);
}

/* Somebody else's corpse, which this guest's next call begins to bury. */
static void bury_another(void)
{
	uint64_t other_data = address_of(pages_take(LARGE));
	uint64_t other_list = list_scatter(other_data, LARGE);
	uint32_t self = caller();

	vm_begin(self + 1);
	equal(shm_register(COOKIE, other_list, LARGE * PAGE), RET_OK);
	equal(shm_register(COOKIE + 1, other_list, LARGE * PAGE), RET_OK);
	check(session_open() != 0);
	vm_end(self + 1);
	caller_set(self);
}

struct scene {
	void (*begin)(void); /* beside a region and a session; or NULL */
	void (*set)(struct call *call);
	uint32_t most; /* entries, where it does not end; else 0 */
};

/*
 * Answer the call at each entry until it is over or `entries` have been made.
 * True: it is in the middle of something.
 */
static bool proceed(struct call *call, uint32_t entries)
{
	for (uint32_t i = 0; i < entries; i++) {
		if (i > 0)
			call_serve(call);
		if (!is_rpc(vm_enter_slice(call)))
			return false;
	}
	return true;
}

static void begin_scene(const struct scene *scene)
{
	vm_begin(GUEST);
	deadly_session = session_open();
	check(deadly_session != 0);
	equal(shm_register(COOKIE, deadly_list, LARGE * PAGE), RET_OK);
	if (scene->begin != NULL)
		scene->begin();
}

/* Nothing of it is known any more, under the same id either. */
static void check_dead(const struct call *call)
{
	/* With these, nothing is kept ready: the next one gets its calls. */
	equal(vm_create(GUEST + 8), A0_OK);
	equal(vm_create(GUEST + 9), A0_OK);
	equal(vm_destroy(GUEST), A0_OK);
	equal(vm_resume(call), A0_ENOTAVAIL);
	equal(vm_create(GUEST), A0_OK);
	equal(vm_resume(call), A0_ERESUME);
	equal(vm_destroy(GUEST + 8), A0_OK);
	equal(vm_destroy(GUEST + 9), A0_OK);
	vm_works(COOKIE);
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
	equal(session_close(deadly_session), RET_BAD_PARAMETERS);
	vm_end(GUEST);
}

/* One life, up to the given entry of the call. False: the call was over. */
static bool live_and_die(const struct scene *scene, uint32_t entries)
{
	uint64_t level = vm_pool_level();
	uint64_t mark = pages_mark();
	struct call call;
	bool suspended;

	begin_scene(scene);
	scene->set(&call);
	suspended = proceed(&call, entries);
	if (suspended) {
		deaths[call.last & 0xff]++;
		deaths_asleep += call.last == A0_RPC_CMD &&
				 call.rpc->cmd == RPC_NOTIFICATION;
	}
	check_dead(&call);
	if (!equal(vm_pool_level(), level))
		print("# after entry %u, which answered %x\n", entries,
		      call.last);
	pages_reset(mark);
	return suspended;
}

static void die_at_every_entry(const struct scene *scene, uint32_t at_least)
{
	uint32_t limit = scene->most != 0 ? scene->most : ENTRIES;
	uint32_t entries = 0;

	data = address_of(pages_take(LARGE));
	deadly_list = list_scatter(data, LARGE);
	bytes_set((void *)(uintptr_t)data, 1, LARGE * PAGE);
	while (entries < limit && live_and_die(scene, entries + 1))
		entries++;
	check(entries >= at_least);
	check((entries == limit) == (scene->most != 0));
}

#define DEATH(name, at_least, ...)                             \
	static void name(void)                                 \
	{                                                      \
		static const struct scene scene = __VA_ARGS__; \
                                                               \
		die_at_every_entry(&scene, at_least);          \
	}

DEATH(registering, 4, { NULL, set_register, 0 })
DEATH(replacing, 4, { NULL, set_replace, 0 })
DEATH(adding, 4, { NULL, set_add, 0 })
DEATH(unregistering, 4, { NULL, set_unregister, 0 })
DEATH(unregistering_in_use, 5, { use_it, set_unregister, 5 })
DEATH(unregistering_asleep, 3, { use_it_aloud, set_unregister_asleep, 3 })
DEATH(removing, 4, { NULL, set_remove, 0 })
DEATH(removing_held, 4, { hold_it, set_remove, 0 })
DEATH(opening, 8, { NULL, set_open, 0 })
DEATH(closing_in_use, 5, { use_it, set_close, 5 })
DEATH(summing, 8, { NULL, set_checksum, 0 })
DEATH(filling, 8, { NULL, set_fill, 0 })
DEATH(copying, 4, { NULL, set_copy, 0 })
DEATH(reversing, 4, { NULL, set_reverse, 0 })
DEATH(summing_held, 8, { hold_it, set_held_sum, 20 })
DEATH(summing_gone, 0, { hold_and_unregister, set_held_sum, 0 })
DEATH(holding, 0, { NULL, set_hold, 0 })
DEATH(releasing, 0, { hold_it, set_release, 0 })
DEATH(asking_for_a_budget, 0, { NULL, set_get_budget, 0 })
DEATH(asking_for_stats, 4, { NULL, set_stats, 0 })
DEATH(borrowing, 8, { NULL, set_rpc_fill, 0 })
DEATH(borrowing_beside, 6, { NULL, set_rpc_fill_beside, 0 })
DEATH(borrowing_inside, 6, { NULL, set_rpc_fill_inside, 0 })
DEATH(burying, 8, { bury_another, set_register, 0 })

static void every_kind(void)
{
	static const uint8_t kinds[] = { 0, 2, 4, 5 };

	for (unsigned int i = 0; i < sizeof(kinds); i++)
		if (!check(deaths[kinds[i]] != 0))
			print("# RPC %u: %u deaths\n", kinds[i],
			      deaths[kinds[i]]);
	check(deaths_asleep != 0);
}

static const struct test tests[] = {
	{ "death while a registration reads its list", registering },
	{ "death while a registration replaces another", replacing },
	{ "death while ADD_SHM_BUFFER reads its list", adding },
	{ "death while a region is unregistered", unregistering },
	{ "death while unregistering waits for a call", unregistering_in_use },
	{ "death while unregistering sleeps until a call is over",
	  unregistering_asleep },
	{ "death while REMOVE_SHM_BUFFER takes a region apart", removing },
	{ "death while what a session holds is removed", removing_held },
	{ "death while a session is opened", opening },
	{ "death while closing waits for a call", closing_in_use },
	{ "death while CHECKSUM runs", summing },
	{ "death while FILL runs", filling },
	{ "death while COPY runs", copying },
	{ "death while REVERSE runs", reversing },
	{ "death while HELD_SUM runs", summing_held },
	{ "death while a session holds what is gone", summing_gone },
	{ "death while a session begins to hold a region", holding },
	{ "death while a session lets go of it", releasing },
	{ "death while GET_BUDGET runs", asking_for_a_budget },
	{ "death while STATS runs", asking_for_stats },
	{ "death while RPC_FILL borrows, with a buffer asked for", borrowing },
	{ "death while RPC_FILL borrows, its buffer given", borrowing_beside },
	{ "death while RPC_FILL borrows, all inside a region",
	  borrowing_inside },
	{ "death while a guest's call buries another guest", burying },
	{ "these deaths were at every kind of RPC", every_kind },
};

GROUP(death, tests);
