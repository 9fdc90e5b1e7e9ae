// SPDX-License-Identifier: BSD-2-Clause
/* Charging an owner for what it uses. */
#include <dynshm/account.h>

static void raise_peak(uint64_t *peak, uint64_t now)
{
	uint64_t seen = __atomic_load_n(peak, __ATOMIC_RELAXED);

	while (now > seen &&
	       !__atomic_compare_exchange_n(peak, &seen, now, true,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

/*
 * Charge first, then look: a charge that goes too far is visible for a moment
 * and can at worst refuse another of the same owner.
 */
enum shm_status account_charge(struct account *account, enum resource what,
			       uint64_t amount)
{
	uint64_t ceiling =
		__atomic_load_n(&account->ceiling[what], __ATOMIC_RELAXED);
	uint64_t used = __atomic_add_fetch(&account->used[what], amount,
					   __ATOMIC_RELAXED);

	if (used > ceiling || used < amount) {
		account_refund(account, what, amount);
		return SHM_OVER_BUDGET;
	}
	if (used > __atomic_load_n(&account->peak[what], __ATOMIC_RELAXED))
		raise_peak(&account->peak[what], used);
	return SHM_OK;
}

void account_refund(struct account *account, enum resource what,
		    uint64_t amount)
{
	__atomic_fetch_sub(&account->used[what], amount, __ATOMIC_RELAXED);
}

void account_move(struct account *from, struct account *to, enum resource what,
		  uint64_t amount)
{
	uint64_t used =
		__atomic_add_fetch(&to->used[what], amount, __ATOMIC_RELAXED);

	raise_peak(&to->peak[what], used);
	account_refund(from, what, amount);
}
