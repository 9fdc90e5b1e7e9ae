/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of the mappings of a page: in which order they come and go, and that
 * they have cells only while a page is mapped more than once.
 */
#include "model/random.h"
#include "model/revoke_fixture.h"

/*
 * Of the fixture's first pages, each its own run, so many that the smallest
 * slot of any format has room for two lists.
 */
#define SCATTERED 128u
#define FEW	  32u /* so many times in the first slot */
#define TIMES	  6u
#define ROUNDS	  20u

static uint64_t metadata(void)
{
	return account_used(&loser->holdings->account, RESOURCE_METADATA);
}

/* What heads and granules of the first pages come to. They ascend. */
static uint64_t bytes_of_heads(uint64_t count)
{
	uint64_t bytes = 0;

	for (unsigned int i = 0; i < count; i++) {
		if (i == 0 || pages[i] >> 18 != pages[i - 1] >> 18)
			bytes += shm.pool.large.object_size;
		if (i == 0 || pages[i] >> 21 != pages[i - 1] >> 21)
			bytes += shm.pool.small.object_size;
	}
	return bytes;
}

static void pages_mapped_once_need_no_cells(void **state)
{
	uint64_t before = metadata();
	uint64_t once;

	(void)state;
	assert_int_equal(add(loser, 1, pages, SCATTERED), SHM_OK);
	once = metadata();
	assert_int_equal(once - before, shm.pool.small.object_size +
						bytes_of_heads(SCATTERED));
	/* The first page again: one more region, and one chunk for each. */
	assert_int_equal(add(loser, 2, pages, 1), SHM_OK);
	assert_in_range(metadata() - once,
			shm.pool.small.object_size +
				2 * shm.pool.large.object_size,
			3 * shm.pool.small.object_size +
				2 * shm.pool.large.object_size);
	take_away(loser, 1);
	assert_int_equal(metadata() - before,
			 2 * shm.pool.small.object_size +
				 shm.pool.large.object_size);
	take_away(loser, 2);
	assert_int_equal(metadata(), before);
}

/* The mapping made last of those that are left, for each page. */
static void assert_newest(const unsigned int *left, unsigned int count)
{
	const struct region *region = find(loser, 1 + left[count - 1]);

	for (unsigned int i = 0; i < FEW; i += 7)
		assert_int_equal(
			pa_index_find(&shm.index, pages[i], loser->holdings),
			region_address(region, i << SHM_PAGE_SHIFT));
}

static void mappings_go_in_any_order(void **state)
{
	struct look before = look();
	struct random random = random_start("orders", 0x5eed0003);

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		unsigned int left[TIMES];

		for (unsigned int i = 0; i < TIMES; i++) {
			assert_int_equal(add(loser, 1 + i, pages, FEW), SHM_OK);
			left[i] = i;
			assert_newest(left, i + 1);
		}
		for (unsigned int count = TIMES; count > 0; count--) {
			unsigned int at =
				(unsigned int)random_below(&random, count);

			take_away(loser, 1 + left[at]);
			memmove(&left[at], &left[at + 1],
				(count - 1 - at) * sizeof(left[0]));
			if (count > 1)
				assert_newest(left, count - 1);
			if (count == 2)
				assert_int_equal(
					metadata(),
					before.used[RESOURCE_METADATA] +
						shm.pool.small.object_size +
						bytes_of_heads(FEW));
		}
		assert_unchanged(&before);
	}
}

/* What the dead left stands behind what others map, until it is buried. */
static void the_dead_may_have_cells(void **state)
{
	uint64_t level = meta_pool_free_bytes(&shm.pool);

	(void)state;
	for (unsigned int order = 0; order < 4; order++) {
		assert_int_equal(add(loser, 1, pages, SCATTERED), SHM_OK);
		assert_int_equal(
			add(loser, 2, pages, order % 2 * SCATTERED + 1),
			SHM_OK);
		guest_cut_off(&shm, loser);
		assert_int_equal(guest_prepare(&shm, loser), SHM_OK);
		assert_int_equal(add(winner, 1, pages, SCATTERED), SHM_OK);
		if (order < 2)
			drain();
		assert_int_equal(count_mapped(find(winner, 1)), SCATTERED);
		take_away(winner, 1);
		drain();
		assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	}
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, set_up_two, tear_down_two)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(pages_mapped_once_need_no_cells),
		CASE(mappings_go_in_any_order),
		CASE(the_dead_may_have_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
