/* SPDX-License-Identifier: BSD-2-Clause */
/* Accounts: what is charged, refused, given back and handed on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dynshm/account.h>
#include <stdlib.h>

#define POOL_PAGES 60u

static struct meta_pool pool;
static struct meta_share shares[2];
static struct account first;
static struct account second;
static uint64_t ceiling[RESOURCE_COUNT];
static void *memory;

static int set_up(void **state)
{
	(void)state;
	memory = aligned_alloc(SHM_PAGE_SIZE, POOL_PAGES * SHM_PAGE_SIZE);
	assert_non_null(memory);
	meta_pool_init(&pool, memory, 0x100000, POOL_PAGES * SHM_PAGE_SIZE);
	meta_cache_init(&pool.basic, 600);
	for (unsigned int i = 0; i < RESOURCE_COUNT; i++)
		ceiling[i] = UINT64_MAX;
	shares[0] = (struct meta_share){ 0 };
	shares[1] = (struct meta_share){ 0 };
	first = (struct account){ .ceiling = ceiling, .share = &shares[0] };
	second = (struct account){ .ceiling = ceiling, .share = &shares[1] };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static void assert_use(const struct account *account, enum resource what,
		       uint64_t used, uint64_t peak)
{
	assert_int_equal(account_used(account, what), used);
	assert_int_equal(account->peak[what], peak);
}

static void a_charge_reaches_the_ceiling_and_no_further(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < RESOURCES_CHARGED; i++) {
		enum resource what = (enum resource)i;

		ceiling[what] = 10;
		assert_int_equal(account_charge(&first, what, 7), SHM_OK);
		assert_int_equal(account_charge(&first, what, 4),
				 SHM_OVER_BUDGET);
		assert_use(&first, what, 7, 7);
		assert_int_equal(account_charge(&first, what, 3), SHM_OK);
		assert_int_equal(account_charge(&first, what, 1),
				 SHM_OVER_BUDGET);
		account_refund(&first, what, 6);
		assert_use(&first, what, 4, 10);
	}
}

/* Not even where there is no ceiling: a sum that wraps is no small one. */
static void what_cannot_be_counted_is_refused(void **state)
{
	(void)state;
	assert_int_equal(account_charge(&first, RESOURCE_PAGES, 5), SHM_OK);
	assert_int_equal(account_charge(&first, RESOURCE_PAGES, UINT64_MAX),
			 SHM_OVER_BUDGET);
	first.ceiling = NULL;
	assert_int_equal(account_charge(&first, RESOURCE_PAGES, UINT64_MAX - 4),
			 SHM_OVER_BUDGET);
	assert_use(&first, RESOURCE_PAGES, 5, 5);
}

static void objects_are_charged_while_they_are_there(void **state)
{
	enum shm_status st;
	void *object = account_alloc(&first, &pool, &pool.large, &st);

	(void)state;
	assert_non_null(object);
	assert_use(&first, RESOURCE_METADATA, 256, 256);
	ceiling[RESOURCE_METADATA] = 400;
	assert_null(account_alloc(&first, &pool, &pool.large, &st));
	assert_int_equal(st, SHM_OVER_BUDGET);
	ceiling[RESOURCE_METADATA] = UINT64_MAX;
	pool.fail_after = 1;
	assert_null(account_alloc(&first, &pool, &pool.large, &st));
	assert_int_equal(st, SHM_NO_METADATA);
	assert_int_equal(account_used(&first, RESOURCE_METADATA), 256);
	account_free(&first, &pool, &pool.large, object);
	assert_int_equal(account_used(&first, RESOURCE_METADATA), 0);
}

/* The charge goes with the object, and so does what it was drawn on. */
static void a_heir_pays_whatever_the_ceiling(void **state)
{
	enum shm_status st;
	void *object;

	(void)state;
	assert_true(meta_share_set(&pool, &shares[0], 0, 256, false));
	assert_true(meta_share_set(&pool, &shares[1], 0, 256, false));
	object = account_alloc(&first, &pool, &pool.large, &st);
	assert_non_null(object);
	assert_int_equal(shares[0].bytes_used, 256);
	ceiling[RESOURCE_METADATA] = 100;
	account_move(&first, &second, &pool, &pool.large, object);
	assert_use(&first, RESOURCE_METADATA, 0, 256);
	assert_use(&second, RESOURCE_METADATA, 256, 256);
	assert_int_equal(shares[0].bytes_used, 0);
	assert_int_equal(shares[1].bytes_used, 256);
	account_free(&second, &pool, &pool.large, object);
	assert_use(&second, RESOURCE_METADATA, 0, 256);
	assert_int_equal(shares[1].bytes_used, 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_charge_reaches_the_ceiling_and_no_further),
		CASE(what_cannot_be_counted_is_refused),
		CASE(objects_are_charged_while_they_are_there),
		CASE(a_heir_pays_whatever_the_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
