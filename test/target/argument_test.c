// SPDX-License-Identifier: BSD-2-Clause
/* Where an argument may lie, and how large it may say it is. */
#include "call.h"
#include "tap.h"

#define COOKIE UINT64_C(0xffff00001234a000)

static const uint64_t bad_pages[] = {
	SECURE_IMAGE,
	SECURE_RAM,
	SECURE_RAM + 0xfff000,
	UART_BASE,
	0x09040000,
	GIC_BASE,
	FLASH,
	FLASH_NS,
	HOLE,
	RAM_FIRST - PAGE,
	RAM_END,
	RAM_END + UINT64_C(0x40000000),
	NOMAP_FIRST,
	NOMAP_FIRST + NOMAP_SIZE - PAGE,
	UINT64_C(1) << 40 | TEST_FIRST,
	UINT64_C(1) << 48 | TEST_FIRST,
	UINT64_C(1) << 63 | TEST_FIRST,
	UINT64_C(0xffffffff00000000) | TEST_FIRST,
	UINT64_C(0xfffffffffffff000),
};

static uint32_t send_to(uint32_t function, uint64_t pa, uint64_t a3)
{
	struct call call;

	call_set(&call, function, core_arg());
	call.x[1] = pa >> 32;
	call.x[2] = (uint32_t)pa;
	call.x[3] = a3;
	return call_finish(&call);
}

static void bad_addresses(void)
{
	uint64_t page = address_of(core_arg());

	arg_set(core_arg(), CMD_CLOSE, 0);
	for (unsigned int i = 0; i < sizeof(bad_pages) / 8; i++) {
		equal(send_to(FID_CALL_WITH_ARG, bad_pages[i], 0), A0_EBADADDR);
		equal(send_to(FID_CALL_WITH_RPC_ARG, bad_pages[i], 0),
		      A0_EBADADDR);
	}
	for (uint64_t offset = 1; offset < PAGE; offset += offset) {
		equal(send_to(FID_CALL_WITH_ARG, page + offset, 0),
		      A0_EBADADDR);
		equal(send_to(FID_CALL_WITH_RPC_ARG, page + offset, 0),
		      A0_EBADADDR);
	}
}

/* Unknown command: how far a good argument gets. */
static uint32_t send_count(uint32_t function, uint32_t count)
{
	struct wire_arg *arg = core_arg();

	arg_set(arg, 0xffff, 0);
	arg->count = count;
	return send_to(function, address_of(arg), 0);
}

static void counts(void)
{
	static const uint32_t huge[] = { 128,	     0x1000,	 0x07ffffff,
					 0x08000000, 0x7fffffff, 0xfffffff8,
					 0xffffffff };

	equal(send_count(FID_CALL_WITH_ARG, 127), A0_EBADCMD);
	equal(send_count(FID_CALL_WITH_RPC_ARG, 122), A0_EBADCMD);
	equal(send_count(FID_CALL_WITH_RPC_ARG, 123), A0_EBADADDR);
	for (unsigned int i = 0; i < sizeof(huge) / 4; i++) {
		equal(send_count(FID_CALL_WITH_ARG, huge[i]), A0_EBADADDR);
		check(core_arg()->ret != 0x5EED && core_arg()->ret != RET_OK);
		equal(send_count(FID_CALL_WITH_RPC_ARG, huge[i]), A0_EBADADDR);
		check(core_arg()->ret != 0x5EED && core_arg()->ret != RET_OK);
		equal(core_arg()->origin, ORIGIN_TEE);
	}
}

static void commands(void)
{
	static const uint32_t unknown[] = { 6,	7,  8,		9,
					    10, 11, 0x7fffffff, 0xffffffff };

	for (unsigned int i = 0; i < sizeof(unknown) / 4; i++) {
		struct wire_arg *arg = core_arg();

		arg_set(arg, unknown[i], 1);
		equal(send_to(FID_CALL_WITH_ARG, address_of(arg), 0),
		      A0_EBADCMD);
		check(arg->ret != 0x5EED && arg->ret != RET_OK);
		equal(arg->origin, ORIGIN_TEE);
	}
}

/* CLOSE of a session that is not: a message that is read. */
static uint32_t send_registered(struct wire_arg *arg, uint64_t cookie,
				uint64_t offset)
{
	if (arg != NULL)
		arg_set(arg, CMD_CLOSE, 0);
	return send_to(FID_CALL_WITH_REGD_ARG, cookie, offset);
}

static void registered(void)
{
	static const uint64_t bad[] = { 4,	    12,		0x7ff,
					PAGE - 8,   PAGE - 31,	PAGE - 24,
					PAGE,	    PAGE + 8,	0x7ffffff8,
					0xfffff000, 0xfffffff8, 0xffffffff };
	uint8_t *page = pages_take(1);
	uint64_t list = list_run(address_of(page), 1);

	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	for (unsigned int i = 0; i < sizeof(bad) / 8; i++)
		equal(send_registered(NULL, COOKIE, bad[i]), A0_EBADADDR);
	/* Room for the header, but not for the RPC argument behind it. */
	equal(send_registered((void *)(page + PAGE - 32), COOKIE, PAGE - 32),
	      A0_EBADADDR);
	equal(send_registered((void *)(page + 0x180), COOKIE, 0x180), A0_OK);
	equal(((struct wire_arg *)(void *)(page + 0x180))->ret,
	      RET_BAD_PARAMETERS);
	equal(send_registered((void *)(page + PAGE - 192), COOKIE, PAGE - 192),
	      A0_OK);
	equal(send_registered(NULL, COOKIE + 1, 0), A0_EBADADDR);
	equal(send_registered(NULL, 0, 0), A0_EBADADDR);
	equal(send_registered(NULL, ~UINT64_C(0), 0), A0_EBADADDR);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(send_registered(NULL, COOKIE, 0), A0_EBADADDR);
}

/* What must be aligned is the structure, not its offset. */
static void registered_unaligned(void)
{
	uint8_t *page = pages_take(1);
	uint64_t list = list_run(address_of(page), 1);

	equal(shm_register(COOKIE, list + 4, 2000), RET_OK);
	equal(send_registered((void *)(page + 8), COOKIE, 4), A0_OK);
	equal(send_registered(NULL, COOKIE, 8), A0_EBADADDR);
	equal(shm_unregister(COOKIE), RET_OK);
}

/* One page as argument, as page list and as what the list names. */
static void one_page_for_all(void)
{
	uint8_t *page = pages_take(1);
	uint64_t *entry = (uint64_t *)(void *)page;
	struct wire_arg *arg = (struct wire_arg *)(void *)(page + 0x400);

	equal(shm_register(COOKIE, list_run(address_of(page), 1), PAGE),
	      RET_OK);
	entry[0] = address_of(page);
	entry[1] = address_of(page);
	arg_register(arg, COOKIE + 1, address_of(page), 2 * PAGE);
	equal(send_to(FID_CALL_WITH_REGD_ARG, COOKIE, 0x400), A0_OK);
	equal(arg->ret, RET_OK);
	equal(shm_unregister(COOKIE + 1), RET_OK);
	/* Its own argument cannot be taken from under a call. */
	arg_unregister(arg, COOKIE);
	equal(send_to(FID_CALL_WITH_REGD_ARG, COOKIE, 0x400), A0_OK);
	equal(arg->ret, RET_BAD_PARAMETERS);
	equal(shm_unregister(COOKIE), RET_OK);
}

static const struct test tests[] = {
	{ "argument_outside_of_shareable_ram_is_refused", bad_addresses },
	{ "argument_with_too_many_parameters_is_refused", counts },
	{ "argument_with_unknown_command_is_told_so_twice", commands },
	{ "argument_in_a_region_stays_within_it", registered },
	{ "argument_in_a_region_is_aligned_itself", registered_unaligned },
	{ "argument_list_and_data_may_be_one_page", one_page_for_all },
};

GROUP(arguments, tests);
