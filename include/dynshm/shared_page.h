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
 * kernel_pages_map(); for good. SHM_NO_VA, SHM_NO_TABLE, SHM_NO_METADATA.
 */
enum shm_status kernel_pages_reserve(struct shm *shm, uint64_t size,
				     struct va_area *area);

/*
 * Map `count` pages of shareable RAM one after another from `va` on, which is
 * in such an area, in the kernel's memory all of it. They have no place in
 * pa_index: no guest loses a page by it, nor takes one away. SHM_BAD_ADDRESS:
 * not aligned, not in the area, or no such RAM. SHM_CONFLICT: something is
 * there, or the kernel has a page with another memory type. SHM_NO_TABLE,
 * SHM_NO_METADATA. Nothing is mapped then, but on the way to it a part may have
 * been. O(log n) for each page; locks and barriers are taken a slice at a time.
 */
enum shm_status kernel_pages_map(struct shm *shm, const struct va_area *area,
				 va_t va, const pa_t *pages, uint64_t count);

/*
 * Unmap what is mapped like this in `count` pages from `va` on: no TLB has it
 * when this returns. Answers how many pages that was.
 */
uint64_t kernel_pages_unmap(struct shm *shm, const struct va_area *area,
			    va_t va, uint64_t count);

/*
 * The lowest address at which all of the range has been mapped like this, page
 * after page; or 0. At each place that its first page has, as many pages are
 * looked at as are the range's: no more than the kernel has mapped like this.
 * Takes io_lock, and the index lock in it.
 */
va_t kernel_page_find(struct shm *shm, struct pa_range range);

#endif
