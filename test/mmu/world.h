/* SPDX-License-Identifier: BSD-2-Clause */
/* The manager in this machine, and what tests do with it. */
#ifndef MMU_WORLD_H
#define MMU_WORLD_H

#include "machine.h"

#include <dynshm/guest.h>
#include <dynshm/region.h>

extern struct shm shm;

/* Once; a failure ends the machine. */
void world_start(void);

/*
 * A list in the normal world's memory, `number` of them, that names `count`
 * pages: page i is at first + i * step.
 */
pa_t world_list(unsigned int number, pa_t first, pa_t step, uint64_t count);

/* Register what a list names as the guest's; NULL, and *st, when refused. */
struct region *world_register(struct guest *guest, uint64_t cookie, pa_t list,
			      uint64_t pages, enum shm_status *st);
/* Nothing may refer to it. */
void world_unregister(struct region *region);
/* One that is leaving. */
void world_take_apart(struct region *region);

/* A guest with holdings; world_bury() drains what it leaves, too. */
struct guest *world_guest(uint16_t id);
/* From then on it has nothing. */
void world_cut_off(struct guest *guest);
void world_bury(struct guest *guest);

/*
 * Translate by the processor and by software, which have to agree. What only
 * the software's says is from there.
 */
struct translation world_translate(va_t va, bool write);

/* Where the normal world has a page of RAM, for its own eyes. */
static inline volatile uint32_t *world_ram(pa_t pa)
{
	return (volatile uint32_t *)(uintptr_t)pa;
}

#endif
