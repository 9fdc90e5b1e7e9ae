// SPDX-License-Identifier: BSD-2-Clause
/*
 * Regions: their life, from the request to the last page taken out, and their
 * cookies. Which pages they have is map.c's affair.
 */
#include "region.h"

#include "holdings.h"
#include "map.h"
#include "place.h"
#include "space.h"

uint64_t region_page_count(uint64_t size, uint32_t offset)
{
	if (size == 0 || size > UINT64_MAX - offset - SHM_PAGE_MASK)
		return 0;
	return (size + offset + SHM_PAGE_MASK) >> SHM_PAGE_SHIFT;
}

static struct region *region_of(struct rb_node *node)
{
	return (struct region *)(void *)node;
}

_Static_assert(offsetof(struct region, node) == 0, "region_of() relies on it");

struct region *region_find_cookie(const struct rb_tree *tree, uint64_t cookie)
{
	struct rb_node *node = tree->root;

	while (node != NULL) {
		struct region *region = region_of(node);

		if (region->cookie == cookie)
			return region;
		node = node->child[region->cookie < cookie];
	}
	return NULL;
}

static void insert_cookie(struct rb_tree *tree, struct region *region)
{
	struct rb_slot slot = { NULL, RB_LEFT };
	struct rb_node *node = tree->root;

	while (node != NULL)
		node = rb_descend(
			node, region_of(node)->cookie < region->cookie, &slot);
	rb_insert_at(tree, slot, &region->node);
	region->in_tree = true;
}

static void remove_cookie(struct rb_tree *tree, struct region *region)
{
	if (region->in_tree)
		rb_erase(tree, &region->node);
	region->in_tree = false;
}

static bool is_referenced(const struct region *region)
{
	return region->calls != 0 || region->sessions != 0;
}

/* No other region stands in the way of this cookie. Owner's lock held. */
static bool cookie_is_free(struct holdings *owner, uint64_t cookie)
{
	struct region *other = region_find_cookie(&owner->regions, cookie);

	if (region_find_cookie(&owner->forming, cookie) != NULL)
		return false;
	return other == NULL ||
	       (other->state == REGION_REGISTERED && !is_referenced(other));
}

static void list_insert(struct holdings *owner, struct region *region)
{
	region->prev = NULL;
	region->next = owner->all;
	if (region->next != NULL)
		region->next->prev = region;
	owner->all = region;
}

static void list_remove(struct holdings *owner, struct region *region)
{
	if (region->next != NULL)
		region->next->prev = region->prev;
	if (region->prev != NULL)
		region->prev->next = region->next;
	else
		owner->all = region->next;
}

/* What can be known to fail before anything is taken. */
static enum shm_status check_size(struct holdings *owner, uint64_t pages)
{
	if (pages == 0)
		return SHM_BAD_SIZE;
	if (pages >> PT_PAGE_BITS > owner->shm->pool.page_count)
		return SHM_NO_TABLE;
	return SHM_OK;
}

_Static_assert(sizeof(struct region) <= META_SMALL_SIZE, "a small object");

static void refund_pages(struct account *account, uint64_t pages)
{
	account_refund(account, RESOURCE_PAGES, pages);
	account_refund(account, RESOURCE_REGIONS, 1);
}

static enum shm_status charge_pages(struct account *account, uint64_t pages)
{
	enum shm_status st = account_charge(account, RESOURCE_REGIONS, 1);

	if (st != SHM_OK)
		return st;
	st = account_charge(account, RESOURCE_PAGES, pages);
	if (st != SHM_OK)
		account_refund(account, RESOURCE_REGIONS, 1);
	return st;
}

static struct region *region_alloc(struct holdings *owner, uint64_t pages,
				   enum shm_status *st)
{
	struct meta_pool *pool = &owner->shm->pool;
	struct region *region;

	*st = charge_pages(&owner->account, pages);
	if (*st != SHM_OK)
		return NULL;
	region = account_alloc(&owner->account, pool, &pool->small, st);
	if (region == NULL)
		refund_pages(&owner->account, pages);
	return region;
}

void region_free(struct region *region)
{
	struct holdings *owner = region->owner;
	struct meta_pool *pool = &owner->shm->pool;

	account_free(&owner->account, pool, &pool->small, region);
}

/* Owner's lock held. */
static enum shm_status enter(struct region *region)
{
	struct holdings *owner = region->owner;

	if (region->cookie != 0 && !cookie_is_free(owner, region->cookie))
		return SHM_COOKIE_IN_USE;
	/* model: REGION_CREATE */
	if (region->cookie != 0)
		insert_cookie(&owner->forming, region);
	list_insert(owner, region);
	return SHM_OK;
}

enum shm_status region_create(struct holdings *owner,
			      const struct region_request *request,
			      struct region **out)
{
	uint64_t pages = region_page_count(request->size, request->offset);
	struct region *region;
	enum shm_status st = check_size(owner, pages);
	cpu_irq_t irq;

	if (st != SHM_OK)
		return st;
	region = region_alloc(owner, pages, &st);
	if (region == NULL)
		return st;
	region->owner = owner;
	region->cookie = request->cookie;
	region->size = request->size;
	region->offset = request->offset;
	irq = spin_lock(&owner->lock);
	st = enter(region);
	spin_unlock(&owner->lock, irq);
	if (st == SHM_OK) {
		*out = region;
		return SHM_OK;
	}
	refund_pages(&owner->account, pages);
	region_free(region);
	return st;
}

enum shm_status region_map_slice(struct region *region, struct page_list *list)
{
	enum shm_status st;

	do
		st = page_list_fill(list);
	while (st == SHM_OK && region_is_placed(region) &&
	       map_begin_run(region, list));
	if (st == SHM_OK && !region_is_placed(region)) {
		st = region_place(region, list);
		/* A place may take tables: with a whole slice, too long. */
		if (st == SHM_OK && list->left != 0)
			return SHM_INTERRUPTED;
	}
	if (st == SHM_OK)
		st = map_slice(region, list);
	if (st == SHM_OK && !page_list_is_done(list))
		return SHM_INTERRUPTED;
	if (st == SHM_OK)
		cpu_publish_tables();
	return st;
}

/* Owner's lock held; statistics are read without it. */
static void runs_set(struct holdings *owner, uint64_t runs)
{
	__atomic_store_n(&owner->runs, runs, __ATOMIC_RELAXED);
}

/* Owner's lock held. */
static enum shm_status publish(struct region *region, struct region **replaced)
{
	struct holdings *owner = region->owner;
	struct region *old;

	*replaced = NULL;
	if (region_is_revoked(region))
		return SHM_REGION_GONE;
	if (region->cookie != 0) {
		old = region_find_cookie(&owner->regions, region->cookie);
		if (old != NULL) {
			if (old->state != REGION_REGISTERED ||
			    is_referenced(old))
				return SHM_COOKIE_IN_USE;
			remove_cookie(&owner->regions, old);
			/* model: REGION_REPLACED */
			old->state = REGION_LEAVING;
			*replaced = old;
		}
		remove_cookie(&owner->forming, region);
		insert_cookie(&owner->regions, region);
	}
	region->state = REGION_REGISTERED; /* model: REGION_COMMIT */
	runs_set(owner, owner->runs + region->runs);
	return SHM_OK;
}

enum shm_status region_commit(struct region *region, bool hold,
			      struct region **replaced)
{
	cpu_irq_t irq = spin_lock(&region->owner->lock);
	enum shm_status st = publish(region, replaced);

	if (st == SHM_OK && hold)
		region->calls++;
	spin_unlock(&region->owner->lock, irq);
	return st;
}

void region_leave(struct region *region)
{
	struct holdings *owner = region->owner;
	cpu_irq_t irq = spin_lock(&owner->lock);

	if (region->state == REGION_FORMING) {
		remove_cookie(&owner->forming, region);
		region->runs = 0; /* not counted yet */
	}
	region->state = REGION_LEAVING; /* model: REGION_LEAVE */
	spin_unlock(&owner->lock, irq);
}

/*
 * Whatever map.c made of its pages. Leaf tables that went with them have been
 * told already (unmap.c). Where anything but a block was in a block's place,
 * there are too many pages for telling them one by one.
 */
static void invalidate_tlb(const struct region *region)
{
	va_t first = region->area.range.first;
	uint64_t blocks = tlb_blocks_inside(first, region->mapped);
	struct tlb_batch batch;

	tlb_batch_init_for(&batch, region->owner);
	if (region->stale && region->blocks == blocks)
		tlb_batch_add_blocks(&batch, first, region->mapped);
	else if (region->stale)
		tlb_batch_add(&batch, first, region->mapped, TLB_ANY_LEVEL);
	tlb_batch_finish(region->owner->shm, &batch);
}

enum shm_status region_take_apart(struct region *region)
{
	struct holdings *owner = region->owner;
	enum shm_status st = unmap_slice(region); /* model: REGION_UNMAP */
	bool held;
	cpu_irq_t irq;

	if (st != SHM_OK)
		return st;
	invalidate_tlb(region);
	/* Those that were unmapped have been given back as they went. */
	refund_pages(&owner->account, region_pages(region) - region->unmapped);
	irq = spin_lock(&owner->lock);
	remove_cookie(&owner->regions, region);
	if (region_is_placed(region))
		space_release(owner, &region->area);
	list_remove(owner, region);
	runs_set(owner, owner->runs - region->runs);
	region->state = REGION_GONE; /* model: REGION_GONE */
	held = region->sessions != 0;
	spin_unlock(&owner->lock, irq);
	if (!held)
		region_free(region);
	return SHM_OK;
}
