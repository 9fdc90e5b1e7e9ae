// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads the device tree once, and finds in it the devices that the image itself
 * uses.
 */
#include <string.h>

#include <kernel/console.h>
#include <kernel/devtree.h>
#include <kernel/panic.h>
#include <libfdt.h>

#include <arch/aarch64/boot_map.h>

extern char __text_start[];

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

void devtree_read(struct devtree_source source, struct machine *machine)
{
	struct devtree_blob blob = source.list != 0
					   ? devtree_map_list(source.list)
					   : devtree_map_blob(source.blob);

	devtree_read_memory(blob.fdt, (pa_t)__text_start, machine);
	devtree_check_place(&blob, machine);
	machine->console = find_console(blob.fdt);
	machine->gic = find_gic(blob.fdt);
	if (!devtree_add_optee(&blob, &machine->ram))
		console_printf("device tree: no room for /firmware/optee\n");
	boot_unmap_window();
}
