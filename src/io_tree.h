/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings of devices by physical address: an interval tree, ordered by first
 * page, in which each node knows the highest address below it. shm->io_lock
 * is held for all of it.
 */
#ifndef SRC_IO_TREE_H
#define SRC_IO_TREE_H

#include <dynshm/ioremap.h>

void io_tree_init(struct shm *shm);
void io_tree_insert(struct shm *shm, struct io_mapping *mapping);

/* Takes it out if it is in. */
void io_tree_remove(struct shm *shm, struct io_mapping *mapping);

/*
 * The first mapping in order that overlaps the range, and the one after it
 * that does; NULL: none. O(log n) each.
 */
struct io_mapping *io_tree_first(const struct shm *shm, struct pa_range range);
struct io_mapping *io_tree_next(const struct io_mapping *mapping,
				struct pa_range range);

/* Enter what the kernel has mapped itself, for good. At init only. */
enum shm_status io_tree_add_fixed(struct shm *shm, pa_t first, uint64_t size,
				  enum shm_memtype type);

/* A slice of what a dead owner has. */
void io_drain(struct holdings *corpse);

#endif
