// SPDX-License-Identifier: BSD-2-Clause
/* The image's own answers to what the interface asks of its platform. */
#include "platform.h"

#include <abi/call.h>
#include <abi/platform.h>
#include <abi/tee.h>
#include <cpu.h>
#include <kernel/core.h>
#include <kernel/devices.h>
#include <kernel/gic.h>
#include <kernel/memory_map.h>
#include <kernel/panic.h>

/*
 * Dynamic mappings live in entries 1 to 15 of the level-0 table: in 4 GiB at
 * first, and 256 GiB more each time that they are full.
 */
#define WINDOW_FIRST UINT64_C(0x0000008000000000)
#define WINDOW_LAST  UINT64_C(0x00000080ffffffff)
#define GROWTH_LAST  UINT64_C(0x000007ffffffffff)
#define GROWTH_STEP  UINT64_C(0x0000004000000000)

/* By PARange of ID_AA64MMFR0_EL1; the tables' format ends at 48. */
static uint32_t physical_bits(void)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48 };
	uint64_t features;

	__asm__("mrs %0, id_aa64mmfr0_el1" : "=r"(features));
	features &= 0xf;
	return bits[features < sizeof(bits) ? features : sizeof(bits) - 1];
}

/* Where the pool is mapped, from its first byte to its last. */
static void *pool_address(const struct platform *platform)
{
	pa_t first = platform->pool_base;
	pa_t last = first + platform->pool_size - 1;
	uint8_t *pool = phys_to_virt(first, core_mmu_get_type_by_pa(first), 1);

	if (pool == NULL || virt_to_phys(pool) != first ||
	    virt_to_phys(pool + platform->pool_size - 1) != last ||
	    !core_pbuf_is(CORE_MEM_SEC, first, platform->pool_size))
		panic("pool 0x%lx-0x%lx is not secure RAM", first, last);
	return pool;
}

void secure_init(const struct platform *platform)
{
	struct compat_ranges ram = compat_memory()->shareable;
	const struct shm_fixed secure_ram = {
		platform->secure_ram.first,
		platform->secure_ram.last - platform->secure_ram.first + 1,
		SHM_MEM_SECURE,
	};
	struct shm_config config = {
		.pool = pool_address(platform),
		.pool_pa = platform->pool_base,
		.pool_size = platform->pool_size,
		.ram = ram.range,
		.ram_count = ram.count,
		.root = platform->root_table,
		.window = { WINDOW_FIRST, WINDOW_LAST },
		.calls_per_guest = CALLS_PER_GUEST,
		.fixed = &secure_ram,
		.fixed_count = 1,
		.pa_bits = physical_bits(),
		.growth = { WINDOW_LAST + 1, GROWTH_LAST },
		.growth_step = GROWTH_STEP,
	};
	enum shm_status st = tee_init(&config);

	if (st != SHM_OK)
		panic("no shared memory: status %u; is secure RAM too small?",
		      (unsigned int)st);
	devices_map(platform);
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
