// SPDX-License-Identifier: BSD-2-Clause
/* Charging an owner for what it uses. */
#include <dynshm/account.h>

static void raise_peak(struct account *account, enum resource what,
		       uint64_t now)
{
	uint64_t *peak = &account->peak[what];
	uint64_t seen = __atomic_load_n(peak, __ATOMIC_RELAXED);

	while (now > seen &&
	       !__atomic_compare_exchange_n(peak, &seen, now, true,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

uint64_t account_ceiling(const struct account *account, enum resource what)
{
	const uint64_t *ceiling =
		__atomic_load_n(&account->ceiling, __ATOMIC_RELAXED);

	return ceiling == NULL
		       ? UINT64_MAX
		       : __atomic_load_n(&ceiling[what], __ATOMIC_RELAXED);
}

/*
 * Charge first, then look: a charge that goes too far is visible for a moment
 * and can at worst refuse another of the same owner.
 */
enum shm_status account_charge(struct account *account, enum resource what,
			       uint64_t amount)
{
	uint64_t used = __atomic_add_fetch(&account->used[what], amount,
					   __ATOMIC_RELAXED);

	if (used > account_ceiling(account, what) || used < amount) {
		account_refund(account, what, amount);
		return SHM_OVER_BUDGET;
	}
	raise_peak(account, what, used);
	return SHM_OK;
}

void account_refund(struct account *account, enum resource what,
		    uint64_t amount)
{
	__atomic_fetch_sub(&account->used[what], amount, __ATOMIC_RELAXED);
}

void *account_alloc(struct account *account, struct meta_pool *pool,
		    struct meta_cache *cache, enum shm_status *st)
{
	void *object;

	*st = account_charge(account, RESOURCE_METADATA, cache->object_size);
	if (*st != SHM_OK)
		return NULL;
	object = meta_object_alloc(pool, cache, &account->share);
	if (object != NULL)
		return object;
	account_refund(account, RESOURCE_METADATA, cache->object_size);
	*st = SHM_NO_METADATA;
	return NULL;
}

void account_free(struct account *account, struct meta_pool *pool,
		  struct meta_cache *cache, void *object)
{
	meta_object_free(pool, cache, object, &account->share);
	account_refund(account, RESOURCE_METADATA, cache->object_size);
}

void account_move(struct account *from, struct account *to,
		  struct meta_pool *pool, const struct meta_cache *cache,
		  const void *object)
{
	meta_object_move(pool, cache, object, &from->share, &to->share);
	raise_peak(to, RESOURCE_METADATA,
		   __atomic_add_fetch(&to->used[RESOURCE_METADATA],
				      cache->object_size, __ATOMIC_RELAXED));
	account_refund(from, RESOURCE_METADATA, cache->object_size);
}
