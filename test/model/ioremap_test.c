/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device mappings of the kernel: what is refused, what is shared, what fails,
 * and what it costs others. A refusal leaves everything as it was.
 */
#include <string.h>

#include "model/io_fixture.h"
#include "model/io_model.h"
#include "sim/trace.h"

#define PA_BITS	   (SIM_PAGE_PA_BITS < 40 ? SIM_PAGE_PA_BITS : 40)
#define POOL_SIZE  (UINT64_C(4) << 20)
#define IMAGE_PA   UINT64_C(0x0e100000) /* fixed: normal memory */
#define FIXED_PA   UINT64_C(0x08000000) /* fixed: a device */
#define FIXED_SIZE UINT64_C(0x10000)

static const struct shm_fixed fixed[] = {
	{ IMAGE_PA, 0x100000, SHM_MEM_SECURE },
	{ FIXED_PA, FIXED_SIZE, SHM_MEM_DEVICE },
};

static int set_up(void **state)
{
	struct shm_config config;

	(void)state;
	world_start_machine(POOL_SIZE);
	sim_add_range(SIM_DEVICE, FIXED_PA, FIXED_SIZE);
	config = world_config(POOL_SIZE, 2);
	config.fixed = fixed;
	config.fixed_count = 2;
	config.pa_bits = PA_BITS;
	assert_int_equal(shm_init(&shm, &config), SHM_OK);
	level = meta_pool_free_bytes(&shm.pool);
	return 0;
}

static void address_keeps_its_offset_in_the_page(void **state)
{
	va_t va = map_as(WORLD_DEVICE_PA + 0x123, 0x1000, SHM_MEM_DEVICE);
	uint8_t byte;

	(void)state;
	assert_int_equal(va % SHM_PAGE_SIZE, 0x123);
	/* Nobody answers there, but the way is published: see tear_down(). */
	assert_false(access_read(&byte, va, 1));
	io_model_check_page(va - 0x123, WORLD_DEVICE_PA, SHM_MEM_DEVICE);
	io_model_check_page(va - 0x123 + SHM_PAGE_SIZE,
			    WORLD_DEVICE_PA + SHM_PAGE_SIZE, SHM_MEM_DEVICE);
	assert_int_equal(world_leaf_count(), 2);
	unmap(va);
}

/* Types are as the architecture numbers the attributes of MAIR. */
static void each_type_has_its_attribute(void **state)
{
	static const uint8_t mair[] = SIM_MEMORY_TYPES;

	(void)state;
	for (unsigned int type = 0; type < SHM_MEM_TYPE_COUNT; type++) {
		va_t va = map_as(WORLD_DEVICE_PA, 1, type);

		assert_int_equal(sim_type_memory(PT_TYPES, sim_walk(va).attr),
				 mair[type]);
		io_model_check_page(va, WORLD_DEVICE_PA, type);
		unmap(va);
	}
}

static void refused(pa_t pa, uint64_t size, enum shm_memtype type,
		    enum shm_status why)
{
	uint64_t free_bytes = meta_pool_free_bytes(&shm.pool);
	uint64_t hash = world_tables_hash();
	va_t va = 1;

	assert_int_equal(shm_ioremap(&shm, pa, size, type, &va), why);
	assert_int_equal(va, 1);
	assert_int_equal(meta_pool_free_bytes(&shm.pool), free_bytes);
	assert_int_equal(world_tables_hash(), hash);
}

static void what_is_no_range_or_type_is_refused(void **state)
{
	const pa_t end = UINT64_C(1) << PA_BITS;

	(void)state;
	refused(WORLD_DEVICE_PA, 0, SHM_MEM_DEVICE, SHM_BAD_SIZE);
	refused(UINT64_MAX, 2, SHM_MEM_DEVICE, SHM_BAD_ADDRESS);
	refused(WORLD_DEVICE_PA, UINT64_MAX, SHM_MEM_DEVICE, SHM_BAD_ADDRESS);
	refused(end, 1, SHM_MEM_DEVICE, SHM_BAD_ADDRESS);
	refused(end - 1, 2, SHM_MEM_DEVICE, SHM_BAD_ADDRESS);
	/* More than 32 GiB. */
	if (SIM_PAGE_PA_BITS > 32)
		refused(WORLD_HIGH_END, end - WORLD_HIGH_END, SHM_MEM_DEVICE,
			SHM_NO_TABLE);
	refused(WORLD_DEVICE_PA, 1, (enum shm_memtype)6, SHM_BAD_ATTRIBUTE);
	refused(WORLD_DEVICE_PA, 1, (enum shm_memtype)64, SHM_BAD_ATTRIBUTE);
}

static void memory_is_no_device(void **state)
{
	static const pa_t bad[] = {
		WORLD_RAM_PA,
		WORLD_RESERVED_PA - 1,
		WORLD_RAM2_PA,
		WORLD_RAM3_PA,
		WORLD_RAM3_END - 1,
		WORLD_HIGH_END - 1,
		WORLD_POOL_PA,
		WORLD_POOL_PA + POOL_SIZE - 1,
		IMAGE_PA + 0x100000 - 1,
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refused(bad[i], 1, SHM_MEM_DEVICE, SHM_BAD_ADDRESS);
		refused(bad[i], 1, SHM_MEM_CACHED, SHM_BAD_ADDRESS);
	}
	/* It is enough that an end of the range touches some. */
	refused(WORLD_RAM3_PA - 1, 2, SHM_MEM_DEVICE, SHM_BAD_ADDRESS);
	refused(WORLD_RAM3_END - 1, 2, SHM_MEM_DEVICE, SHM_BAD_ADDRESS);
	refused(0, UINT64_C(1) << 36, SHM_MEM_DEVICE, SHM_BAD_ADDRESS);
	refused(WORLD_POOL_PA - 1, 2, SHM_MEM_DEVICE, SHM_BAD_ADDRESS);
}

static void a_page_has_one_type(void **state)
{
	static const enum shm_memtype others[] = {
		SHM_MEM_UNCACHED,
		SHM_MEM_CACHED,
		SHM_MEM_DEVICE_NGNRNE,
		SHM_MEM_DEVICE_GRE,
		SHM_MEM_DEVICE | SHM_MEM_NON_SECURE,
	};
	const pa_t pa = WORLD_DEVICE_PA + SHM_PAGE_SIZE;
	va_t va = map_as(pa, SHM_PAGE_SIZE, SHM_MEM_DEVICE);
	va_t read_only = map_as(pa, 1, SHM_MEM_DEVICE | SHM_MEM_READ_ONLY);

	(void)state;
	assert_true(va != read_only);
	for (unsigned int i = 0; i < 5; i++) {
		refused(pa, 1, others[i], SHM_CONFLICT);
		refused(pa - 1, 2, others[i], SHM_CONFLICT);
		unmap(map_as(pa - 1, 1, others[i]));
		unmap(map_as(pa + SHM_PAGE_SIZE, 1, others[i]));
	}
	unmap(va);
	refused(pa, 1, SHM_MEM_UNCACHED, SHM_CONFLICT);
	unmap(read_only);
	unmap(map_as(pa, 1, SHM_MEM_UNCACHED));
}

/* What the kernel has mapped itself counts as well. */
static void fixed_devices_keep_their_type(void **state)
{
	pa_t last = FIXED_PA + FIXED_SIZE - 1;
	va_t va = map_as(last, 1, SHM_MEM_DEVICE);

	(void)state;
	refused(last, 1, SHM_MEM_UNCACHED, SHM_CONFLICT);
	unmap(va);
	refused(last, 1, SHM_MEM_UNCACHED, SHM_CONFLICT);
	assert_int_equal(ioremap_find(shm.kernel, last, 1), 0);
}

static void equal_requests_share_and_go_in_any_order(void **state)
{
	static const unsigned int orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		va_t va[3];

		va[0] = map_as(WORLD_DEVICE_PA, 0x3000, SHM_MEM_DEVICE);
		va[1] = map_as(WORLD_DEVICE_PA + 0x1004, 4, SHM_MEM_DEVICE);
		va[2] = map_as(WORLD_DEVICE_PA + 0x2000, 0x2000,
			       SHM_MEM_DEVICE);
		assert_int_equal(va[1], va[0] + 0x1004);
		assert_int_equal(world_leaf_count(), 5);
		for (unsigned int j = 0; j < 3; j++) {
			unsigned int which = orders[i][j];

			unmap(va[which]);
			for (unsigned int k = j + 1; k < 3; k++)
				assert_int_not_equal(
					sim_walk(va[orders[i][k]]).size, 0);
		}
		assert_int_equal(world_leaf_count(), 0);
	}
}

static void nothing_but_a_mapping_can_be_given_back(void **state)
{
	struct shm_stack stack = { .page = meta_page_alloc(&shm.pool, NULL,
							   NULL) };
	va_t va = map_as(WORLD_DEVICE_PA, 0x1000, SHM_MEM_DEVICE);
	uint64_t hash;

	(void)state;
	assert_int_equal(shm_map_stack(&shm, &stack), SHM_OK);
	hash = world_tables_hash();
	assert_int_equal(shm_iounmap(&shm, 0), SHM_BAD_ADDRESS);
	assert_int_equal(shm_iounmap(&shm, va + 0x1000), SHM_BAD_ADDRESS);
	assert_int_equal(shm_iounmap(&shm, va - 1), SHM_BAD_ADDRESS);
	assert_int_equal(shm_iounmap(&shm, UINT64_MAX), SHM_BAD_ADDRESS);
	assert_int_equal(shm_iounmap(&shm, shm_stack_top(&stack) - 8),
			 SHM_BAD_ADDRESS);
	assert_int_equal(world_tables_hash(), hash);
	unmap(va);
	assert_int_equal(shm_iounmap(&shm, va), SHM_BAD_ADDRESS);
	shm_unmap_stack(&shm, &stack);
	meta_page_free(&shm.pool, stack.page, NULL);
}

/* Leaf tables and blocks between them, so that it fails at each stage. */
static void every_allocation_may_fail_in_turn(void **state)
{
	const pa_t pa = WORLD_PCI_PA + 100 * SHM_PAGE_SIZE;
	const uint64_t size = 1100 * SHM_PAGE_SIZE;
	uint64_t hash = world_tables_hash();
	enum shm_status st;
	va_t va = 0;
	uint32_t n;

	(void)state;
	for (n = 1;; n++) {
		shm.pool.fail_after = n;
		st = shm_ioremap(&shm, pa, size, SHM_MEM_DEVICE, &va);
		if (shm.pool.fail_after != 0)
			break;
		assert_true(st == SHM_NO_METADATA || st == SHM_NO_TABLE);
		assert_int_equal(va, 0);
		assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
		assert_int_equal(world_tables_hash(), hash);
		assert_int_equal(sim_tlb_stale_count(), 0);
		/* The pages are not claimed by what failed. */
		shm.pool.fail_after = 0;
		unmap(map_as(pa, 1, SHM_MEM_UNCACHED));
	}
	shm.pool.fail_after = 0;
	assert_in_range(n, 8, 20);
	unmap(va);
}

static void a_page_costs_one_invalidation_by_address(void **state)
{
	va_t neighbour = map_as(WORLD_DEVICE_PA + 0x8000, 1, SHM_MEM_DEVICE);
	va_t va = map_as(WORLD_DEVICE_PA, 0x2000, SHM_MEM_DEVICE);
	struct sim_tlb_counts counts;

	(void)state;
	sim_tlb_counts_reset();
	unmap(va);
	counts = sim_tlb_counts();
	assert_int_equal(counts.brackets, 1);
	assert_int_equal(counts.by_va, 2);
	assert_int_equal(counts.all, 0);
	unmap(neighbour);
}

/* Invariant 9, with a window of 256 MiB. */
static void critical_sections_do_not_grow_with_the_range(void **state)
{
	static const uint64_t sizes[] = { UINT64_C(2) << 20, UINT64_C(256)
								     << 20 };
	uint64_t work[2];

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		sim_masked_work_reset();
		unmap(map_as(WORLD_PCI_PA, sizes[i], SHM_MEM_DEVICE));
		work[i] = sim_masked_work();
	}
	assert_in_range(work[1], 1, work[0] + work[0] / 8);
}

static void configuration_is_checked(void **state)
{
	struct shm_config config = world_config(POOL_SIZE, 2);
	struct shm other;
	struct shm_fixed bad = { UINT64_MAX, 2, SHM_MEM_DEVICE };

	(void)state;
	config.pa_bits = PT_PAGE_PA_BITS + 1;
	assert_int_equal(shm_init(&other, &config), SHM_BAD_SIZE);
	config.pa_bits = 0;
	config.fixed = &bad;
	config.fixed_count = 1;
	assert_int_equal(shm_init(&other, &config), SHM_BAD_ADDRESS);
	/* The pool was used for it. */
	(void)set_up(state);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(address_keeps_its_offset_in_the_page),
		CASE(each_type_has_its_attribute),
		CASE(what_is_no_range_or_type_is_refused),
		CASE(memory_is_no_device),
		CASE(a_page_has_one_type),
		CASE(fixed_devices_keep_their_type),
		CASE(equal_requests_share_and_go_in_any_order),
		CASE(nothing_but_a_mapping_can_be_given_back),
		CASE(every_allocation_may_fail_in_turn),
		CASE(a_page_costs_one_invalidation_by_address),
		CASE(critical_sections_do_not_grow_with_the_range),
		CASE(configuration_is_checked),
	};

	trace_any_number("mappings take more tables with some formats");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
