/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Claims to physical pages. A mapping claims its pages before its first
 * descriptor is written and until nothing names them any more, so that a look
 * into the tree is all it takes to find a conflict. These take shm->io_lock.
 */
#ifndef SRC_IO_CLAIM_H
#define SRC_IO_CLAIM_H

#include <dynshm/ioremap.h>

struct io_request {
	struct pa_range pages; /* whole pages */
	enum shm_memtype type;
};

static inline uint64_t io_request_pages(const struct io_request *request)
{
	return ((request->pages.last - request->pages.first) >>
		SHM_PAGE_SHIFT) +
	       1;
}

static inline uint64_t io_mapping_pages(const struct io_mapping *mapping)
{
	return ((mapping->pages.last - mapping->pages.first) >>
		SHM_PAGE_SHIFT) +
	       1;
}

/*
 * What can be refused without a look at what is mapped. SHM_BAD_SIZE,
 * SHM_BAD_ADDRESS, SHM_BAD_ATTRIBUTE, SHM_NO_TABLE: too large for any pool.
 * Takes no lock.
 */
enum shm_status io_check(const struct shm *shm, pa_t pa, uint64_t size,
			 enum shm_memtype type, struct io_request *out);

/* The same for RAM that the normal world may share. */
enum shm_status io_check_ram(const struct shm *shm, pa_t pa, uint64_t size,
			     enum shm_memtype type, struct io_request *out);

/* Types that there are. */
bool io_type_is_known(enum shm_memtype type);

/*
 * A reference to a mapping of the owner that serves the request, or NULL in
 * *out. SHM_CONFLICT, SHM_BAD_ADDRESS: the request is refused.
 */
enum shm_status io_share(struct holdings *owner,
			 const struct io_request *request,
			 struct io_mapping **out);

/*
 * What is there already, `except` apart: SHM_CONFLICT and SHM_BAD_ADDRESS
 * refuse the request, *same is a mapping that serves it. Claims of the dead are
 * taken out, which happens to each once. SHM_INTERRUPTED: look again. io_lock
 * held.
 */
enum shm_status io_look_around(const struct holdings *owner,
			       const struct io_request *request,
			       const struct io_mapping *except,
			       struct io_mapping **same);

/*
 * The owner's mapping in that state that has the page `pa` at `va`, or NULL.
 * io_lock held.
 */
struct io_mapping *io_find(const struct holdings *owner, va_t va, pa_t pa,
			   enum io_state state);

/* Into the tree and its owner's list. io_lock held. */
void io_enter(struct io_mapping *mapping);

/*
 * The same, if nothing is in the way. Refused as above, or when it is RAM that
 * a guest has mapped with another type.
 */
enum shm_status io_claim(struct io_mapping *mapping);
void io_unclaim(struct io_mapping *mapping);

/* One of the owner's mappings has the page `pa` at `va`. */
bool io_is_mapped(const struct holdings *owner, va_t va, pa_t pa);

/*
 * Give a reference to it back; *last is the mapping if that was the last, now
 * leaving, or NULL. SHM_BAD_ADDRESS: there is none.
 */
enum shm_status io_put(struct holdings *owner, va_t va, pa_t pa,
		       struct io_mapping **last);

/*
 * The mapping that the owner has placed at `va` (IO_PLACED) for the page `pa`,
 * now leaving; or NULL. Who gets it takes it apart.
 */
struct io_mapping *io_take_placed(struct holdings *owner, va_t va, pa_t pa);

void io_set_state(struct io_mapping *mapping, enum io_state state);

#endif
