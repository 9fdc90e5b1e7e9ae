/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long device ranges: which descriptors they get, and what becomes of these
 * when a part goes.
 */
#include <dynshm/shared_page.h>

#include "model/io_fixture.h"
#include "model/io_model.h"
#include "model/io_pieces.h"
#include "sim/trace.h"

#define POOL_SIZE (UINT64_C(8) << 20)
/* A group of blocks, or two of sections. */
#define SPAN MIB(32)

static int set_up(void **state)
{
	(void)state;
	world_start(&shm, POOL_SIZE, 2);
	level = meta_pool_free_bytes(&shm.pool);
	return 0;
}

static void long_ranges_get_the_largest_descriptors(void **state)
{
	static const struct {
		uint64_t offset;
		uint64_t size;
	} ranges[] = {
		{ 0, PAGE },
		{ 0, 15 * PAGE },
		{ PAGE, 40 * PAGE },
		{ 0, GROUP },
		{ 0, MIB(1) },
		{ 0, MIB(2) },
		{ PAGE, MIB(1) },
		{ PAGE, MIB(2) },
		{ 100 * PAGE, 1200 * PAGE },
		{ MIB(3) + 17 * PAGE, MIB(32) },
		{ MIB(6) + 17 * PAGE, MIB(64) },
		{ MIB(16), MIB(48) },
		{ MIB(32), MIB(96) },
		{ MIB(16) - PAGE, MIB(16) + 2 * PAGE },
		{ MIB(32) - PAGE, MIB(32) + 2 * PAGE },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		pa_t pa = WORLD_PCI_PA + ranges[i].offset;
		va_t va = map(pa, ranges[i].size);

		io_pieces_check(va, pa, ranges[i].size);
		assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
		assert_int_equal(sim_table_count(), 1);
	}
}

/* Two tables for 128 MiB and their objects, not 64. */
static void blocks_take_no_leaf_tables(void **state)
{
	va_t va = map(WORLD_PCI_PA, 4 * SPAN);

	(void)state;
	assert_in_range(level - meta_pool_free_bytes(&shm.pool), 1, 0x5000);
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
}

/* A page out of the middle of a group of blocks. */
static void splits_go_no_further_than_they_must(void **state)
{
	const pa_t pa = WORLD_PCI_PA;
	const uint64_t hole = MIB(10) + 37 * PAGE;
	va_t va = map(pa, 2 * SPAN);

	(void)state;
	assert_int_equal(shm_iounmap_part(&shm, va + hole, PAGE), SHM_OK);
	for (uint64_t at = 0; at < 2 * SPAN; at += PAGE) {
		uint64_t expected = BLOCK;

		if (at / BLOCK_GROUP != hole / BLOCK_GROUP)
			expected = BLOCK_GROUP;
		else if (at / GROUP == hole / GROUP)
			expected = at == hole ? 0 : PAGE;
		else if (at / BLOCK == hole / BLOCK)
			expected = GROUP;
		assert_int_equal(io_piece_at(va + at), expected);
		if (at != hole)
			io_model_check_page(va + at, pa + at, SHM_MEM_DEVICE);
	}
	assert_int_equal(ioremap_find(shm.kernel, pa + hole, 1), 0);
	assert_int_equal(ioremap_find(shm.kernel, pa + hole - 1, 1),
			 va + hole - 1);
	/* The page can be had as something else, and the address again. */
	assert_int_equal(map(pa + hole, PAGE), va + hole);
	assert_int_equal(shm_iounmap(&shm, va + hole), SHM_OK);
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
	assert_int_equal(shm_iounmap(&shm, va + hole + PAGE), SHM_OK);
}

static void live_splits_come_to_the_same(void **state)
{
	(void)state;
	shm.live_split = !SIM_GROUP_IS_ONE;
	sim_set_live_split(!SIM_GROUP_IS_ONE);
	splits_go_no_further_than_they_must(state);
	sim_set_live_split(false);
}

/* Both ends in the middle of groups and blocks, each by itself. */
static void each_end_is_split(void **state)
{
	const pa_t pa = WORLD_PCI_PA;
	const uint64_t size = SPAN + MIB(8);
	va_t va = map(pa, size);
	const uint64_t first = MIB(4) + 5 * PAGE;
	const uint64_t end = SPAN + MIB(2) + GROUP;

	(void)state;
	assert_int_equal(shm_iochange_part(&shm, va + first, end - first,
					   SHM_MEM_DEVICE | SHM_MEM_READ_ONLY),
			 SHM_OK);
	for (uint64_t at = 0; at < size; at += PAGE)
		io_model_check_page(va + at, pa + at,
				    at >= first && at < end
					    ? SHM_MEM_DEVICE | SHM_MEM_READ_ONLY
					    : SHM_MEM_DEVICE);
	/* In between, blocks are as large as they were, as far as they go. */
	assert_int_equal(io_piece_at(va + MIB(8)), BLOCK);
	assert_int_equal(io_piece_at(va + first), PAGE);
	assert_int_equal(shm_iounmap_part(&shm, va + first, end - first),
			 SHM_OK);
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
	assert_int_equal(shm_iounmap(&shm, va + end), SHM_OK);
}

static void failed_cut_changes_nothing(void **state)
{
	struct pa_range whole = { WORLD_PCI_PA, WORLD_PCI_PA + SPAN - 1 };
	const uint64_t first = MIB(6) + PAGE;
	const uint64_t size = MIB(8);
	va_t va = map(WORLD_PCI_PA, SPAN);

	(void)state;
	/* Two objects, two tables and what describes these. */
	assert_int_equal(cut_after_failures(va, whole, first, size), 7);
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
	assert_int_equal(shm_iounmap(&shm, va + first + size), SHM_OK);
}

static void what_is_no_part_is_refused(void **state)
{
	va_t va = map(WORLD_PCI_PA, 4 * PAGE);
	va_t same;

	(void)state;
	assert_int_equal(shm_iounmap_part(&shm, va + 1, PAGE), SHM_BAD_ADDRESS);
	assert_int_equal(shm_iounmap_part(&shm, va, PAGE + 1), SHM_BAD_SIZE);
	assert_int_equal(shm_iounmap_part(&shm, va, 0), SHM_BAD_SIZE);
	assert_int_equal(shm_iounmap_part(&shm, va, 0 - PAGE), SHM_BAD_SIZE);
	assert_int_equal(shm_iounmap_part(&shm, va, 5 * PAGE), SHM_BAD_ADDRESS);
	assert_int_equal(shm_iounmap_part(&shm, va - PAGE, 2 * PAGE),
			 SHM_BAD_ADDRESS);
	assert_int_equal(shm_iochange_part(&shm, va, PAGE, SHM_MEM_TYPE_MASK),
			 SHM_BAD_ATTRIBUTE);
	assert_int_equal(shm_iochange_part(&shm, va, PAGE,
					   SHM_MEM_DEVICE | SHM_MEM_NON_SECURE),
			 SHM_BAD_ATTRIBUTE);
	same = map(WORLD_PCI_PA + PAGE, PAGE);
	assert_int_equal(same, va + PAGE);
	assert_int_equal(shm_iounmap_part(&shm, va, PAGE), SHM_IN_USE);
	assert_int_equal(shm_iochange_part(&shm, va, PAGE, SHM_MEM_UNCACHED),
			 SHM_IN_USE);
	assert_int_equal(shm_iounmap(&shm, same), SHM_OK);
	io_model_check_page(va, WORLD_PCI_PA, SHM_MEM_DEVICE);
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
}

/*
 * All addresses but a few are taken. The range fits them if it begins with the
 * first, where no block can be.
 */
static void smaller_descriptors_do_where_room_is_short(void **state)
{
	static struct va_area taken;
	const uint64_t room = WORLD_IS_SMALL ? 4 * BLOCK : GIB;
	const uint64_t size = room - 2 * GROUP;
	const pa_t device = WORLD_IS_SMALL ? WORLD_PCI_PA : UINT64_C(1) << 40;
	const pa_t pa = device + 10 * GROUP;
	struct shm_config config = world_config(POOL_SIZE, 2);
	uint64_t before;
	va_t va;

	(void)state;
	trace_leave_out("the last room is not the same with all formats");
	world_start_machine(POOL_SIZE);
	if (device != WORLD_PCI_PA)
		sim_add_range(SIM_DEVICE, device, 2 * room);
	config.window.last = config.window.first +
			     (WORLD_IS_SMALL ? GIB : UINT64_C(1) << 39) - 1;
	assert_int_equal(shm_init(&shm, &config), SHM_OK);
	assert_int_equal(kernel_pages_reserve(
				 &shm,
				 va_pool_largest_gap(&shm.large_slots) - room,
				 &taken),
			 SHM_OK);
	before = meta_pool_free_bytes(&shm.pool);
	va = map(pa, size);
	for (uint64_t at = 0; at < size; at += 7 * PAGE) {
		io_model_check_page(va + at, pa + at, SHM_MEM_DEVICE);
		assert_int_equal(
			io_piece_at(va + at),
			io_piece_best(pa, size, pa + at) > PAGE ? GROUP : PAGE);
	}
	assert_int_equal(shm_iounmap(&shm, va), SHM_OK);
	trace_go_on();
	assert_int_equal(meta_pool_free_bytes(&shm.pool), before);
	assert_true(sim_check_violations());
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(long_ranges_get_the_largest_descriptors),
		CASE(blocks_take_no_leaf_tables),
		CASE(splits_go_no_further_than_they_must),
		CASE(live_splits_come_to_the_same),
		CASE(each_end_is_split),
		CASE(failed_cut_changes_nothing),
		CASE(what_is_no_part_is_refused),
		cmocka_unit_test(smaller_descriptors_do_where_room_is_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
