// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which RAM the machine has, for whom. A memory node is usable by the normal
 * world if its status says so, by us if its secure-status does (status stands
 * in for it); RAM to share must be both.
 */
#include <stddef.h>
#include <string.h>

#include <kernel/devtree.h>
#include <kernel/panic.h>
#include <libfdt.h>

#define MAX_PA ((UINT64_C(1) << 48) - 1)

static uint64_t read_cells(const fdt32_t *cells, int count)
{
	uint64_t value = 0;

	while (count-- > 0)
		value = value << 32 | fdt32_to_cpu(*cells++);
	return value;
}

bool devtree_read_reg(const void *fdt, int node, int index,
		      struct pa_range *out)
{
	int parent = fdt_parent_offset(fdt, node);
	int address_cells = fdt_address_cells(fdt, parent);
	int size_cells = fdt_size_cells(fdt, parent);
	int cells = address_cells + size_cells;
	int length;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

	if (reg == NULL || address_cells < 1 || address_cells > 2 ||
	    size_cells < 1 || size_cells > 2 ||
	    length / (int)sizeof(*reg) < (index + 1) * cells)
		return false;
	reg += (ptrdiff_t)index * cells;
	if (!pa_range_make(read_cells(reg, address_cells),
			   read_cells(reg + address_cells, size_cells), out) ||
	    out->first > MAX_PA)
		return false;
	if (out->last > MAX_PA)
		out->last = MAX_PA;
	return true;
}

static bool is_okay(const void *fdt, int node, const char *property,
		    bool if_absent)
{
	int length;
	const char *status = fdt_getprop(fdt, node, property, &length);

	if (status == NULL)
		return if_absent;
	return strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

static bool is_memory(const void *fdt, int node)
{
	const char *type = fdt_getprop(fdt, node, "device_type", NULL);

	return type != NULL && strcmp(type, "memory") == 0;
}

static void add_range(void *arg, struct pa_range range)
{
	if (!range_set_add(arg, range))
		panic("device tree: raise RANGE_SET_MAX (%u)", RANGE_SET_MAX);
}

static void subtract_range(void *arg, struct pa_range range)
{
	if (!range_set_subtract(arg, range))
		panic("device tree: raise RANGE_SET_MAX (%u)", RANGE_SET_MAX);
}

void devtree_each_reserved(const void *fdt, bool no_map_only,
			   devtree_range_fn *add, void *arg)
{
	int parent = fdt_path_offset(fdt, "/reserved-memory");
	struct pa_range range;
	int node, index;

	if (parent < 0)
		return;
	fdt_for_each_subnode(node, fdt, parent)
	{
		if (no_map_only && !fdt_getprop(fdt, node, "no-map", NULL))
			continue;
		for (index = 0; devtree_read_reg(fdt, node, index, &range);
		     index++)
			add(arg, range);
	}
}

static void read_secure_node(const void *fdt, int node, pa_t image,
			     struct machine *machine)
{
	struct pa_range range;
	int index;

	for (index = 0; devtree_read_reg(fdt, node, index, &range); index++) {
		subtract_range(&machine->ram, range);
		if (range.first <= image && image <= range.last)
			machine->secure_ram = range;
	}
}

void devtree_read_memory(const void *fdt, pa_t image, struct machine *machine)
{
	struct pa_range range;
	int node, index;

	machine->ram.count = 0;
	machine->secure_ram = (struct pa_range){ 0, 0 };
	fdt_for_each_subnode(node, fdt, 0)
	{
		bool normal = is_okay(fdt, node, "status", true);

		if (!is_memory(fdt, node) || !normal ||
		    !is_okay(fdt, node, "secure-status", normal))
			continue;
		for (index = 0; devtree_read_reg(fdt, node, index, &range);
		     index++)
			add_range(&machine->ram, range);
	}
	/* After all of them, as nodes may come in any order. */
	fdt_for_each_subnode(node, fdt, 0)
	{
		bool normal = is_okay(fdt, node, "status", true);

		if (is_memory(fdt, node) && !normal &&
		    is_okay(fdt, node, "secure-status", normal))
			read_secure_node(fdt, node, image, machine);
	}
	devtree_each_reserved(fdt, true, subtract_range, &machine->ram);
	range_set_trim(&machine->ram);
}
