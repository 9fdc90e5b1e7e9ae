/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile normal world that registers: attributes, sizes, cookies and page
 * lists that are not what they should be, and lists that change while they are
 * read. What is refused leaves nothing behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sim/normal_world.h"

#include <abi/tee.h>
#include <dynshm/ioremap.h>

#define POOL_SIZE (UINT64_C(1) << 20)
#define COOKIE	  UINT64_C(0xffff000012345680)
#define COUNT	  520u

static struct nw nw;
static pa_t pages[COUNT];
static struct nw_look before;

/* Addresses that are no page of shareable RAM. */
static const pa_t bad_pages[] = {
	0,
	WORLD_RAM_PA - SHM_PAGE_SIZE,
	WORLD_POOL_PA,
	WORLD_ROOT_PA,
	WORLD_DEVICE_PA,
	WORLD_RESERVED_PA,
	WORLD_RAM2_PA - SHM_PAGE_SIZE,
	WORLD_RAM2_END,
	WORLD_RAM3_END,
	WORLD_HIGH_END,
	WORLD_RAM_PA | UINT64_C(1) << 48,
	UINT64_C(0xfffffffffffff000),
};

#define BAD_COUNT (sizeof(bad_pages) / sizeof(bad_pages[0]))

static int set_up(void **state)
{
	(void)state;
	nw_start(&nw, POOL_SIZE);
	for (unsigned int i = 0; i < COUNT; i++)
		pages[i] = WORLD_RAM_PA + (pa_t)i * 5 * SHM_PAGE_SIZE;
	nw_unregister(&nw, 1);
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
	return 0;
}

static uint32_t call_argument(uint32_t id, pa_t pa)
{
	return nw_call(&nw, id, (uint32_t)(pa >> 32), (uint32_t)pa, 0, 0, 0, 0);
}

static uint32_t send_register(uint64_t attr, uint64_t pointer, uint64_t size,
			      uint64_t cookie)
{
	struct nw_message message = { .cmd = NW_REGISTER, .count = 1 };

	message.params[0] = (struct nw_param){ attr, pointer, size, cookie };
	assert_int_equal(nw_send(&nw, &message), NW_OK);
	return message.ret;
}

static void only_one_attribute_registers(void **state)
{
	pa_t list = world_write_list(0, pages, 1);

	(void)state;
	for (uint64_t attr = 0; attr < 0x800; attr++) {
		if (attr == NW_REGISTERABLE)
			continue;
		assert_int_equal(send_register(attr, list, 4096, COOKIE),
				 NW_BAD_PARAMETERS);
	}
	for (unsigned int bit = 16; bit < 64; bit++)
		assert_int_equal(
			send_register(NW_REGISTERABLE | UINT64_C(1) << bit,
				      list, 4096, COOKIE),
			NW_BAD_PARAMETERS);
}

static void sizes_and_cookies_that_mean_nothing_are_refused(void **state)
{
	pa_t list = world_write_list(0, pages, 1);

	(void)state;
	assert_int_equal(send_register(NW_REGISTERABLE, list, 0, COOKIE),
			 NW_BAD_PARAMETERS);
	assert_int_equal(send_register(NW_REGISTERABLE, list | 4095, 0, COOKIE),
			 NW_BAD_PARAMETERS);
	assert_int_equal(
		send_register(NW_REGISTERABLE, list, UINT64_MAX, COOKIE),
		NW_BAD_PARAMETERS);
	assert_int_equal(send_register(NW_REGISTERABLE, list | 1,
				       UINT64_MAX - 4095, COOKIE),
			 NW_BAD_PARAMETERS);
	assert_int_equal(send_register(NW_REGISTERABLE, list, 4096, 0),
			 NW_BAD_PARAMETERS);
	assert_int_equal(send_register(NW_REGISTERABLE, list,
				       UINT64_C(200) << 30, COOKIE),
			 NW_OUT_OF_MEMORY);
	assert_int_equal(
		nw_call(&nw, NW_ADD_SHM_BUFFER, 0, (uint32_t)list, 0, 0, 0, 5),
		NW_EBADADDR);
	assert_int_equal(nw_call(&nw, NW_ADD_SHM_BUFFER, 0, (uint32_t)list, 0,
				 4096, 0, 0),
			 NW_EBADADDR);
	assert_int_equal(
		nw_call(&nw, NW_ADD_SHM_BUFFER, 0, (uint32_t)list, 50, 0, 0, 5),
		NW_ENOMEM);
	assert_int_equal(nw_call(&nw, NW_REMOVE_SHM_BUFFER, 0, 0, 0, 0, 0, 0),
			 NW_EBADADDR);
	assert_int_equal(nw_unregister(&nw, 0), NW_BAD_PARAMETERS);
	assert_int_equal(nw_unregister(&nw, COOKIE), NW_BAD_PARAMETERS);
}

static void bad_entries_are_refused_wherever_they_stand(void **state)
{
	static const unsigned int places[] = { 0, 5, 510, 511, COUNT - 1 };

	(void)state;
	for (unsigned int i = 0; i < BAD_COUNT * 5; i++) {
		pa_t *place = &pages[places[i % 5]];
		pa_t good = *place;

		*place = bad_pages[i / 5];
		assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0,
					     COUNT * SHM_PAGE_SIZE),
				 NW_BAD_PARAMETERS);
		*place = good | (1u << i % 12);
		assert_int_equal(nw_register(&nw, COOKIE, pages, COUNT, 0,
					     COUNT * SHM_PAGE_SIZE),
				 NW_BAD_PARAMETERS);
		*place = good;
		assert_unchanged();
		assert_int_equal(send_register(NW_REGISTERABLE,
					       bad_pages[i / 5], 4096, COOKIE),
				 NW_BAD_PARAMETERS);
		assert_unchanged();
	}
}

/* Whatever was read is changed at once; nothing may look at it again. */
static void spoil_last(void *arg, pa_t word)
{
	pa_t *last = arg;

	if (*last != 0)
		memset(sim_pointer(*last), 0xa5, 8);
	*last = word;
}

static void words_that_change_once_read_do_not_matter(void **state)
{
	struct nw_message message = { .cmd = NW_REGISTER, .count = 1 };
	pa_t list = world_write_list(0, pages, COUNT);
	pa_t last = 0;

	(void)state;
	message.params[0] = (struct nw_param){ NW_REGISTERABLE, list,
					       COUNT * SHM_PAGE_SIZE, COOKIE };
	nw_write(0, &message);
	sim_reads_reset();
	sim_set_read_hook(spoil_last, &last);
	assert_int_equal(call_argument(NW_CALL_WITH_ARG, NW_ARGUMENT(0)),
			 NW_OK);
	sim_set_read_hook(NULL, NULL);
	assert_int_equal(sim_reads().again, 0);
	nw_read(0, &message);
	assert_int_equal(message.ret, 0);
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
}

static void duplicate_replaces_what_nobody_uses(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 5; i++)
		assert_int_equal(nw_register(&nw, COOKIE, &pages[i], 100, 0,
					     100 * SHM_PAGE_SIZE),
				 0);
	assert_false(sim_tlb_names_page(pages[0]));
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
	assert_int_equal(nw_unregister(&nw, COOKIE), NW_BAD_PARAMETERS);
}

static uint32_t register_all(void)
{
	return nw_register(&nw, COOKIE, pages, COUNT, 0, COUNT * SHM_PAGE_SIZE);
}

static void map_uncached(pa_t pa, va_t *va, enum shm_status want)
{
	assert_int_equal(shm_map_ram(tee_shm(), pa, 1,
				     SHM_MEM_UNCACHED | SHM_MEM_NON_SECURE, va),
			 want);
}

static void assert_same(struct nw_look then)
{
	struct nw_look now = nw_look();

	assert_memory_equal(&now, &then, sizeof(now));
}

/* The kernel has a page in another memory type, or wants to. */
static void conflicting_types_are_refused_in_both_orders(void **state)
{
	struct nw_message message = { .cmd = NW_REGISTER };
	pa_t list = world_write_list(300, pages, 1);
	struct nw_look now;
	va_t va = 0;

	(void)state;
	map_uncached(pages[COUNT - 1], &va, SHM_OK);
	now = nw_look();
	assert_int_equal(register_all(), NW_ACCESS_CONFLICT);
	assert_int_equal(shm_iounmap(tee_shm(), va), SHM_OK);
	map_uncached(pages[0], &va, SHM_OK);
	assert_int_equal(nw_look().free_bytes, now.free_bytes);
	now = nw_look();
	assert_int_equal(nw_call(&nw, NW_ADD_SHM_BUFFER, 0, (uint32_t)list, 0,
				 4096, 0, 5),
			 NW_EBADADDR);
	assert_same(now);
	assert_int_equal(shm_iounmap(tee_shm(), va), SHM_OK);
	/* The list itself, and the argument. */
	map_uncached(list, &va, SHM_OK);
	assert_int_equal(send_register(NW_REGISTERABLE, list, 4096, COOKIE),
			 NW_ACCESS_CONFLICT);
	assert_int_equal(shm_iounmap(tee_shm(), va), SHM_OK);
	map_uncached(NW_ARGUMENT(0), &va, SHM_OK);
	assert_int_equal(nw_send(&nw, &message), NW_EBADADDR);
	assert_int_equal(shm_iounmap(tee_shm(), va), SHM_OK);
	assert_int_equal(register_all(), 0);
	now = nw_look();
	map_uncached(pages[COUNT - 1], &va, SHM_CONFLICT);
	assert_same(now);
	assert_int_equal(nw_unregister(&nw, COOKIE), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(only_one_attribute_registers),
		CASE(sizes_and_cookies_that_mean_nothing_are_refused),
		CASE(bad_entries_are_refused_wherever_they_stand),
		CASE(words_that_change_once_read_do_not_matter),
		CASE(duplicate_replaces_what_nobody_uses),
		CASE(conflicting_types_are_refused_in_both_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
