// SPDX-License-Identifier: BSD-2-Clause
/* One page never has two memory types; ram_type.h says how that is kept. */
#include "ram_type.h"

#include "io_tree.h"
#include "pa_index.h"

bool ram_type_is_other(const struct io_mapping *mapping)
{
	return shm_memtype_base(mapping->type) !=
		       shm_memtype_base(SHM_MEM_SHARED) &&
	       pa_index_touches_ram(&mapping->owner->shm->index,
				    mapping->pages);
}

/* Index lock held. */
static void count_locked(struct shm *shm, uint32_t change)
{
	__atomic_store_n(&shm->typed_ram, shm->typed_ram + change,
			 __ATOMIC_RELAXED);
}

static void count(struct shm *shm, uint32_t change)
{
	cpu_irq_t irq = spin_lock(&shm->index.lock);

	count_locked(shm, change);
	spin_unlock(&shm->index.lock, irq);
}

static bool any_is_mapped(struct shm *shm, struct pa_range range)
{
	bool found = false;

	while (!found && range.first <= range.last) {
		pa_t last = range.first | (GRANULE_SIZE - 1);
		struct pa_range part = { range.first, last < range.last
							      ? last
							      : range.last };
		cpu_irq_t irq = spin_lock(&shm->index.lock);

		found = pa_index_part_is_mapped(&shm->index, part);
		spin_unlock(&shm->index.lock, irq);
		range.first = part.last + 1;
	}
	return found;
}

/* A guest that comes after count() finds the claim; before it, we find it. */
enum shm_status ram_type_enter(const struct io_mapping *mapping)
{
	struct shm *shm = mapping->owner->shm;

	count(shm, 1);
	if (!any_is_mapped(shm, mapping->pages))
		return SHM_OK;
	ram_type_leave(mapping);
	return SHM_CONFLICT;
}

void ram_type_leave(const struct io_mapping *mapping)
{
	count(mapping->owner->shm, UINT32_MAX);
}

void ram_type_cut(const struct io_mapping *rest)
{
	if (ram_type_is_other(rest))
		count_locked(rest->owner->shm, 1);
}

struct ram_type_guard ram_type_lock(struct shm *shm)
{
	struct ram_type_guard guard = {
		.inner = spin_lock(&shm->index.lock),
	};

	if (shm->typed_ram == 0)
		return guard;
	spin_unlock(&shm->index.lock, guard.inner);
	guard.has_types = true;
	guard.outer = spin_lock(&shm->io_lock);
	guard.inner = spin_lock(&shm->index.lock);
	return guard;
}

void ram_type_unlock(struct shm *shm, struct ram_type_guard guard)
{
	spin_unlock(&shm->index.lock, guard.inner);
	if (guard.has_types)
		spin_unlock(&shm->io_lock, guard.outer);
}

/* Some page of the range is RAM of another type. io_lock held. */
static bool has_other_type(const struct shm *shm, struct pa_range range)
{
	struct io_mapping *at = io_tree_first(shm, range);

	while (at != NULL && !ram_type_is_other(at))
		at = io_tree_next(at, range);
	return at != NULL;
}

/*
 * Words that follow each other mostly lie in one granule: where that has no
 * such RAM at all, one look is enough for them.
 */
static bool word_has_other_type(const struct shm *shm, pa_t pa, pa_t *clear)
{
	struct pa_range granule = { pa & ~(GRANULE_SIZE - 1),
				    pa | (GRANULE_SIZE - 1) };

	if (!shm_page_aligned(pa) || granule.first == *clear)
		return false;
	if (has_other_type(shm, granule))
		return has_other_type(
			shm, (struct pa_range){ pa, pa | SHM_PAGE_MASK });
	*clear = granule.first;
	return false;
}

enum shm_status ram_type_check_list(const struct shm *shm,
				    struct ram_type_guard guard,
				    const struct page_list *list)
{
	const struct page_run *run = &list->run;
	pa_t end = run->first + ((pa_t)run->count << SHM_PAGE_SHIFT);
	pa_t clear = UINT64_MAX;

	if (!guard.has_types)
		return SHM_OK;
	if (run->count != 0 &&
	    has_other_type(shm, (struct pa_range){ run->first, end - 1 }))
		return SHM_CONFLICT;
	for (uint32_t i = list->at; i < list->count; i++)
		if (word_has_other_type(shm, list->slice[i], &clear))
			return SHM_CONFLICT;
	return SHM_OK;
}

enum shm_status ram_type_check_page(struct shm *shm, pa_t page)
{
	struct pa_range range = { page, page | SHM_PAGE_MASK };
	bool found;
	cpu_irq_t irq;

	if (__atomic_load_n(&shm->typed_ram, __ATOMIC_RELAXED) == 0)
		return SHM_OK;
	irq = spin_lock(&shm->io_lock);
	found = has_other_type(shm, range);
	spin_unlock(&shm->io_lock, irq);
	return found ? SHM_CONFLICT : SHM_OK;
}
