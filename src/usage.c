// SPDX-License-Identifier: BSD-2-Clause
/* Snapshots of what owners use. */
#include <dynshm/usage.h>

#include <dynshm/lifecycle.h>

static void copy_holdings(const struct holdings *holdings,
			  struct shm_usage *out)
{
	const struct account *account = &holdings->account;

	for (unsigned int i = 0; i < RESOURCES_CHARGED; i++) {
		out->used[i] = account_used(account, i);
		out->peak[i] =
			__atomic_load_n(&account->peak[i], __ATOMIC_RELAXED);
	}
	for (unsigned int i = 0; i < RESOURCE_COUNT; i++)
		out->ceiling[i] = account_ceiling(account, i);
	out->guest = holdings->guest;
	out->runs = __atomic_load_n(&holdings->runs, __ATOMIC_RELAXED);
	out->va_bytes = __atomic_load_n(&holdings->spaces[0].reserved_size,
					__ATOMIC_RELAXED);
	out->revoked = __atomic_load_n(&holdings->revoked, __ATOMIC_RELAXED);
}

static void copy_guest(const struct guest *guest, struct shm_usage *out)
{
	*out = (struct shm_usage){
		.guest = guest->id,
		.is_leaving = guest->state != GUEST_LIVE,
		.refusals = __atomic_load_n(&guest->refusals, __ATOMIC_RELAXED),
		.last_error =
			__atomic_load_n(&guest->last_error, __ATOMIC_RELAXED),
		.calls = guest->calls,
	};
	for (unsigned int i = 0; i < RESOURCE_COUNT; i++) {
		out->share[i] = guest->shares[i];
		out->ceiling[i] =
			__atomic_load_n(&guest->ceiling[i], __ATOMIC_RELAXED);
	}
	if (guest->holdings != NULL)
		copy_holdings(guest->holdings, out);
}

/* shm->lock held. */
static const struct guest *find_from(const struct shm *shm, uint32_t id)
{
	struct rb_node *node = shm->guests.root;
	const struct guest *found = NULL;

	while (node != NULL) {
		const struct guest *guest = (const void *)node;

		if (guest->id >= id)
			found = guest;
		node = node->child[guest->id < id];
	}
	return found;
}

bool usage_find_guest(struct shm *shm, uint32_t id,
		      void (*look)(const struct shm_usage *usage, void *arg),
		      void *arg, struct shm_usage *out)
{
	cpu_irq_t irq = spin_lock(&shm->lock);
	const struct guest *guest = find_from(shm, id);

	if (guest != NULL) {
		copy_guest(guest, out);
		if (look != NULL)
			look(out, arg);
	}
	spin_unlock(&shm->lock, irq);
	return guest != NULL;
}

bool usage_find_corpse(struct shm *shm, uint32_t place, struct shm_usage *out)
{
	cpu_irq_t irq = spin_lock(&shm->lock);
	const struct holdings *corpse = shm->corpses;

	while (corpse != NULL && place-- > 0)
		corpse = corpse->next_corpse;
	if (corpse != NULL) {
		*out = (struct shm_usage){ .is_corpse = true };
		copy_holdings(corpse, out);
		out->owed_bytes = holdings_bytes(corpse);
	}
	spin_unlock(&shm->lock, irq);
	return corpse != NULL;
}
