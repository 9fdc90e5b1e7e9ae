/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine as boot found it, handed once to what is built on top.
 */
#ifndef KERNEL_PLATFORM_H
#define KERNEL_PLATFORM_H

#include <dynshm/addr.h>
#include <kernel/gic.h>
#include <pt_format.h>

struct platform {
	/* All of the secure RAM that the image is in. */
	struct pa_range secure_ram;
	/* Free secure RAM: whole pages, mapped read-write where it is. */
	pa_t pool_base;
	uint64_t pool_size;
	/*
	 * The level-0 table of every core. Entry 0 is the static map; the
	 * others are empty.
	 */
	pte_t *root_table;
	/* Devices, by physical address; not mapped, but for the console. */
	pa_t console; /* a PL011; 0: there is none */
	struct gic_config gic;
};

/*
 * Defined by what is built on top. Called once by the boot core, on its own
 * stack, interrupts masked, before the normal world runs. The platform stays
 * valid and unchanged.
 */
void secure_init(const struct platform *platform);

#endif
