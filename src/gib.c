// SPDX-License-Identifier: BSD-2-Clause
/* See gib.h. */
#include "gib.h"

#include <dynshm/guest.h>

/* The one that names the table, if it may be a block instead. */
static pte_t *descriptor_of(const struct table *top)
{
	const struct table *upper = top->parent;

	/* Cut off, shared, or small. */
	if (upper == NULL || top->mirror != NULL ||
	    !pt_has_blocks(upper->level) || top->level == PT_LEAF_LEVEL)
		return NULL;
	return &upper->entries[table_index(upper, top->first)];
}

bool gib_is_block(const struct table *top)
{
	const pte_t *descriptor = descriptor_of(top);

	return descriptor != NULL &&
	       !pte_is_table(pte_load(descriptor), top->level - 1u);
}

static void replace(struct table *top, const struct table *below, pte_t next,
		    bool direct)
{
	struct pt_replacement r = {
		.run = { top->parent, top->first, 1 },
		.below = below,
		.direct = direct,
		.next = &next,
	};

	pt_replace(top->owner->shm, &r);
}

void gib_join(struct table *top, pte_t block)
{
	if (descriptor_of(top) != NULL)
		replace(top, top, block, false);
}

void gib_change(struct table *top, pte_t block, bool direct)
{
	replace(top, NULL, block, direct);
}

void gib_split(struct table *top)
{
	struct shm *shm = top->owner->shm;

	if (gib_is_block(top))
		replace(top, NULL, table_descriptor(shm, top), shm->live_split);
}
