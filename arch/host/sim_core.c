// SPDX-License-Identifier: BSD-2-Clause
/*
 * Cores, their locks, clock and interrupts, and the list of violations. A host
 * thread is a core; what it is doing is in thread-local memory.
 */
#define _GNU_SOURCE /* host interfaces beyond ISO C */
#include <cpu.h>
#include <kernel/context.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sanitizer.h"
#include "sim_internal.h"

#define KEPT_VIOLATIONS	  64
#define TICKS_PER_MS	  62500
#define VIOLATION_MAX_LEN 200

static pthread_mutex_t machine = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static bool machine_unseen;
static char violations[KEPT_VIOLATIONS][VIOLATION_MAX_LEN];
static unsigned int violation_count;
static uint64_t masked_work_max;
static uint64_t clock_now;
static uint64_t clock_step;
static _Thread_local uint64_t interrupt_countdown;
static uint64_t releases[SIM_CORE_COUNT];
static _Thread_local struct sim_core_state this_core = { .masked = true };

void sim_enter(void)
{
	if (machine_unseen)
		unseen_begin();
	pthread_mutex_lock(&machine);
}

void sim_leave(void)
{
	pthread_mutex_unlock(&machine);
	if (machine_unseen)
		unseen_end();
}

void sim_hide_machine(bool hide)
{
	machine_unseen = hide;
}

void sim_violation(const char *format, ...)
{
	va_list args;

	sim_enter();
	if (violation_count < KEPT_VIOLATIONS) {
		va_start(args, format);
		vsnprintf(violations[violation_count], VIOLATION_MAX_LEN,
			  format, args);
		va_end(args);
	}
	violation_count++;
	sim_leave();
}

unsigned int sim_violation_count(void)
{
	return violation_count;
}

const char *sim_violation_text(unsigned int index)
{
	return index < violation_count && index < KEPT_VIOLATIONS
		       ? violations[index]
		       : "";
}

void sim_violations_clear(void)
{
	violation_count = 0;
}

bool sim_check_violations(void)
{
	for (unsigned int i = 0; i < violation_count; i++)
		fprintf(stderr, "violation: %s\n", sim_violation_text(i));
	return violation_count == 0;
}

/* Not inlined: a flow may be resumed by another thread than it started on. */
__attribute__((noinline)) struct sim_core_state *sim_core_state(void)
{
	__asm__ volatile("");
	return &this_core;
}

void sim_core_set(unsigned int core)
{
	sim_core_state()->number = core % SIM_CORE_COUNT;
}

unsigned int sim_core(void)
{
	return sim_core_state()->number;
}

void sim_interrupts_open(bool open)
{
	sim_core_mask(sim_core_state(), !open);
}

void sim_core_reset(void)
{
	*sim_core_state() = (struct sim_core_state){ .masked = true };
	violation_count = 0;
	masked_work_max = 0;
	clock_step = 0;
	sim_interrupt_after(0);
}

void sim_core_mask(struct sim_core_state *core, bool masked)
{
	if (masked != core->masked)
		core->masked_work = 0;
	core->masked = masked;
}

void sim_work(uint64_t amount)
{
	struct sim_core_state *core = sim_core_state();

	if (!core->masked)
		return;
	core->masked_work += amount;
	if (core->masked_work > masked_work_max)
		masked_work_max = core->masked_work;
}

uint64_t sim_masked_work(void)
{
	return masked_work_max;
}

void sim_masked_work_reset(void)
{
	masked_work_max = 0;
	sim_core_state()->masked_work = 0;
}

/* A core that waits for itself would wait forever, so that ends the test. */
cpu_irq_t spin_lock(struct spinlock *lock)
{
	struct sim_core_state *core = sim_core_state();
	cpu_irq_t saved = core->masked;
	uint32_t mine = core->number + 1;
	uint32_t free_value = 0;

	if (__atomic_load_n(&lock->holder, __ATOMIC_RELAXED) == mine) {
		fprintf(stderr, "core %u takes a lock that it holds\n",
			core->number);
		abort();
	}
	sim_core_mask(core, true);
	while (!__atomic_compare_exchange_n(&lock->holder, &free_value, mine,
					    false, __ATOMIC_ACQUIRE,
					    __ATOMIC_RELAXED)) {
		free_value = 0;
		sched_yield();
	}
	core->locks++;
	return saved;
}

void spin_unlock(struct spinlock *lock, cpu_irq_t saved)
{
	struct sim_core_state *core = sim_core_state();

	if (__atomic_load_n(&lock->holder, __ATOMIC_RELAXED) !=
	    core->number + 1)
		sim_violation("core %u releases a lock that it does not hold",
			      core->number);
	core->locks--;
	__atomic_fetch_add(&releases[core->number], 1, __ATOMIC_RELAXED);
	__atomic_store_n(&lock->holder, 0, __ATOMIC_RELEASE);
	sim_core_mask(core, saved);
	sim_interrupt_point();
}

uint64_t sim_core_releases(unsigned int core)
{
	return __atomic_load_n(&releases[core], __ATOMIC_RELAXED);
}

void sim_clock_advance(uint64_t ticks)
{
	__atomic_fetch_add(&clock_now, ticks, __ATOMIC_RELAXED);
}

void sim_clock_set_step(uint64_t ticks)
{
	clock_step = ticks;
}

uint64_t cpu_counter(void)
{
	sim_interrupt_point();
	return __atomic_add_fetch(&clock_now, clock_step, __ATOMIC_RELAXED);
}

uint64_t cpu_counter_per_ms(void)
{
	return TICKS_PER_MS;
}

/* Not inlined: see sim_core_state(). */
__attribute__((noinline)) static uint64_t *countdown(void)
{
	__asm__ volatile("");
	return &interrupt_countdown;
}

void sim_interrupt_after(uint64_t points)
{
	*countdown() = points;
}

void sim_interrupt_point(void)
{
	struct sim_core_state *core = sim_core_state();

	if (*countdown() == 0 || core->masked || !core->in_flow)
		return;
	if (--*countdown() == 0)
		sim_context_interrupt();
}

void sim_reset(void)
{
	sim_enter();
	sim_core_reset();
	sim_stale_reset();
	sim_access_reset();
	sim_tlb_reset();
	sim_mmu_reset();
	sim_tables_reset();
	sim_memory_reset();
	sim_leave();
}
