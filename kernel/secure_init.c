// SPDX-License-Identifier: BSD-2-Clause
/* The image's own answers to what the interface asks of its platform. */
#include "platform.h"

#include <abi/call.h>
#include <abi/platform.h>
#include <abi/tee.h>
#include <cpu.h>
#include <kernel/core.h>
#include <kernel/gic.h>
#include <kernel/panic.h>

/* Dynamic mappings live in entries 1 to 15 of the level-0 table. */
#define WINDOW_FIRST UINT64_C(0x0000008000000000)
#define WINDOW_LAST  UINT64_C(0x000007ffffffffff)

void secure_init(const struct platform *platform)
{
	struct shm_config config = {
		.pool = (void *)(uintptr_t)platform->pool_base,
		.pool_pa = platform->pool_base,
		.pool_size = platform->pool_size,
		.ram = platform->ram,
		.ram_count = platform->ram_count,
		.root = platform->root_table,
		.window = { WINDOW_FIRST, WINDOW_LAST },
		.calls_per_guest = CALLS_PER_GUEST,
	};
	enum shm_status st = tee_init(&config);

	if (st != SHM_OK)
		panic("no shared memory: status %u; is secure RAM too small?",
		      (unsigned int)st);
}

unsigned int platform_core(void)
{
	return core_index();
}

bool platform_take_interrupt(void)
{
	return gic_handle_secure() != IRQ_FOREIGN;
}

void platform_open_interrupts(void)
{
	__asm__ volatile("msr daifclr, #3\n\tisb\n\tmsr daifset, #3" ::
				 : "memory");
}
