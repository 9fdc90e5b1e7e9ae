/* SPDX-License-Identifier: BSD-2-Clause */
/* The insides of an owner that guest.c and the corpse's undertaker share. */
#ifndef SRC_HOLDINGS_H
#define SRC_HOLDINGS_H

#include <dynshm/guest.h>

/*
 * New, empty holdings, most of whose mappings are of the world that `type`
 * says: of a guest, with its small slot; or, with NULL, of the kernel, without.
 * shm->lock held; after a failure nothing has changed.
 */
enum shm_status holdings_create(struct shm *shm, enum shm_memtype type,
				struct guest *guest, struct holdings **out);

/* Free holdings that have no regions, sessions or slots left. */
void holdings_free(struct holdings *holdings);

/* Guests by id; shm->lock held. */
struct guest *guest_find_locked(struct shm *shm, uint16_t id);
void guest_insert_locked(struct shm *shm, struct guest *guest);

#endif
