// SPDX-License-Identifier: BSD-2-Clause
/*
 * Every type of memory and every flag, on secure RAM that the manager has
 * nothing to do with: what the processor takes them for, and what it then
 * refuses.
 */
#include "tap.h"
#include "world.h"

#include <dynshm/ioremap.h>

#define FAULT_PERMISSION 0x0cu
#define FAULT_KIND	 0x3cu
#define SIZE		 (3 * SHM_PAGE_SIZE)

/* As in MAIR, by enum shm_memtype's order. */
static const uint8_t memory[SHM_MEM_TYPE_COUNT] = { 0xff, 0x04, 0x44,
						    0x00, 0x08, 0x0c };

static bool same(struct translation a, struct translation b)
{
	return a.ok == b.ok && a.status == b.status && a.pa == b.pa &&
	       a.non_secure == b.non_secure && a.memory == b.memory;
}

static void translates(va_t va, enum shm_memtype type)
{
	for (unsigned int write = 0; write < 2; write++) {
		struct translation cpu = cpu_translate(va, write);

		check(same(cpu, soft_translate(va, write)));
		if (write && (type & SHM_MEM_READ_ONLY)) {
			check(!cpu.ok);
			equal(cpu.status & FAULT_KIND, FAULT_PERMISSION);
			continue;
		}
		check(cpu.ok);
		equal(cpu.pa, SECURE_SPARE + (va & SHM_PAGE_MASK));
		equal(cpu.memory, memory[shm_memtype_base(type)]);
		equal(cpu.non_secure, (type & SHM_MEM_NON_SECURE) != 0);
	}
}

static void every_type(void)
{
	for (unsigned int type = 0; type < SHM_MEM_TYPE_COUNT; type++) {
		for (unsigned int flags = 0; flags < 4; flags++) {
			enum shm_memtype asked =
				type | SHM_MEM_NO_EXEC |
				(flags & 1 ? SHM_MEM_READ_ONLY : 0) |
				(flags & 2 ? SHM_MEM_NON_SECURE : 0);
			va_t va;

			if (!equal(shm_ioremap(&shm, SECURE_SPARE + 0x124, SIZE,
					       asked, &va),
				   SHM_OK))
				continue;
			translates(va, asked);
			equal(shm_iounmap(&shm, va), SHM_OK);
			check(!cpu_translate(va, false).ok);
		}
	}
}

static void read_only(void)
{
	struct probe probe;
	uint32_t word = 0;
	va_t va;

	if (!equal(shm_ioremap(&shm, SECURE_SPARE, SIZE, SHM_MEM_SECURE_CONST,
			       &va),
		   SHM_OK))
		return;
	*world_ram(SECURE_SPARE + 0x40) = 0x12344321;
	check(!probe_read(va + 0x40, &word).faulted);
	equal(word, 0x12344321);
	probe = probe_write(va + 0x40, 5);
	check(probe.faulted && probe.write);
	equal(probe.address, va + 0x40);
	equal(probe.status & FAULT_KIND, FAULT_PERMISSION);
	equal(*world_ram(SECURE_SPARE + 0x40), 0x12344321);
	equal(shm_iounmap(&shm, va), SHM_OK);
}

static void not_executed(void)
{
	struct probe probe;
	va_t va;

	if (!equal(shm_ioremap(&shm, SECURE_SPARE, SIZE, SHM_MEM_SECURE, &va),
		   SHM_OK))
		return;
	*world_ram(SECURE_SPARE) = machine_return_code;
	check(!probe_call(SECURE_SPARE).faulted); /* that code does run */
	probe = probe_call(va);
	check(probe.faulted && probe.fetch);
	equal(probe.address, va);
	equal(probe.status & FAULT_KIND, FAULT_PERMISSION);
	equal(shm_iounmap(&shm, va), SHM_OK);
}

static const struct test tests[] = {
	{ "every_memory_type_is_what_the_processor_sees", every_type },
	{ "read_only_memory_faults_on_writes", read_only },
	{ "secure_data_is_never_executed", not_executed },
};
GROUP(attributes, tests);
