/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How buffers lie to each other. Each answers false for a buffer of no bytes or
 * one that wraps, and takes addresses of any kind: pointers, virtual and
 * physical ones. Whatever else a tree of OP-TEE has in its header of this name
 * comes along.
 */
#ifndef COMPAT_TEE_MISC_H
#define COMPAT_TEE_MISC_H

#ifdef __has_include_next
#if __has_include_next(<kernel/tee_misc.h>)
#include_next <kernel/tee_misc.h>
#endif
#endif

#include <types_ext.h>

struct core_buffer {
	uint64_t first;
	uint64_t last; /* inclusive; below `first`: no buffer at all */
};

static inline struct core_buffer core_buffer_make(uint64_t first, uint64_t size,
						  uint64_t limit)
{
	if (size == 0 || size - 1 > limit - first)
		return (struct core_buffer){ 1, 0 };
	return (struct core_buffer){ first, first + (size - 1) };
}

static inline bool core_buffers_are_valid(struct core_buffer b,
					  struct core_buffer a)
{
	return b.first <= b.last && a.first <= a.last;
}

static inline bool core_buffer_within(struct core_buffer b,
				      struct core_buffer a)
{
	return core_buffers_are_valid(b, a) && b.first >= a.first &&
	       b.last <= a.last;
}

static inline bool core_buffers_apart(struct core_buffer b,
				      struct core_buffer a)
{
	return core_buffers_are_valid(b, a) &&
	       (b.last < a.first || b.first > a.last);
}

static inline bool core_buffers_overlap(struct core_buffer b,
					struct core_buffer a)
{
	return core_buffers_are_valid(b, a) && !core_buffers_apart(b, a);
}

#undef core_is_buffer_inside
#undef core_is_buffer_outside
#undef core_is_buffer_intersect

#define CORE_BUFFER_(b, bl) \
	core_buffer_make(ADDRESS_OF(b), (uint64_t)(bl), ADDRESS_LAST(b))

/* All of the first `bl` bytes at `b` are among the `al` bytes at `a`; none;
 * some. */
#define core_is_buffer_inside(b, bl, a, al) \
	core_buffer_within(CORE_BUFFER_(b, bl), CORE_BUFFER_(a, al))
#define core_is_buffer_outside(b, bl, a, al) \
	core_buffers_apart(CORE_BUFFER_(b, bl), CORE_BUFFER_(a, al))
#define core_is_buffer_intersect(b, bl, a, al) \
	core_buffers_overlap(CORE_BUFFER_(b, bl), CORE_BUFFER_(a, al))

#endif
