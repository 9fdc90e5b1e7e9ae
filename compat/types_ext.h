/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses as OP-TEE's code names them. A physical address has 64 bits on
 * every core; OP-TEE 2.2 gave it those of a pointer, which is too few where 32-
 * bit cores reach RAM above 4 GiB.
 */
#ifndef TYPES_EXT_H
#define TYPES_EXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uintptr_t vaddr_t;
typedef uintptr_t uaddr_t;
typedef uint64_t paddr_t;
typedef uint64_t paddr_size_t;

/* NOLINTNEXTLINE(readability-identifier-naming) */
typedef uint32_t TEE_Result;

/* Their names until OP-TEE 2.2. */
typedef paddr_t tee_paddr_t;
typedef vaddr_t tee_vaddr_t;
typedef uaddr_t tee_uaddr_t;

/* For printf(): what follows the '%'. */
#if UINTPTR_MAX > UINT32_MAX
#define PRIxVA "lx"
#define PRIxPA "lx"
#else
#define PRIxVA "x"
#define PRIxPA "llx"
#endif

/*
 * What an address is counted in: pointers, which no integer is, become one; a
 * cast to 64 bits at once would extend the sign of a narrower pointer.
 */
#define ADDRESS_TYPE(x)                                                \
	__typeof__(__builtin_choose_expr(__builtin_classify_type(x) == \
						 5 /* a pointer */,    \
					 (uintptr_t)0, (x)))
#define ADDRESS_OF(x) ((uint64_t)(ADDRESS_TYPE(x))(x))
/* The last address that one of this type can be. */
#define ADDRESS_LAST(x) (UINT64_MAX >> (64 - 8 * sizeof(ADDRESS_TYPE(x))))

#endif
