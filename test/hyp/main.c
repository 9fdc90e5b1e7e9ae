// SPDX-License-Identifier: BSD-2-Clause
/*
 * In a hypervisor's place: it makes guests by the thousand, speaks for each of
 * them, and kills them at the worst moments.
 */
#include "vm.h"

extern const struct group lifecycle, isolation, mediator, death, numbers,
	many_cores, moved_pages, budgets;

#define ID_LAST 0xFFFFu

void program_after_test(bool failed)
{
	caller_set(0);
	for (uint32_t id = 1; failed && id <= ID_LAST; id++)
		(void)vm_destroy(id);
	if (failed)
		(void)smc_simple(FID_EXCHANGE_CAPABILITIES, 0);
	vm_settle();
}

void program_main(void)
{
	static const struct group *const groups[] = {
		&lifecycle, &isolation,	 &mediator, &death,
		&budgets,   &many_cores, &numbers,  &moved_pages,
	};
	unsigned int failed;

	print("\n# GICv%u, %u cores, %u calls a guest\n", gic_version(),
	      cores_present(), vm_thread_count());
	(void)smc_simple(FID_EXCHANGE_CAPABILITIES, 0);
	vm_settle();
	for (unsigned int i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		tap_run(groups[i]);
	failed = tap_finish();
	machine_exit(failed != 0);
}
