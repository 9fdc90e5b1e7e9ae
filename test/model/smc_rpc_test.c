/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RPC replies that lie: about the buffer for arguments and about the memory
 * that was borrowed. A refused reply that was well-formed is given back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sim/normal_world.h"

#define POOL_SIZE (UINT64_C(1) << 20)
#define COOKIE	  UINT64_C(0xffff000012345680)
#define COUNT	  20u
#define SIZE	  (COUNT * SHM_PAGE_SIZE)

static struct nw nw;
static pa_t pages[COUNT];
static uint32_t session;
static struct nw_look before;

static int set_up(void **state)
{
	(void)state;
	nw_start(&nw, POOL_SIZE);
	for (unsigned int i = 0; i < COUNT; i++)
		pages[i] = WORLD_RAM2_PA + (pa_t)i * 5 * SHM_PAGE_SIZE;
	session = nw_open(&nw);
	assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0, SIZE), 0);
	before = nw_look();
	return 0;
}

static void assert_unchanged(void)
{
	struct nw_look now = nw_look();

	assert_memory_equal(&now, &before, sizeof(now));
	assert_true(sim_check_violations());
}

static int tear_down(void **state)
{
	(void)state;
	assert_unchanged();
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
	assert_int_equal(nw_close(&nw, session), 0);
	for (unsigned int i = 0; i < COUNT; i++)
		assert_false(sim_tlb_names_page(pages[i]));
	return sim_check_violations() ? 0 : -1;
}

struct lie {
	/* To ALLOC. */
	uint64_t pa;
	uint64_t pa_cookie;
	/* To SHM_ALLOC. */
	uint32_t ret;
	uint32_t count;
	struct nw_param reply;
	unsigned int allocs; /* SHM_ALLOC requests seen */
	unsigned int frees;  /* SHM_FREE requests seen */
	uint64_t freed;	     /* the cookie of the last */
	unsigned int buffer_frees;
};

static bool answer_with_lie(void *arg, struct smc_args *regs)
{
	struct lie *lie = arg;
	struct nw_message *message = sim_pointer(NW_ARGUMENT(9));

	switch (regs->a[0]) {
	case NW_RPC_ALLOC:
		regs->a[1] = lie->pa >> 32;
		regs->a[2] = (uint32_t)lie->pa;
		regs->a[4] = lie->pa_cookie >> 32;
		regs->a[5] = (uint32_t)lie->pa_cookie;
		return true;
	case NW_RPC_FREE:
		lie->buffer_frees++;
		return true;
	case NW_RPC_CMD:
		if (message->cmd == NW_SHM_FREE) {
			lie->frees++;
			lie->freed = message->params[0].b;
			return true;
		}
		lie->allocs++;
		message->ret = lie->ret;
		message->count = lie->count;
		message->params[0] = lie->reply;
		return true;
	}
	return false;
}

static uint32_t rpc_fill(struct lie *lie, uint64_t size)
{
	struct nw_param params[4] = { { NW_VALUE_IN, size, 0, 0 },
				      { NW_VALUE_OUT, 0, 0, 0 } };
	uint32_t ret;

	nw.on_rpc = answer_with_lie;
	nw.on_rpc_arg = lie;
	ret = nw_invoke(&nw, session, NW_RPC_FILL, params);
	nw.on_rpc = NULL;
	return ret;
}

static void lies_about_the_rpc_buffer_are_refused(void **state)
{
	static const pa_t bad[] = { 0,
				    WORLD_POOL_PA,
				    WORLD_DEVICE_PA,
				    WORLD_RESERVED_PA,
				    WORLD_RAM2_END,
				    NW_ARGUMENT(9) + 8,
				    UINT64_MAX };

	(void)state;
	for (unsigned int i = 0; i < 14; i++) {
		struct lie lie = { .pa = bad[i / 2], .pa_cookie = i % 2 };

		assert_int_equal(rpc_fill(&lie, 100), NW_OUT_OF_MEMORY);
		assert_int_equal(lie.allocs, 0);
		assert_int_equal(lie.buffer_frees, i % 2);
		assert_unchanged();
	}
}

static void lies_about_borrowed_memory_are_refused(void **state)
{
	pa_t list = world_write_list(0, pages, 3);
	pa_t secure = WORLD_POOL_PA;
	pa_t secure_list = world_write_list(4, &secure, 1);
	const struct {
		uint32_t ret, count;
		struct nw_param reply;
		bool freed;
	} lies[] = {
		{ NW_GENERIC, 1, { NW_TMEM_OUT, pages[0], 4096, 7 }, false },
		{ 0, 0, { NW_TMEM_OUT, pages[0], 4096, 7 }, false },
		{ 0, 2, { NW_TMEM_OUT, pages[0], 4096, 7 }, false },
		{ 0, UINT32_MAX, { NW_TMEM_OUT, pages[0], 4096, 7 }, false },
		{ 0, 1, { NW_TMEM_IN, pages[0], 4096, 7 }, false },
		{ 0, 1, { NW_RMEM_OUT, 0, 4096, COOKIE }, false },
		{ 0, 1, { NW_VALUE_IN, pages[0], 4096, 7 }, false },
		{ 0, 1, { NW_TMEM_OUT, pages[0], 3999, 7 }, true },
		{ 0, 1, { NW_TMEM_OUT, 0, 4096, 7 }, true },
		{ 0, 1, { NW_TMEM_OUT, WORLD_POOL_PA, 4096, 7 }, true },
		{ 0, 1, { NW_TMEM_OUT, WORLD_DEVICE_PA, 4096, 7 }, true },
		{ 0,
		  1,
		  { NW_TMEM_OUT, WORLD_RAM2_END - 4096, 8192, 7 },
		  false },
		{ 0, 1, { NW_TMEM_OUT, WORLD_RAM2_END - 96, 8192, 7 }, true },
		{ 0, 1, { NW_TMEM_OUT, UINT64_MAX, 4096, 7 }, true },
		{ 0, 1, { NW_REGISTERABLE, list, 3999, 7 }, true },
		{ 0, 1, { NW_REGISTERABLE, secure_list, 4096, 7 }, true },
		{ 0, 1, { NW_REGISTERABLE, WORLD_POOL_PA, 4096, 7 }, true },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct lie lie = { .pa = NW_ARGUMENT(9),
				   .pa_cookie = 3,
				   .ret = lies[i].ret,
				   .count = lies[i].count,
				   .reply = lies[i].reply };
		/* One of them is no lie: the excess is not used. */
		bool truth = i == 11;

		assert_int_equal(rpc_fill(&lie, 4000),
				 truth ? 0 : NW_OUT_OF_MEMORY);
		assert_int_equal(lie.frees, lies[i].freed || truth);
		if (lie.frees != 0)
			assert_int_equal(lie.freed, 7);
		assert_int_equal(lie.buffer_frees, 1);
		assert_unchanged();
	}
}

static void borrowed_memory_may_be_scattered(void **state)
{
	struct lie lie = { .pa = NW_ARGUMENT(9),
			   .pa_cookie = 3,
			   .count = 1,
			   .reply = { NW_REGISTERABLE,
				      world_write_list(0, pages, 3) | 0x10,
				      9000, 7 } };

	(void)state;
	assert_int_equal(rpc_fill(&lie, 9000), 0);
	assert_int_equal(((uint8_t *)sim_pointer(pages[1]))[0],
			 (uint8_t)(4096 - 0x10));
	assert_int_equal(lie.frees, 1);
}

static void rpc_fill_of_nothing_or_everything_is_refused(void **state)
{
	static const uint64_t sizes[] = { UINT64_MAX, UINT64_MAX - 4095,
					  UINT64_C(1) << 40 };

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct lie lie = { .pa = NW_ARGUMENT(9),
				   .pa_cookie = 3,
				   .count = 1,
				   .reply = { NW_TMEM_OUT, pages[0], UINT64_MAX,
					      7 } };

		assert_int_equal(rpc_fill(&lie, sizes[i]), NW_OUT_OF_MEMORY);
		assert_unchanged();
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(lies_about_the_rpc_buffer_are_refused),
		CASE(lies_about_borrowed_memory_are_refused),
		CASE(borrowed_memory_may_be_scattered),
		CASE(rpc_fill_of_nothing_or_everything_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
