// SPDX-License-Identifier: BSD-2-Clause
/*
 * Entering and taking out pages with links of their own. What does not change
 * is kept in locals, and counts are settled at the end: this is what
 * registering scattered memory costs.
 */
#include "page_links.h"

#include "map_size.h"
#include "table.h"

/* What the loop needs of the index, which the compiler may keep in registers.
 */
struct view {
	pa_t first;
	uint64_t gib_count;
	struct granule_entry *const *gibs;
};

/*
 * The granule is RAM throughout, and others have mappings in it, but not of
 * this page. One that is somebody else's alone is left to those who note that
 * it no longer is.
 */
static bool is_shared_without_page(const struct pa_index *index,
				   const struct granule_entry *entry, pa_t pa,
				   const struct holdings *owner)
{
	struct granule *granule = entry->granule;

	return granule->sole == NULL && granule_is_ram(entry) &&
	       !pa_link_is_foreign(index, entry->whole, owner) &&
	       granule->heads[head_chunk_of(pa)] != NULL &&
	       *head_find(granule, pa) == 0;
}

/* Neighbours in a list are mostly in one GiB, which is looked up once. */
struct gib {
	uint64_t number;
	const struct granule_entry *entries;
};

static inline bool gib_turn(struct view view, uint64_t number, struct gib *gib)
{
	if (number >= view.gib_count || view.gibs[number] == NULL)
		return false;
	*gib = (struct gib){ number, view.gibs[number] };
	return true;
}

uint32_t page_links_enter(struct pa_index *index, struct link_span span,
			  const uint64_t *words, pa_t *expected, uint32_t *runs)
{
	const struct view view = { index->first, index->gib_count,
				   index->gibs };
	const pte_t attributes =
		pte_attributes(SHM_MEM_SHARED) | PTE_SW_PAGE_LINK;
	pte_t *entry = &span.leaf->entries[span.slot];
	pa_link_t link = pa_link_make(index->pool, span.leaf, span.slot);
	const struct holdings *owner = span.leaf->owner;
	struct gib gib = { UINT64_MAX, NULL };
	pa_t next = *expected;
	uint32_t new_runs = 0;
	uint32_t i;

	for (i = 0; i < span.count; i++) {
		pa_t pa = words[i];
		uint64_t number = (pa - view.first) >> GIB_SHIFT;
		const struct granule_entry *from;
		struct granule *granule;
		struct head_chunk *heads;
		pa_link_t *head;

		if ((pa & SHM_PAGE_MASK) != 0 ||
		    map_run_begins(link + i, &words[i], span.count - i) ||
		    (number != gib.number && !gib_turn(view, number, &gib)))
			break;
		from = &gib.entries[(pa >> GRANULE_SHIFT) % GIB_GRANULES];
		/* No page has UINT64_MAX, with which the loop begins. */
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		granule = from->granule;
		if (granule == NULL)
			break;
		if (granule->sole != owner &&
		    !is_shared_without_page(index, from, pa, owner))
			break;
		heads = granule->heads[head_chunk_of(pa)];
		if (heads == NULL)
			break;
		head = &heads->heads[head_of(pa)];
		if (*head != 0)
			break;
		*head = link + i;
		granule->heads_used[head_chunk_of(pa)]++;
		pte_store(&entry[i], pte_make_page(pa, attributes));
		new_runs += pa != next;
		next = pa + SHM_PAGE_SIZE;
	}
	*expected = next;
	*runs += new_runs;
	return i;
}

uint32_t page_links_enter_group(struct pa_index *index,
				struct granule_entry *entry, pa_t pa,
				struct table *leaf, unsigned int slot)
{
	const pte_t attributes =
		pte_attributes(SHM_MEM_SHARED) | PTE_SW_PAGE_LINK;
	pa_link_t link = pa_link_make(index->pool, leaf, slot);
	pa_link_t *head = head_find(entry->granule, pa);
	uint8_t *used = &entry->granule->heads_used[head_chunk_of(pa)];

	for (unsigned int i = 0; i < PT_GROUP_COUNT; i++)
		head[i] = link + i;
	*used = (uint8_t)(*used + PT_GROUP_COUNT);
	pte_store_run(&leaf->entries[slot],
		      pte_make_group(pa, attributes, PT_LEAF_LEVEL),
		      pte_group_step(PT_LEAF_LEVEL), PT_GROUP_COUNT);
	return PT_GROUP_COUNT;
}

/* The only mapping of the page. */
static inline void leave_page(struct pa_index *index, struct view view, pa_t pa)
{
	struct granule_entry *entry =
		&view.gibs[(pa - view.first) >> GIB_SHIFT]
			  [(pa >> GRANULE_SHIFT) % GIB_GRANULES];
	struct granule *granule = entry->granule;

	*head_find(granule, pa) = 0;
	if (--granule->heads_used[head_chunk_of(pa)] == 0)
		pa_index_trim_heads(index, entry, pa);
}

uint32_t page_links_leave(struct pa_index *index, struct link_span span)
{
	const struct view view = { index->first, index->gib_count,
				   index->gibs };
	pte_t *entry = &span.leaf->entries[span.slot];
	const va_t va = table_va(span.leaf, span.slot);
	const bool has_cells = span.leaf->links != NULL;
	uint32_t i;

	for (i = 0; i < span.count; i++) {
		pte_t pte = pte_load(&entry[i]);
		pa_t pa = table_page_address(pte, PT_LEAF_LEVEL,
					     va + i * SHM_PAGE_SIZE);

		if (!(pte_software(pte, PT_LEAF_LEVEL) & PTE_SW_PAGE_LINK))
			break;
		pte_store(&entry[i], PTE_INVALID);
		if (!has_cells ||
		    link_cell_find(span.leaf, span.slot + i) == NULL)
			leave_page(index, view, pa);
		else
			pa_index_unlink_page(index,
					     granule_entry_find(index, pa), pa,
					     span.leaf, span.slot + i);
	}
	return i;
}
