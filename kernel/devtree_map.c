// SPDX-License-Identifier: BSD-2-Clause
/*
 * Maps what the firmware handed over for as long as it takes to read it. A blob
 * by itself is in normal-world RAM, one in a transfer list in secure memory.
 */
#include <stddef.h>

#include <kernel/devtree.h>
#include <kernel/panic.h>
#include <libfdt.h>

#include <arch/aarch64/boot_map.h>

extern char __text_start[];

/* In the boot window; as it ends on a page, more can be mapped behind it. */
static void *map(pa_t pa, uint64_t size, enum shm_memtype type)
{
	pa_t first = pa & ~SHM_PAGE_MASK;
	pa_t end = (pa + size + SHM_PAGE_MASK) & ~SHM_PAGE_MASK;

	boot_map_range(BOOT_WINDOW, first, end - first, type);
	return (void *)(BOOT_WINDOW + (pa & SHM_PAGE_MASK));
}

struct devtree_blob devtree_map_blob(pa_t blob)
{
	void *fdt;
	uint64_t size;

	if (blob == 0 || blob % 8 != 0)
		panic("device tree: none at 0x%lx", blob);
	fdt = map(blob, SHM_PAGE_SIZE, SHM_MEM_SHARED);
	if (fdt_check_header(fdt) != 0)
		panic("device tree: no valid header at 0x%lx", blob);
	size = fdt_totalsize(fdt);
	if (size > DEVTREE_MAX_SIZE)
		panic("device tree: %lu bytes are more than %lu", size,
		      DEVTREE_MAX_SIZE);
	(void)map(blob, size, SHM_MEM_SHARED);
	return (struct devtree_blob){ .fdt = fdt, .pa = blob };
}

static struct handoff_list *map_sound_list(pa_t pa)
{
	struct handoff_list *list;
	const char *fault;
	uint32_t size;

	if (pa % HANDOFF_ALIGNMENT != 0)
		panic("transfer list: none at 0x%lx", pa);
	list = map(pa, sizeof(*list), SHM_MEM_SECURE);
	size = handoff_room(list);
	if (size > DEVTREE_MAX_SIZE)
		panic("transfer list: %u bytes are more than %lu", size,
		      DEVTREE_MAX_SIZE);
	(void)map(pa, size, SHM_MEM_SECURE);
	fault = handoff_fault(list);
	if (fault != NULL)
		panic("transfer list: %s at 0x%lx", fault, pa);
	return list;
}

struct devtree_blob devtree_map_list(pa_t pa)
{
	struct devtree_blob blob = { .list = map_sound_list(pa), .pa = pa };

	blob.entry = handoff_find(blob.list, HANDOFF_TAG_FDT);
	if (blob.entry == NULL)
		panic("transfer list: no device tree in it at 0x%lx", pa);
	blob.fdt = handoff_data(blob.entry);
	if (blob.entry->data_size < sizeof(struct fdt_header) ||
	    fdt_check_header(blob.fdt) != 0 ||
	    fdt_totalsize(blob.fdt) > blob.entry->data_size)
		panic("device tree: no valid header in the list at 0x%lx", pa);
	return blob;
}

/*
 * A list may change until the firmware copies it for the normal world, after
 * we have returned: it must not be the normal world's, nor become our pool.
 */
static void check_list(pa_t pa, uint64_t size, const struct machine *machine)
{
	struct pa_range ours = { (pa_t)__text_start, machine->secure_ram.last };
	struct pa_range range;
	unsigned int i;

	if (!pa_range_make(pa, size, &range) || pa_ranges_overlap(range, ours))
		panic("transfer list: 0x%lx is in our memory", pa);
	for (i = 0; i < machine->ram.count; i++)
		if (pa_ranges_overlap(range, machine->ram.range[i]))
			panic("transfer list: 0x%lx is normal-world RAM", pa);
}

void devtree_check_place(const struct devtree_blob *blob,
			 const struct machine *machine)
{
	struct pa_range range;

	if (blob->list != NULL) {
		check_list(blob->pa, blob->list->max_size, machine);
	} else if (!pa_range_make(blob->pa, fdt_totalsize(blob->fdt), &range) ||
		   !range_set_contains(&machine->ram, range)) {
		panic("device tree: 0x%lx is not normal-world RAM", blob->pa);
	}
}
