// SPDX-License-Identifier: BSD-2-Clause
/* Who may map which physical pages, and how; see io_claim.h. */
#include "io_claim.h"

#include "io_tree.h"
#include "pa_index.h"
#include "ram_type.h"

/* Claims of the dead that one hold of the lock takes out of the tree. */
#define DEAD_SLICE 32u

#define TYPE_BITS                                              \
	((unsigned int)SHM_MEM_TYPE_MASK | SHM_MEM_READ_ONLY | \
	 SHM_MEM_NO_EXEC | SHM_MEM_NON_SECURE)

bool io_type_is_known(enum shm_memtype type)
{
	return (type & ~TYPE_BITS) == 0 &&
	       shm_memtype_base(type) < SHM_MEM_TYPE_COUNT;
}

/* What is no question of which memory it is. */
static enum shm_status check_request(const struct shm *shm, pa_t pa,
				     uint64_t size, enum shm_memtype type,
				     struct io_request *out)
{
	struct pa_range range;

	if (!io_type_is_known(type))
		return SHM_BAD_ATTRIBUTE;
	if (size == 0)
		return SHM_BAD_SIZE;
	if (!pa_range_make(pa, size, &range) || range.last > shm->highest_pa)
		return SHM_BAD_ADDRESS;
	range.first &= ~SHM_PAGE_MASK;
	range.last |= SHM_PAGE_MASK;
	*out = (struct io_request){ range, type | SHM_MEM_NO_EXEC };
	return SHM_OK;
}

/*
 * Tables above the leaves are made together, in one hold of a lock. There is
 * one for each GiB, and no leaf table if blocks fit everywhere.
 */
#define GIBS_MAX 32u

static bool has_tables(const struct shm *shm, const struct io_request *request)
{
	uint64_t gibs = ((io_request_pages(request) - 1) >>
			 (GIB_SHIFT - SHM_PAGE_SHIFT)) +
			1;

	return gibs <= GIBS_MAX && gibs <= shm->pool.page_count;
}

enum shm_status io_check(const struct shm *shm, pa_t pa, uint64_t size,
			 enum shm_memtype type, struct io_request *out)
{
	enum shm_status st = check_request(shm, pa, size, type, out);

	if (st != SHM_OK)
		return st;
	if (pa_index_touches_ram(&shm->index, out->pages))
		return SHM_BAD_ADDRESS;
	return has_tables(shm, out) ? SHM_OK : SHM_NO_TABLE;
}

enum shm_status io_check_ram(const struct shm *shm, pa_t pa, uint64_t size,
			     enum shm_memtype type, struct io_request *out)
{
	enum shm_status st = check_request(shm, pa, size, type, out);

	if (st != SHM_OK)
		return st;
	if (!(type & SHM_MEM_NON_SECURE))
		return SHM_BAD_ATTRIBUTE;
	if (!has_tables(shm, out))
		return SHM_NO_TABLE;
	return pa_index_is_ram(&shm->index, out->pages.first,
			       io_request_pages(out))
		       ? SHM_OK
		       : SHM_BAD_ADDRESS;
}

/* Secure and non-secure memory are two; permissions are each mapping's own. */
static bool types_conflict(enum shm_memtype a, enum shm_memtype b)
{
	return ((unsigned int)a ^ (unsigned int)b) &
	       (SHM_MEM_TYPE_MASK | SHM_MEM_NON_SECURE);
}

static bool is_kernel_ram(const struct io_mapping *mapping)
{
	return mapping->state == IO_FIXED &&
	       shm_memtype_base(mapping->type) == SHM_MEM_CACHED;
}

static bool is_dead(const struct io_mapping *mapping)
{
	return __atomic_load_n(&mapping->owner->dead, __ATOMIC_ACQUIRE);
}

static bool serves(const struct io_mapping *mapping,
		   const struct holdings *owner,
		   const struct io_request *request)
{
	return mapping->state == IO_MAPPED && mapping->owner == owner &&
	       mapping->type == request->type &&
	       mapping->references != UINT32_MAX &&
	       mapping->pages.first <= request->pages.first &&
	       mapping->pages.last >= request->pages.last;
}

enum shm_status io_look_around(const struct holdings *owner,
			       const struct io_request *request,
			       const struct io_mapping *except,
			       struct io_mapping **same)
{
	struct shm *shm = owner->shm;
	struct io_mapping *at = io_tree_first(shm, request->pages);
	unsigned int dead = 0;

	*same = NULL;
	while (at != NULL) {
		struct io_mapping *next = io_tree_next(at, request->pages);

		if (is_dead(at)) {
			io_tree_remove(shm, at); /* model: CLAIM_DEAD */
			if (++dead == DEAD_SLICE)
				return SHM_INTERRUPTED;
		} else if (at == except) {
			/* What is there now does not matter. */
		} else if (is_kernel_ram(at)) {
			return SHM_BAD_ADDRESS;
		} else if (types_conflict(at->type, request->type)) {
			return SHM_CONFLICT;
		} else if (serves(at, owner, request)) {
			*same = at;
		}
		at = next;
	}
	return SHM_OK;
}

/* Share what is there, or answer NULL in *out. */
enum shm_status io_share(struct holdings *owner,
			 const struct io_request *request,
			 struct io_mapping **out)
{
	struct spinlock *lock = &owner->shm->io_lock;
	enum shm_status st;

	do {
		cpu_irq_t irq = spin_lock(lock);

		st = io_look_around(owner, request, NULL, out);
		if (st == SHM_OK && *out != NULL)
			(*out)->references++;
		spin_unlock(lock, irq);
	} while (st == SHM_INTERRUPTED);
	return st;
}

static void leave(struct io_mapping *mapping)
{
	struct holdings *owner = mapping->owner;
	cpu_irq_t irq = spin_lock(&owner->shm->io_lock);

	io_tree_remove(owner->shm, mapping); /* model: UNCLAIM */
	if (mapping->next != NULL)
		mapping->next->prev = mapping->prev;
	if (mapping->prev != NULL)
		mapping->prev->next = mapping->next;
	else
		owner->io_mappings = mapping->next;
	spin_unlock(&owner->shm->io_lock, irq);
}

void io_enter(struct io_mapping *mapping)
{
	struct holdings *owner = mapping->owner;

	io_tree_insert(owner->shm, mapping);
	mapping->next = owner->io_mappings;
	if (mapping->next != NULL)
		mapping->next->prev = mapping;
	owner->io_mappings = mapping;
}

/* The mapping claims its pages from here on. */
static enum shm_status enter(struct io_mapping *mapping)
{
	struct io_request request = { mapping->pages, mapping->type };
	struct holdings *owner = mapping->owner;
	struct spinlock *lock = &owner->shm->io_lock;
	struct io_mapping *same;
	enum shm_status st;

	do {
		cpu_irq_t irq = spin_lock(lock);

		st = io_look_around(owner, &request, NULL, &same);
		if (st == SHM_OK)
			io_enter(mapping);
		spin_unlock(lock, irq);
	} while (st == SHM_INTERRUPTED);
	return st;
}

enum shm_status io_claim(struct io_mapping *mapping)
{
	enum shm_status st = enter(mapping);

	if (st != SHM_OK || !ram_type_is_other(mapping))
		return st;
	st = ram_type_enter(mapping);
	if (st != SHM_OK)
		leave(mapping);
	return st;
}

void io_unclaim(struct io_mapping *mapping)
{
	leave(mapping);
	if (ram_type_is_other(mapping))
		ram_type_leave(mapping);
}

void io_set_state(struct io_mapping *mapping, enum io_state state)
{
	struct spinlock *lock = &mapping->owner->shm->io_lock;
	cpu_irq_t irq = spin_lock(lock);

	mapping->state = (uint8_t)state;
	spin_unlock(lock, irq);
}

struct io_mapping *io_find(const struct holdings *owner, va_t va, pa_t pa,
			   enum io_state state)
{
	struct pa_range page = { pa, pa | SHM_PAGE_MASK };
	struct io_mapping *at = io_tree_first(owner->shm, page);

	while (at != NULL &&
	       (at->owner != owner || at->state != state ||
		va < at->area.range.first || va > at->area.range.last))
		at = io_tree_next(at, page);
	return at;
}

bool io_is_mapped(const struct holdings *owner, va_t va, pa_t pa)
{
	cpu_irq_t irq = spin_lock(&owner->shm->io_lock);
	bool found = io_find(owner, va, pa, IO_MAPPED) != NULL;

	spin_unlock(&owner->shm->io_lock, irq);
	return found;
}

enum shm_status io_put(struct holdings *owner, va_t va, pa_t pa,
		       struct io_mapping **last)
{
	cpu_irq_t irq = spin_lock(&owner->shm->io_lock);
	struct io_mapping *mapping = io_find(owner, va, pa, IO_MAPPED);
	bool gone = mapping != NULL && --mapping->references == 0;

	if (gone)
		mapping->state = IO_LEAVING;
	spin_unlock(&owner->shm->io_lock, irq);
	if (mapping == NULL)
		return SHM_BAD_ADDRESS;
	*last = gone ? mapping : NULL;
	return SHM_OK;
}

struct io_mapping *io_take_placed(struct holdings *owner, va_t va, pa_t pa)
{
	cpu_irq_t irq = spin_lock(&owner->shm->io_lock);
	struct io_mapping *mapping = io_find(owner, va, pa, IO_PLACED);

	if (mapping != NULL)
		mapping->state = IO_LEAVING;
	spin_unlock(&owner->shm->io_lock, irq);
	return mapping;
}

va_t ioremap_find(struct holdings *owner, pa_t pa, uint64_t size)
{
	struct spinlock *lock = &owner->shm->io_lock;
	struct io_mapping *at;
	struct pa_range range;
	va_t found = 0;
	cpu_irq_t irq;

	if (!pa_range_make(pa, size, &range))
		return 0;
	irq = spin_lock(lock);
	for (at = io_tree_first(owner->shm, range); at != NULL;
	     at = io_tree_next(at, range)) {
		va_t va = io_mapping_address(at, pa);

		if (at->owner == owner && at->state == IO_MAPPED &&
		    at->pages.first <= range.first &&
		    at->pages.last >= range.last && (found == 0 || va < found))
			found = va;
	}
	spin_unlock(lock, irq);
	return found;
}
