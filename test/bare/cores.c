// SPDX-License-Identifier: BSD-2-Clause
/*
 * Other cores: switched on and off through PSCI, given one piece of work at a
 * time. One without work sleeps, as two idle loops would take the build
 * machine's time from those that are measured.
 */
#include "machine.h"

#include "wire.h"

#define PSCI_CPU_OFF	   0x84000002u
#define PSCI_CPU_ON	   0xC4000003u
#define PSCI_AFFINITY_INFO 0xC4000004u
#define AFFINITY_OFF	   1u

#define SGI_WAKE	   0u

struct core {
	volatile bool on;
	volatile bool leave;
	void (*volatile work)(void *);
	void *volatile arg;
};

static struct core cores[CORE_COUNT];

void secondary_start(void);
void target_main(unsigned int core);

static uint32_t psci(uint32_t function, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t x[8] = { function, a, b, c, 0, 0, 0, 0 };

	smc(x);
	return (uint32_t)x[0];
}

void core_sleep(void)
{
	__asm__ volatile("dsb sy\n\twfi" ::: "memory");
	irq_unmask();
	irq_mask();
}

static void serve_core(struct core *self)
{
	while (!self->leave) {
		void (*work)(void *) = self->work;

		if (work == NULL) {
			core_sleep();
			continue;
		}
		work(self->arg);
		__atomic_store_n(&self->work, NULL, __ATOMIC_RELEASE);
	}
}

/* Each core comes here, on its own stack, interrupts masked. */
void target_main(unsigned int core)
{
	if (core == 0) {
		gic_init();
		irq_unmask();
		program_main();
		machine_exit(0);
	}
	gic_init_core();
	cores[core].on = true;
	serve_core(&cores[core]);
	cores[core].on = false;
	(void)psci(PSCI_CPU_OFF, 0, 0, 0);
}

bool core_on(unsigned int core)
{
	if (cores[core].on)
		return true;
	cores[core].leave = false;
	cores[core].work = NULL;
	if (psci(PSCI_CPU_ON, core, address_of((void *)secondary_start),
		 core) != 0)
		return false;
	while (!cores[core].on)
		;
	return true;
}

void core_off(unsigned int core)
{
	cores[core].leave = true;
	gic_send(core, SGI_WAKE);
	while (psci(PSCI_AFFINITY_INFO, core, 0, 0) != AFFINITY_OFF)
		;
}

unsigned int cores_present(void)
{
	static unsigned int present;

	if (present == 0) {
		unsigned int count = gic_core_count();

		for (present = 1; present < count && present < CORE_COUNT;
		     present++)
			if (!core_on(present))
				break;
	}
	return present;
}

void core_run(unsigned int core, void (*work)(void *), void *arg)
{
	cores[core].arg = arg;
	__atomic_store_n(&cores[core].work, work, __ATOMIC_RELEASE);
	gic_send(core, SGI_WAKE);
}

void core_wait(unsigned int core)
{
	while (__atomic_load_n(&cores[core].work, __ATOMIC_ACQUIRE) != NULL)
		;
}
