/* SPDX-License-Identifier: BSD-2-Clause */
/* How the last reading of the accounts looks. */
#ifndef CLIENT_SHMCTL_STATS_H
#define CLIENT_SHMCTL_STATS_H

#include <stdio.h>

#include "shmctl.h"
#include "stats.h"

void stats_print_table(FILE *to, const struct stats *stats);

/* One object in one line. */
void stats_print_json(FILE *to, const struct stats *stats);

#endif
