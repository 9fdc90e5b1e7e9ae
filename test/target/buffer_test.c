// SPDX-License-Identifier: BSD-2-Clause
/* The two calls without a message. */
#include "call.h"
#include "tap.h"

#define COOKIE UINT64_C(0xffff0000c0001000)

static void answers(void)
{
	uint64_t list = list_run(address_of(pages_take(3)), 3);

	equal(buffer_add(COOKIE, list, 3 * PAGE), A0_OK);
	equal(buffer_remove(COOKIE), A0_OK);
	equal(buffer_remove(COOKIE), A0_EBADADDR);
	equal(buffer_remove(0), A0_EBADADDR);
	equal(buffer_add(0, list, PAGE), A0_EBADADDR);
	equal(buffer_add(COOKIE, list, 0), A0_EBADADDR);
	equal(buffer_add(COOKIE, list + 0xfff, ~UINT64_C(0)), A0_EBADADDR);
	equal(buffer_add(COOKIE, SECURE_IMAGE, PAGE), A0_EBADADDR);
	equal(buffer_add(COOKIE, RAM_END, PAGE), A0_EBADADDR);
	equal(buffer_add(COOKIE, list, UINT64_C(1) << 40), A0_ENOMEM);
	*list_entry(list, 2) = NOMAP_FIRST;
	equal(buffer_add(COOKIE, list, 3 * PAGE), A0_EBADADDR);
	equal(buffer_add(COOKIE, list, 2 * PAGE), A0_OK);
	equal(buffer_remove(COOKIE), A0_OK);
}

static void one_cookie_space(void)
{
	uint8_t *page = pages_take(1);
	uint64_t list = list_run(address_of(page), 1);
	uint32_t session = session_open();
	uint32_t ret;

	bytes_set(page, 7, PAGE);
	equal(buffer_add(COOKIE, list + 0x10, 0x20), A0_OK);
	equal(checksum(session, COOKIE, 0, 0x20, &ret), 7 * 0x20);
	equal(ret, RET_OK);
	equal(shm_unregister(COOKIE), RET_OK);
	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	equal(buffer_add(COOKIE, list, 0x30), A0_OK); /* replaces it */
	(void)checksum(session, COOKIE, 0, 0x31, &ret);
	equal(ret, RET_SECURITY);
	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	equal(buffer_remove(COOKIE), A0_OK);
	equal(buffer_remove(COOKIE), A0_EBADADDR);
	equal(session_close(session), RET_OK);
}

/* The halves come in whole registers; what is above them is dirt. */
static void dirty(void)
{
	uint64_t list = list_run(address_of(pages_take(1)), 1);
	uint64_t dirt = UINT64_C(0x1234567800000000);
	struct call call = { .x = { FID_ADD_SHM_BUFFER, dirt | list >> 32,
				    dirt | (uint32_t)list, dirt, dirt | PAGE,
				    dirt | COOKIE >> 32,
				    dirt | (uint32_t)COOKIE, dirt } };

	equal(call_step(&call), A0_OK);
	equal(call.x[1] >> 32, 0);
	equal(call.x[2] >> 32, 0);
	equal(call.x[3] >> 32, 0);
	equal(buffer_remove(COOKIE), A0_OK);
}

/* Longer than a millisecond: it is interrupted and goes on as any call. */
static void yields(void)
{
	uint64_t data = address_of(pages_take(65536));
	uint64_t list = list_scatter(data, 65536);
	const uint64_t x[7] = { FID_ADD_SHM_BUFFER,
				list >> 32,
				(uint32_t)list,
				65536ull * PAGE >> 32,
				(uint32_t)(65536ull * PAGE),
				COOKIE >> 32,
				(uint32_t)COOKIE };
	struct call call = { .arg = NULL };

	for (unsigned int i = 0; i < 7; i++)
		call.x[i] = x[i];
	equal(call_step(&call), A0_OK);
	check(call.foreign > 0);
	equal(buffer_remove(COOKIE), A0_OK);
}

static const struct test tests[] = {
	{ "buffer_calls_answer_in_a0", answers },
	{ "buffer_calls_share_the_cookies_of_messages", one_cookie_space },
	{ "buffer_calls_take_halves_of_registers", dirty },
	{ "buffer_calls_yield", yields },
};

GROUP(buffers, tests);
