// SPDX-License-Identifier: BSD-2-Clause
/* Mapping the image's own devices; see devices.h. */
#include <kernel/devices.h>

#include <arch/aarch64/boot_map.h>
#include <dynshm/ioremap.h>
#include <kernel/console.h>
#include <kernel/panic.h>

#define GICD_SIZE UINT64_C(0x10000)
#define GICC_SIZE UINT64_C(0x2000)

static uintptr_t map_registers(struct shm *shm, pa_t pa, uint64_t size)
{
	va_t va;
	enum shm_status st = shm_ioremap(shm, pa, size, SHM_MEM_DEVICE, &va);

	if (st != SHM_OK)
		panic("no mapping for the device at 0x%lx: status %u",
		      (unsigned long)pa, (unsigned int)st);
	return (uintptr_t)va;
}

/* There is no moment without one: a panic in between prints. */
static void move_console(struct shm *shm, pa_t console)
{
	if (console == 0)
		return;
	console_init(map_registers(shm, console,
				   SHM_PAGE_SIZE - (console & SHM_PAGE_MASK)));
	boot_unmap_page(console & ~SHM_PAGE_MASK);
	if (EARLY_CONSOLE != 0)
		boot_unmap_page(EARLY_CONSOLE & ~SHM_PAGE_MASK);
}

static void map_gic(struct shm *shm, struct gic_config gic)
{
	gic.distributor = map_registers(shm, gic.distributor, GICD_SIZE);
	if (gic.version == 2)
		gic.cpu_interface =
			map_registers(shm, gic.cpu_interface, GICC_SIZE);
	else
		gic.redistributor = map_registers(shm, gic.redistributor,
						  gic.redistributor_size);
	gic_init(&gic);
}

void devices_map(struct shm *shm, const struct platform *platform)
{
	move_console(shm, platform->console);
	map_gic(shm, platform->gic);
}
