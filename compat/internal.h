/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of compat/ share. They see the API as it is today. */
#ifndef COMPAT_INTERNAL_H
#define COMPAT_INTERNAL_H

#undef OPTEE_API
#define OPTEE_API 410

#include "platform.h"

#define TEE_SUCCESS		  UINT32_C(0x00000000)
#define TEE_ERROR_GENERIC	  UINT32_C(0xFFFF0000)
#define TEE_ERROR_BAD_PARAMETERS  UINT32_C(0xFFFF0006)
#define TEE_ERROR_NOT_IMPLEMENTED UINT32_C(0xFFFF0009)
#define TEE_ERROR_OUT_OF_MEMORY	  UINT32_C(0xFFFF000C)

/* The manager, or NULL as long as there is none. */
struct shm *compat_shm(void);

/* A type and all others that are parts of it. */
bool compat_type_covers(enum teecore_memtypes type, unsigned int part);

/*
 * Where a static region of type `m` has all of `range`: its address, or 0. The
 * region of the static map around a physical address, or NULL.
 */
va_t compat_static_find(struct pa_range range, enum teecore_memtypes m);
const struct tee_mmap_region *compat_static_at(pa_t pa);

/*
 * Where a dynamic mapping of type `m` has all of `range`: the kernel's, or that
 * of the guest whose call runs; or 0.
 */
va_t compat_dynamic_find(struct pa_range range, enum teecore_memtypes m);

/*
 * Up to where one dynamic mapping of shared memory has the pages from the first
 * of `range` on; 0: none has the first. May stop early: ask again from there.
 */
pa_t compat_shared_reach(struct pa_range range);

/* The type of a dynamic mapping of the page, or MEM_AREA_NOTYPE. */
enum teecore_memtypes compat_dynamic_type(pa_t page);

/*
 * The same for the kernel's own: late.c has those that were added, pages.c
 * those at addresses that were asked for.
 */
void compat_late_init(struct shm *shm);
va_t compat_late_find(struct pa_range range, enum teecore_memtypes m);
enum teecore_memtypes compat_late_type(pa_t page);
enum shm_status compat_pages_init(struct shm *shm);
/* The addresses that are set aside for a type, if any are. */
bool compat_pages_space(enum teecore_memtypes type, struct va_range *out);
va_t compat_pages_find(struct pa_range range, enum teecore_memtypes m);

#endif
