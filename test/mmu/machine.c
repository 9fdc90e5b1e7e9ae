// SPDX-License-Identifier: BSD-2-Clause
/* Probes, faults and the second core, as far as they are alike everywhere. */
#include "machine.h"

#include "world.h"

#include <dynshm/fault.h>

struct fixup {
	uintptr_t instruction;
	uintptr_t target;
};

extern const struct fixup __extable_start[], __extable_end[];

/* Read by start.S before the MMU is on. */
volatile uint32_t core_released;
static void (*volatile core_work)(void *);
static void *volatile core_arg;

static struct probe faults[CORE_COUNT];

unsigned int fault_retries;

uintptr_t fault_resume(const struct probe *fault, uintptr_t at)
{
	if (!fault->fetch && fault_kind(fault->status) == FAULT_TRANSLATION &&
	    shm_fault_is_passing(&shm, fault->address, fault->write)) {
		__atomic_fetch_add(&fault_retries, 1, __ATOMIC_RELAXED);
		return at;
	}
	faults[machine_core()] = *fault;
	if (at == (uintptr_t)probe_load_at || at == (uintptr_t)probe_store_at)
		return (uintptr_t)probe_failed;
	if (fault->fetch && at == fault->address)
		return (uintptr_t)probe_branch_failed;
	for (const struct fixup *f = __extable_start; f != __extable_end; f++)
		if (f->instruction == at && !fault->fetch)
			return f->target;
	return 0;
}

static struct probe result(bool done)
{
	static const struct probe none;

	return done ? none : faults[machine_core()];
}

struct probe probe_read(va_t va, uint32_t *value)
{
	return result(probe_load(va, value));
}

struct probe probe_write(va_t va, uint32_t value)
{
	return result(probe_store(va, value));
}

struct probe probe_call(va_t va)
{
	return result(probe_branch(va));
}

void core_serve(void)
{
	for (;;) {
		void (*work)(void *) =
			__atomic_load_n(&core_work, __ATOMIC_ACQUIRE);

		if (work == NULL)
			continue;
		work(core_arg);
		__atomic_store_n(&core_work, NULL, __ATOMIC_RELEASE);
	}
}

void core_start(void (*work)(void *), void *arg)
{
	core_arg = arg;
	__atomic_store_n(&core_work, work, __ATOMIC_RELEASE);
	core_released = 1;
	__asm__ volatile("dsb sy\n\tsev" ::: "memory");
}

void core_join(void)
{
	while (__atomic_load_n(&core_work, __ATOMIC_ACQUIRE) != NULL)
		;
}
