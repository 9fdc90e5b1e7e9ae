// SPDX-License-Identifier: BSD-2-Clause
/* Mapping the image's own devices; see devices.h. */
#include <kernel/devices.h>

#include <arch/aarch64/boot_map.h>
#include <kernel/console.h>
#include <kernel/memory_map.h>
#include <kernel/panic.h>

#define GICD_SIZE UINT64_C(0x10000)
#define GICC_SIZE UINT64_C(0x2000)

static uintptr_t map_registers(pa_t pa, uint64_t size)
{
	void *va = core_mmu_add_mapping(MEM_AREA_IO_SEC, pa, size);

	if (va == NULL)
		panic("no mapping for the device at 0x%lx", (unsigned long)pa);
	return (uintptr_t)va;
}

/* There is no moment without one: a panic in between prints. */
static void move_console(pa_t console)
{
	if (console == 0)
		return;
	console_init(map_registers(console,
				   SHM_PAGE_SIZE - (console & SHM_PAGE_MASK)));
	boot_unmap_page(console & ~SHM_PAGE_MASK);
	if (EARLY_CONSOLE != 0)
		boot_unmap_page(EARLY_CONSOLE & ~SHM_PAGE_MASK);
}

static void map_gic(struct gic_config gic)
{
	gic.distributor = map_registers(gic.distributor, GICD_SIZE);
	if (gic.version == 2)
		gic.cpu_interface = map_registers(gic.cpu_interface, GICC_SIZE);
	else
		gic.redistributor = map_registers(gic.redistributor,
						  gic.redistributor_size);
	gic_init(&gic);
}

void devices_map(const struct platform *platform)
{
	move_console(platform->console);
	map_gic(platform->gic);
}
