/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's statuses as the interface says them. One place for each. */
#ifndef ABI_STATUS_H
#define ABI_STATUS_H

#include <dynshm/status.h>
#include <stdint.h>

/* As `ret` in a message. */
uint32_t status_to_ret(enum shm_status st);

/* As a0 of a call without a message. */
uint32_t status_to_smc(enum shm_status st);

/* The `ret` that goes with a call which ends with this a0. */
uint32_t smc_to_ret(uint32_t a0);

#endif
