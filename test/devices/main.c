// SPDX-License-Identifier: BSD-2-Clause
/*
 * Device memory on the machine itself. The tests run in the secure world, as a
 * service of an image that is built for them; this program asks for one after
 * another, and does meanwhile what a normal world may do.
 */
#include <test/hyp/vm.h>

extern const struct group devices, devices_of_machines;

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
	vm_settle(); /* from here on there is a hypervisor */
	tap_run(&devices_of_machines);
	machine_exit(tap_finish() != 0);
}
