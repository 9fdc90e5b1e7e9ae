// SPDX-License-Identifier: BSD-2-Clause
/*
 * The boot core's way through C: learn what the machine is, map its devices
 * and the free secure RAM, and hand both to what is built on top.
 */
#include <string.h>

#include <arch/aarch64/boot_map.h>
#include <kernel/console.h>
#include <kernel/core.h>
#include <kernel/devtree.h>
#include <kernel/panic.h>
#include <kernel/platform.h>

#ifndef DYNSHM_VERSION
#define DYNSHM_VERSION "unknown"
#endif

extern char __bss_end[];

static struct machine machine;
static struct platform platform; /* constant once secure_init() has it */

static void map_device(uintptr_t base, uint64_t size)
{
	pa_t first = base & ~SHM_PAGE_MASK;
	pa_t end = (base + size + SHM_PAGE_MASK) & ~SHM_PAGE_MASK;

	boot_map_range(first, first, end - first, SHM_MEM_DEVICE);
}

static void start_devices(void)
{
	const struct gic_config *gic = &machine.gic;

	if (machine.console != 0) {
		map_device(machine.console, SHM_PAGE_SIZE);
		console_init(machine.console);
	}
	if (gic->version == 0)
		panic("device tree: neither GICv2 nor GICv3");
	map_device(gic->distributor, 0x10000);
	if (gic->version == 2)
		map_device(gic->cpu_interface, 2 * SHM_PAGE_SIZE);
	else
		map_device(gic->redistributor, gic->redistributor_size);
	gic_init(gic);
}

/* Boot tables that nobody needed lie before it and are part of it. */
static void map_pool(void)
{
	pa_t first = (pa_t)__bss_end;
	pa_t end = (machine.secure_ram.last + 1) & ~SHM_PAGE_MASK;

	if (end < first)
		panic("device tree: no secure memory node holds the image");
	boot_map_range(first, first, end - first, SHM_MEM_SECURE);
	platform.pool_base = boot_map_end();
	platform.pool_size = end - platform.pool_base;
}

static void print_banner(void)
{
	unsigned int i;

	console_printf("dynshm %s: GICv%u, up to %u cores\n", DYNSHM_VERSION,
		       machine.gic.version, MAX_CORES);
	console_printf("pool 0x%lx, %lu KiB\n", platform.pool_base,
		       platform.pool_size / 1024);
	for (i = 0; i < platform.ram_count; i++)
		console_printf("normal-world RAM 0x%lx-0x%lx\n",
			       platform.ram[i].first, platform.ram[i].last);
}

int main(pa_t device_tree)
{
	devtree_read(device_tree, &machine);
	start_devices();
	map_pool();
	platform.ram_count = machine.ram.count;
	memcpy(platform.ram, machine.ram.range, sizeof(platform.ram));
	platform.root_table = boot_root_table();
	print_banner();
	secure_init(&platform);
	return 0;
}
