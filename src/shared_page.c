// SPDX-License-Identifier: BSD-2-Clause
/* Where an owner has a page, by the lists of pa_index. */
#include <dynshm/shared_page.h>

#include "pa_index.h"
#include "slot.h"

/* Mappings of one page that are looked at: it can have any number. */
#define LOOKS 64u

/* What was found so far, by address. */
struct finder {
	const struct holdings *owner;
	struct va_range *out;
	unsigned int max;
	unsigned int count;
	unsigned int looks; /* left */
};

/* A look-up may see the region. */
static bool is_there(const struct va_area *area)
{
	const struct region *region;

	region = (const struct region *)(const void *)((uintptr_t)area -
						       offsetof(struct region,
								area));
	if (region_is_revoked(region))
		return false;
	return region->state == REGION_REGISTERED ||
	       (region->state == REGION_LEAVING && region->calls != 0);
}

static void note(struct finder *finder, struct va_range found)
{
	unsigned int at = finder->count;

	while (at > 0 && finder->out[at - 1].first > found.first)
		at--;
	if (at == finder->max)
		return;
	if (finder->count < finder->max)
		finder->count++;
	for (unsigned int i = finder->count - 1; i > at; i--)
		finder->out[i] = finder->out[i - 1];
	finder->out[at] = found;
}

/* A list of mappings; `offset` lies between what a link names and the page. */
static void look(struct finder *finder, const struct pa_index *index,
		 pa_link_t link, uint64_t offset)
{
	for (; link != 0 && finder->looks != 0; finder->looks--) {
		const struct table *table = pa_link_table(index->pool, link);

		if (table->owner == finder->owner) {
			unsigned int slot = pa_link_slot(table, link);
			va_t va = table_va(table, slot) + offset;
			const struct va_area *area =
				slot_find_area(finder->owner, va);

			if (area != NULL && is_there(area))
				note(finder,
				     (struct va_range){ va, area->range.last });
		}
		link = pa_link_cell(index->pool, link).next;
	}
}

unsigned int shared_page_find(struct holdings *owner, pa_t pa,
			      struct va_range out[], unsigned int max)
{
	struct pa_index *index = &owner->shm->index;
	const struct granule_entry *entry = granule_entry_find(index, pa);
	struct finder finder = { owner, out, max, 0, LOOKS };
	cpu_irq_t irq, inner;

	if (entry == NULL)
		return 0;
	irq = spin_lock(&owner->lock);
	inner = spin_lock(&index->lock);
	look(&finder, index, entry->whole,
	     pa & (GRANULE_SIZE - 1) & ~SHM_PAGE_MASK);
	if (entry->granule != NULL &&
	    entry->granule->heads[head_chunk_of(pa)] != NULL)
		look(&finder, index, *head_find(entry->granule, pa), 0);
	spin_unlock(&index->lock, inner);
	spin_unlock(&owner->lock, irq);
	return finder.count;
}
