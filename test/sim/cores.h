/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that are cores of the simulated machine. */
#ifndef TEST_SIM_CORES_H
#define TEST_SIM_CORES_H

#include <stddef.h>

/*
 * Run `run` on all SIM_CORE_COUNT of them, each with its element of the array
 * `cores`, whose elements have `size` bytes; until all have returned.
 */
void cores_run(void *(*run)(void *core), void *cores, size_t size);

#endif
