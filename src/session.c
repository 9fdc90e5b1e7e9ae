// SPDX-License-Identifier: BSD-2-Clause
/* Sessions of a guest: ids, uses, and the region that each may keep. */
#include <dynshm/session.h>

#include <dynshm/region.h>

static struct session *session_of(struct rb_node *node)
{
	return (struct session *)(void *)node;
}

static struct session *find_id(struct holdings *owner, uint32_t id)
{
	struct rb_node *node = owner->sessions.root;

	while (node != NULL && session_of(node)->id != id)
		node = node->child[session_of(node)->id < id];
	return session_of(node);
}

/*
 * Ids count up, so that a stale one hits nothing for a long time. Skipping
 * those in use cannot take long: it needs 2^32 sessions behind it.
 */
static uint32_t next_id(struct holdings *owner)
{
	do {
		owner->last_session++;
	} while (owner->last_session == 0 ||
		 find_id(owner, owner->last_session) != NULL);
	return owner->last_session;
}

static void insert_session(struct holdings *owner, struct session *session)
{
	struct rb_slot slot = { NULL, RB_LEFT };
	struct rb_node *node = owner->sessions.root;

	while (node != NULL)
		node = rb_descend(node, session_of(node)->id < session->id,
				  &slot);
	rb_insert_at(&owner->sessions, slot, &session->node);
}

_Static_assert(sizeof(struct session) <= META_SMALL_SIZE, "a small object");

static struct session *session_alloc(struct holdings *owner,
				     enum shm_status *st)
{
	struct account *account = &owner->account;
	struct meta_pool *pool = &owner->shm->pool;
	struct session *session;

	*st = account_charge(account, RESOURCE_SESSIONS, 1);
	if (*st != SHM_OK)
		return NULL;
	session = account_alloc(account, pool, &pool->small, st);
	if (session == NULL)
		account_refund(account, RESOURCE_SESSIONS, 1);
	return session;
}

static void session_free(struct session *session)
{
	struct account *account = &session->owner->account;
	struct meta_pool *pool = &session->owner->shm->pool;

	account_free(account, pool, &pool->small, session);
	account_refund(account, RESOURCE_SESSIONS, 1);
}

enum shm_status session_create(struct holdings *owner, const void *service,
			       struct session **out)
{
	enum shm_status st;
	struct session *session = session_alloc(owner, &st);
	cpu_irq_t irq;

	if (session == NULL)
		return st;
	session->owner = owner;
	session->service = service;
	irq = spin_lock(&owner->lock);
	session->id = next_id(owner);
	insert_session(owner, session);
	spin_unlock(&owner->lock, irq);
	*out = session;
	return SHM_OK;
}

/* Owner's lock held. */
static enum shm_status use_session(struct holdings *owner, uint32_t id,
				   struct session **out)
{
	struct session *session = find_id(owner, id);

	if (session == NULL || session->closing)
		return SHM_BAD_STATE;
	session->uses++;
	*out = session;
	return SHM_OK;
}

enum shm_status session_get(struct holdings *owner, uint32_t id,
			    struct session **out)
{
	cpu_irq_t irq = spin_lock(&owner->lock);
	enum shm_status st = use_session(owner, id, out);

	spin_unlock(&owner->lock, irq);
	return st;
}

uint8_t session_put(struct session *session)
{
	cpu_irq_t irq = spin_lock(&session->owner->lock);
	uint8_t waiter = --session->uses == 1 ? session->waiter : 0;

	spin_unlock(&session->owner->lock, irq);
	return waiter;
}

enum shm_status session_get_to_close(struct holdings *owner, uint32_t id,
				     struct session **out)
{
	cpu_irq_t irq = spin_lock(&owner->lock);
	enum shm_status st = use_session(owner, id, out);

	if (st == SHM_OK)
		(*out)->closing = true;
	spin_unlock(&owner->lock, irq);
	return st;
}

bool session_is_used(struct session *session)
{
	cpu_irq_t irq = spin_lock(&session->owner->lock);
	bool used = session->uses > 1;

	spin_unlock(&session->owner->lock, irq);
	return used;
}

bool session_await(struct session *session, uint8_t waiter)
{
	cpu_irq_t irq = spin_lock(&session->owner->lock);
	bool named = session->uses > 1;

	if (named)
		session->waiter = waiter;
	spin_unlock(&session->owner->lock, irq);
	return named;
}

void session_destroy(struct session *session)
{
	struct holdings *owner = session->owner;
	cpu_irq_t irq;

	(void)session_release(session);
	irq = spin_lock(&owner->lock);
	rb_erase(&owner->sessions, &session->node);
	spin_unlock(&owner->lock, irq);
	session_free(session);
}

enum shm_status session_hold(struct session *session, struct region *region)
{
	enum shm_status st = SHM_BAD_STATE;
	cpu_irq_t irq = spin_lock(&session->owner->lock);

	if (session->held == NULL) {
		session->held = region;
		region->sessions++; /* model: SESSION_HOLD */
		st = SHM_OK;
	}
	spin_unlock(&session->owner->lock, irq);
	return st;
}

enum shm_status session_release(struct session *session)
{
	struct region *held;
	cpu_irq_t irq = spin_lock(&session->owner->lock);

	held = session->held;
	session->held = NULL; /* model: SESSION_RELEASE */
	spin_unlock(&session->owner->lock, irq);
	if (held == NULL)
		return SHM_BAD_STATE;
	region_session_put(held);
	return SHM_OK;
}

enum shm_status session_get_held(struct session *session, struct region **out)
{
	struct holdings *owner = session->owner;
	enum shm_status st = SHM_OK;
	cpu_irq_t irq = spin_lock(&owner->lock);

	if (session->held == NULL) {
		st = SHM_BAD_STATE;
	} else if (session->held->state != REGION_REGISTERED ||
		   region_is_revoked(session->held)) {
		st = SHM_REGION_GONE;
	} else {
		*out = session->held;
		(*out)->calls++; /* model: SESSION_GET_HELD */
	}
	spin_unlock(&owner->lock, irq);
	return st;
}
