// SPDX-License-Identifier: BSD-2-Clause
/* See gap.h. The linker sends calls of tlb_batch_finish() here (mk/mmu.mk). */
#include "gap.h"

#include "src/tlb_batch.h"
#include "world.h"

static const unsigned int *watched;
static unsigned int reads_enough;

void gap_wait_for(const unsigned int *reads, unsigned int enough)
{
	watched = reads;
	reads_enough = enough;
}

static bool is_open(void)
{
	return __atomic_load_n(&shm.passing.sequence, __ATOMIC_RELAXED) % 2 !=
	       0;
}

static unsigned int now(const unsigned int *count)
{
	return __atomic_load_n(count, __ATOMIC_RELAXED);
}

void __real_tlb_batch_finish(struct shm *manager, struct tlb_batch *batch);
void __wrap_tlb_batch_finish(struct shm *manager, struct tlb_batch *batch);

void __wrap_tlb_batch_finish(struct shm *manager, struct tlb_batch *batch)
{
	unsigned int retries;
	unsigned int reads;

	__real_tlb_batch_finish(manager, batch);
	if (watched == NULL || !is_open())
		return;
	retries = now(&fault_retries);
	reads = now(watched);
	while (now(&fault_retries) == retries &&
	       now(watched) - reads < reads_enough)
		;
}
