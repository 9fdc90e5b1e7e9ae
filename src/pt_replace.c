// SPDX-License-Identifier: BSD-2-Clause
/* Break before make, and what others see of it; see pt_replace.h. */
#include "pt_replace.h"

#include <dynshm/fault.h>

/*
 * The handler of faults must see the mark when it may see what is behind it,
 * and what follows when it does not see the mark any more.
 */
static void mark_begin(struct shm_passing *passing, const struct pt_run *run)
{
	uint64_t size = pt_run_pages(run) << SHM_PAGE_SHIFT;

	__atomic_store_n(&passing->first, run->first, __ATOMIC_RELAXED);
	__atomic_store_n(&passing->last, run->first + size - 1,
			 __ATOMIC_RELAXED);
	__atomic_store_n(&passing->sequence, passing->sequence + 1,
			 __ATOMIC_RELEASE);
	cpu_publish_tables();
}

static void mark_end(struct shm_passing *passing)
{
	__atomic_store_n(&passing->sequence, passing->sequence + 1,
			 __ATOMIC_RELEASE);
}

void pt_run_store_invalid(const struct pt_run *run)
{
	table_clear_run(run->table, table_index(run->table, run->first),
			run->count);
}

static void store_next(const struct pt_replacement *r)
{
	struct table *table = r->run.table;
	unsigned int index = table_index(table, r->run.first);

	for (uint32_t i = 0; i < r->run.count; i++)
		table_store(table, index + i, r->next[i]);
}

/* The old descriptors, or the table behind the old one and what is in it. */
static void forget(struct shm *shm, const struct pt_replacement *r)
{
	const struct table *below = r->below;
	struct tlb_batch batch;

	tlb_batch_init(&batch);
	if (below == NULL) {
		tlb_batch_add(&batch, r->run.first, r->run.count,
			      r->run.table->level);
	} else {
		tlb_batch_add(&batch, below->first, below->live, below->level);
		tlb_batch_add_table(&batch, below);
	}
	tlb_batch_finish(shm, &batch);
}

void pt_replace(struct shm *shm, const struct pt_replacement *r)
{
	if (r->direct) {
		/* No walker may see a table before what is in it. */
		cpu_publish_tables();
		store_next(r);
		forget(shm, r);
		return;
	}
	mark_begin(&shm->passing, &r->run);
	pt_run_store_invalid(&r->run);
	forget(shm, r);
	store_next(r);
	cpu_publish_tables();
	mark_end(&shm->passing);
}

bool shm_fault_is_passing(const struct shm *shm, va_t va, bool write)
{
	const struct shm_passing *passing = &shm->passing;
	uint32_t sequence =
		__atomic_load_n(&passing->sequence, __ATOMIC_ACQUIRE);

	if (sequence % 2 != 0 &&
	    va >= __atomic_load_n(&passing->first, __ATOMIC_RELAXED) &&
	    va <= __atomic_load_n(&passing->last, __ATOMIC_RELAXED))
		return true;
	if (cpu_translates(va, write))
		return true; /* it is there by now */
	/* Or it was, and the next one has begun since. */
	return __atomic_load_n(&passing->sequence, __ATOMIC_ACQUIRE) !=
	       sequence;
}
