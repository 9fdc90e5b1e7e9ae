/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Single pages of shareable RAM: where an owner has one, and the kernel's own
 * mappings of some at addresses that it chooses.
 */
#ifndef DYNSHM_SHARED_PAGE_H
#define DYNSHM_SHARED_PAGE_H

#include <dynshm/region.h>

/*
 * Where `owner` has the page around `pa`, in regions that are registered or
 * that a call still holds and that were not revoked: the address of the page
 * and the last one of the region, by address, the lowest `max` of them. Of a
 * page with more than 64 mappings only the latest are looked at. Takes
 * owner->lock and the index lock. What comes out holds for as long as a
 * reference to the region.
 */
unsigned int shared_page_find(struct holdings *owner, pa_t pa,
			      struct va_range out[], unsigned int max);

/*
 * Set `size` bytes of the kernel's addresses aside, whole pages, for
 * kernel_page_map(); for good. SHM_NO_VA, SHM_NO_TABLE, SHM_NO_METADATA.
 */
enum shm_status kernel_pages_reserve(struct shm *shm, uint64_t size,
				     struct va_area *area);

/*
 * Map a page of shareable RAM at `va`, which is in such an area. It has no
 * place in pa_index: no guest loses the page by it, nor takes it away.
 * SHM_BAD_ADDRESS: not aligned, not in the area, or no such RAM. SHM_CONFLICT:
 * something is there, or the kernel has the page with another memory type.
 * SHM_NO_TABLE, SHM_NO_METADATA. Nothing has changed then. O(log n).
 * The caller ends the batch with cpu_publish_tables().
 */
enum shm_status kernel_page_map(struct shm *shm, const struct va_area *area,
				va_t va, pa_t pa);

/*
 * Unmap it again: no TLB has it when this returns. False: nothing is mapped
 * there.
 */
bool kernel_page_unmap(struct shm *shm, const struct va_area *area, va_t va);

/*
 * The lowest address at which all of the range has been mapped like this, page
 * after page; or 0. At each place that its first page has, as many pages are
 * looked at as are the range's: no more than the kernel has mapped like this.
 * Takes io_lock, and the index lock in it.
 */
va_t kernel_page_find(struct shm *shm, struct pa_range range);

#endif
