/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulated machine's memory, walker, locks and flows of control: accesses
 * that must fail do, each word is read once, and an interrupt can be made to
 * come wherever the code under test leaves interrupts open.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <cpu.h>
#include <kernel/context.h>
#include <sim.h>

#define POOL_PA	    UINT64_C(0x0e200000)
#define RAM_PA	    UINT64_C(0x40000000)
#define RESERVED_PA UINT64_C(0x50000000)
#define VA	    (SIM_VA_BITS > 39 ? UINT64_C(1) << 39 : UINT64_C(1) << 30)
/* The level of blocks, and the bytes of one. */
#define UPPER (SIM_LAST_LEVEL - 1)
#define BLOCK (UINT64_C(1) << pt_level_shift(UPPER))

static pte_t *table[SIM_LAST_LEVEL + 1];
static struct spinlock lock;
static unsigned int progress;

static pa_t ram_page(unsigned int n)
{
	return RAM_PA + n * SHM_PAGE_SIZE;
}

/* Page n of VA is page n of RAM, and a block of 2 MiB follows. */
static int set_up(void **state)
{
	uint8_t *pool;

	(void)state;
	sim_reset();
	lock = (struct spinlock){ 0 };
	sim_add_range(SIM_SECURE, POOL_PA, 64 * SHM_PAGE_SIZE);
	sim_add_range(SIM_RAM, RAM_PA, UINT64_C(4) << 30);
	pool = sim_pointer(POOL_PA);
	/* The first table may take four pages. */
	for (unsigned int i = SIM_FIRST_LEVEL; i <= SIM_LAST_LEVEL; i++)
		table[i] = (pte_t *)(void *)(pool + (i - SIM_FIRST_LEVEL) * 4 *
							    SHM_PAGE_SIZE);
	pte_store_run(table[SIM_LAST_LEVEL],
		      pte_make_page(RAM_PA, pte_attributes(SHM_MEM_SHARED)),
		      SHM_PAGE_SIZE, 8);
	for (unsigned int level = SIM_LAST_LEVEL; level > SIM_FIRST_LEVEL;
	     level--) {
		cpu_publish_tables();
		pte_store(&table[level - 1][pt_index(VA, level - 1)],
			  pte_make_table(sim_address(table[level]),
					 pte_table_attributes(SHM_MEM_SHARED)));
	}
	pte_store(&table[UPPER][pt_index(VA + BLOCK, UPPER)],
		  pte_make_block(RAM_PA + 0x200000,
				 pte_attributes(SHM_MEM_SHARED)));
	cpu_publish_tables();
	sim_mmu_set_root(table[SIM_FIRST_LEVEL]);
	return sim_check_violations() ? 0 : -1;
}

static void walker_reads_pages_and_blocks(void **state)
{
	struct sim_mapping page = sim_walk(VA + 0x3123);
	struct sim_mapping block = sim_walk(VA + BLOCK + 0x12345);

	(void)state;
	assert_int_equal(page.pa, ram_page(3));
	assert_int_equal(page.size, SHM_PAGE_SIZE);
	assert_true(page.ns && page.accessed && !page.executable);
	assert_false(page.read_only || page.user || page.not_global);
	assert_int_equal(page.share, 3);
	assert_int_equal(page.attr, 0);
	assert_int_equal(block.pa, RAM_PA + 0x200000);
	assert_int_equal(block.size, BLOCK);
	assert_int_equal(sim_walk(VA + 0x8000).size, 0);
	assert_int_equal(sim_walk(VA + (1 << 30)).size, 0);
	assert_int_equal(sim_walk(UINT64_C(1) << 50).size, 0);
	assert_int_equal(sim_table_count(),
			 SIM_LAST_LEVEL - SIM_FIRST_LEVEL + 1);
}

static bool count_leaf(void *arg, const struct sim_mapping *leaf)
{
	(void)leaf;
	++*(unsigned int *)arg;
	return true;
}

static void leaves_of_a_range_are_enumerated(void **state)
{
	struct va_range part = { VA + 0x2000, VA + 0x4fff };
	struct va_range all = { VA, VA + 0x3fffff };
	unsigned int count = 0;

	(void)state;
	assert_true(sim_walk_leaves(part, count_leaf, &count));
	assert_int_equal(count, 3);
	count = 0;
	sim_walk_leaves(all, count_leaf, &count);
	assert_int_equal(count, 9);
}

static void each_word_is_read_once_whatever_the_alignment(void **state)
{
	uint8_t to[64];
	uint8_t *from = sim_pointer(ram_page(1));

	(void)state;
	for (unsigned int i = 0; i < 64; i++)
		from[i - 32] = (uint8_t)i;
	for (unsigned int offset = 0; offset < 8; offset++) {
		for (unsigned int size = 0; size < 40; size++) {
			sim_reads_reset();
			assert_true(access_read(to, VA + 0xfe0 + offset, size));
			assert_memory_equal(to, from - 32 + offset, size);
			assert_int_equal(sim_reads().again, 0);
			assert_int_equal(sim_reads().words,
					 ((offset & 7) + size + 7) / 8 *
						 (size != 0));
		}
	}
	assert_true(access_read(to, VA + 0x1000, 8));
	assert_int_equal(sim_reads().again, 1);
	assert_int_equal(sim_reads().word, ram_page(1));
}

static void change_word(void *arg, pa_t word)
{
	if (word == ram_page(2) + 8)
		memset(sim_pointer(word), 0xee, 8);
	++*(unsigned int *)arg;
}

static void hook_sees_a_word_before_it_is_read(void **state)
{
	unsigned int count = 0;
	uint64_t to[4];

	(void)state;
	sim_set_read_hook(change_word, &count);
	assert_true(access_read(to, VA + 0x2000, sizeof(to)));
	assert_int_equal(count, 4);
	assert_int_equal(to[0], 0);
	assert_true(to[1] == UINT64_C(0xeeeeeeeeeeeeeeee));
}

static void memory_that_stops_answering_fails_the_access(void **state)
{
	uint8_t bytes[16] = { 0 };

	(void)state;
	sim_page_set_dead(ram_page(4), true);
	assert_false(access_read(bytes, VA + 0x4000, 16));
	assert_false(access_write(VA + 0x3ff8, bytes, 16));
	assert_true(access_read(bytes, VA + 0x3ff0, 16));
	sim_page_set_dead(ram_page(4), false);
	assert_true(access_write(VA + 0x3ff8, bytes, 16));
	assert_false(access_read(bytes, VA + 0x7ff8, 16));
	assert_true(sim_check_violations());
}

static void far_end_of_large_ram_works(void **state)
{
	uint64_t *last = sim_pointer(RAM_PA + (UINT64_C(4) << 30) - 8);

	(void)state;
	*last = 5;
	assert_int_equal(sim_kind_of(RAM_PA + (UINT64_C(4) << 30)), SIM_HOLE);
	assert_null(sim_pointer(0));
}

/* Flows. */

static void steps(void *arg)
{
	(void)arg;
	progress = 1;
	context_suspend();
	sim_interrupts_open(true);
	progress = 2;
	spin_unlock(&lock, spin_lock(&lock));
	progress = 3;
	cpu_counter();
	progress = 4;
}

static void flow_suspends_resumes_and_ends(void **state)
{
	struct context context;
	uint8_t stack[16];

	(void)state;
	context_init(&context, stack + 16, steps, NULL);
	assert_int_equal(context_run(&context), CONTEXT_SUSPENDED);
	assert_int_equal(progress, 1);
	assert_int_equal(context_run(&context), CONTEXT_ENDED);
	assert_int_equal(progress, 4);
}

static void dropped_flow_can_be_started_again(void **state)
{
	struct context context;
	uint8_t stack[16];

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		context_init(&context, stack + 16, steps, NULL);
		assert_int_equal(context_run(&context), CONTEXT_SUSPENDED);
	}
	sim_core_set(2);
	assert_int_equal(context_run(&context), CONTEXT_ENDED);
	sim_core_set(0);
	assert_true(sim_check_violations());
}

static void interrupt_comes_at_the_chosen_point(void **state)
{
	struct context context;
	uint8_t stack[16];

	(void)state;
	for (unsigned int point = 1; point <= 2; point++) {
		context_init(&context, stack + 16, steps, NULL);
		assert_int_equal(context_run(&context), CONTEXT_SUSPENDED);
		sim_interrupt_after(point);
		assert_int_equal(context_run(&context), CONTEXT_INTERRUPTED);
		assert_int_equal(progress, 1 + point);
		assert_int_equal(context_run(&context), CONTEXT_ENDED);
	}
}

static void suspend_with_lock(void *arg)
{
	cpu_irq_t irq = spin_lock(&lock);

	(void)arg;
	context_suspend();
	spin_unlock(&lock, irq);
}

static void suspending_with_a_lock_is_found(void **state)
{
	struct context context;
	uint8_t stack[16];

	(void)state;
	context_init(&context, stack + 16, suspend_with_lock, NULL);
	context_run(&context);
	assert_int_equal(sim_violation_count(), 1);
}

static void clock_goes_by_steps(void **state)
{
	uint64_t then = cpu_counter();

	(void)state;
	assert_int_equal(cpu_counter(), then);
	sim_clock_set_step(7);
	assert_int_equal(cpu_counter(), then + 7);
	sim_clock_advance(cpu_counter_per_ms());
	assert_int_equal(cpu_counter(), then + 14 + 62500);
}

static void masked_work_is_measured(void **state)
{
	uint64_t words[100];
	cpu_irq_t irq;

	(void)state;
	sim_interrupts_open(true);
	irq = spin_lock(&lock);
	access_read(words, VA, sizeof(words));
	access_read(words, VA, sizeof(words));
	spin_unlock(&lock, irq);
	assert_in_range(sim_masked_work(), 200, 210);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(walker_reads_pages_and_blocks, set_up),
		cmocka_unit_test_setup(leaves_of_a_range_are_enumerated,
				       set_up),
		cmocka_unit_test_setup(
			each_word_is_read_once_whatever_the_alignment, set_up),
		cmocka_unit_test_setup(hook_sees_a_word_before_it_is_read,
				       set_up),
		cmocka_unit_test_setup(
			memory_that_stops_answering_fails_the_access, set_up),
		cmocka_unit_test_setup(far_end_of_large_ram_works, set_up),
		cmocka_unit_test_setup(flow_suspends_resumes_and_ends, set_up),
		cmocka_unit_test_setup(dropped_flow_can_be_started_again,
				       set_up),
		cmocka_unit_test_setup(interrupt_comes_at_the_chosen_point,
				       set_up),
		cmocka_unit_test_setup(suspending_with_a_lock_is_found, set_up),
		cmocka_unit_test_setup(clock_goes_by_steps, set_up),
		cmocka_unit_test_setup(masked_work_is_measured, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
