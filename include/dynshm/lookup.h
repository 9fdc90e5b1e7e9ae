/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From physical to virtual addresses of dynamic mappings, and back. What comes
 * out holds for as long as the caller knows that the mapping stays: it has a
 * reference, or owns it.
 */
#ifndef DYNSHM_LOOKUP_H
#define DYNSHM_LOOKUP_H

#include <dynshm/ioremap.h>

enum shm_va_kind {
	SHM_VA_SHARED, /* RAM that the normal world shares */
	SHM_VA_DEVICE, /* or other memory, by ioremap */
	SHM_VA_KERNEL, /* a stack of the kernel: a page of the pool */
};

struct shm_va_info {
	enum shm_va_kind kind;
	enum shm_memtype type;
	pa_t pa;		      /* of that very byte */
	const struct holdings *owner; /* shm->kernel, or a guest's */
};

/*
 * What is mapped at `va`. False: nothing in the dynamic windows. O(log n).
 * Takes shm->lock, and in it the index lock and io_lock, one after another.
 */
bool shm_find_va(struct shm *shm, va_t va, struct shm_va_info *out);

/*
 * Make a table of the block that a mapping of ioremap.h has at `va`, so that
 * what is in there can be written by itself. What is mapped stays as it is, all
 * the time. SHM_BAD_ADDRESS: there is no block. SHM_BAD_STATE: it is memory
 * that the normal world shares; the library finds its pages by that block, and
 * takes them away by it. SHM_NO_TABLE, SHM_NO_METADATA, SHM_OVER_BUDGET. Takes
 * shm->lock, and the index lock in it.
 */
enum shm_status shm_split_block(struct shm *shm, va_t va);

/*
 * Likewise make single descriptors of the group that a mapping of ioremap.h has
 * at `va`, if it has one: members of a group are not to be written by
 * themselves. SHM_BAD_ADDRESS: nothing is mapped by the library. SHM_BAD_STATE
 * as above. Same locks.
 */
enum shm_status shm_split_group(struct shm *shm, va_t va);

/*
 * Where `size` bytes from `pa` on lie in one mapping: one of ioremap.h of the
 * kernel's, else, if `guest` is not NULL, a device of the guest's or memory
 * that it shares. 0: nowhere, or only behind another owner's mapping
 * (pa_index.h). O(log n), and O(pages) in shared memory.
 */
va_t shm_find_pa(struct shm *shm, struct holdings *guest, pa_t pa,
		 uint64_t size);

#endif
