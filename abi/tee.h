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

/* By the client id in a7, or NULL. */
struct guest *tee_find_guest(uint32_t client);

#endif
