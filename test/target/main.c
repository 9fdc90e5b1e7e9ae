// SPDX-License-Identifier: BSD-2-Clause
/*
 * A normal world that sends what no Linux would, and checks each answer of the
 * interface. Memory that stops answering cannot be made on QEMU: the tests on
 * the build machine do that.
 */
#include "call.h"
#include "tap.h"

extern const struct group handed_over, fast_calls, arguments, registrations,
	page_lists, buffers, memory_service, sessions, rpc_replies,
	notifications, resuming, epochs, preemption, many_cores;

void program_after_test(bool failed)
{
	if (failed)
		(void)smc_simple(FID_EXCHANGE_CAPABILITIES, 0);
}

void program_main(void)
{
	static const struct group *const groups[] = {
		&handed_over, &fast_calls,    &arguments,      &registrations,
		&page_lists,  &buffers,	      &memory_service, &sessions,
		&rpc_replies, &notifications, &resuming,       &epochs,
		&preemption,  &many_cores,
	};
	uint64_t level;
	unsigned int failed;

	print("\n# GICv%u, %u cores\n", gic_version(), cores_present());
	(void)smc_simple(FID_EXCHANGE_CAPABILITIES, 0);
	level = pool_level();
	for (unsigned int i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		tap_run(groups[i]);
	if (pool_level() != level)
		print("# the pool began at %lu and ended at %lu\n", level,
		      pool_level());
	failed = tap_finish();
	machine_exit(failed != 0);
}
