/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One page of virtual space for each core, to reach into an argument page for
 * a moment when there is no call to do it: Xen looks for the result of a
 * refused call only there.
 */
#ifndef ABI_CORE_PAGE_H
#define ABI_CORE_PAGE_H

#include <dynshm/shm.h>

/* Set the pages aside; once, at boot. */
enum shm_status core_page_init(struct shm *shm);

/*
 * Write `ret`, origin TEE, into the argument at `pa` if that is a page of
 * shareable RAM. Interrupts masked.
 */
void core_page_write_result(struct shm *shm, pa_t pa, uint32_t ret);

#endif
