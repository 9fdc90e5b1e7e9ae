// SPDX-License-Identifier: BSD-2-Clause
/*
 * Accesses to normal-world memory: through the TLB and the tables, an aligned
 * word at a time. Memory that does not answer, or is not there for the kind of
 * access that the descriptor asks for, ends the copy.
 */
#include <cpu.h>
#include <sched.h>
#include <string.h>

#include "sim_internal.h"

static sim_fault_handler *fault_handler;
static void *fault_arg;
static uint64_t retries;

void sim_set_fault_handler(sim_fault_handler *handler, void *arg)
{
	fault_handler = handler;
	fault_arg = arg;
}

bool sim_has_fault_handler(void)
{
	return fault_handler != NULL;
}

uint64_t sim_retries(void)
{
	return __atomic_load_n(&retries, __ATOMIC_RELAXED);
}

void sim_access_reset(void)
{
	sim_set_fault_handler(NULL, NULL);
	retries = 0;
}

bool cpu_translates(va_t va, bool write)
{
	struct sim_mapping leaf;

	sim_enter();
	leaf = sim_walk(va);
	sim_leave();
	return leaf.size != 0 && leaf.accessed && !(write && leaf.read_only);
}

/* What the kernel does when an address does not translate. */
static bool try_again(va_t va, bool write)
{
	if (fault_handler == NULL)
		return false;
	/* Much can happen on the way into the kernel. */
	sched_yield();
	if (!fault_handler(fault_arg, va, write))
		return false;
	__atomic_fetch_add(&retries, 1, __ATOMIC_RELAXED);
	return true;
}

/* The range behind a virtual address, and its physical address; or NULL. */
static struct sim_range *resolve(va_t va, bool write, pa_t *pa, bool *fault)
{
	struct sim_mapping leaf;
	struct sim_range *range;

	*fault = !sim_tlb_translate(va, &leaf);
	if (*fault || (write && leaf.read_only))
		return NULL;
	*pa = leaf.pa + (va - leaf.va);
	range = sim_range_find(*pa);
	if (range == NULL || range->memory == NULL ||
	    sim_page_is_dead(range, *pa))
		return NULL;
	/* Each world's address space holds its own memory only. */
	return leaf.ns == (range->kind != SIM_SECURE) ? range : NULL;
}

static size_t bytes_to_boundary(va_t va, size_t size, uint64_t boundary)
{
	uint64_t left = boundary - (va & (boundary - 1));

	return left < size ? (size_t)left : size;
}

static void read_word(struct sim_range *range, pa_t pa, uint8_t *to,
		      size_t size)
{
	const uint8_t *from = range->memory + (pa - range->first);
	uint64_t value;

	sim_note_read(range, pa, size);
	if (size == 8) {
		/* One access: a racing writer changes all of it or nothing. */
		value = __atomic_load_n((const uint64_t *)(const void *)from,
					__ATOMIC_RELAXED);
		memcpy(to, &value, 8);
		return;
	}
	for (size_t i = 0; i < size; i++)
		to[i] = __atomic_load_n(from + i, __ATOMIC_RELAXED);
}

static void write_word(struct sim_range *range, pa_t pa, const uint8_t *from,
		       size_t size)
{
	uint8_t *to = range->memory + (pa - range->first);
	uint64_t value;

	if (size == 8) {
		memcpy(&value, from, 8);
		__atomic_store_n((uint64_t *)(void *)to, value,
				 __ATOMIC_RELAXED);
		return;
	}
	for (size_t i = 0; i < size; i++)
		__atomic_store_n(to + i, from[i], __ATOMIC_RELAXED);
}

/* Part of one page. Resolved once: that is what a TLB is for. */
static bool copy_in_page(void *to, const void *from, va_t va, size_t size,
			 bool *fault)
{
	struct sim_range *range;
	pa_t pa;

	range = resolve(va, to == NULL, &pa, fault);
	if (range == NULL)
		return false;
	for (size_t done = 0; done < size;) {
		size_t part = bytes_to_boundary(pa + done, size - done, 8);

		/* A hook may have taken the memory away meanwhile. */
		if (sim_page_is_dead(range, pa))
			return false;
		if (to != NULL)
			read_word(range, pa + done, (uint8_t *)to + done, part);
		else
			write_word(range, pa + done,
				   (const uint8_t *)from + done, part);
		done += part;
	}
	sim_work(size / 8 + 1);
	return true;
}

static bool copy(void *to, const void *from, va_t va, size_t size)
{
	bool ok = true;
	bool fault;

	sim_interrupt_point();
	for (size_t done = 0; ok && done < size;) {
		size_t part = bytes_to_boundary(va + done, size - done,
						SHM_PAGE_SIZE);

		sim_enter();
		if (to != NULL)
			ok = copy_in_page((uint8_t *)to + done, NULL, va + done,
					  part, &fault);
		else
			ok = copy_in_page(NULL, (const uint8_t *)from + done,
					  va + done, part, &fault);
		sim_leave();
		if (ok)
			done += part;
		else
			ok = fault && try_again(va + done, to == NULL);
	}
	sim_interrupt_point();
	return ok;
}

bool access_read(void *to, va_t from, size_t size)
{
	return copy(to, NULL, from, size);
}

bool access_write(va_t to, const void *from, size_t size)
{
	return copy(NULL, from, to, size);
}

static bool goes_on(const uint64_t *words, uint32_t count, pa_t first)
{
	for (uint32_t i = 0; i < count; i++)
		if (words[i] != first + i * SHM_PAGE_SIZE)
			return false;
	return true;
}

bool access_read_row(uint64_t *words, va_t from, uint32_t *count, pa_t first)
{
	while (*count != 0) {
		uint32_t size = *count < ACCESS_GROUP ? 1 : ACCESS_GROUP;
		uint64_t group[ACCESS_GROUP];

		if (!access_read(group, from, size * sizeof(*words)))
			return false;
		if (!goes_on(group, size, first)) {
			memcpy(words, group, size * sizeof(*words));
			return true;
		}
		*count -= size;
		from += size * sizeof(*words);
		first += size * SHM_PAGE_SIZE;
	}
	return true;
}
