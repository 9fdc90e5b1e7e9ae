/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device tree that the firmware hands over: read once, before the normal
 * world runs, completed for it, and never looked at again.
 */
#ifndef KERNEL_DEVTREE_H
#define KERNEL_DEVTREE_H

#include <kernel/gic.h>
#include <kernel/range_set.h>

/* The firmware's slot for the blob, and what the boot window takes. */
#define DEVTREE_MAX_SIZE UINT64_C(0x100000)

struct machine {
	struct range_set ram;	    /* that the normal world may share */
	struct pa_range secure_ram; /* the secure memory node we run in */
	pa_t console;		    /* PL011; 0: the tree names none */
	struct gic_config gic;	    /* version 0: the tree has none */
};

/*
 * Read the blob at `blob` and add /firmware/optee to it. A tree that does not
 * describe a machine we can run on is a panic. Uses the boot window and leaves
 * it unmapped.
 */
void devtree_read(pa_t blob, struct machine *machine);

/*
 * The parts, on a mapped blob. Entry `index` of a node's `reg`, by the cell
 * counts of its parent; false when there is none, or of size 0, or beyond
 * 2^48.
 */
bool devtree_read_reg(const void *fdt, int node, int index,
		      struct pa_range *out);

/* Calls add for every reg entry of each child of /reserved-memory. */
typedef void devtree_range_fn(void *arg, struct pa_range range);
void devtree_each_reserved(const void *fdt, bool no_map_only,
			   devtree_range_fn *add, void *arg);

/* Fill machine->ram and machine->secure_ram. `image` is where we run. */
void devtree_read_memory(const void *fdt, pa_t image, struct machine *machine);

/*
 * Add /firmware/optee unless it is there, to the blob at `fdt` that lies at
 * physical `blob`. False when there is no room for it.
 */
bool devtree_add_optee(void *fdt, pa_t blob, const struct range_set *ram);

#endif
