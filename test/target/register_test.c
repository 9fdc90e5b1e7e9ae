// SPDX-License-Identifier: BSD-2-Clause
/* REGISTER_SHM and UNREGISTER_SHM: what is refused, and whose cookie it is. */
#include "call.h"
#include "tap.h"

#define COOKIE UINT64_C(0xffff000040001000)

static uint32_t register_as(uint32_t count, uint64_t attr, uint64_t list,
			    uint64_t size)
{
	struct wire_arg *arg = core_arg();

	arg_set(arg, CMD_REGISTER, 2);
	arg->count = count;
	arg_param(arg, 0, attr, list, size, COOKIE);
	return message(arg);
}

static void attributes(void)
{
	static const uint64_t bad[] = {
		0,
		VALUE_IN,
		RMEM_IN,
		RMEM_OUT,
		TMEM_IN,
		TMEM_OUT,
		TMEM_INOUT,
		0x209,
		0x20B,
		0x30A,
		0x1020A,
		0x7020A,
		0x60A,
		0x8020A,
		0xFFFFFFFF0000020A,
		UINT64_C(1) << 63 | LIST,
		UINT64_C(1) << 32 | LIST,
		0x20C,
	};
	uint64_t list = list_run(address_of(pages_take(1)), 1);

	for (unsigned int i = 0; i < sizeof(bad) / 8; i++)
		equal(register_as(1, bad[i], list, PAGE), RET_BAD_PARAMETERS);
	equal(register_as(0, LIST, list, PAGE), RET_BAD_PARAMETERS);
	equal(register_as(2, LIST, list, PAGE), RET_BAD_PARAMETERS);
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
}

static void sizes(void)
{
	static const uint64_t bad[] = {
		0,
		~UINT64_C(0),
		~UINT64_C(0) - 1,
		~UINT64_C(0) - 0xfff,
		~UINT64_C(0) - 0x1000,
		~UINT64_C(0) - 0x1ffd,
	};
	static const uint64_t huge[] = {
		~UINT64_C(0) - 0x1ffe, UINT64_C(1) << 63, UINT64_C(1) << 52,
		UINT64_C(1) << 48,     UINT64_C(1) << 44, UINT64_C(1) << 40,
	};
	uint64_t list = list_run(address_of(pages_take(1)), 1);

	for (unsigned int i = 0; i < sizeof(bad) / 8; i++)
		equal(register_as(1, LIST, list + 0xfff, bad[i]),
		      RET_BAD_PARAMETERS);
	equal(register_as(1, LIST, list, 0), RET_BAD_PARAMETERS);
	for (unsigned int i = 0; i < sizeof(huge) / 8; i++) {
		uint32_t ret = register_as(1, LIST, list, huge[i]);

		check(ret == RET_BAD_PARAMETERS || ret == RET_OUT_OF_MEMORY);
	}
}

static void offsets(void)
{
	uint64_t list = list_run(address_of(pages_take(3)), 3);

	/* 0xfff + 2 bytes are two pages; the third entry is not looked at. */
	*list_entry(list, 2) = SECURE_IMAGE;
	equal(register_as(1, LIST, list + 0xfff, 2), RET_OK);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(register_as(1, LIST, list + 0xfff, PAGE + 1), RET_OK);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(register_as(1, LIST, list + 0xfff, PAGE + 2), RET_BAD_PARAMETERS);
	equal(register_as(1, LIST, list, 2 * PAGE + 1), RET_BAD_PARAMETERS);
}

static void cookies(void)
{
	uint64_t list = list_run(address_of(pages_take(1)), 1);

	equal(shm_register(0, list, PAGE), RET_BAD_PARAMETERS);
	equal(shm_unregister(0), RET_BAD_PARAMETERS);
	equal(shm_register(~UINT64_C(0), list, PAGE), RET_OK);
	equal(shm_register(1, list, PAGE), RET_OK);
	equal(shm_unregister(~UINT64_C(0)), RET_OK);
	equal(shm_unregister(2), RET_BAD_PARAMETERS);
	equal(shm_unregister(1), RET_OK);
	equal(shm_unregister(1), RET_BAD_PARAMETERS);
}

/* A kernel that starts anew may come to a cookie that it has forgotten. */
static void duplicates(void)
{
	uint8_t *old = pages_take(2);
	uint8_t *new = pages_take(1);
	uint32_t session = session_open();
	uint32_t ret;

	bytes_set(old, 1, 2 * PAGE);
	bytes_set(new, 2, PAGE);
	equal(shm_register(COOKIE, list_run(address_of(old), 2), 2 * PAGE),
	      RET_OK);
	equal(checksum(session, COOKIE, 0, 2 * PAGE, &ret), 2 * PAGE);
	equal(shm_register(COOKIE, list_run(address_of(new), 1), PAGE), RET_OK);
	equal(checksum(session, COOKIE, 0, PAGE, &ret), 2 * PAGE);
	(void)checksum(session, COOKIE, 0, 2 * PAGE, &ret);
	equal(ret, RET_SECURITY);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
	equal(session_close(session), RET_OK);
}

static uint32_t hold(uint32_t session)
{
	struct wire_arg *arg = invoke_set(session, MEM_HOLD);

	arg_param(arg, 0, RMEM_INOUT, 0, PAGE, COOKIE);
	return message(arg);
}

static void held_duplicate(void)
{
	uint64_t list = list_run(address_of(pages_take(1)), 1);
	uint32_t session = session_open();

	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	equal(hold(session), RET_OK);
	equal(shm_register(COOKIE, list, PAGE), RET_BUSY);
	equal(buffer_add(COOKIE, list, PAGE), A0_EBUSY);
	equal(message(invoke_set(session, MEM_RELEASE)), RET_OK);
	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(session_close(session), RET_OK);
}

static void failed_duplicate(void)
{
	uint8_t *page = pages_take(1);
	uint64_t list = list_run(address_of(page), 1);
	uint32_t session = session_open();
	uint32_t ret;

	bytes_set(page, 3, PAGE);
	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	*list_entry(list, 0) = SECURE_IMAGE;
	equal(shm_register(COOKIE, list, PAGE), RET_BAD_PARAMETERS);
	equal(checksum(session, COOKIE, 0, PAGE, &ret), 3 * PAGE);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(session_close(session), RET_OK);
}

/* A call whose argument lies in the region, and which waits for memory. */
static void use_region(struct call *user, uint8_t *page, uint32_t session)
{
	struct wire_arg *arg = (struct wire_arg *)(void *)page;

	arg_rpc_fill(arg, session, PAGE, 5);
	call_set(user, FID_CALL_WITH_REGD_ARG, arg);
	user->x[1] = COOKIE >> 32;
	user->x[2] = (uint32_t)COOKIE;
	user->x[3] = 0;
	equal(call_step(user), A0_RPC_CMD);
}

static void leaving(void)
{
	uint8_t *page = pages_take(1);
	uint64_t list = list_run(address_of(page), 1);
	uint32_t session = session_open();
	struct wire_arg *arg = pages_take(1);
	struct call user, leaver, other;

	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	use_region(&user, page, session);
	equal(shm_register(COOKIE, list, PAGE), RET_BUSY);
	arg_unregister(arg, COOKIE);
	call_set(&leaver, FID_CALL_WITH_ARG, arg);
	for (unsigned int i = 0; i < 5; i++)
		equal(call_enter(&leaver), A0_RPC_FOREIGN);
	equal(shm_register(COOKIE, list, PAGE), RET_BUSY);
	equal(buffer_add(COOKIE, list, PAGE), A0_EBUSY);
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
	equal(buffer_remove(COOKIE), A0_EBADADDR);
	other = user;
	other.x[0] = FID_CALL_WITH_REGD_ARG;
	other.x[1] = COOKIE >> 32;
	other.x[2] = (uint32_t)COOKIE;
	other.x[3] = 0;
	equal(call_step(&other), A0_EBADADDR);
	equal(call_enter(&leaver), A0_RPC_FOREIGN);
	equal(call_finish(&user), A0_OK);
	equal(user.arg->ret, RET_OK);
	equal(call_step(&leaver), A0_OK);
	equal(arg->ret, RET_OK);
	equal(shm_unregister(COOKIE), RET_BAD_PARAMETERS);
	equal(session_close(session), RET_OK);
}

struct summing {
	uint32_t session;
	uint64_t size;
	uint64_t sum;
};

static void sum_region(void *arg)
{
	struct summing *work = arg;
	uint32_t ret;

	work->sum = checksum(work->session, COOKIE, 0, work->size, &ret);
	equal(ret, RET_OK);
}

/*
 * Other pages come to the same addresses: no core may remember the old ones.
 * QEMU 7.2 forgets all when the world changes, so only real cores can fail
 * here; the simulated machine on the build host checks each invalidation.
 */
static void forgotten(void)
{
	static const uint64_t counts[] = { 1, 3, 40, 512, 1500 };
	struct summing work = { .session = session_open() };
	unsigned int cores = cores_present();

	for (unsigned int i = 0; i < 2 * 5; i++) {
		uint64_t count = counts[i / 2];
		uint8_t *data = pages_take(count);
		uint8_t value = (uint8_t)(i + 1);

		work.size = count * PAGE;
		bytes_set(data, value, work.size);
		equal(shm_register(COOKIE, list_run(address_of(data), count),
				   work.size),
		      RET_OK);
		for (unsigned int core = 0; core < cores; core++) {
			if (core == 0) {
				sum_region(&work);
			} else {
				core_run(core, sum_region, &work);
				core_wait(core);
			}
			equal(work.sum, work.size * value);
		}
		equal(shm_unregister(COOKIE), RET_OK);
	}
	equal(session_close(work.session), RET_OK);
}

static void unregister_message(void)
{
	struct wire_arg *arg = core_arg();
	uint64_t list = list_run(address_of(pages_take(1)), 1);

	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	arg_set(arg, CMD_UNREGISTER, 2);
	arg_param(arg, 0, RMEM_IN, 0, 0, COOKIE);
	equal(message(arg), RET_BAD_PARAMETERS);
	arg_set(arg, CMD_UNREGISTER, 0);
	equal(message(arg), RET_BAD_PARAMETERS);
	arg_set(arg, CMD_UNREGISTER, 1);
	arg_param(arg, 0, VALUE_IN, 0, 0, COOKIE);
	equal(message(arg), RET_BAD_PARAMETERS);
	equal(shm_unregister(COOKIE), RET_OK);
}

static const struct test tests[] = {
	{ "registration_needs_the_one_attribute", attributes },
	{ "registration_of_no_or_wrapping_size_is_refused", sizes },
	{ "registration_reads_as_many_entries_as_it_needs", offsets },
	{ "cookie_zero_unknown_and_used_up_are_refused", cookies },
	{ "duplicate_cookie_replaces_an_unused_region", duplicates },
	{ "duplicate_cookie_of_a_held_region_is_busy", held_duplicate },
	{ "duplicate_that_fails_leaves_the_old_region", failed_duplicate },
	{ "leaving_region_is_not_found_and_its_cookie_busy", leaving },
	{ "unregistered_pages_are_forgotten_by_all_cores", forgotten },
	{ "unregister_wants_one_reference", unregister_message },
};

GROUP(registrations, tests);
