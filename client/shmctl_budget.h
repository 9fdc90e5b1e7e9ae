/* SPDX-License-Identifier: BSD-2-Clause */
/* The two halves of shmctl budget: setting and showing. */
#ifndef CLIENT_SHMCTL_BUDGET_H
#define CLIENT_SHMCTL_BUDGET_H

#include "shmctl.h"

/* By the numbers of the wire contract. */
extern const char *const budget_resources[SERVICE_RESOURCES];

/*
 * Every guest that the caller may see, or `only` that one; as a table, or as
 * one JSON object. Says on stderr what failed.
 */
bool budget_show(const struct service *service, const uint16_t *only,
		 bool json);

#endif
