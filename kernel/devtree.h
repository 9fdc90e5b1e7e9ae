/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device tree that the firmware hands over: read once, before the normal
 * world runs, completed for it, and never looked at again.
 */
#ifndef KERNEL_DEVTREE_H
#define KERNEL_DEVTREE_H

#include <compat/range_set.h>
#include <kernel/gic.h>
#include <kernel/handoff.h>

/* The firmware's slot for the blob or list, and what the boot window takes. */
#define DEVTREE_MAX_SIZE UINT64_C(0x100000)

struct machine {
	struct range_set ram;	    /* that the normal world may share */
	struct pa_range secure_ram; /* the secure memory node we run in */
	pa_t console;		    /* PL011; 0: the tree names none */
	struct gic_config gic;	    /* version 0: the tree has none */
};

/*
 * What the firmware handed over: a blob in normal-world RAM, or a transfer list
 * in secure memory that has one in it. The other address is 0.
 */
struct devtree_source {
	pa_t blob;
	pa_t list;
};

/*
 * Read the blob and add /firmware/optee to it. A tree that does not describe a
 * machine we can run on is a panic, and so is a list that is not sound. Uses
 * the boot window and leaves it unmapped.
 */
void devtree_read(struct devtree_source source, struct machine *machine);

/* The parts: the blob as it is mapped, and what it is part of. */
struct devtree_blob {
	void *fdt;
	struct handoff_list *list;   /* NULL: the blob is by itself */
	struct handoff_entry *entry; /* of the list, with the blob */
	pa_t pa;		     /* of the list, or else of the blob */
};

/* Map either of them; to be unmapped with the boot window. */
struct devtree_blob devtree_map_blob(pa_t blob);
struct devtree_blob devtree_map_list(pa_t pa);

/* Panic unless it lies in memory of its kind that nobody else uses. */
void devtree_check_place(const struct devtree_blob *blob,
			 const struct machine *machine);

/*
 * Entry `index` of a node's `reg`, by the cell counts of its parent; false when
 * there is none, or of size 0, or beyond 2^48.
 */
bool devtree_read_reg(const void *fdt, int node, int index,
		      struct pa_range *out);

/* Calls add for every reg entry of each child of /reserved-memory. */
typedef void devtree_range_fn(void *arg, struct pa_range range);
void devtree_each_reserved(const void *fdt, bool no_map_only,
			   devtree_range_fn *add, void *arg);

/* Fill machine->ram and machine->secure_ram. `image` is where we run. */
void devtree_read_memory(const void *fdt, pa_t image, struct machine *machine);

/* Add /firmware/optee unless it is there. False when there is no room. */
bool devtree_add_optee(const struct devtree_blob *blob,
		       const struct range_set *ram);

#endif
