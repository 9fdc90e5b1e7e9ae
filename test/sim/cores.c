// SPDX-License-Identifier: BSD-2-Clause
/* See cores.h. */
#include "sim/cores.h"

#include <pthread.h>
#include <sim.h>
#include <stdint.h>
#include <stdlib.h>

void cores_run(void *(*run)(void *core), void *cores, size_t size)
{
	pthread_t threads[SIM_CORE_COUNT];

	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		if (pthread_create(&threads[i], NULL, run,
				   (uint8_t *)cores + i * size) != 0)
			abort();
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		pthread_join(threads[i], NULL);
}
