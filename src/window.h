/* SPDX-License-Identifier: BSD-2-Clause */
/* The windows that slots are made in: opening them, and letting them grow. */
#ifndef SRC_WINDOW_H
#define SRC_WINDOW_H

#include <dynshm/shm.h>

struct window;

/* Which of them slots of that kind are in. */
static inline struct va_pool *windows_of(struct shm *shm, bool small)
{
	return small && shm->roomy ? &shm->small_slots : &shm->large_slots;
}

/* Whether what the configuration says of windows makes sense. */
enum shm_status windows_check(const struct shm_config *config);

/* Open the first one. shm->root and shm->kernel are there. */
enum shm_status windows_init(struct shm *shm, const struct shm_config *config);

/*
 * Open so much more for slots of that kind, or what is left if it is less.
 * NULL: nothing is left. Takes no memory. shm->lock held.
 */
struct window *windows_grow(struct shm *shm, bool small, uint64_t size);

/* Take that back at once: no slot was made in it. shm->lock held. */
void windows_shrink(struct shm *shm, bool small, struct window *window);

#endif
