// SPDX-License-Identifier: BSD-2-Clause
/*
 * The whole manager on a real translation table: what it maps is compared with
 * what the processor itself makes of each address.
 */
#include "tap.h"
#include "world.h"

#include <kernel/console.h>

extern const struct group mappings, attributes, faults, accesses, regions,
	devices, supplies, tlb, cores, splits, sizes, gibs,
	machine_tests; /* of this architecture */

void mmu_main(void)
{
	static const struct group *const groups[] = {
		&mappings, &attributes, &faults,	&accesses, &regions,
		&devices,  &supplies,	&tlb,		&cores,	   &splits,
		&sizes,	   &gibs,	&machine_tests,
	};

	console_init(UART_BASE);
	world_start();
	machine_exit(tap_run(groups, sizeof(groups) / sizeof(groups[0])) != 0);
}
