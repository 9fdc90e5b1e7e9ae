/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an owner uses, has used at most, and may use. Counters are atomic, so
 * that a charge needs no lock and may happen under any.
 */
#ifndef DYNSHM_ACCOUNT_H
#define DYNSHM_ACCOUNT_H

#include <dynshm/meta_pool.h>
#include <dynshm/status.h>
#include <stdbool.h>
#include <stdint.h>

/* The numbers are those of SET_BUDGET. */
enum resource {
	RESOURCE_PAGES = 0, /* normal-world pages mapped */
	RESOURCE_REGIONS = 1,
	RESOURCE_TABLES = 2,   /* leaf tables; others count as what fits */
	RESOURCE_METADATA = 3, /* bytes of objects, tables not counted */
	RESOURCE_SESSIONS = 4,
	RESOURCE_CALLS = 5, /* the kernel counts them, no account does */
	RESOURCE_COUNT
};

#define RESOURCES_CHARGED 5u /* the first ones */

struct account {
	uint64_t used[RESOURCES_CHARGED];
	uint64_t peak[RESOURCES_CHARGED]; /* most at any time */
	const uint64_t *ceiling;  /* RESOURCE_COUNT of them; NULL: none */
	struct meta_share *share; /* the pool's lock; NULL: none */
};

/* SHM_OVER_BUDGET when it would pass the ceiling; nothing is then charged. */
enum shm_status account_charge(struct account *account, enum resource what,
			       uint64_t amount);
void account_refund(struct account *account, enum resource what,
		    uint64_t amount);

/*
 * A zeroed object that the account pays for, in metadata bytes; or NULL and in
 * *st why: SHM_OVER_BUDGET, or SHM_NO_METADATA when the pool has no room.
 */
void *account_alloc(struct account *account, struct meta_pool *pool,
		    struct meta_cache *cache, enum shm_status *st);
void account_free(struct account *account, struct meta_pool *pool,
		  struct meta_cache *cache, void *object);

/* Another owner takes over an object and its charge, ceiling or not. */
void account_move(struct account *from, struct account *to,
		  struct meta_pool *pool, const struct meta_cache *cache,
		  const void *object);

/* UINT64_MAX: none. */
uint64_t account_ceiling(const struct account *account, enum resource what);

static inline uint64_t account_used(const struct account *account,
				    enum resource what)
{
	return __atomic_load_n(&account->used[what], __ATOMIC_RELAXED);
}

#endif
