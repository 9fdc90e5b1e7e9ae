/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory to share, of a shape that the caller chooses: ordinary pages, huge
 * pages, or pages of which no two neighbours are neighbours in physical memory
 * too. /proc/self/pagemap says what it came to, which only root can read.
 */
#ifndef CLIENT_MEMORY_H
#define CLIENT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMORY_PAGE_SIZE 4096u
#define MEMORY_HUGE_SIZE (2u << 20)

/*
 * All of them return NULL with errno set. Sizes are in bytes and are rounded
 * up to whole pages, or huge pages; memory_free() takes the same size.
 */
void *memory_alloc(size_t size);

/* Explicit huge pages, reserved for the purpose; else transparent ones. */
void *memory_alloc_huge(size_t size);

/*
 * Pages in random order out of a pool of `size + spare` bytes, the rest of
 * which is given back. Every page is a run of its own.
 */
void *memory_alloc_scattered(size_t size, size_t spare);

void memory_free(void *memory, size_t size);

/* Have the kernel keep no huge pages in reserve. */
void memory_release_huge(void);

/* Maximal stretches of contiguous physical memory; 0: cannot be known. */
uint64_t memory_run_count(const void *memory, size_t size);

/* Let this process have that many files open, registrations included. */
bool memory_raise_limits(uint64_t files);

#endif
