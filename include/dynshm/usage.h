/* SPDX-License-Identifier: BSD-2-Clause */
/* What owners use, for those who look from outside. Snapshots, taken under
 * shm->lock; counters that change meanwhile may disagree by what is going on.
 */
#ifndef DYNSHM_USAGE_H
#define DYNSHM_USAGE_H

#include <dynshm/guest.h>

struct shm_usage {
	uint16_t guest;
	bool is_leaving; /* a guest that takes no more calls */
	bool is_corpse;
	uint64_t used[RESOURCE_COUNT]; /* calls: see `calls` */
	uint64_t peak[RESOURCE_COUNT]; /* since it began or started over */
	uint64_t share[RESOURCE_COUNT];
	uint64_t ceiling[RESOURCE_COUNT];
	uint64_t runs;	     /* contiguous stretches in all regions */
	uint64_t va_bytes;   /* reserved for regions */
	uint64_t owed_bytes; /* corpse: still to be given back */
	uint64_t revoked;    /* regions it lost to others, ever */
	uint64_t refusals;
	enum shm_status last_error;
	void *calls; /* the kernel's: struct guest.calls */
};

/*
 * The guest with the lowest id of at least `id`. False: there is none.
 * O(log n). `look` is called with the lock held, so that it can read what
 * the guest's `calls` point to; it may be NULL.
 */
bool usage_find_guest(struct shm *shm, uint32_t id,
		      void (*look)(const struct shm_usage *usage, void *arg),
		      void *arg, struct shm_usage *out);

/* The corpse at this place in the line. O(place). */
bool usage_find_corpse(struct shm *shm, uint32_t place, struct shm_usage *out);

#endif
