// SPDX-License-Identifier: BSD-2-Clause
/*
 * Every type of memory and every flag, on secure RAM that the manager has
 * nothing to do with: what the processor takes them for, and what it then
 * refuses.
 */
#include "tap.h"
#include "world.h"

#include <dynshm/ioremap.h>

#define SIZE (3 * SHM_PAGE_SIZE)

static void translates(va_t va, enum shm_memtype type)
{
	for (unsigned int write = 0; write < 2; write++) {
		struct translation is = world_translate(va, write);

		if (write && (type & SHM_MEM_READ_ONLY)) {
			check(!is.ok);
			equal(fault_kind(is.status), FAULT_PERMISSION);
			continue;
		}
		check(is.ok);
		equal(is.pa, SECURE_SPARE + (va & SHM_PAGE_MASK));
		equal(is.memory, memory_of_type[shm_memtype_base(type)]);
		equal(is.non_secure, (type & SHM_MEM_NON_SECURE) != 0);
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
	equal(fault_kind(probe.status), FAULT_PERMISSION);
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
	equal(fault_kind(probe.status), FAULT_PERMISSION);
	equal(shm_iounmap(&shm, va), SHM_OK);
}

static const struct test tests[] = {
	{ "every_memory_type_is_what_the_processor_sees", every_type },
	{ "read_only_memory_faults_on_writes", read_only },
	{ "secure_data_is_never_executed", not_executed },
};
GROUP(attributes, tests);
