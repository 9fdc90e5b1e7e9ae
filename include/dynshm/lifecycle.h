/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of guests as a hypervisor announces it. All of it is under
 * shm->lock, in bounded time, and on any core at any moment.
 *
 *	          guest_admit()          guest_expel(), cores inside
 *	  SPARE ----------------> LIVE ------------------------> DRAINING
 *	    ^                      |                                |
 *	    |                      | guest_expel(), none inside     |
 *	    |   guest_bury()       v       guest_exit(), the last   |
 *	    +-------------------- DYING <---------------------------+
 *	                           |  guest_expel(), or                ^
 *	                           |  guest_take_unburied()            |
 *	                           +-----------------------------------+
 *	                              guest_bury(), not all of it
 *
 * Whoever moves a guest to DYING buries it. A core that works for a guest is
 * inside from guest_enter() to guest_exit(), and the guest stays meanwhile.
 */
#ifndef DYNSHM_LIFECYCLE_H
#define DYNSHM_LIFECYCLE_H

#include <dynshm/guest.h>

enum guest_state {
	GUEST_LIVE = 0,
	GUEST_DRAINING, /* nobody enters any more; may be half buried */
	GUEST_DYING,	/* one core buries it */
	GUEST_SPARE,	/* without an id: ready to become somebody */
};

/* SHM_UNKNOWN_GUEST: no such guest, or one that is leaving. O(log n). */
enum shm_status guest_enter(struct shm *shm, uint16_t id, struct guest **out);

/* True: this was the last core in a guest that leaves; bury it. */
bool guest_exit(struct shm *shm, struct guest *guest);

/*
 * Spares are what admissions draw on, so that no corpse can be in the way.
 * guest_alloc() makes a guest without an id, or answers NULL; the kernel gives
 * it its calls and adds it. It then has the share that it will begin with, or
 * SHM_NO_METADATA: that cannot be reserved, and the guest is not added.
 */
struct guest *guest_alloc(struct shm *shm);
void guest_free(struct shm *shm, struct guest *guest);
enum shm_status guest_add_spare(struct shm *shm, struct guest *guest);

/*
 * A spare becomes the guest `id`. SHM_OK also for a guest that lives and has
 * no session, no region, no device and, as is_idle() says, no call in flight:
 * that is a reset. SHM_BAD_STATE: it has, or it is leaving. SHM_NO_METADATA: no
 * spare.
 */
enum shm_status guest_admit(struct shm *shm, uint16_t id,
			    bool (*is_idle)(const struct guest *guest));

/*
 * The guest is to go. SHM_UNKNOWN_GUEST: there is none by that id.
 * SHM_BAD_STATE: cores are inside or one buries it; it takes no more calls,
 * ask again. SHM_OK: *out is DYING, the caller's to bury.
 */
enum shm_status guest_expel(struct shm *shm, uint16_t id, struct guest **out);

/*
 * After its suspended calls have been dropped: cut off what it has and give up
 * its id. SHM_OK: the object is the caller's then, without an id.
 * SHM_INTERRUPTED, only on an address space without room: a slice has been cut
 * off (guest_cut_off()), and the guest is DRAINING again and nobody's. Whoever
 * expels it again goes on, or whoever takes it.
 */
enum shm_status guest_bury(struct shm *shm, struct guest *guest);

/* A guest that was left like that, the caller's to bury; NULL: there is none.
 */
struct guest *guest_take_unburied(struct shm *shm);

#endif
