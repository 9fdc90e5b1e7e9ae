// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where invalidating one address after the other begins to cost more than
 * invalidating everything (TLB_OPS_MAX of src/tlb_batch.h). The one costs its
 * operations. The other costs one, and for each core that is in the secure
 * world or comes back to it the loads of descriptors for what it still wants.
 * These are counted on a model of the TLB (tlb_model.h), the same in each run.
 */
#include <stdio.h>

#include "bench/tlb_model.h"
#include "src/tlb_batch.h"

#define PAGE  UINT64_C(0x1000)
#define BLOCK UINT64_C(0x200000)

/*
 * Main TLB and walk cache of the Cortex-A53: Arm DDI 0500E 5.2.2 and 5.1. L2
 * TLB of the A72: 100095 5.2.3; its walk cache has no size there and is taken
 * to be the other's.
 */
static const struct processor {
	const char *name;
	unsigned int entries;
	unsigned int tables;
} processors[] = {
	{ "A53", 512, 64 },
	{ "A72", 1024, 64 },
};

#define PROCESSORS (sizeof(processors) / sizeof(processors[0]))

/* A stretch of addresses and the level of what maps it. */
struct stretch {
	uint64_t first;
	uint64_t count;
	unsigned int level;
};

/*
 * What a call of the image touches. Text: 22 of 26 pages, as QEMU says of
 * nearly all of 3,000 calls in a row of bench-target that register and
 * unregister. The rest by where things lie: read-only data, data, the core's
 * stack, and as much of the pool as has the guest's objects and tables, by
 * blocks; in the windows the call's stack, and in the guest's slot its argument
 * and its page list.
 */
static const struct stretch call[] = {
	{ 0x0e100000, 22, 3 },
	{ 0x0e11a000, 1, 3 },
	{ 0x0e122000, 2, 3 },
	{ 0x0e200000, 3, 2 },
	{ UINT64_C(0x8000001000), 1, 3 },
	{ UINT64_C(0x8000200000), 2, 3 },
};

#define STRETCHES (sizeof(call) / sizeof(call[0]))

/* And a shared buffer that it uses again and again. */
#define BUFFER UINT64_C(0x8040000000)

static const struct bystander {
	const char *name;
	uint64_t buffer; /* pages */
} bystanders[] = {
	{ "a call", 0 },
	{ "and 64 KiB in use", 16 },
	{ "and 1 MiB in use", 256 },
	{ "and 4 MiB in use", 1024 },
};

#define BYSTANDERS (sizeof(bystanders) / sizeof(bystanders[0]))

static const unsigned int thresholds[] = {
	8, 16, 24, 32, 48, 64, 128, 256, 512
};

#define THRESHOLDS (sizeof(thresholds) / sizeof(thresholds[0]))

static uint64_t touch(struct model_core *core, const struct stretch *stretch)
{
	uint64_t size = stretch->level == 3 ? PAGE : BLOCK;
	uint64_t loads = 0;

	for (uint64_t i = 0; i < stretch->count; i++)
		loads += model_access(core, stretch->first + i * size,
				      stretch->level);
	return loads;
}

/* The bystander does once what it does all the time. */
static uint64_t touch_all(struct model_core *core,
			  const struct bystander *bystander)
{
	struct stretch buffer = { BUFFER, bystander->buffer, 3 };
	uint64_t loads = touch(core, &buffer);

	for (unsigned int i = 0; i < STRETCHES; i++)
		loads += touch(core, &call[i]);
	return loads;
}

static uint64_t entries_of(const struct bystander *bystander)
{
	uint64_t count = bystander->buffer;

	for (unsigned int i = 0; i < STRETCHES; i++)
		count += call[i].count;
	return count;
}

/* Loads that there would not have been without the invalidation. */
static uint64_t refills(const struct processor *processor,
			const struct bystander *bystander)
{
	static struct model_core core;
	uint64_t without;

	model_init(&core, processor->entries, processor->tables);
	touch_all(&core, bystander);
	without = touch_all(&core, bystander);
	model_invalidate_all(&core);
	return touch_all(&core, bystander) - without;
}

/* What a batch of n costs, in operations; one takes as long as `loads`. */
static double everything(uint64_t refill, unsigned int loads)
{
	return 1 + (double)refill / loads;
}

static void print_refills(void)
{
	puts("tlb: loads of descriptors after everything was invalidated, and\n"
	     "the batch from which on that is cheaper than address by address,\n"
	     "if one operation takes as long as one load, or two");
	printf("%-20s %8s %-10s %6s %9s %9s\n", "who comes back", "entries",
	       "TLB", "loads", "1 load", "2 loads");
	for (unsigned int i = 0; i < BYSTANDERS; i++)
		for (unsigned int j = 0; j < PROCESSORS; j++) {
			uint64_t refill =
				refills(&processors[j], &bystanders[i]);

			printf("%-20s %8llu %-10s %6llu %9.0f %9.0f\n",
			       bystanders[i].name,
			       (unsigned long long)entries_of(&bystanders[i]),
			       processors[j].name, (unsigned long long)refill,
			       everything(refill, 1), everything(refill, 2));
		}
}

/*
 * The most operations that any batch costs more than the better way: the
 * largest one that still goes by address, or the smallest that does not.
 */
static double regret(unsigned int threshold, double all)
{
	double slow = threshold - all;
	double rash = all - (threshold + 1);

	return slow > rash ? (slow > 0 ? slow : 0) : (rash > 0 ? rash : 0);
}

static void print_thresholds(void)
{
	uint64_t refill = refills(&processors[PROCESSORS - 1], &bystanders[0]);

	printf("\ntlb: the most that a batch costs too much, in operations, by\n"
	       "the number up to which it goes by address (%s, a call)\n",
	       processors[PROCESSORS - 1].name);
	printf("%9s %9s %9s\n", "up to", "1 load", "2 loads");
	for (unsigned int i = 0; i < THRESHOLDS; i++)
		printf("%9u %9.0f %9.0f%s\n", thresholds[i],
		       regret(thresholds[i], everything(refill, 1)),
		       regret(thresholds[i], everything(refill, 2)),
		       thresholds[i] == TLB_OPS_MAX ? "  <- TLB_OPS_MAX" : "");
}

int main(void)
{
	print_refills();
	print_thresholds();
	return 0;
}
