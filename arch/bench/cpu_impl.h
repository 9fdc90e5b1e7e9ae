/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor contract of arch/cpu.h for benchmarks on the build machine:
 * plain stores to plain memory, so that what is measured is the library. There
 * is no TLB, but what is asked of it is counted (tlb.c); normal-world memory is
 * wherever the benchmark says.
 */
#ifndef CPU_IMPL_H
#define CPU_IMPL_H

#include <string.h>

#include <dynshm/addr.h>
#include <pt_format.h>

typedef uint64_t cpu_irq_t;

static inline pte_t pte_load(const pte_t *slot)
{
	return __atomic_load_n(slot, __ATOMIC_RELAXED);
}

static inline void pte_store(pte_t *slot, pte_t value)
{
	__atomic_store_n(slot, value, __ATOMIC_RELAXED);
}

static inline void pte_store_run(pte_t *slot, pte_t first, pte_t step,
				 size_t count)
{
	for (size_t i = 0; i < count; i++)
		slot[i] = first + i * step;
}

static inline void pte_clear_run(pte_t *slot, size_t count)
{
	memset(slot, 0, count * sizeof(*slot));
}

/* Nothing here asks for more than the manager's init does. */
static inline bool cpu_translates(va_t va, bool write)
{
	(void)va;
	(void)write;
	return false;
}

static inline bool cpu_replaces_live(void)
{
	return false;
}

static inline void cpu_publish_tables(void)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

/* What was asked of the TLB; a benchmark sets it back, and says `has_ranges`.
 */
struct bench_tlb {
	uint64_t brackets;
	uint64_t leaf; /* by address, last level only */
	uint64_t va;   /* by address, all levels */
	uint64_t ranges;
	uint64_t all;
	bool has_ranges;
};

extern struct bench_tlb bench_tlb;

static inline bool cpu_has_tlb_ranges(void)
{
	return bench_tlb.has_ranges;
}

static inline void tlb_begin(void)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
	bench_tlb.brackets++;
}

static inline void tlb_invalidate_leaf(va_t va)
{
	(void)va;
	bench_tlb.leaf++;
}

static inline void tlb_invalidate_va(va_t va)
{
	(void)va;
	bench_tlb.va++;
}

static inline void tlb_invalidate_leaf_range(uint64_t operand)
{
	(void)operand;
	bench_tlb.ranges++;
}

static inline void tlb_invalidate_range(uint64_t operand)
{
	(void)operand;
	bench_tlb.ranges++;
}

static inline void tlb_invalidate_all(void)
{
	bench_tlb.all++;
}

static inline void tlb_end(void)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

/* There are no conflicts. */
static inline void tlb_invalidate_local(void)
{
}

struct spinlock {
	uint32_t taken;
};

static inline cpu_irq_t spin_lock(struct spinlock *lock)
{
	while (__atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE) != 0)
		;
	return 0;
}

static inline void spin_unlock(struct spinlock *lock, cpu_irq_t saved)
{
	(void)saved;
	__atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
}

/* The benchmark's: where the page that is mapped at `va` lies. */
void *bench_memory_at(va_t va);

static inline bool access_read(void *to, va_t from, size_t size)
{
	memcpy(to, bench_memory_at(from), size);
	return true;
}

static inline bool access_read_row(uint64_t *words, va_t from, uint32_t *count,
				   pa_t first)
{
	const uint64_t *word = bench_memory_at(from);
	const uint64_t *end = word + *count;
	const uint64_t *groups_end = end - *count % ACCESS_GROUP;

	while (word != groups_end && word[0] == first &&
	       word[1] == first + SHM_PAGE_SIZE &&
	       word[2] == first + 2 * SHM_PAGE_SIZE &&
	       word[3] == first + 3 * SHM_PAGE_SIZE) {
		word += ACCESS_GROUP;
		first += ACCESS_GROUP * SHM_PAGE_SIZE;
	}
	if (word != groups_end) {
		memcpy(words, word, ACCESS_GROUP * sizeof(*words));
	} else {
		for (; word != end && *word == first; word++)
			first += SHM_PAGE_SIZE;
		if (word != end)
			*words = *word;
	}
	*count = (uint32_t)(end - word);
	return true;
}

static inline bool access_write(va_t to, const void *from, size_t size)
{
	memcpy(bench_memory_at(to), from, size);
	return true;
}

static inline void cpu_clear_page(void *page)
{
	memset(page, 0, SHM_PAGE_SIZE);
}

/* The core divides. */
static inline uint64_t cpu_divide(uint64_t dividend, uint32_t divisor)
{
	return dividend / divisor;
}

#endif
