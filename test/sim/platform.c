// SPDX-License-Identifier: BSD-2-Clause
/* What the interface asks of its machine, on the simulated one. */
#include <abi/platform.h>
#include <sim.h>

unsigned int platform_core(void)
{
	return sim_core();
}

/* All interrupts of the simulated machine are the normal world's. */
bool platform_take_interrupt(void)
{
	return false;
}

void platform_open_interrupts(void)
{
	sim_interrupts_open(true);
	sim_interrupt_point();
	sim_interrupts_open(false);
}
