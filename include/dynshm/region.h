/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regions: memory that a guest registered. A region is made in steps, so that
 * nothing which the normal world chooses the length of happens at one go:
 *
 *	st = region_create(holdings, &request, &region);
 *	while ((st = region_map_slice(region, list)) == SHM_INTERRUPTED)
 *		...	                  let interrupts in
 *	st = region_commit(region, &replaced);
 *
 * and taken away likewise:
 *
 *	region_leave(region);             no new references
 *	while (region_is_used(region))
 *		...                       let the running calls end
 *	while (region_take_apart(region) == SHM_INTERRUPTED)
 *		...
 *
 * All progress is kept in the region, so when the call that works on it is
 * never run again, whoever buries the guest goes on from there.
 *
 * Life: FORMING, no look-up sees it; REGISTERED; LEAVING, look-ups do not see
 * it but its cookie is taken; GONE, nothing is mapped and the object waits for
 * the sessions that still hold it.
 *
 * At any time while it has pages, a region may be revoked: the hypervisor gave
 * one of its pages to another guest. It keeps its state, its cookie and its
 * virtual range, but it hands out no new references and loses its pages, at
 * once the one that moved, the others in slices (corpse_drain()).
 */
#ifndef DYNSHM_REGION_H
#define DYNSHM_REGION_H

#include <dynshm/guest.h>
#include <dynshm/page_list.h>

enum region_state {
	REGION_FORMING,
	REGION_REGISTERED,
	REGION_LEAVING,
	REGION_GONE,
};

struct region {
	struct rb_node node; /* by cookie, if it has one */
	struct va_area area; /* in owner->spaces[], once a slice was mapped */
	struct holdings *owner;
	struct region *next; /* owner->all */
	struct region *prev;
	uint64_t cookie; /* 0: anonymous, for one call */
	uint64_t size;	 /* bytes from offset on */
	uint32_t offset; /* bytes, in the first page */
	/* Under owner->lock. */
	uint8_t state;	   /* enum region_state */
	bool in_tree;	   /* node is in regions or forming */
	bool has_argument; /* a call's own argument has lain in it */
	uint8_t waiter;	   /* whom the last region_put() names, or 0 */
	uint32_t calls;	   /* references of running calls */
	uint32_t sessions; /* references that sessions keep */
	/* The one that forms it. */
	uint32_t runs; /* maximal contiguous stretches */
	/* Under the index lock; `revoked` is also read without. */
	bool revoked;	   /* the hypervisor moved a page of it */
	bool is_listed;	   /* in index->revoked */
	bool stale;	   /* TLBs have to be told of what was unmapped */
	uint8_t blocks;	   /* unmapped as such: so many, or more than 254 */
	uint64_t mapped;   /* first pages that got a descriptor */
	uint64_t unmapped; /* first pages that have none any more */
	struct region *next_revoked;
	struct region *prev_revoked;
};

struct region_request {
	uint64_t cookie; /* 0: anonymous */
	uint64_t size;	 /* bytes, not 0 */
	uint32_t offset; /* bytes, less than a page */
};

/*
 * Begin a region. SHM_BAD_SIZE: size 0 or a wrap. SHM_COOKIE_IN_USE: another
 * with this cookie is forming, leaving or referenced. SHM_NO_TABLE,
 * SHM_NO_METADATA, SHM_OVER_BUDGET: resources. Nothing changed then.
 */
enum shm_status region_create(struct holdings *owner,
			      const struct region_request *request,
			      struct region **out);

/* Pages from the first to the last byte; 0 when size is 0 or it wraps. */
uint64_t region_page_count(uint64_t size, uint32_t offset);

/* Those of a region that has been made. */
static inline uint64_t region_pages(const struct region *region)
{
	return (region->size + region->offset + SHM_PAGE_MASK) >>
	       SHM_PAGE_SHIFT;
}

/*
 * Map the next slice of the list; with the first one, reserve the virtual
 * range, so that it lies as the pages need it. SHM_INTERRUPTED: more is left.
 * SHM_OK: all is mapped. Anything else: the caller gives up with region_leave()
 * and region_take_apart(). SHM_REGION_GONE also: it was revoked meanwhile.
 *
 * A page that another living owner maps is taken out of that one's region,
 * which is revoked by that; this holds even if the registration fails later.
 */
enum shm_status region_map_slice(struct region *region, struct page_list *list);

/*
 * Publish: look-ups find it from here on, with one reference if `hold`.
 * *replaced is an unused region that had the same cookie, now leaving, for
 * the caller to take apart; or NULL. SHM_COOKIE_IN_USE: that one came into use
 * meanwhile; SHM_REGION_GONE: it was revoked; give up.
 */
enum shm_status region_commit(struct region *region, bool hold,
			      struct region **replaced);

/*
 * Look a cookie up and take a reference for a call. SHM_UNKNOWN_COOKIE: cookie
 * 0, none, or not registered (any more). SHM_REGION_GONE: it was revoked.
 */
enum shm_status region_get(struct holdings *owner, uint64_t cookie,
			   struct region **out);

/*
 * As region_get(), for a call whose own argument lies in the region. Such a
 * call can tell nobody that it lets go, so region_await() is refused from here
 * on.
 */
enum shm_status region_get_argument(struct holdings *owner, uint64_t cookie,
				    struct region **out);

/*
 * Give a reference of a call back. Answers whom the caller has to wake, as
 * region_await() was told, if this was the last one; else 0.
 */
uint8_t region_put(struct region *region);

/*
 * As region_get() but it leaves: no reference is handed out from now on. For
 * the one call that unregisters it. SHM_UNKNOWN_COOKIE.
 */
enum shm_status region_get_to_leave(struct holdings *owner, uint64_t cookie,
				    struct region **out);

/*
 * The hypervisor moved a page of it. Who works on the region has to stop at
 * its next look here: pages go as the region is unmapped, and that has begun.
 */
static inline bool region_is_revoked(const struct region *region)
{
	return __atomic_load_n(&region->revoked, __ATOMIC_ACQUIRE);
}

/* A region that is forming, or anonymous and unused, leaves. */
void region_leave(struct region *region);

/* A call still holds a reference. */
bool region_is_used(struct region *region);

/*
 * Have the last region_put() of a leaving region name `waiter`, not 0. False:
 * no reference is left, or the last one may be of a call that can wake nobody.
 */
bool region_await(struct region *region, uint8_t waiter);

/*
 * Take a slice of a leaving, unused region apart. SHM_INTERRUPTED: more is
 * left. SHM_OK: nothing maps its pages, in tables or TLBs, and the object is
 * gone or, if a session holds it, will go with that.
 */
enum shm_status region_take_apart(struct region *region);

/*
 * Give back the reference that a session kept (session.h), which does not keep
 * the region mapped.
 */
void region_session_put(struct region *region);

/* The address of byte `offset` of the region. */
static inline va_t region_address(const struct region *region, uint64_t offset)
{
	return region->area.range.first + region->offset + offset;
}

#endif
