// SPDX-License-Identifier: BSD-2-Clause
/*
 * As many mappings as memory and addresses allow: what ends first is what the
 * answer says, those that are there stay as they are, and they may go in any
 * order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/io_model.h"
#include "model/random.h"
#include "sim/trace.h"
#include "sim/world.h"

#define PAGE	    SHM_PAGE_SIZE
#define BLOCK	    UINT64_C(0x200000)
#define BLOCKS	    256u /* at WORLD_PCI_PA */
#define MOST	    40000u
#define TABLE_PAGES 4u
#define SMALL_POOL  (UINT64_C(4) << 20)
#define LARGE_POOL  (UINT64_C(15) << 20)
/* One descriptor of the first table, or several. */
#define WINDOW (WORLD_IS_SMALL ? UINT64_C(1) << 30 : UINT64_C(1) << 39)

struct wish {
	pa_t pa;
	uint64_t size;
	enum shm_memtype type;
	va_t va;
};

static struct shm shm;
static uint64_t level;
static uint64_t tables;

/* Those that are mapped, and the one that is next. */
static struct wish wishes[MOST];
static uint32_t mapped;

static int set_up(uint64_t pool_size)
{
	struct shm_config config;

	world_start_machine(pool_size);
	config = world_config(pool_size, 1);
	config.window.last = config.window.first + (WINDOW - 1);
	if (shm_init(&shm, &config) != SHM_OK)
		return -1;
	level = meta_pool_free_bytes(&shm.pool);
	tables = sim_table_count();
	mapped = 0;
	return 0;
}

static int set_up_little_memory(void **state)
{
	(void)state;
	return set_up(SMALL_POOL);
}

static int set_up_much_memory(void **state)
{
	(void)state;
	return set_up(LARGE_POOL);
}

static int tear_down(void **state)
{
	(void)state;
	assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
	assert_int_equal(world_leaf_count(), 0);
	assert_int_equal(sim_tlb_stale_count(), 0);
	assert_int_equal(sim_table_count(), tables);
	return sim_check_violations() ? 0 : -1;
}

static enum shm_status map(struct wish *wish)
{
	return shm_ioremap(&shm, wish->pa, wish->size, wish->type, &wish->va);
}

/* Wishes in their order, up to the first that is refused, not before `least` */
static enum shm_status map_all(uint32_t least)
{
	enum shm_status st = SHM_OK;

	trace_go_on();
	while (mapped < MOST && (st = map(&wishes[mapped])) == SHM_OK)
		if (++mapped == least)
			trace_leave_out(
				"how many more there are depends on "
				"tables and room");
	assert_in_range(mapped, least, MOST - 1);
	return st;
}

/* A refusal changes nothing, and what is given back others can have. */
static void assert_full(enum shm_status why)
{
	uint64_t free_bytes = meta_pool_free_bytes(&shm.pool);
	uint64_t hash = world_tables_hash();
	struct wish *last = &wishes[mapped - 1];

	assert_int_equal(map(&wishes[mapped]), why);
	assert_int_equal(meta_pool_free_bytes(&shm.pool), free_bytes);
	assert_int_equal(world_tables_hash(), hash);
	assert_int_equal(shm_iounmap(&shm, last->va), SHM_OK);
	assert_int_equal(map(last), SHM_OK);
	assert_int_equal(map(&wishes[mapped]), why);
}

static void shuffle(struct random *random)
{
	for (uint32_t i = mapped; i > 1; i--) {
		uint64_t j = random_below(random, i);
		struct wish wish = wishes[j];

		wishes[j] = wishes[i - 1];
		wishes[i - 1] = wish;
	}
}

static void check(const struct wish *wish)
{
	io_model_check_page(wish->va, wish->pa, wish->type);
	io_model_check_page(wish->va + wish->size - PAGE,
			    wish->pa + wish->size - PAGE, wish->type);
}

/* In any order; what is left stays. */
static void release_all(uint64_t seed)
{
	struct random random = random_start("release", seed);

	shuffle(&random);
	for (uint32_t i = 0; i < mapped; i++) {
		check(&wishes[i]);
		check(&wishes[mapped - 1]);
		assert_int_equal(shm_iounmap(&shm, wishes[i].va), SHM_OK);
		assert_int_equal(sim_walk(wishes[i].va).size, 0);
	}
}

/* Each page by itself. */
static void memory_is_the_limit(void **state)
{
	enum shm_status st;

	(void)state;
	for (uint32_t i = 0; i < MOST; i++)
		wishes[i] = (struct wish){ .pa = WORLD_PCI_PA + i * PAGE,
					   .size = PAGE,
					   .type = SHM_MEM_DEVICE };
	trace_each(500);
	st = map_all(10000);
	trace_each(1);
	print_message("# %u mappings\n", mapped);
	assert_true(st == SHM_NO_METADATA || st == SHM_NO_TABLE);
	/* What is free was promised; a table may be of several pages. */
	assert_in_range(meta_pool_room(&shm.pool), 0, TABLE_PAGES - 1);
	assert_int_equal(world_leaf_count(), mapped);
	assert_full(st);
	release_all(1);
}

/* The shorter first: none lies in another of its type, which it would share. */
static void wish_for_blocks(void)
{
	uint32_t count = 0;

	for (uint32_t length = 1; length <= BLOCKS; length++)
		for (uint32_t at = 0; at + length <= BLOCKS; at++)
			for (unsigned int i = 0; i < 2 && count < MOST; i++)
				wishes[count++] = (struct wish){
					.pa = WORLD_PCI_PA + at * BLOCK,
					.size = length * BLOCK,
					.type = i == 0 ? SHM_MEM_DEVICE
						       : SHM_MEM_DEVICE |
								 SHM_MEM_READ_ONLY,
				};
}

static void the_window_is_the_limit(void **state)
{
	enum shm_status st;
	uint64_t pages;

	(void)state;
	wish_for_blocks();
	st = map_all(400);
	pages = world_leaf_count();
	print_message("# %u mappings\n", mapped);
	assert_int_equal(st, SHM_NO_VA);
	/* A quarter is for calls where there is room, shm.h. */
	assert_in_range(pages, WINDOW / PAGE / 3 * 2, WINDOW / PAGE);
	assert_in_range(mapped, WORLD_IS_SMALL ? 400 : 10000, MOST - 1);
	assert_full(st);
	release_all(2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			memory_is_the_limit, set_up_little_memory, tear_down),
		cmocka_unit_test_setup_teardown(the_window_is_the_limit,
						set_up_much_memory, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
