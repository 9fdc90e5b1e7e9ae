// SPDX-License-Identifier: BSD-2-Clause
/*
 * The kernel hands out physical pages in the order in which virtual ones are
 * touched, more or less; so the order of touching scatters a buffer, and what
 * is contiguous by chance is exchanged page by page.
 */
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define FRAME_MASK  ((1ull << 55) - 1)
#define SLICE_PAGES 1024u
#define MEND_TRIES  64

static const char huge_pool[] = "/proc/sys/vm/nr_hugepages";

static size_t round_up(size_t size, size_t unit)
{
	return (size + unit - 1) / unit * unit;
}

static void *map_anonymous(size_t size, int flags)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void *memory_alloc(size_t size)
{
	return map_anonymous(round_up(size, MEMORY_PAGE_SIZE), 0);
}

void memory_free(void *memory, size_t size)
{
	munmap(memory, round_up(size, MEMORY_PAGE_SIZE));
}

static bool write_number(const char *path, uint64_t number)
{
	FILE *file = fopen(path, "w");
	bool ok;

	if (!file)
		return false;
	ok = fprintf(file, "%llu\n", (unsigned long long)number) > 0;
	return fclose(file) == 0 && ok;
}

static uint64_t read_number(const char *path)
{
	unsigned long long number = 0;
	FILE *file = fopen(path, "r");

	if (!file)
		return 0;
	if (fscanf(file, "%llu", &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

/* The last resort: huge pages are not promised, only likely. */
static void *alloc_transparent(size_t size)
{
	uint8_t *memory = map_anonymous(size + MEMORY_HUGE_SIZE, 0);
	uintptr_t start;
	size_t head;

	if (!memory)
		return NULL;
	start = round_up((uintptr_t)memory, MEMORY_HUGE_SIZE);
	head = start - (uintptr_t)memory;
	if (head > 0)
		munmap(memory, head);
	if (head < MEMORY_HUGE_SIZE)
		munmap(memory + head + size, MEMORY_HUGE_SIZE - head);
	madvise(memory + head, size, MADV_HUGEPAGE);
	return memory + head;
}

void *memory_alloc_huge(size_t size)
{
	void *memory;

	size = round_up(size, MEMORY_HUGE_SIZE);
	write_number("/proc/sys/vm/compact_memory", 1);
	if (read_number(huge_pool) < size / MEMORY_HUGE_SIZE)
		write_number(huge_pool, size / MEMORY_HUGE_SIZE);
	memory = map_anonymous(size, MAP_HUGETLB);
	if (!memory)
		memory = alloc_transparent(size);
	if (memory)
		memset(memory, 0, size);
	return memory;
}

void memory_release_huge(void)
{
	write_number(huge_pool, 0);
}

/* Deterministic, so that two runs of a measure do the same. */
static uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

static bool touch_in_random_order(volatile uint8_t *pool, uint32_t count)
{
	uint32_t *order = calloc(count, sizeof(*order));
	uint64_t random = 1;

	if (!order)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t other = next_random(&random) % (i + 1);

		order[i] = order[other];
		order[other] = i;
	}
	for (uint32_t i = 0; i < count; i++)
		pool[(size_t)order[i] * MEMORY_PAGE_SIZE] = 1;
	free(order);
	return true;
}

/* Physical page numbers; 0 where none is known. */
static bool read_frames(int pagemap, const uint8_t *memory, uint64_t *frame,
			size_t count)
{
	uintptr_t index = (uintptr_t)memory / MEMORY_PAGE_SIZE;
	ssize_t size = (ssize_t)(count * sizeof(*frame));

	if (pread(pagemap, frame, (size_t)size,
		  (off_t)(index * sizeof(*frame))) != size)
		return false;
	for (size_t i = 0; i < count; i++)
		frame[i] &= FRAME_MASK;
	return true;
}

/* Calls `joined` for each page that continues the one before it. */
static bool visit_joints(const uint8_t *memory, size_t size,
			 void (*joined)(uint8_t *page, void *data), void *data)
{
	size_t count = round_up(size, MEMORY_PAGE_SIZE) / MEMORY_PAGE_SIZE;
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t frame[SLICE_PAGES];
	uint64_t last = 0;
	bool ok = pagemap >= 0;

	for (size_t at = 0; ok && at < count; at += SLICE_PAGES) {
		size_t slice =
			count - at < SLICE_PAGES ? count - at : SLICE_PAGES;

		ok = read_frames(pagemap, memory + at * MEMORY_PAGE_SIZE, frame,
				 slice);
		for (size_t i = 0; ok && i < slice; i++) {
			ok = frame[i] != 0;
			if (frame[i] == last + 1 && at + i > 0)
				joined((uint8_t *)(uintptr_t)memory +
					       (at + i) * MEMORY_PAGE_SIZE,
				       data);
			last = frame[i];
		}
	}
	if (pagemap >= 0)
		close(pagemap);
	return ok;
}

static void count_joint(uint8_t *page, void *data)
{
	uint64_t *count = data;

	(void)page;
	(*count)++;
}

uint64_t memory_run_count(const void *memory, size_t size)
{
	uint64_t joints = 0;

	if (!visit_joints(memory, size, count_joint, &joints))
		return 0;
	return round_up(size, MEMORY_PAGE_SIZE) / MEMORY_PAGE_SIZE - joints;
}

/* Give the page another frame; a spare page takes the old one meanwhile. */
static void mend_joint(uint8_t *page, void *data)
{
	volatile uint8_t **spare = data;

	madvise(page, MEMORY_PAGE_SIZE, MADV_DONTNEED);
	**spare = 1;
	*spare += MEMORY_PAGE_SIZE;
	*(volatile uint8_t *)page = 1;
}

static bool mend(uint8_t *memory, size_t size)
{
	for (int i = 0; i < MEND_TRIES; i++) {
		uint64_t pages = size / MEMORY_PAGE_SIZE;
		uint64_t joints = pages - memory_run_count(memory, size);
		volatile uint8_t *next;
		uint8_t *spare;

		if (joints == 0)
			return true;
		if (joints == pages)
			return false;
		spare = map_anonymous(joints * MEMORY_PAGE_SIZE, 0);
		if (!spare)
			return false;
		madvise(spare, joints * MEMORY_PAGE_SIZE, MADV_NOHUGEPAGE);
		next = spare;
		visit_joints(memory, size, mend_joint, &next);
		munmap(spare, joints * MEMORY_PAGE_SIZE);
	}
	return false;
}

void *memory_alloc_scattered(size_t size, size_t spare)
{
	size_t whole;
	uint8_t *pool;

	size = round_up(size, MEMORY_PAGE_SIZE);
	whole = size + round_up(spare, MEMORY_PAGE_SIZE);
	pool = map_anonymous(whole, 0);
	if (!pool)
		return NULL;
	madvise(pool, whole, MADV_NOHUGEPAGE);
	if (!touch_in_random_order(pool, (uint32_t)(whole / MEMORY_PAGE_SIZE)))
		goto unmap;
	if (whole > size)
		munmap(pool + size, whole - size);
	whole = size;
	if (mend(pool, size))
		return pool;
	errno = EAGAIN;
unmap:
	munmap(pool, whole);
	return NULL;
}

bool memory_raise_limits(uint64_t files)
{
	struct rlimit limit = { .rlim_cur = files, .rlim_max = files };

	if (read_number("/proc/sys/fs/nr_open") < files)
		write_number("/proc/sys/fs/nr_open", files);
	if (read_number("/proc/sys/fs/file-max") < files)
		write_number("/proc/sys/fs/file-max", files);
	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}
