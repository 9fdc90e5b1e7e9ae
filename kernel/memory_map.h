/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The image's static map, by which OP-TEE's memory API (docs/optee-api.md)
 * finds what is there from boot to reset: the parts of the image, each core's
 * stack, the pool. All of it is identity mapped.
 */
#ifndef KERNEL_MEMORY_MAP_H
#define KERNEL_MEMORY_MAP_H

#ifndef OPTEE_API
#define OPTEE_API 410
#endif

#include <compat/platform.h>
#include <compat/range_set.h>

/*
 * Add whole pages to the static map, and map them. Only the boot core does,
 * with the MMU on or off; what does not fit is a panic.
 */
void memory_map_add(enum teecore_memtypes type, pa_t pa, uint64_t size);

/*
 * Remember which memory is whose: `ram` is the normal world's to share, less
 * what is not whole pages, is secure or mapped already.
 */
void memory_map_init(const struct range_set *ram, struct pa_range secure);

#endif
