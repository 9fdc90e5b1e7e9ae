// SPDX-License-Identifier: BSD-2-Clause
/*
 * Tells the normal world about us: the node /firmware/optee that Linux and Xen
 * look for. The firmware packed the blob without slack, so it has to grow: into
 * RAM behind it that nobody has spoken for, or within its transfer list.
 */
#include <string.h>

#include <kernel/devtree.h>
#include <libfdt.h>

#include <arch/aarch64/boot_map.h>

/* Two nodes, two properties and their names; it takes about 120. */
#define GROWTH 256

struct overlap {
	struct pa_range with;
	bool found;
};

static void note_overlap(void *arg, struct pa_range range)
{
	struct overlap *overlap = arg;

	if (pa_ranges_overlap(range, overlap->with))
		overlap->found = true;
}

static uint64_t read_number(const void *fdt, int node, const char *name)
{
	int length;
	const fdt32_t *cells = fdt_getprop(fdt, node, name, &length);

	if (cells == NULL || (length != 4 && length != 8))
		return 0;
	if (length == 4)
		return fdt32_to_cpu(cells[0]);
	return (uint64_t)fdt32_to_cpu(cells[0]) << 32 | fdt32_to_cpu(cells[1]);
}

static void note_initrd(const void *fdt, struct overlap *overlap)
{
	int chosen = fdt_path_offset(fdt, "/chosen");
	uint64_t first = read_number(fdt, chosen, "linux,initrd-start");
	uint64_t end = read_number(fdt, chosen, "linux,initrd-end");

	if (chosen >= 0 && first < end)
		note_overlap(overlap, (struct pa_range){ first, end - 1 });
}

static void note_modules(const void *fdt, struct overlap *overlap)
{
	struct pa_range range;
	int node = -1;

	while ((node = fdt_node_offset_by_compatible(
			fdt, node, "multiboot,module")) >= 0) {
		if (devtree_read_reg(fdt, node, 0, &range))
			note_overlap(overlap, range);
	}
}

static void note_reserve_map(const void *fdt, struct overlap *overlap)
{
	struct pa_range range;
	uint64_t address, size;
	int i;

	for (i = 0; i < fdt_num_mem_rsv(fdt); i++) {
		if (fdt_get_mem_rsv(fdt, i, &address, &size) == 0 &&
		    pa_range_make(address, size, &range))
			note_overlap(overlap, range);
	}
}

/* What the tree itself says is at the place the blob would grow into. */
static bool is_free(const void *fdt, struct pa_range range)
{
	struct overlap overlap = { range, false };

	note_initrd(fdt, &overlap);
	note_modules(fdt, &overlap);
	note_reserve_map(fdt, &overlap);
	devtree_each_reserved(fdt, false, note_overlap, &overlap);
	return !overlap.found;
}

static bool take_ram(const struct devtree_blob *blob,
		     const struct range_set *ram)
{
	uint64_t size = fdt_totalsize(blob->fdt);
	pa_t mapped = (blob->pa + size + SHM_PAGE_MASK) & ~SHM_PAGE_MASK;
	pa_t end = blob->pa + size + GROWTH;
	struct pa_range range;

	if (!pa_range_make(blob->pa + size, GROWTH, &range) ||
	    size + GROWTH > DEVTREE_MAX_SIZE ||
	    !range_set_contains(ram, range) || !is_free(blob->fdt, range))
		return false;
	if (end > mapped)
		boot_map_range((va_t)blob->fdt + (mapped - blob->pa), mapped,
			       SHM_PAGE_SIZE, SHM_MEM_SHARED);
	return true;
}

static bool grow(const struct devtree_blob *blob, const struct range_set *ram)
{
	uint32_t size = fdt_totalsize(blob->fdt) + GROWTH;
	bool taken = blob->list != NULL
			     ? handoff_grow(blob->list, blob->entry, size)
			     : take_ram(blob, ram);

	return taken && fdt_open_into(blob->fdt, blob->fdt, (int)size) == 0;
}

static bool add_nodes(void *fdt)
{
	static const char compatible[] = "linaro,optee-tz";
	static const char method[] = "smc";
	int parent = fdt_path_offset(fdt, "/firmware");
	int node;

	if (parent < 0)
		parent = fdt_add_subnode(fdt, 0, "firmware");
	if (parent < 0)
		return false;
	node = fdt_add_subnode(fdt, parent, "optee");
	return node >= 0 &&
	       fdt_setprop(fdt, node, "compatible", compatible,
			   sizeof(compatible)) == 0 &&
	       fdt_setprop(fdt, node, "method", method, sizeof(method)) == 0;
}

/* The next stage may read it with its caches off. */
static void clean_cache(const void *start, uint64_t size)
{
	uint64_t ctr, line, at = (uint64_t)start;

	__asm__ volatile("mrs %0, ctr_el0" : "=r"(ctr));
	line = UINT64_C(4) << (ctr >> 16 & 0xf);
	for (at &= ~(line - 1); at < (uint64_t)start + size; at += line)
		__asm__ volatile("dc cvac, %0" ::"r"(at) : "memory");
	__asm__ volatile("dsb sy" ::: "memory");
}

bool devtree_add_optee(const struct devtree_blob *blob,
		       const struct range_set *ram)
{
	bool added;

	if (fdt_path_offset(blob->fdt, "/firmware/optee") >= 0)
		return true;
	if (!grow(blob, ram))
		return false;
	added = add_nodes(blob->fdt);
	if (blob->list != NULL) {
		handoff_seal(blob->list);
		clean_cache(blob->list, blob->list->size);
	} else {
		clean_cache(blob->fdt, fdt_totalsize(blob->fdt));
	}
	return added;
}
