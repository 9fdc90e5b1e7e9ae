/* SPDX-License-Identifier: BSD-2-Clause */
/* Budgets as guests begin, start over and die. shm->lock held for all. */
#ifndef SRC_BUDGET_H
#define SRC_BUDGET_H

#include <dynshm/guest.h>

/*
 * The budget that every guest begins with. SHM_NO_METADATA: its share cannot
 * be reserved; the guest has none then.
 */
enum shm_status budget_give(struct shm *shm, struct guest *guest);

/* The guest gives up its id, and what it was promised. */
void budget_take_away(struct shm *shm, struct guest *guest);

/*
 * What a guest had becomes a corpse: that has no ceiling and no share, and the
 * guest's is whole again.
 */
void budget_begin_anew(struct holdings *corpse);

#endif
