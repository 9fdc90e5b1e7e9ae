/* SPDX-License-Identifier: BSD-2-Clause */
/* The one trusted kernel that this image is: its manager and its guests. */
#ifndef ABI_TEE_H
#define ABI_TEE_H

#include <dynshm/guest.h>

/*
 * Build the manager and guest 0, which exists while there is no hypervisor.
 * Once, at boot.
 */
enum shm_status tee_init(const struct shm_config *config);

struct shm *tee_shm(void);

/*
 * Come in for the client id in a7. NULL: no such guest, or one that is
 * leaving. Whoever came in goes out by tee_exit_guest().
 */
struct guest *tee_enter_guest(uint32_t client);
void tee_exit_guest(struct guest *guest);

/*
 * The hypervisor made a virtual machine, or destroyed one; they answer a0.
 * Bounded time, whatever the guest had.
 */
uint32_t tee_create_guest(uint32_t client);
uint32_t tee_destroy_guest(uint32_t client);

/*
 * Go on with a death that VM_DESTROYED left half done, which happens where
 * virtual space is scarce; part of every yielding call. False: there is none.
 */
bool tee_bury_slice(void);

/* Fewer spare guests than there should be are ready. */
bool tee_lacks_spares(void);

/*
 * Make spare guests where memory allows; part of every yielding call. False:
 * there is none, and memory does not allow it.
 */
bool tee_refill_spares(void);

/* Who may see and budget everybody: id 0, or the control guest. */
bool tee_is_privileged(const struct guest *guest);

#endif
