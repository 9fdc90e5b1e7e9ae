/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page of the kernel's virtual space for each core, for a glance at a page
 * of shareable RAM on the core's own stack. No lock: a core uses its own page,
 * with interrupts masked.
 */
#ifndef DYNSHM_CORE_PAGE_H
#define DYNSHM_CORE_PAGE_H

#include <dynshm/shm.h>

struct shm_core_pages {
	struct va_area area;
	struct table *leaf;
};

/* Once, at boot; they stay. At most PT_ENTRY_COUNT cores. */
enum shm_status shm_core_pages_init(struct shm *shm, uint32_t cores,
				    struct shm_core_pages *pages);

/*
 * The address of `pa`, or 0 when that is not an aligned page of RAM, or is one
 * that the kernel has with another memory type (shm_map_ram()).
 */
va_t shm_core_page_map(struct shm *shm, struct shm_core_pages *pages,
		       uint32_t core, pa_t pa);
void shm_core_page_unmap(struct shm_core_pages *pages, uint32_t core);

#endif
