// SPDX-License-Identifier: BSD-2-Clause
/*
 * Device memory on the machine itself. The tests run in the secure world, as a
 * service of an image that is built for them; this program asks for one after
 * another, and does meanwhile what a normal world may do.
 */
#include "call.h"
#include "tap.h"

extern const struct group devices;

void program_after_test(bool failed)
{
	if (failed)
		(void)smc_simple(FID_EXCHANGE_CAPABILITIES, 0);
}

void program_main(void)
{
	print("\n# GICv%u, %u cores\n", gic_version(), cores_present());
	(void)smc_simple(FID_EXCHANGE_CAPABILITIES, 0);
	tap_run(&devices);
	machine_exit(tap_finish() != 0);
}
