// SPDX-License-Identifier: BSD-2-Clause
/*
 * The boot core's way through C: learn what the machine is, map the free
 * secure RAM, and hand both to what is built on top.
 */
#include <arch/aarch64/boot_map.h>
#include <kernel/console.h>
#include <kernel/core.h>
#include <kernel/devtree.h>
#include <kernel/memory_map.h>
#include <kernel/panic.h>
#include <kernel/platform.h>

#ifndef DYNSHM_VERSION
#define DYNSHM_VERSION "unknown"
#endif

extern char __bss_end[];

static struct machine machine;
static struct platform platform; /* constant once secure_init() has it */

/* In the static map until devices_map() has a better place for it. */
static void start_console(void)
{
	pa_t page = machine.console & ~SHM_PAGE_MASK;

	platform.console = machine.console;
	if (machine.console == 0) {
		platform.console = EARLY_CONSOLE;
		return;
	}
	boot_map_range(page, page, SHM_PAGE_SIZE, SHM_MEM_DEVICE);
	console_init(machine.console);
}

/* Boot tables that nobody needed lie before it and are part of it. */
static void map_pool(void)
{
	pa_t first = (pa_t)__bss_end;
	pa_t end = (machine.secure_ram.last + 1) & ~SHM_PAGE_MASK;

	if (end < first)
		panic("device tree: no secure memory node holds the image");
	memory_map_add(MEM_AREA_RAM_SEC, first, end - first);
	platform.pool_base = boot_map_end();
	platform.pool_size = end - platform.pool_base;
}

static void print_banner(void)
{
	struct compat_ranges ram = compat_memory()->shareable;
	size_t i;

	console_printf("dynshm %s: GICv%u, up to %u cores\n", DYNSHM_VERSION,
		       machine.gic.version, MAX_CORES);
	console_printf("pool 0x%lx, %lu KiB\n", platform.pool_base,
		       platform.pool_size / 1024);
	for (i = 0; i < ram.count; i++)
		console_printf("normal-world RAM 0x%lx-0x%lx\n",
			       ram.range[i].first, ram.range[i].last);
}

/* Where the device tree is; start.S makes one of the two 0. */
int main(pa_t blob, pa_t list)
{
	devtree_read((struct devtree_source){ blob, list }, &machine);
	start_console();
	if (machine.gic.version == 0)
		panic("device tree: neither GICv2 nor GICv3");
	platform.gic = machine.gic;
	platform.secure_ram = machine.secure_ram;
	map_pool();
	platform.root_table = boot_root_table();
	memory_map_init(&machine.ram, machine.secure_ram);
	print_banner();
	secure_init(&platform);
	return 0;
}
