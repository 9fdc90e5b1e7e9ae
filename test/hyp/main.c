// SPDX-License-Identifier: BSD-2-Clause
/*
 * In a hypervisor's place: it makes guests by the thousand, speaks for each of
 * them, and kills them at the worst moments.
 */
#include "vm.h"

extern const struct group lifecycle, isolation, mediator, death, numbers,
	many_cores, moved_pages, budgets;

#define ID_LAST	  0xFFFFu
#define SETTLERS  2u
#define SETTLER_0 0xFFF0u

/*
 * Let the stacks of the guests kept ready be those at the lowest addresses, so
 * that levels can be compared: take those that are ready, and while they are
 * in use let others be made.
 */
static void settle(void)
{
	for (unsigned int i = 0; i < 2 * SETTLERS; i++)
		(void)shm_unregister(1);
	for (unsigned int i = 0; i < SETTLERS; i++)
		equal(vm_create(SETTLER_0 + i), A0_OK);
	for (unsigned int i = 0; i < 2 * SETTLERS; i++)
		(void)shm_unregister(1);
	for (unsigned int i = 0; i < SETTLERS; i++)
		equal(vm_destroy(SETTLER_0 + i), A0_OK);
}

void program_after_test(bool failed)
{
	caller_set(0);
	for (uint32_t id = 1; failed && id <= ID_LAST; id++)
		(void)vm_destroy(id);
	if (failed)
		(void)smc_simple(FID_EXCHANGE_CAPABILITIES, 0);
	settle();
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
	settle();
	for (unsigned int i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		tap_run(groups[i]);
	failed = tap_finish();
	machine_exit(failed != 0);
}
