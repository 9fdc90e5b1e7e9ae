// SPDX-License-Identifier: BSD-2-Clause
/*
 * Maps the device tree for as long as it takes to read it, and finds in it the
 * devices that the image itself uses.
 */
#include <string.h>

#include <kernel/console.h>
#include <kernel/devtree.h>
#include <kernel/panic.h>
#include <libfdt.h>

#include <arch/aarch64/boot_map.h>

extern char __text_start[];

/* The blob in the boot window, as normal-world memory. */
static void *map_blob(pa_t blob)
{
	pa_t first = blob & ~SHM_PAGE_MASK;
	void *fdt = (void *)(BOOT_WINDOW + (blob & SHM_PAGE_MASK));
	uint64_t size;

	if (blob == 0 || blob % 8 != 0)
		panic("device tree: none at 0x%lx", blob);
	boot_map_range(BOOT_WINDOW, first, 2 * SHM_PAGE_SIZE, SHM_MEM_SHARED);
	if (fdt_check_header(fdt) != 0)
		panic("device tree: no valid header at 0x%lx", blob);
	size = fdt_totalsize(fdt);
	if (size > DEVTREE_MAX_SIZE)
		panic("device tree: %lu bytes are more than %lu", size,
		      DEVTREE_MAX_SIZE);
	size = (blob - first + size + SHM_PAGE_MASK) & ~SHM_PAGE_MASK;
	boot_map_range(BOOT_WINDOW, first, size, SHM_MEM_SHARED);
	return fdt;
}

/*
 * The node that a stdout-path names: a path or an alias, up to a colon. An
 * alias must stand for a path, as one that stands for itself would never end.
 */
static int find_stdout(const void *fdt, const char *path)
{
	const char *options = strchr(path, ':');
	size_t length = options ? (size_t)(options - path) : strlen(path);

	if (path[0] != '/') {
		path = fdt_get_alias_namelen(fdt, path, (int)length);
		if (path == NULL || path[0] != '/')
			return -FDT_ERR_BADPATH;
		length = strlen(path);
	}
	return fdt_path_offset_namelen(fdt, path, (int)length);
}

static pa_t find_console(const void *fdt)
{
	int chosen = fdt_path_offset(fdt, "/secure-chosen");
	const char *path = fdt_getprop(fdt, chosen, "stdout-path", NULL);
	struct pa_range range;
	int node = path == NULL ? -FDT_ERR_NOTFOUND : find_stdout(fdt, path);

	if (node < 0 || fdt_node_check_compatible(fdt, node, "arm,pl011") ||
	    !devtree_read_reg(fdt, node, 0, &range))
		return 0;
	return range.first;
}

static int find_gic_node(const void *fdt, unsigned int *version)
{
	static const char *const v2_names[] = { "arm,cortex-a15-gic",
						"arm,gic-400" };
	int node = fdt_node_offset_by_compatible(fdt, -1, "arm,gic-v3");
	unsigned int i;

	*version = 3;
	if (node >= 0)
		return node;
	*version = 2;
	for (i = 0; node < 0 && i < 2; i++)
		node = fdt_node_offset_by_compatible(fdt, -1, v2_names[i]);
	return node;
}

/* Both bindings begin their reg with the distributor. */
static struct gic_config find_gic(const void *fdt)
{
	struct gic_config gic = { 0 };
	struct pa_range distributor, second;
	unsigned int version;
	int node = find_gic_node(fdt, &version);

	if (node < 0 || !devtree_read_reg(fdt, node, 0, &distributor) ||
	    !devtree_read_reg(fdt, node, 1, &second))
		return gic;
	gic.version = version;
	gic.distributor = distributor.first;
	if (version == 3) {
		gic.redistributor = second.first;
		gic.redistributor_size = second.last - second.first + 1;
	} else {
		gic.cpu_interface = second.first;
	}
	return gic;
}

void devtree_read(pa_t blob, struct machine *machine)
{
	void *fdt = map_blob(blob);
	struct pa_range range;

	devtree_read_memory(fdt, (pa_t)__text_start, machine);
	if (!pa_range_make(blob, fdt_totalsize(fdt), &range) ||
	    !range_set_contains(&machine->ram, range))
		panic("device tree: 0x%lx is not normal-world RAM", blob);
	machine->console = find_console(fdt);
	machine->gic = find_gic(fdt);
	if (!devtree_add_optee(fdt, blob, &machine->ram))
		console_printf("device tree: no room for /firmware/optee\n");
	boot_unmap_window();
}
