/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of GiBs go, or change: blocks of 1 GiB are split one size at a time. */
#include "model/gib_fixture.h"
#include "sim/trace.h"

/* As large as can be without the page that has gone: what it is not in. */
static uint64_t piece_beside(uint64_t at, uint64_t hole)
{
	static const uint64_t sizes[] = { GIB, BLOCK_GROUP, BLOCK, GROUP,
					  PAGE };

	for (unsigned int i = WORLD_IS_SMALL ? 1 : 0; i < 5; i++)
		if (at / sizes[i] != hole / sizes[i])
			return sizes[i];
	return 0;
}

static void check_around(va_t va, uint64_t size, uint64_t hole)
{
	for (uint64_t at = 0; at < size; at += PAGE) {
		assert_int_equal(io_piece_at(va + at), piece_beside(at, hole));
		if (at != hole && at % (GROUP + PAGE) == 0)
			io_model_check_page(va + at, DEVICE + at,
					    SHM_MEM_DEVICE);
	}
}

/* One page goes: five sizes of descriptors, but one at a time. */
static void a_page_out_of_a_gib(void **state)
{
	const uint64_t hole = GIB / 2 + 5 * BLOCK + 37 * PAGE;
	const uint64_t size = (WORLD_IS_SMALL ? 1 : 2) * GIB;
	va_t va = map(DEVICE, size);
	struct sim_tlb_counts counts;

	(void)state;
	sim_tlb_counts_reset();
	assert_int_equal(shm_iounmap_part(&shm, va + hole, PAGE), SHM_OK);
	counts = sim_tlb_counts();
	assert_int_equal(counts.brackets, WORLD_IS_SMALL ? 3 : 4);
	assert_int_equal(counts.all, 0);
	assert_int_equal(counts.wasted, 0);
	check_around(va, size, hole);
	assert_int_equal(ioremap_find(shm.kernel, DEVICE + hole, 1), 0);
	assert_int_equal(map(DEVICE + hole, PAGE), va + hole);
	unmap(va);
	unmap(va + hole);
	unmap(va + hole + PAGE);
}

static void so_it_is_with_live_splits(void **state)
{
	shm.live_split = !SIM_GROUP_IS_ONE;
	sim_set_live_split(!SIM_GROUP_IS_ONE);
	a_page_out_of_a_gib(state);
	sim_set_live_split(false);
}

static void check_types(va_t va, uint64_t size, struct pa_range changed,
			enum shm_memtype type)
{
	for (uint64_t at = 0; at < size; at += GROUP) {
		bool is_changed = DEVICE + at >= changed.first &&
				  DEVICE + at <= changed.last;

		io_model_check_page(va + at, DEVICE + at,
				    is_changed ? type : SHM_MEM_DEVICE);
	}
}

static void change(va_t va, struct pa_range part, enum shm_memtype type)
{
	assert_int_equal(shm_iochange_part(&shm, va + (part.first - DEVICE),
					   part.last - part.first + 1, type),
			 SHM_OK);
	assert_int_equal(sim_tlb_stale_count(), 0);
}

/* One of three changes, stays one block, and is one when it is given back. */
static void a_gib_changes_as_a_whole(void **state)
{
	static const enum shm_memtype types[] = {
		SHM_MEM_DEVICE | SHM_MEM_READ_ONLY,
		SHM_MEM_DEVICE_NGNRNE,
		SHM_MEM_UNCACHED | SHM_MEM_READ_ONLY,
	};
	struct pa_range middle = { DEVICE + GIB, DEVICE + 2 * GIB - 1 };
	va_t va;

	(void)state;
	if (WORLD_IS_SMALL) /* one GiB is all there is */
		return;
	va = map(DEVICE, 3 * GIB);
	for (unsigned int i = 0; i < 3; i++) {
		change(va, middle, types[i]);
		check_types(va, 3 * GIB, middle, types[i]);
		for (uint64_t at = 0; at < 3 * GIB; at += GIB / 8)
			assert_int_equal(io_piece_at(va + at), GIB);
	}
	unmap(va + GIB);
	assert_int_equal(sim_walk(va + GIB).size, 0);
	assert_int_equal(map(DEVICE + GIB, GIB), va + GIB);
	assert_int_equal(io_piece_at(va + GIB), GIB);
	unmap(va + GIB);
	unmap(va);
	unmap(va + 2 * GIB);
}

static void halves_of_two_change(void **state)
{
	struct pa_range part = { DEVICE + GIB / 2, DEVICE + GIB + GIB / 2 - 1 };
	va_t va;

	(void)state;
	if (WORLD_IS_SMALL)
		return;
	va = map(DEVICE, 3 * GIB);
	change(va, part, SHM_MEM_DEVICE_NGNRNE);
	check_types(va, 3 * GIB, part, SHM_MEM_DEVICE_NGNRNE);
	for (uint64_t at = 0; at < 2 * GIB; at += BLOCK)
		assert_int_equal(io_piece_at(va + at), BLOCK_GROUP);
	assert_int_equal(io_piece_at(va + 2 * GIB), GIB);
	unmap(va);
	unmap(va + GIB);
	unmap(va + 2 * GIB);
}

/* The table that takes the block's place is not what is missing. */
static void failed_cut_leaves_the_block(void **state)
{
	struct pa_range whole = { DEVICE, DEVICE + GIB - 1 };
	const uint64_t first = GIB / 4 + BLOCK_GROUP / 2 + PAGE;
	va_t va = map(DEVICE, GIB);

	(void)state;
	/* Two objects, two leaf tables and what describes these. */
	assert_int_equal(cut_after_failures(va, whole, first, 4 * BLOCK), 7);
	unmap(va);
	unmap(va + first + 4 * BLOCK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_page_out_of_a_gib),
		CASE(so_it_is_with_live_splits),
		CASE(a_gib_changes_as_a_whole),
		CASE(halves_of_two_change),
		CASE(failed_cut_leaves_the_block),
	};

	trace_leave_out("short addresses have no room for more than a GiB");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
